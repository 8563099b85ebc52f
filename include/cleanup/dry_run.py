"""What a clean-up would do, record by record with its reason, without writing to Simon or keeping anything."""

from dataclasses import dataclass
from typing import Literal

from include.access.systems import open_app, open_package
from include.cleanup.guard import GuardDecision
from include.cleanup.listing import ListingIssue, read_both
from include.cleanup.pipeline import judged
from include.cleanup.plan import plan
from include.cleanup.run import Run, streams
from include.context import Context
from include.runs import RunKind, begin
from include.store.cleanup import PlannedRemoval
from include.tenants.tenant import Tenant

What = Literal["remove", "propose", "leave"]


@dataclass(frozen=True)
class CleanupPreviewRow(PlannedRemoval):
    """A record that should go, with what would become of it; ``work_order`` is the open one it would be left for."""

    what: What
    work_order: str | None = None


def dry_run(context: Context, tenant: Tenant, key: str) -> tuple[list[CleanupPreviewRow], dict[str, ListingIssue]]:
    """The records, in the order of removal, and the doubts by stream. Raises the errors of ``include.errors``."""
    run = begin(context, tenant, RunKind.CLEANUP_DRY_RUN, key, streams=streams(tenant))
    try:
        return _outcomes(run)
    finally:
        with context.store.begin() as tx:
            run.finish(tx)


def _outcomes(run: Run) -> tuple[list[CleanupPreviewRow], dict[str, ListingIssue]]:
    package, app = open_package(run.context, run.tenant), open_app(run.context, run.tenant)
    read_both(run, package, app)
    rights = package.access_fingerprint()
    with run.context.store.begin() as tx:
        made = plan(run, tx)
    verdict, used = judged(run, made, rights), app.in_use()
    chosen, found = _what(verdict), []
    for stream, planned in made.removals.items():
        for one in planned:
            number = used.get(stream, {}).get(one.simon_id)
            what: What = "leave" if number else chosen.get(one, "leave")
            found.append(CleanupPreviewRow(one.stream, one.simon_id, one.key, one.label, one.reason, what, number))
    return found, verdict.doubts


def _what(verdict: GuardDecision) -> dict[PlannedRemoval, What]:
    """Of each record that should go; one that is not in it is left."""
    chosen: dict[PlannedRemoval, What] = dict.fromkeys(verdict.do, "remove")
    return chosen | dict.fromkeys(verdict.propose, "propose")
