"""A whole clean-up: list both sides, plan, guard, remove, report. In Airflow, comparing and removing are tasks."""

from datetime import timedelta

from include.access.systems import open_app, open_package
from include.cleanup import guard
from include.cleanup.guard import GuardDecision, RemovalLimit
from include.cleanup.listing import cleaned_streams, in_simon, read_both
from include.cleanup.plan import Plan, links_without_record, make_plan
from include.cleanup.proof import check_listings
from include.cleanup.removal_context import CheckedRemovals, RemovalContext
from include.cleanup.remove import remove, settle_interrupted
from include.cleanup.report import CleanupReport, log_result, make_report, open_proposal, open_proposal_id
from include.cleanup.states import withdraw_open_proposal
from include.connectors.field_service import FieldService
from include.context import Context
from include.log import closing
from include.messages import ClosedBy
from include.runs import Run, RunKind, begin, log_errors
from include.store import Transaction, baselines, exemptions, links, proposals, removals, runs
from include.store.proposals import ProposalState
from include.store.removals import RemovalState
from include.streams import STREAMS, with_followers
from include.tenants.tenant import Tenant

PLANNED = "plan"  # as a stream of the run: whether its plan is made
PROPOSAL_STANDS = timedelta(days=7)
BATCH_SIZE = 25  # records looked up in one request


def clean_up(context: Context, tenant: Tenant, key: str) -> CleanupReport:
    """Compare both sides and remove what should go; the same key goes on where it was.

    Raises the errors of ``include.errors``, and RunSuperseded.
    """
    compare(context, tenant, key)
    return remove_planned(context, tenant, key)


def begin_cleanup(context: Context, tenant: Tenant, key: str) -> Run:
    """Return the clean-up of this key, and begin it if nobody did. Raises as ``include.runs.begin``."""
    return begin(context, tenant, RunKind.CLEANUP, key, streams=cleaned_streams(tenant))


def compare(context: Context, tenant: Tenant, key: str) -> int | None:
    """List both sides, store what is to be removed and what a person must see first; return the open proposal's id."""
    run = begin_cleanup(context, tenant, key)
    if not run.finished:
        with log_errors(run):
            _compare(run)
    return open_proposal_id(context, tenant)


def _compare(run: Run) -> None:
    with run.context.store.begin() as tx:
        if runs.progress(tx, run.id, PLANNED).complete:
            return
    package, app = open_package(run.context, run.tenant), open_app(run.context, run.tenant)
    settle_interrupted(RemovalContext(run, app))
    access = package.access_fingerprint()
    read_both(run, package, app)
    if (access_after := package.access_fingerprint()) != access:  # so that it is like that of no other listing
        access = f"{access} / {access_after}"
    with run.context.store.begin() as tx:
        plan = make_plan(run, tx)
        decision = guard_plan(run, tx, plan, access)
    _store(run, plan, decision)
    _log_decision(run, decision)
    _drop_stale_links(run, app)


def guard_plan(run: Run, tx: Transaction, plan: Plan, access_fingerprint: str) -> GuardDecision:
    """Return what of the plan may be done, by the proof of its listings and by the tenant's limit."""
    streams, settings = cleaned_streams(run.tenant), run.tenant.settings
    exempted = {stream: exemptions.of_stream(tx, run.tenant.id, stream) for stream in streams}
    return guard.decide(
        plan.removals,
        check_listings(run, tx, access_fingerprint),
        totals={stream: runs.progress(tx, run.id, in_simon(stream)).read for stream in streams},
        waiting={stream: {id for id, each in exempted[stream].items() if each.kind.waits} for stream in streams},
        limit=RemovalLimit(settings.cleanup_most, settings.cleanup_share),
    )


def _store(run: Run, plan: Plan, decision: GuardDecision) -> None:
    """Store the plan, the proposal and the baselines: all or nothing."""
    now, tenant_id = run.context.now(), run.tenant.id
    with run.transaction() as tx:
        for stream, ids in plan.in_scope_again.items():
            if stream not in decision.issues:
                exemptions.delete_many(tx, tenant_id, stream, ids)
        removals.add_all(tx, tenant_id, run.id, decision.remove, state=RemovalState.PLANNED, changed_at=now)
        for stream, baseline in decision.accepted.items():
            baselines.put(tx, tenant_id, stream, baseline, at=now)
        if decision.propose:
            _propose(run, tx, decision)
        elif not decision.issues:  # a listing with an issue does not answer a question
            withdraw_open_proposal(tx, tenant_id)
        runs.save_progress(tx, run.id, PLANNED, complete=True)


