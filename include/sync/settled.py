"""What a finished sync has shown to be settled: it closes the open problems that it would have met again (R7.5)."""

from collections.abc import Iterable

from include.store import problems
from include.store.problems import Which
from include.sync.run import TABLES, Run

# said anew in every run for as long as they are true
REPEATED = ("sync.record_refused", "sync.record_unreadable", "sync.parent_missing")
OF_THE_RUN = ("sync.too_many_refused", "sync.listing_moves", "run.other_under_way")
# said only when the record is written
AT_WRITE = ("sync.text_shortened", "sync.several_found")


def settle(run: Run, streams: Iterable[str]) -> None:
    """A few statements, however many records there are."""
    tenant_id, began = run.tenant.id, run.row.started_at
    with run.koppel.store.begin() as tx:
        closed = problems.close(tx, tenant_id, Which(codes=OF_THE_RUN, before=began))
        closed += problems.close(tx, tenant_id, Which(codes=("run.failed",), family="sync__"))
        closed += problems.close(tx, tenant_id, Which("connection", startswith="connection."))
        if "articles" in run.what:
            closed += problems.close(tx, tenant_id, Which(startswith="filter.", before=began))
        for stream in streams:
            closed += problems.close(tx, tenant_id, Which(TABLES[stream], codes=REPEATED, before=began))
            closed += problems.close_written(tx, tenant_id, stream, Which(TABLES[stream], codes=AT_WRITE, before=began))
    if closed:
        run.log.write("problem.solved", run.row.key, count=closed)
