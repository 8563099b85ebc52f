"""Rows of baselines: with what a listing was made that was accepted as proof (R2.4)."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import baselines


@dataclass(frozen=True)
class Baseline:
    """With what a listing of a stream was made, and how many records it held."""

    administration: str
    access_fingerprint: str
    filters: str
    count: int


_COLUMNS = [baselines.c[name] for name in Baseline.__dataclass_fields__]


def find(tx: Transaction, tenant_id: int, stream: str) -> Baseline | None:
    """Return what the last accepted listing of a stream was made with."""
    query = select(*_COLUMNS).where(baselines.c.tenant_id == tenant_id, baselines.c.stream == stream)
    row = tx.execute(query).one_or_none()
    return Baseline(**row._mapping) if row else None


def put(tx: Transaction, tenant_id: int, stream: str, baseline: Baseline, *, at: datetime) -> None:
    """Store a baseline in the place of the stream's former one."""
    values = {**asdict(baseline), "accepted_at": at}
    statement = insert(baselines).values(tenant_id=tenant_id, stream=stream, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "stream"], set_=values))


def delete_all(tx: Transaction, tenant_id: int) -> None:
    """Delete the baselines of all streams: the next listing has nothing to be compared with."""
    tx.execute(delete(baselines).where(baselines.c.tenant_id == tenant_id))
