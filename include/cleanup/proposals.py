"""What is too much to be removed without a person: shown, decided once, and only that set is removed (R2.5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from include.access.systems import open_app, open_package
from include.cleanup.removal_context import CheckedRemovals
from include.cleanup.remove import remove
from include.cleanup.report import CleanupReport, log_result, make_report
from include.cleanup.states import move_proposal, move_removal
from include.context import Context
from include.errors import ProposalClosed
from include.log import closing
from include.log.writer import IntegrationLog
from include.runs import Run, RunKind, begin, log_errors
from include.store import Transaction, baselines, exemptions, proposals, removals
from include.store.exemptions import Exemption, ExemptionKind
from include.store.proposals import Proposal, ProposalState
from include.store.removals import Removal, RemovalReason, RemovalState
from include.streams import STREAMS
from include.tenants.tenant import Tenant

__all__ = ["Proposal", "Removal", "approve", "as_text", "carry_out", "refuse", "shown"]

REASONS: Mapping[RemovalReason, str] = {
    RemovalReason.DELETED: "niet meer in boekhoudpakket",
    RemovalReason.INACTIVE: "niet meer actief",
    RemovalReason.OUTSIDE_FILTER: "buiten het filter",
    RemovalReason.HAND_MADE: "met de hand toegevoegd",
}
APPROVAL_STANDS = timedelta(hours=24)


def shown(context: Context, tenant: Tenant, proposal_id: int) -> tuple[Proposal, list[Removal]]:
    """Return a proposal and exactly its set. Raises ProposalClosed for one that this tenant does not have."""
    with context.store.begin() as tx:
        return _find(tx, tenant, proposal_id), removals.of_proposal(tx, proposal_id)


def as_text(context: Context, tenant: Tenant, proposal_id: int, at_most: int) -> str:
    """Return the set as Markdown, in Dutch; what does not fit is counted. Nothing in it is read as mark-up."""
    _, proposed = shown(context, tenant, proposal_id)
    rows = [
        f"{STREAMS[removal.stream].table:14} {REASONS[removal.reason]:28} {removal.label}"
        for removal in proposed[:at_most]
    ]
    listed = "\n".join(row.replace("`", "'").replace("\n", " ") for row in rows)
    rest = len(proposed) - len(rows)
    more = f"\n\nEn nog {rest}: `koppel cleanup proposal {tenant.slug}`" if rest else ""
    return f"Voorstel {proposal_id}: {len(proposed)} records uit Simple-Simon verwijderen.\n\n```\n{listed}\n```{more}"


def _find(tx: Transaction, tenant: Tenant, proposal_id: int) -> Proposal:
    if (proposal := proposals.find(tx, tenant.id, proposal_id)) is None:
        raise ProposalClosed(f"proposal: {proposal_id} does not exist for {tenant.slug}")
    return proposal


def approve(context: Context, tx: Transaction, tenant: Tenant, proposal_id: int, *, by: str) -> None:
    """Approve a proposal, once; the same person may say the same again. ``carry_out`` is to remove its set.

    Raises ProposalClosed when it was decided before, has expired, or another set took its place.
    """
    proposal = _find(tx, tenant, proposal_id)
    if proposal.decided_by != by or proposal.state not in (ProposalState.APPROVED, ProposalState.DONE):
        _decide(tx, tenant, proposal, ProposalState.APPROVED, by=by, now=context.now())
        _log(context, tenant).add(tx, "cleanup.approved", str(proposal.id), by=by)


def refuse(context: Context, tenant: Tenant, proposal_id: int, *, by: str) -> None:
    """Refuse a proposal, once; its records are protected for as long as the reason to remove them lasts.

    Raises ProposalClosed as ``approve`` does.
    """
    with context.store.begin() as tx:
        proposal = _find(tx, tenant, proposal_id)
        if proposal.decided_by == by and proposal.state is ProposalState.REFUSED:
            return
        _decide(tx, tenant, proposal, ProposalState.REFUSED, by=by, now=context.now())
        for removal in removals.of_proposal(tx, proposal.id, RemovalState.PROPOSED):
            move_removal(tx, removal, RemovalState.SKIPPED, at=context.now())
            protected = Exemption(ExemptionKind.PROTECTED)
            exemptions.put(tx, tenant.id, removal.stream, removal.simon_id, exemption=protected)
        _accept_baselines(context, tx, tenant, proposal)
        _log(context, tenant).add(tx, "cleanup.refused", str(proposal.id), by=by)


def _log(context: Context, tenant: Tenant) -> IntegrationLog:
    return IntegrationLog(context.store, tenant.id, tenant.slug, "decision")


def _decide(
    tx: Transaction, tenant: Tenant, proposal: Proposal, state: ProposalState, *, by: str, now: datetime
) -> None:
    expired = _state_at(proposal, now) is ProposalState.EXPIRED
    if expired or not move_proposal(tx, proposal.id, state, decided_by=by, decided_at=now):
        present = _state_at(_find(tx, tenant, proposal.id), now)
        raise ProposalClosed(f"proposal: {proposal.id} is {present}; only an open one can be decided, and once")
    closing.decided(tx, tenant.id)


def _state_at(proposal: Proposal, now: datetime) -> ProposalState:
    """Return the state of a proposal; an open one that nobody decided in time has expired."""
    expired = proposal.state is ProposalState.OPEN and proposal.expires_at <= now
    return ProposalState.EXPIRED if expired else proposal.state


def _accept_baselines(context: Context, tx: Transaction, tenant: Tenant, proposal: Proposal) -> None:
    """Accept the listings of a proposal, which a person has seen the outcome of: later ones are compared with them."""
    for stream, baseline in proposal.baselines.items():
        baselines.put(tx, tenant.id, stream, baseline, at=context.now())


def carry_out(
    context: Context, tenant: Tenant, proposal_id: int, key: str, *, requested_by: str | None = None
) -> CleanupReport:
    """Remove the approved set, each record checked again. Raises ProposalClosed, and as ``clean_up`` does."""
    _require_approved(context, tenant, proposal_id)
    run = begin(context, tenant, RunKind.REMOVAL, key, target=proposal_id, requested_by=requested_by)
    if not run.finished:
        with log_errors(run):
            _carry_out(run, proposal_id)
    with context.store.begin() as tx:
        ended = removals.of_proposal(tx, proposal_id)
    return make_report(context, tenant, ended[0].run_id if ended else run.id, ended)


def _require_approved(context: Context, tenant: Tenant, proposal_id: int) -> None:
    """Raise ProposalClosed unless it was approved, not too long ago, and for the tenant's present administration."""
    with context.store.begin() as tx:
        proposal = _find(tx, tenant, proposal_id)
        state, approved = _state_at(proposal, context.now()), proposal.state is ProposalState.APPROVED
        too_late = proposal.decided_at is not None and context.now() >= proposal.decided_at + APPROVAL_STANDS
        if approved and too_late:
            state = ProposalState.EXPIRED
            move_proposal(tx, proposal_id, state)
    if state not in (ProposalState.APPROVED, ProposalState.DONE):
        raise ProposalClosed(f"proposal: {proposal_id} is {state}; only an approved one is carried out")
    administration = tenant.settings.administration
    if any(baseline.administration != administration for baseline in proposal.baselines.values()):
        raise ProposalClosed(f"proposal: {proposal_id} is about another administration than {administration}")


def _carry_out(run: Run, proposal_id: int) -> None:
    context, tenant = run.context, run.tenant
    with context.store.begin() as tx:
        proposal = _find(tx, tenant, proposal_id)
        to_do = removals.of_proposal(tx, proposal_id, RemovalState.PROPOSED, RemovalState.EXPORTED)
    package, app = open_package(context, tenant), open_app(context, tenant)
    remove(CheckedRemovals(run, app, package, proposal.baselines), to_do)
    with run.transaction() as tx:
        move_proposal(tx, proposal_id, ProposalState.DONE)
        _accept_baselines(context, tx, tenant, proposal)
        run.finish(tx)
        ended = removals.of_proposal(tx, proposal_id)
    log_result(run, ended)
