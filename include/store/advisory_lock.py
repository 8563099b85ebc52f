"""One at a time for a tenant, whatever the process: documents of some packages, and pending operations."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from include.errors import TurnTaken
from include.store.engine import Store, Transaction

LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def advisory_lock(store: Store, tenant_id: int, name: str, *, wait_s: float = 0) -> Iterator[None]:
    """Wait so long for whoever has the lock of this name, 0 is as long as it takes. Raises TurnTaken.

    It is the database's own, so it ends with the process that has it, and not before.
    """
    with store.begin() as tx:
        tx.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": f"{int(wait_s * 1000)}ms"})
        _take(tx, tenant_id, name)
        yield


def _take(tx: Transaction, tenant_id: int, name: str) -> None:
    try:
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name), :tenant)"), _values(tenant_id, name))
    except OperationalError as error:
        if getattr(error.orig, "pgcode", "") == LOCK_NOT_AVAILABLE:
            raise TurnTaken(name) from None
        raise


@contextmanager
def try_advisory_lock(store: Store, tenant_id: int, name: str) -> Iterator[bool]:
    """Take the lock of this name if nobody has it, and yield whether it was taken."""
    with store.begin() as tx:
        query = text("SELECT pg_try_advisory_xact_lock(hashtext(:name), :tenant)")
        yield bool(tx.execute(query, _values(tenant_id, name)).scalar_one())


def _values(tenant_id: int, name: str) -> dict[str, object]:
    return {"name": f"koppel {name}", "tenant": tenant_id}
