"""What a clean-up would do, record by record with its reason, without writing to Simon or keeping anything."""

from dataclasses import dataclass
from enum import StrEnum

from include.access.systems import open_app, open_package
from include.cleanup.guard import GuardDecision
from include.cleanup.listing import cleaned_streams, read_both
from include.cleanup.pipeline import guard_plan
from include.cleanup.plan import make_plan
from include.cleanup.proof import ListingIssue
from include.context import Context
from include.runs import Run, RunKind, begin
from include.store.removals import PlannedRemoval
from include.tenants.tenant import Tenant


class RemovalEffect(StrEnum):
    """What would become of a record that should go."""

    # It would be removed.
    REMOVE = "remove"
    # It would be put to a person.
    PROPOSE = "propose"
    # It would be left for now.
    LEAVE = "leave"


@dataclass(frozen=True)
class CleanupPreviewRow(PlannedRemoval):
    """A record that should go, with what would become of it; ``work_order`` is the open one it would be left for."""

    effect: RemovalEffect
    work_order: str | None = None


def dry_run(context: Context, tenant: Tenant, key: str) -> tuple[list[CleanupPreviewRow], dict[str, ListingIssue]]:
    """Return the records that should go, in the order of removal, and the issues of the listings by stream.

    Raises the errors of ``include.errors``.
    """
    run = begin(context, tenant, RunKind.CLEANUP_DRY_RUN, key, streams=cleaned_streams(tenant))
    try:
        return _preview(run)
    finally:
        with context.store.begin() as tx:
            run.finish(tx)


def _preview(run: Run) -> tuple[list[CleanupPreviewRow], dict[str, ListingIssue]]:
    package, app = open_package(run.context, run.tenant), open_app(run.context, run.tenant)
    read_both(run, package, app)
    access = package.access_fingerprint()
    with run.context.store.begin() as tx:
        plan = make_plan(run, tx)
        decision = guard_plan(run, tx, plan, access)
    in_use, effects = app.in_use(), _effects(decision)
    rows = []
    for stream, planned in plan.removals.items():
        for removal in planned:
            work_order = next(iter(in_use.get(stream, {}).get(removal.simon_id, [])), None)
            effect = RemovalEffect.LEAVE if work_order else effects.get(removal, RemovalEffect.LEAVE)
            rows.append(CleanupPreviewRow(**vars(removal), effect=effect, work_order=work_order))
    return rows, decision.issues


def _effects(decision: GuardDecision) -> dict[PlannedRemoval, RemovalEffect]:
    """Return the effect of each removal that is decided; all others are left."""
    removed = dict.fromkeys(decision.remove, RemovalEffect.REMOVE)
    return removed | dict.fromkeys(decision.propose, RemovalEffect.PROPOSE)
