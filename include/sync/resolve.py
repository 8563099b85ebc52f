"""What a finished sync has shown to be settled: it closes the open problems that it would have met again (R7.5)."""

from collections.abc import Iterable

from include.runs import Run
from include.store import problems
from include.store.problems import ProblemFilter
from include.streams import STREAMS

# said anew in every run for as long as they are true
REPEATED = ("sync.record_refused", "sync.record_unreadable", "sync.parent_missing")
OF_THE_RUN = ("sync.too_many_refused", "sync.listing_unstable", "run.other_open")
# said only when the record is written
AT_WRITE = ("sync.text_shortened", "sync.duplicates_found")


def resolve(run: Run, streams: Iterable[str]) -> None:
    """A few statements, however many records there are."""
    tenant_id, began = run.tenant.id, run.row.started_at
    with run.context.store.begin() as tx:
        closed = problems.close(tx, tenant_id, ProblemFilter(codes=OF_THE_RUN, before=began))
        closed += problems.close(tx, tenant_id, ProblemFilter(codes=("run.failed",), family="sync__"))
        closed += problems.close(tx, tenant_id, ProblemFilter("connection", startswith="connection."))
        if "articles" in run.streams:
            closed += problems.close(tx, tenant_id, ProblemFilter(startswith="filter.", before=began))
        for stream in streams:
            closed += problems.close(tx, tenant_id, ProblemFilter(STREAMS[stream].table, codes=REPEATED, before=began))
            closed += problems.close_written(
                tx, tenant_id, stream, ProblemFilter(STREAMS[stream].table, codes=AT_WRITE, before=began)
            )
    if closed:
        run.log.write("problem.resolved", run.key, count=closed)
