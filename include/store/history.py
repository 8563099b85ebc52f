"""What earlier clean-ups took from the field service app, by run."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from include.store.engine import Transaction
from include.store.tables import removals, runs


@dataclass(frozen=True)
class CleanedRow:
    """One run that removed something; ``kept`` of the removed records can be put back still."""

    id: int
    kind: str
    key: str
    started_at: datetime
    ended_at: datetime | None
    stream: str
    state: str
    count: int
    kept: int


def cleaned(tx: Transaction, tenant_id: int, limit: int) -> list[CleanedRow]:
    """What the latest runs that removed something did, by stream and state; the latest run first."""
    latest = select(removals.c.run_id).where(removals.c.tenant_id == tenant_id).distinct()
    latest = latest.order_by(removals.c.run_id.desc()).limit(limit)
    about = (runs.c.id, runs.c.kind, runs.c.key, runs.c.started_at, runs.c.ended_at)
    counts = (func.count(), func.count(removals.c.export))
    query = select(*about, removals.c.stream, removals.c.state, *counts).join(runs, runs.c.id == removals.c.run_id)
    query = query.where(removals.c.tenant_id == tenant_id, removals.c.run_id.in_(latest))
    grouped = query.group_by(*about, removals.c.stream, removals.c.state)
    return [CleanedRow(*row) for row in tx.execute(grouped.order_by(runs.c.id.desc(), removals.c.stream))]
