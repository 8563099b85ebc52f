"""One at a time for a tenant, whatever the process: documents of some packages, and pending operations."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from include.store.engine import Store


@contextmanager
def advisory_lock(store: Store, tenant_id: int, name: str = "push") -> Iterator[None]:
    """Wait for whoever has the lock of this name. It is the database's own, so it ends with the process that has it."""
    with store.begin() as tx:
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name), :tenant)"), _values(tenant_id, name))
        yield


@contextmanager
def try_advisory_lock(store: Store, tenant_id: int, name: str) -> Iterator[bool]:
    """Take the lock of this name if nobody has it, and yield whether it was taken."""
    with store.begin() as tx:
        query = text("SELECT pg_try_advisory_xact_lock(hashtext(:name), :tenant)")
        yield bool(tx.execute(query, _values(tenant_id, name)).scalar_one())


def _values(tenant_id: int, name: str) -> dict[str, object]:
    return {"name": f"koppel {name}", "tenant": tenant_id}
