"""Counts the documents that went out, and how long each took: of one tenant, by business day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, cast, func, select

from include.store.engine import Transaction
from include.store.ledger import LedgerState
from include.store.tables import ledger

ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class DayRow:
    """What was booked on one day; ``median_s`` and ``p95_s`` are the times from archiving to the document."""

    day: date
    documents: int
    median_s: float
    p95_s: float


def by_day(tx: Transaction, tenant_id: int, since: datetime) -> list[DayRow]:
    """Return the days on which something was booked, the first one first."""
    day = cast(func.timezone(ZONE, ledger.c.confirmed_at), Date).label("day")
    took = func.extract("epoch", ledger.c.confirmed_at - ledger.c.archived_at)
    shares: dict[str, Any] = {
        name: func.percentile_cont(share).within_group(took.asc()).label(name)
        for name, share in (("median_s", 0.5), ("p95_s", 0.95))
    }
    booked = (ledger.c.tenant_id == tenant_id, ledger.c.state == LedgerState.CONFIRMED, ledger.c.confirmed_at >= since)
    query = select(day, func.count().label("documents"), *shares.values()).where(*booked).group_by(day).order_by(day)
    rows = tx.execute(query).mappings()
    return [DayRow(row["day"], row["documents"], float(row["median_s"]), float(row["p95_s"])) for row in rows]


def waiting(tx: Transaction, tenant_id: int) -> tuple[int, datetime | None]:
    """Count the work orders that are not in the package yet; and since when the oldest one waits."""
    ended = (LedgerState.CONFIRMED, LedgerState.SKIPPED)
    query = select(func.count().label("n"), func.min(ledger.c.archived_at).label("oldest"))
    row = tx.execute(query.where(ledger.c.tenant_id == tenant_id, ledger.c.state.not_in(ended))).one()
    return int(row.n), row.oldest
