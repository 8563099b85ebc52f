"""Removing what is older than it has to be kept, some rows at a time, so that nobody waits for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, literal_column, null, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from include.store.engine import Store
from include.store.runs import RunState, latest_first
from include.store.tables import (
    consents,
    ledger,
    ledger_steps,
    log,
    pending_operations,
    problems,
    proposals,
    reconciliations,
    removals,
    runs,
    staged,
)

BATCH_SIZE = 5000


def old_log(store: Store, before: datetime) -> int:
    return _all(store, log, log.c.at < before)


def settled_problems(store: Store, before: datetime) -> int:
    return _all(store, problems, problems.c.resolved_at < before)


def old_steps(store: Store, before: datetime) -> int:
    """Remove how entries of the ledger got where they are; the entries themselves are kept for ever (R3.10)."""
    return _all(store, ledger_steps, ledger_steps.c.at < before)


def old_exports(store: Store, before: datetime) -> int:
    """Remove what is kept of records that were removed; what became of them stays known for longer."""
    where = and_(removals.c.changed_at < before, removals.c.export.is_not(None))
    return _emptied(store, removals, where, {"export": null()})


def old_work_orders(store: Store, before: datetime) -> int:
    """Empty what finished entries of the ledger say of people; what proves that they were sent once stays (R3.10)."""
    texts = {column: null() for column in ("work_order", "expected", "booked", "reason")}
    done = and_(ledger.c.state.in_(("confirmed", "skipped")), ledger.c.search_until.is_(None))
    where = and_(done, ledger.c.archived_at < before, or_(*(ledger.c[name].is_not(None) for name in texts)))
    steps = and_(ledger_steps.c.at < before, ledger_steps.c.reason.is_not(None))
    return _emptied(store, ledger, where, texts) + _emptied(store, ledger_steps, steps, {"reason": null()})


def old_reconciliations(store: Store, before: datetime) -> int:
    """Remove what was compared before a moment; what differed stands in the log for longer."""
    return _all(store, reconciliations, reconciliations.c.at < before)


def left_over(store: Store, now: datetime) -> int:
    """Remove staged rows of runs that have ended, and people who never came back from a log-in page."""
    open_runs = select(runs.c.id).where(runs.c.state == RunState.OPEN)
    # a run that is only just beginning may not be seen here: its number is higher than all that are
    known = select(func.coalesce(func.max(runs.c.id), 0)).scalar_subquery()
    done = _all(store, staged, and_(staged.c.run_id.not_in(open_runs), staged.c.run_id <= known))
    return done + _all(store, consents, consents.c.expires_at < now)


def old_operations(store: Store, before: datetime) -> int:
    """Remove operations that ended before a moment; return how many."""
    return _all(store, pending_operations, pending_operations.c.ended_at < before)


def old_runs(store: Store, before: datetime) -> int:
    """Remove runs that ended, with their removals; not the latest of a kind, by which the next one is timed."""
    gone = and_(removals.c.changed_at < before, removals.c.export.is_(None))
    _all(store, removals, and_(gone, removals.c.state.not_in(("planned", "proposed", "exported"))))
    named = select(removals.c.proposal_id).where(removals.c.proposal_id.is_not(None))
    over = and_(proposals.c.state != "open", proposals.c.expires_at < before, proposals.c.id.not_in(named))
    _all(store, proposals, over)
    kinds = (runs.c.tenant_id, runs.c.kind)
    latest = select(runs.c.id).ext(distinct_on(*kinds))
    latest = latest.order_by(*kinds, *latest_first())
    used = select(removals.c.run_id)
    ended = or_(runs.c.ended_at < before, and_(runs.c.state == RunState.OPEN, runs.c.started_at < before))
    return _all(store, runs, and_(ended, runs.c.id.not_in(latest), runs.c.id.not_in(used)))


def _emptied(store: Store, table: Table, where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    """Set columns in batches, each in a transaction of its own; return how many rows that were."""
    emptied = 0
    while True:
        some = select(table.c.id).where(where).limit(BATCH_SIZE)
        with store.begin() as tx:
            changed = tx.execute(update(table).where(table.c.id.in_(some)).values(**values)).rowcount
        emptied += changed
        if changed < BATCH_SIZE:
            return emptied


def _all(store: Store, table: Table, where: ColumnElement[bool]) -> int:
    """Remove rows in batches, each in a transaction of its own; return how many went."""
    gone = 0
    row_id: ColumnElement[str] = literal_column(f"{table.name}.ctid")  # some of these tables have no other
    while True:
        chosen = select(row_id).where(where).limit(BATCH_SIZE)
        with store.begin() as tx:
            deleted = tx.execute(delete(table).where(row_id.in_(chosen))).rowcount
        gone += deleted
        if deleted < BATCH_SIZE:
            return gone
