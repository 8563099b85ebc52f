"""A whole clean-up: list both sides, plan, guard, remove, report. In Airflow, looking and removing are tasks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from include.access.systems import open_app, open_package
from include.cleanup import guard
from include.cleanup.guard import GuardDecision, RemovalLimit
from include.cleanup.listing import certify, in_simon, read_both
from include.cleanup.plan import Plan, missing_in_simon, plan
from include.cleanup.remove import RemovalContext, remove, settle_interrupted
from include.cleanup.run import Run, begin_cleanup, streams
from include.connectors.field_service import FieldService
from include.context import Context
from include.runs import log_errors
from include.store import cleanup, links, runs
from include.store.cleanup import Baseline, Proposal, Removal
from include.streams import STREAMS, with_followers
from include.tenants.tenant import Tenant

PLANNED = "plan"  # as a stream of the run: whether its plan is made
PROPOSAL_STANDS = timedelta(days=7)
AT_ONCE = 25  # records looked up in one request
NOTHING_NEW = ("kept", "deleted")  # marks of what is not waiting to be removed


@dataclass(frozen=True)
class CleanupReport:
    """``ended``: by stream, how many ended how. ``proposal``: the open one, whichever run made it."""

    run_id: int
    ended: dict[str, dict[str, int]] = field(default_factory=dict)
    proposal: int | None = None


def clean_up(context: Context, tenant: Tenant, key: str) -> CleanupReport:
    """All of it. Raises the errors of ``include.errors`` and ``runs.Superseded``; the same key goes on where it was."""
    look(context, tenant, key)
    return remove_planned(context, tenant, key)


def look(context: Context, tenant: Tenant, key: str) -> int | None:
    """List both sides, note what is to be done and what a person must see first; the id of the open proposal."""
    run = begin_cleanup(context, tenant, key)
    if not run.finished:
        with log_errors(run):
            _look(run)
    return open_proposal_id(context, tenant)


def _look(run: Run) -> None:
    with run.context.store.begin() as tx:
        if runs.progress(tx, run.id, PLANNED).complete:
            return
    package, app = open_package(run.context, run.tenant), open_app(run.context, run.tenant)
    settle_interrupted(RemovalContext(run, package, app))
    rights = package.access_fingerprint()
    read_both(run, package, app)
    if (after := package.access_fingerprint()) != rights:  # not the ones of any other listing
        rights = f"{rights} / {after}"
    with run.context.store.begin() as tx:
        made = plan(run, tx)
        verdict = judged(run, made, rights)
    _note(run, made, verdict)
    _say(run, verdict)
    _let_go_of_links(run, app)


def judged(run: Run, made: Plan, rights: str) -> GuardDecision:
    """What of the plan may be done, by the certificates of the listings and by the brake."""
    with run.context.store.begin() as tx:
        certificates = certify(run, tx, rights)
        totals = {name: runs.progress(tx, run.id, in_simon(name)).read for name in streams(run.tenant)}
        marked = {name: cleanup.marked(tx, run.tenant.id, name) for name in streams(run.tenant)}
    waiting = {name: {id for id, (m, _) in marks.items() if m not in NOTHING_NEW} for name, marks in marked.items()}
    settings = run.tenant.settings
    brake = RemovalLimit(settings.cleanup_most, settings.cleanup_share)
    return guard.decide(made.removals, certificates, totals, waiting, brake)


def _note(run: Run, made: Plan, verdict: GuardDecision) -> None:
    """The plan, the proposal and the baselines: all or nothing."""
    now, tenant_id = run.context.now(), run.tenant.id
    with run.transaction() as tx:
        for stream, ids in made.wanted_again.items():
            if stream not in verdict.doubts:
                cleanup.unmark(tx, tenant_id, stream, ids)
        cleanup.plan(tx, tenant_id, run.id, verdict.do, now, None)
        for stream, made_with in verdict.certified.items():
            cleanup.set_baseline(tx, tenant_id, stream, made_with, now)
        digest = guard.digest(verdict.propose)
        known = cleanup.latest_proposal(tx, tenant_id, "open")
        stands = known is not None and known.digest == digest and known.expires_at > now
        if verdict.propose and not stands:
            id = cleanup.propose(tx, tenant_id, digest, verdict.pending, now, now + PROPOSAL_STANDS)
            cleanup.plan(tx, tenant_id, run.id, verdict.propose, now, id)
        elif not verdict.propose and not verdict.doubts:  # a listing in doubt does not answer a question
            cleanup.withdraw(tx, tenant_id)
        runs.save_progress(tx, run.id, PLANNED, complete=True)


def _say(run: Run, verdict: GuardDecision) -> None:
    settings = run.tenant.settings
    for stream, doubt in verdict.doubts.items():
        run.log.write(doubt.code, stream, STREAMS[stream].table, **doubt.values)
    for stream, (count, total) in verdict.braked.items():
        values = {"count": count, "total": total, "most": settings.cleanup_most, "share": settings.cleanup_share}
        run.log.write("cleanup.limit_exceeded", stream, STREAMS[stream].table, **values)
    if proposal := _open_proposal(run.context, run.tenant):
        days = -((run.context.now() - proposal.expires_at) // timedelta(days=1))  # upwards
        run.log.write("cleanup.proposed", str(proposal.id), count=len(verdict.propose), days=days)


def open_proposal_id(context: Context, tenant: Tenant) -> int | None:
    """The proposal that waits for a person, whichever run made it."""
    found = _open_proposal(context, tenant)
    return None if found is None else found.id


def _open_proposal(context: Context, tenant: Tenant) -> Proposal | None:
    with context.store.begin() as tx:
        found = cleanup.latest_proposal(tx, tenant.id, "open")
    return None if found is None or found.expires_at <= context.now() else found


def _let_go_of_links(run: Run, app: FieldService) -> None:
    """What people removed in Simon themselves: without its link, the next sync makes it again if it is wanted."""
    for name in streams(run.tenant):
        with run.context.store.begin() as tx:
            missing = missing_in_simon(run, tx, name)
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            there = app.get_many(name, [id for _, id in some])
            with run.transaction() as tx:
                for key in [key for key, id in some if id not in there]:
                    for linked in with_followers(name):
                        links.unlink(tx, run.tenant.id, linked, key)


def remove_planned(context: Context, tenant: Tenant, key: str) -> CleanupReport:
    """Do what the run noted, and end it."""
    run = begin_cleanup(context, tenant, key)
    if not run.finished:
        with log_errors(run):
            _remove(run)
    with context.store.begin() as tx:
        return report(context, tenant, run.id, cleanup.of_run(tx, tenant.id, run.id))


def _remove(run: Run) -> None:
    with run.context.store.begin() as tx:
        found = cleanup.of_run(tx, run.tenant.id, run.id, "planned", "exported")
    to_do = [removal for removal in found if removal.proposal_id is None]
    if to_do:
        package, app = open_package(run.context, run.tenant), open_app(run.context, run.tenant)
        remove(RemovalContext(run, package, app, _made_with(run, to_do)), to_do)
    with run.transaction() as tx:
        kept_for = timedelta(days=run.context.retention.export_days)
        cleanup.let_go(tx, run.tenant.id, run.context.now() - kept_for)
        run.finish(tx)
        done = cleanup.of_run(tx, run.tenant.id, run.id)
    conclude(run, done)


def _made_with(run: Run, removals: Sequence[Removal]) -> dict[str, Baseline]:
    with run.context.store.begin() as tx:
        found = {stream: cleanup.baseline(tx, run.tenant.id, stream) for stream in {one.stream for one in removals}}
    return {stream: made_with for stream, made_with in found.items() if made_with}


def conclude(run: Run, done: Sequence[Removal]) -> None:
    """One line for each stream, also when it is all zero."""
    for stream in streams(run.tenant):
        ended = Counter(removal.state for removal in done if removal.stream == stream)
        counts = {name: ended[name] for name in ("deleted", "inactive", "in_use", "spared", "proposed")}
        run.log.write("cleanup.done", stream, STREAMS[stream].table, **counts)


def report(context: Context, tenant: Tenant, run_id: int, done: Sequence[Removal]) -> CleanupReport:
    """What became of these removals."""
    ended: dict[str, Counter[str]] = {}
    for removal in done:
        ended.setdefault(removal.stream, Counter())[removal.state] += 1
    return CleanupReport(
        run_id, {stream: dict(counts) for stream, counts in ended.items()}, open_proposal_id(context, tenant)
    )
