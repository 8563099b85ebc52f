"""When a tenant's master data was polled and synchronised."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import sync_state


@dataclass(frozen=True)
class SyncState:
    """What is known of a tenant's master data as a whole.

    ``fingerprint`` is that of the package's lists at the last poll, ``synced_fingerprint`` at the last sync of all
    streams; ``full_at`` is when everything was read, also what the lists do not show. ``wait_until`` is until when the
    system ``wait_for`` asked to be left alone.
    """

    fingerprint: str | None = None
    polled_at: datetime | None = None
    synced_fingerprint: str | None = None
    synced_at: datetime | None = None
    full_at: datetime | None = None
    wait_until: datetime | None = None
    wait_for: str | None = None


def get(tx: Transaction, tenant_id: int) -> SyncState:
    """Return the state of a tenant; of one that was never polled all fields are None."""
    columns = [sync_state.c[name] for name in SyncState.__dataclass_fields__]
    row = tx.execute(select(*columns).where(sync_state.c.tenant_id == tenant_id)).one_or_none()
    return SyncState(**row._mapping) if row else SyncState()


def put(tx: Transaction, tenant_id: int, **values: object) -> None:
    """Set some of the fields."""
    statement = insert(sync_state).values(tenant_id=tenant_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def reset(tx: Transaction, tenant_id: int) -> None:
    """Clear all fields: the next sync reads and compares everything."""
    put(tx, tenant_id, **dict.fromkeys(SyncState.__dataclass_fields__))
