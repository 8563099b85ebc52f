"""What became of a clean-up, a wipe or a restore, as people are told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from include.cleanup.listing import cleaned_streams
from include.context import Context
from include.runs import Run
from include.store import proposals
from include.store.proposals import Proposal, ProposalState
from include.store.removals import Removal, RemovalState
from include.streams import STREAMS
from include.tenants.tenant import Tenant


@dataclass(frozen=True)
class CleanupReport:
    """``ended``: by stream, how many removals are in which state. ``proposal``: the open one, whichever run made it.

    ``along``: how many records of each kind a wipe deleted along with those.
    """

    run_id: int
    ended: dict[str, dict[str, int]] = field(default_factory=dict)
    proposal: int | None = None
    along: dict[str, int] = field(default_factory=dict)


def make_report(context: Context, tenant: Tenant, run_id: int, removals: Sequence[Removal]) -> CleanupReport:
    """Return what became of these removals."""
    ended = {
        stream: {state.value: number for state, number in count_states(removals, stream).items()}
        for stream in dict.fromkeys(removal.stream for removal in removals)
    }
    return CleanupReport(run_id, ended, open_proposal_id(context, tenant))


def count_states(removals: Sequence[Removal], stream: str) -> Counter[RemovalState]:
    """Return how many removals of a stream are in which state."""
    return Counter(removal.state for removal in removals if removal.stream == stream)


def log_result(run: Run, removals: Sequence[Removal]) -> None:
    """Log one line for each stream, also when it is all zero."""
    states = (
        RemovalState.DELETED,
        RemovalState.INACTIVE,
        RemovalState.IN_USE,
        RemovalState.SKIPPED,
        RemovalState.PROPOSED,
    )
    for stream in cleaned_streams(run.tenant):
        counts = count_states(removals, stream)
        values = {state.value: counts[state] for state in states}
        run.log.write("cleanup.done", stream, STREAMS[stream].table, **values)


def open_proposal(context: Context, tenant: Tenant) -> Proposal | None:
    """Return the proposal that a person can still decide."""
    with context.store.begin() as tx:
        proposal = proposals.latest(tx, tenant.id, ProposalState.OPEN)
    return None if proposal is None or proposal.expires_at <= context.now() else proposal


def open_proposal_id(context: Context, tenant: Tenant) -> int | None:
    """Return the number of the proposal that a person can still decide."""
    proposal = open_proposal(context, tenant)
    return None if proposal is None else proposal.id
