"""Closes problems on the evidence that the catalogue names (R7.5, R7.6); a few statements, however many there are."""

from collections.abc import Iterable
from datetime import datetime

from include.messages import ClosedBy, codes_closed_by
from include.store import Transaction, problems
from include.store.problems import ProblemFilter
from include.streams import STREAMS

FAILED = "run.failed"


def after_run(tx: Transaction, tenant_id: int, dag: str, began: datetime) -> int:
    """Close what a run that ended well shows to be over: both systems answered, and it met nothing of the kind."""
    of_runs = [code for code in codes_closed_by(ClosedBy.RUN) if code != FAILED]
    filters = [
        ProblemFilter("connection", codes=codes_closed_by(ClosedBy.ANSWER)),
        ProblemFilter(codes=tuple(of_runs), not_since=began),
        ProblemFilter(codes=(FAILED,), record_prefix=f"{dag}__"),
    ]
    return _close(tx, tenant_id, filters)


def not_met_again(
    tx: Transaction, tenant_id: int, closed_by: ClosedBy, began: datetime, *, prefix: str = "", table: str | None = None
) -> int:
    """Close what a run would have met again and did not, of a subject and a table or of all."""
    codes = codes_closed_by(closed_by, prefix)
    return _close(tx, tenant_id, [ProblemFilter(table, codes=codes, not_since=began)])


def written(tx: Transaction, tenant_id: int, stream: str, began: datetime) -> int:
    """Close what was wrong with records of a stream that were written since, or are gone."""
    of_writing = ProblemFilter(STREAMS[stream].table, codes=codes_closed_by(ClosedBy.WRITING), not_since=began)
    return problems.resolve_written(tx, tenant_id, stream, of_writing)


def decided(tx: Transaction, tenant_id: int) -> int:
    """Close what asks for a decision on the clean-up proposal, of which a tenant has one at a time."""
    return _close(tx, tenant_id, [ProblemFilter(codes=codes_closed_by(ClosedBy.DECISION))])


def removed(tx: Transaction, tenant_id: int, simon_id: int) -> int:
    """Close what is over once a record has left Simon."""
    values = {"simon_id": str(simon_id)}
    return _close(tx, tenant_id, [ProblemFilter(codes=codes_closed_by(ClosedBy.REMOVAL), values=values)])


def _close(tx: Transaction, tenant_id: int, filters: Iterable[ProblemFilter]) -> int:
    return sum(problems.resolve(tx, tenant_id, problem_filter) for problem_filter in filters)
