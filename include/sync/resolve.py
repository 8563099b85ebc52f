"""Which open problems a finished sync resolves: those that it would have met again (R7.5)."""

from collections.abc import Iterable

from include.runs import Run
from include.store import problems
from include.store.problems import ProblemFilter
from include.streams import STREAMS

# logged in every run for as long as they are true
IN_EVERY_RUN = (
    "sync.record_refused",
    "sync.record_unreadable",
    "sync.parent_missing",
    "sync.keys_alike",
    "sync.number_twice",
)
OF_THE_RUN = ("sync.too_many_refused", "sync.listing_unstable", "run.other_open")
# logged only when the record is written
AT_WRITING = ("sync.text_shortened", "sync.duplicates_found", "sync.not_kept")


def resolve(run: Run, streams: Iterable[str]) -> None:
    """Close the problems that a finished run did not meet; a few statements, however many records there are."""
    tenant_id, began = run.tenant.id, run.row.started_at
    with run.context.store.begin() as tx:
        closed = problems.resolve(tx, tenant_id, ProblemFilter(codes=OF_THE_RUN, not_since=began))
        closed += problems.resolve(tx, tenant_id, ProblemFilter(codes=("run.failed",), record_prefix="sync__"))
        closed += problems.resolve(tx, tenant_id, ProblemFilter("connection", code_prefix="connection."))
        if "articles" in run.streams:
            closed += problems.resolve(tx, tenant_id, ProblemFilter(code_prefix="filter.", not_since=began))
        for stream in streams:
            table = STREAMS[stream].table
            closed += problems.resolve(tx, tenant_id, ProblemFilter(table, codes=IN_EVERY_RUN, not_since=began))
            written = ProblemFilter(table, codes=AT_WRITING, not_since=began)
            closed += problems.resolve_written(tx, tenant_id, stream, written)
    if closed:
        run.log.write("problem.resolved", run.key, count=closed)
