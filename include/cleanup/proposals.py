"""What is too much to be removed without a person: shown, decided once, and only that set is done (R2.5)."""

from datetime import datetime, timedelta

from include.access.systems import open_app, open_package
from include.cleanup.pipeline import CleanupReport, conclude, report
from include.cleanup.remove import RemovalContext, remove
from include.cleanup.run import Run
from include.context import Context
from include.errors import ProposalClosed
from include.runs import RunKind, begin, log_errors
from include.store import Transaction, cleanup
from include.store.cleanup import Baseline, Proposal, Removal
from include.streams import STREAMS
from include.tenants.tenant import Tenant

__all__ = ["Proposal", "Removal", "approve", "as_text", "carry_out", "refuse", "shown"]

REASONS = {
    "deleted": "niet meer in boekhoudpakket",
    "inactive": "niet meer actief",
    "outside_filter": "buiten het filter",
    "hand_made": "met de hand toegevoegd",
}
APPROVAL_STANDS = timedelta(hours=24)


def shown(context: Context, tenant: Tenant, proposal_id: int) -> tuple[Proposal, list[Removal]]:
    """A proposal and exactly the set that it is about. Raises NotOpen for one that this tenant does not have."""
    with context.store.begin() as tx:
        return _found(tx, tenant, proposal_id), cleanup.of_proposal(tx, proposal_id)


def as_text(context: Context, tenant: Tenant, proposal_id: int, at_most: int) -> str:
    """The set as Markdown, in Dutch; what does not fit is counted. Nothing in it is read as mark-up."""
    _, removals = shown(context, tenant, proposal_id)
    rows = [f"{STREAMS[one.stream].table:14} {REASONS[one.reason]:28} {one.label}" for one in removals[:at_most]]
    listed = "\n".join(row.replace("`", "'").replace("\n", " ") for row in rows)
    rest = len(removals) - len(rows)
    more = f"\n\nEn nog {rest}: `koppel cleanup proposal {tenant.slug}`" if rest else ""
    return f"Voorstel {proposal_id}: {len(removals)} records uit Simple-Simon verwijderen.\n\n```\n{listed}\n```{more}"


def _found(tx: Transaction, tenant: Tenant, proposal_id: int) -> Proposal:
    if (found := cleanup.proposal(tx, tenant.id, proposal_id)) is None:
        raise ProposalClosed(f"proposal: {proposal_id} does not exist for {tenant.slug}")
    return found


def approve(context: Context, tx: Transaction, tenant: Tenant, proposal_id: int, *, by: str) -> None:
    """Approve a proposal, once; the same person may say the same again. ``carry_out`` is to remove its set.

    Raises ProposalClosed when it was decided before, has expired, or another set took its place.
    """
    proposal = _found(tx, tenant, proposal_id)
    if proposal.decided_by != by or proposal.state not in ("approved", "done"):
        _decide(tx, tenant, proposal, after="approved", by=by, now=context.now())


def refuse(context: Context, tenant: Tenant, proposal_id: int, *, by: str) -> None:
    """Refuse a proposal, once; its records are kept for as long as the reason to remove them lasts.

    Raises ProposalClosed as ``approve`` does.
    """
    with context.store.begin() as tx:
        proposal = _found(tx, tenant, proposal_id)
        if proposal.decided_by == by and proposal.state == "refused":
            return
        _decide(tx, tenant, proposal, after="refused", by=by, now=context.now())
        for removal in cleanup.of_proposal(tx, proposal.id, "proposed"):
            cleanup.move(tx, removal, "spared", context.now())
            cleanup.mark(tx, tenant.id, removal.stream, removal.simon_id, "kept")
        _certify(context, tx, tenant, proposal)


def _decide(tx: Transaction, tenant: Tenant, proposal: Proposal, *, after: str, by: str, now: datetime) -> None:
    expired = _state_at(proposal, now) == "expired"
    if expired or not cleanup.decide(tx, proposal.id, "open", after, decided_by=by, decided_at=now):
        state = _state_at(_found(tx, tenant, proposal.id), now)
        raise ProposalClosed(f"proposal: {proposal.id} is {state}; only an open one can be decided, and once")


def _state_at(proposal: Proposal, now: datetime) -> str:
    """Return the state of a proposal; an open one that nobody decided in time has expired."""
    return "expired" if proposal.state == "open" and proposal.expires_at <= now else proposal.state


def _certify(context: Context, tx: Transaction, tenant: Tenant, proposal: Proposal) -> None:
    """A person has seen what came of these listings: they are what later ones are held against."""
    for stream, made_with in proposal.certified.items():
        cleanup.set_baseline(tx, tenant.id, stream, Baseline(**made_with), context.now())


def carry_out(
    context: Context, tenant: Tenant, proposal_id: int, key: str, *, requested_by: str | None = None
) -> CleanupReport:
    """Remove the approved set, each record looked at again. Raises NotOpen, and as ``clean_up`` does."""
    _refuse_late(context, tenant, proposal_id)
    run = begin(context, tenant, RunKind.PROPOSAL, key, target=proposal_id, requested_by=requested_by)
    if not run.finished:
        with log_errors(run):
            _carry_out(context, tenant, proposal_id, run)
    with context.store.begin() as tx:
        done = cleanup.of_proposal(tx, proposal_id)
    return report(context, tenant, done[0].run_id if done else run.id, done)


def _refuse_late(context: Context, tenant: Tenant, proposal_id: int) -> None:
    """Raises NotOpen for one that is not approved, was so too long ago, or is about another administration."""
    with context.store.begin() as tx:
        found = _found(tx, tenant, proposal_id)
        late = found.decided_at is not None and context.now() >= found.decided_at + APPROVAL_STANDS
        if found.state == "approved" and late:
            cleanup.decide(tx, proposal_id, "approved", "expired")
    if found.state not in ("approved", "done") or (found.state == "approved" and late):
        state = "expired" if late else _state_at(found, context.now())
        raise ProposalClosed(f"proposal: {proposal_id} is {state}; only an approved one is carried out")
    administration = tenant.settings.administration
    if any(made_with["administration"] != administration for made_with in found.certified.values()):
        raise ProposalClosed(f"proposal: {proposal_id} is about another administration than {administration}")


def _carry_out(context: Context, tenant: Tenant, proposal_id: int, run: Run) -> None:
    with context.store.begin() as tx:
        to_do = cleanup.of_proposal(tx, proposal_id, "proposed", "exported")
        made_with = {stream: Baseline(**one) for stream, one in _found(tx, tenant, proposal_id).certified.items()}
    remove(RemovalContext(run, open_package(context, tenant), open_app(context, tenant), made_with), to_do)
    with run.transaction() as tx:
        cleanup.decide(tx, proposal_id, "approved", "done")
        _certify(context, tx, tenant, _found(tx, tenant, proposal_id))
        run.finish(tx)
        done = cleanup.of_proposal(tx, proposal_id)
    conclude(run, done)
