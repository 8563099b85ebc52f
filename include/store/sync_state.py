"""When a tenant's master data was looked at and synchronised."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import watched


@dataclass(frozen=True)
class SyncState:
    """``seen`` and ``synced`` are fingerprints of the package's lists: at the last look, at the last whole sync."""

    seen: str | None = None
    looked_at: datetime | None = None
    synced: str | None = None
    synced_at: datetime | None = None
    full_at: datetime | None = None


def get(tx: Transaction, tenant_id: int) -> SyncState:
    columns = [watched.c[name] for name in SyncState.__dataclass_fields__]
    row = tx.execute(select(*columns).where(watched.c.tenant_id == tenant_id)).one_or_none()
    return SyncState(*row) if row else SyncState()


def put(tx: Transaction, tenant_id: int, **values: object) -> None:
    """Set some of the fields."""
    statement = insert(watched).values(tenant_id=tenant_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def forget(tx: Transaction, tenant_id: int) -> None:
    """As if it had never been looked at: the next synchronisation reads and compares everything."""
    put(tx, tenant_id, **dict.fromkeys(SyncState.__dataclass_fields__))
