"""How many documents went out, and how long each took: of one tenant, by business day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, cast, func, select

from include.store.engine import Transaction
from include.store.tables import ledger

ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class DayRow:
    """``median_s`` and ``p95_s``: from archiving to the document."""

    day: date
    documents: int
    median_s: float
    p95_s: float


def by_day(tx: Transaction, tenant_id: int, since: datetime) -> list[DayRow]:
    """Days on which something was booked, the first one first."""
    day = cast(func.timezone(ZONE, ledger.c.confirmed_at), Date).label("day")
    took = func.extract("epoch", ledger.c.confirmed_at - ledger.c.archived_at)
    parts: list[Any] = [func.percentile_cont(share).within_group(took.asc()) for share in (0.5, 0.95)]
    here = (ledger.c.tenant_id == tenant_id, ledger.c.state == "confirmed", ledger.c.confirmed_at >= since)
    query = select(day, func.count(), *parts).where(*here).group_by(day).order_by(day)
    return [DayRow(at, count, float(median), float(p95)) for at, count, median, p95 in tx.execute(query)]


def waiting(tx: Transaction, tenant_id: int) -> tuple[int, datetime | None]:
    """How many work orders are not in the package yet, and since when the oldest one waits."""
    here = (ledger.c.tenant_id == tenant_id, ledger.c.state.not_in(("confirmed", "skipped")))
    row = tx.execute(select(func.count(), func.min(ledger.c.archived_at)).where(*here)).one()
    return int(row[0]), row[1]
