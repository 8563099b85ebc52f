"""Which open problems a finished sync closes: those that it would have met again (R7.5)."""

from collections.abc import Iterable

from include.log import closing
from include.messages import ClosedBy
from include.runs import Run
from include.streams import STREAMS


def resolve(run: Run, streams: Iterable[str]) -> None:
    """Close the problems that a finished run did not meet."""
    tenant_id, began = run.tenant.id, run.row.started_at
    with run.context.store.begin() as tx:
        closed = closing.after_run(tx, tenant_id, "sync", began)
        if "articles" in run.streams:
            closed += closing.not_met_again(tx, tenant_id, ClosedBy.SYNC, began, prefix="filter.")
        for stream in streams:
            table = STREAMS[stream].table
            closed += closing.not_met_again(tx, tenant_id, ClosedBy.SYNC, began, prefix="sync.", table=table)
            closed += closing.written(tx, tenant_id, stream, began)
    if closed:
        run.log.write("problem.resolved", run.key, count=closed)
