"""What earlier clean-ups and wipes took from Simon, and whether it can be put back still."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from include.context import Context
from include.store import proposals, removals
from include.store.proposals import Proposal, ProposalState
from include.store.removals import Removal, RemovalCount, RemovalState
from include.tenants.tenant import Tenant

__all__ = ["PastRemovals", "Proposal", "Removal", "current_proposal", "past_removals"]

RESTORABLE = (RemovalState.DELETED, RemovalState.INACTIVE, RemovalState.RESTORING)
MOST_RUNS = 20  # that a person is shown


@dataclass(frozen=True)
class PastRemovals:
    """One run; ``ended`` counts by stream and state. ``restorable``: how many records can be put back."""

    run_id: int
    kind: str
    key: str
    started_at: datetime
    ended_at: datetime | None
    ended: dict[str, dict[str, int]] = field(default_factory=dict)
    restorable: int = 0


def past_removals(context: Context, tenant: Tenant) -> list[PastRemovals]:
    """Return the latest runs that removed something, the last one first."""
    with context.store.begin() as tx:
        counts = removals.counts_of_latest_runs(tx, tenant.id, MOST_RUNS)
    by_run: dict[int, list[RemovalCount]] = {}
    for count in counts:
        by_run.setdefault(count.run_id, []).append(count)
    return [_of_run(of_run) for of_run in by_run.values()]


def _of_run(counts: Sequence[RemovalCount]) -> PastRemovals:
    ended: dict[str, dict[str, int]] = {}
    for count in counts:
        ended.setdefault(count.stream, {})[count.state.value] = count.count
    run, restorable = counts[0], sum(count.exported for count in counts if count.state in RESTORABLE)
    return PastRemovals(run.run_id, run.kind, run.key, run.started_at, run.ended_at, ended, restorable)


def current_proposal(context: Context, tenant: Tenant) -> tuple[Proposal, list[Removal]] | None:
    """Return the proposal that waits for a person or is being carried out, and exactly its set."""
    with context.store.begin() as tx:
        proposal = proposals.latest(tx, tenant.id, ProposalState.OPEN, ProposalState.APPROVED)
        if proposal is None:
            return None
        if proposal.state is ProposalState.OPEN and proposal.expires_at <= context.now():
            return None
        return proposal, removals.of_proposal(tx, proposal.id)
