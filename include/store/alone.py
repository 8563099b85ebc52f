"""One at a time for a tenant, whatever the process: for packages that are sent one document at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from include.store.engine import Store


@contextmanager
def alone(store: Store, tenant_id: int) -> Iterator[None]:
    """Waits for whoever is at it. The lock is the database's own, so it ends with the process that holds it."""
    with store.begin() as tx:
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('koppel push'), :tenant)"), {"tenant": tenant_id})
        yield