def _propose(run: Run, tx: Transaction, decision: GuardDecision) -> None:
    """Put the set to a person; one that is open for the same set stays, so that whoever looks at it finds it again."""
    now, tenant_id, digest = run.context.now(), run.tenant.id, guard.digest(decision.propose)
    known = proposals.latest(tx, tenant_id, ProposalState.OPEN)
    if known is not None and known.digest == digest and known.expires_at > now:
        return
    withdraw_open_proposal(tx, tenant_id)
    moments = {"proposed_at": now, "expires_at": now + PROPOSAL_STANDS}
    proposal_id = proposals.add(tx, tenant_id, digest, decision.accepted_once_decided, **moments)
    proposed = {"proposal_id": proposal_id, "changed_at": now}
    removals.add_all(tx, tenant_id, run.id, decision.propose, state=RemovalState.PROPOSED, **proposed)


def _log_decision(run: Run, decision: GuardDecision) -> None:
    settings = run.tenant.settings
    for stream, issue in decision.issues.items():
        run.log.write(issue.code, stream, STREAMS[stream].table, **issue.values)
    for stream, (count, total) in decision.over_limit.items():
        values = {"count": count, "total": total, "most": settings.cleanup_most, "share": settings.cleanup_share}
        run.log.write("cleanup.limit_exceeded", stream, STREAMS[stream].table, **values)
    if proposal := open_proposal(run.context, run.tenant):
        days = -((run.context.now() - proposal.expires_at) // timedelta(days=1))  # upwards
        run.log.write("cleanup.proposed", str(proposal.id), count=len(decision.propose), days=days)


def _drop_stale_links(run: Run, app: FieldService) -> None:
    """Drop the links of what people removed in Simon: the next sync makes it again if it is in scope."""
    for stream in cleaned_streams(run.tenant):
        with run.context.store.begin() as tx:
            missing = links_without_record(run, tx, stream)
        for start in range(0, len(missing), BATCH_SIZE):
            batch = missing[start : start + BATCH_SIZE]
            there = app.get_many(stream, [id for _, id in batch])
            with run.transaction() as tx:
                for key in [key for key, id in batch if id not in there]:
                    for linked in with_followers(stream):
                        links.unlink(tx, run.tenant.id, linked, key)
                for id in [id for _, id in batch if id not in there]:
                    closing.removed(tx, run.tenant.id, id)


def remove_planned(context: Context, tenant: Tenant, key: str) -> CleanupReport:
    """Remove what the clean-up of this key planned, end it, and return what became of it."""
    run = begin_cleanup(context, tenant, key)
    if not run.finished:
        with log_errors(run):
            _remove(run)
    with context.store.begin() as tx:
        return make_report(context, tenant, run.id, removals.of_run(tx, tenant.id, run.id))


def _remove(run: Run) -> None:
    with run.context.store.begin() as tx:
        of_run = removals.of_run(tx, run.tenant.id, run.id, RemovalState.PLANNED, RemovalState.EXPORTED)
        to_do = [removal for removal in of_run if removal.proposal_id is None]
        accepted = {
            stream: baseline
            for stream in {removal.stream for removal in to_do}
            if (baseline := baselines.find(tx, run.tenant.id, stream))
        }
    if to_do:
        package, app = open_package(run.context, run.tenant), open_app(run.context, run.tenant)
        remove(CheckedRemovals(run, app, package, accepted), to_do)
    with run.transaction() as tx:
        kept_for = timedelta(days=run.context.retention.export_days)
        removals.erase_exports(tx, run.tenant.id, run.context.now() - kept_for)
        run.finish(tx)
        ended = removals.of_run(tx, run.tenant.id, run.id)
    log_result(run, ended)
    _close_problems(run)


def _close_problems(run: Run) -> None:
    tenant_id, began = run.tenant.id, run.row.started_at
    with run.context.store.begin() as tx:
        closed = closing.after_run(tx, tenant_id, "cleanup", began)
        closed += closing.not_met_again(tx, tenant_id, ClosedBy.CLEANUP, began)
    if closed:
        run.log.write("problem.resolved", run.key, count=closed)
