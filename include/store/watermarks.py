"""The latest change seen, per stream and side (R1.11)."""

from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import watermarks


def get(tx: Transaction, tenant_id: int, system: str, stream: str) -> datetime | None:
    query = select(watermarks.c.seen).where(
        watermarks.c.tenant_id == tenant_id, watermarks.c.system == system, watermarks.c.stream == stream
    )
    return tx.execute(query).scalar_one_or_none()


def raise_to(tx: Transaction, tenant_id: int, system: str, stream: str, seen: datetime) -> None:
    """It only ever rises."""
    statement = insert(watermarks).values(tenant_id=tenant_id, system=system, stream=stream, seen=seen)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "system", "stream"],
            set_={"seen": func.greatest(watermarks.c.seen, statement.excluded.seen)},
            where=watermarks.c.seen < statement.excluded.seen,
        )
    )


def all_of(tx: Transaction, tenant_id: int) -> dict[tuple[str, str], datetime]:
    """(system, stream) -> the latest change seen."""
    query = select(watermarks.c.system, watermarks.c.stream, watermarks.c.seen)
    return {(row.system, row.stream): row.seen for row in tx.execute(query.where(watermarks.c.tenant_id == tenant_id))}


def day(value: date) -> datetime:
    """A day as a moment, for systems that know no time of day."""
    return datetime.combine(value, time(), UTC)
