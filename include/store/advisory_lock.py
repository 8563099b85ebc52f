"""One at a time for a tenant, whatever the process: documents of some packages, and the wipe."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from include.store.engine import Store


@contextmanager
def advisory_lock(store: Store, tenant_id: int, what: str = "push") -> Iterator[None]:
    """Waits for whoever is at it. The lock is the database's own, so it ends with the process that holds it."""
    with store.begin() as tx:
        values = {"what": f"koppel {what}", "tenant": tenant_id}
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what), :tenant)"), values)
        yield
