"""The latest change seen, per stream and side (R1.11)."""

from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import watermarks


def get(tx: Transaction, tenant_id: int, system: str, stream: str) -> datetime | None:
    """Return the latest change seen of a stream on one side."""
    side = (watermarks.c.system == system, watermarks.c.stream == stream)
    query = select(watermarks.c.changed_at).where(watermarks.c.tenant_id == tenant_id, *side)
    return tx.execute(query).scalar_one_or_none()


def raise_to(tx: Transaction, tenant_id: int, system: str, stream: str, *, changed_at: datetime) -> None:
    """Store a change that was seen, unless a later one was seen before."""
    values = {"tenant_id": tenant_id, "system": system, "stream": stream, "changed_at": changed_at}
    statement = insert(watermarks).values(values)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "system", "stream"],
            set_={"changed_at": func.greatest(watermarks.c.changed_at, statement.excluded.changed_at)},
            where=watermarks.c.changed_at < statement.excluded.changed_at,
        )
    )


def by_side(tx: Transaction, tenant_id: int) -> dict[tuple[str, str], datetime]:
    """Return the latest change seen by (system, stream)."""
    query = select(watermarks.c.system, watermarks.c.stream, watermarks.c.changed_at)
    rows = tx.execute(query.where(watermarks.c.tenant_id == tenant_id))
    return {(row.system, row.stream): row.changed_at for row in rows}


def start_of(day: date) -> datetime:
    """Return a day as a moment, for systems that know no time of day."""
    return datetime.combine(day, time(), UTC)
