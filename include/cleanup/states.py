"""Which state of a removal, and of a proposal, may follow which; and the one way to bring it there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from include.log import closing
from include.store import Transaction
from include.store import proposals as proposals_table
from include.store import removals as removals_table
from include.store.proposals import ProposalState
from include.store.removals import Removal, RemovalState

_TO_DO = frozenset({RemovalState.EXPORTED, RemovalState.DELETED, RemovalState.IN_USE, RemovalState.SKIPPED})
REMOVAL_TRANSITIONS: Mapping[RemovalState, frozenset[RemovalState]] = {
    RemovalState.PLANNED: _TO_DO | {RemovalState.ABANDONED},
    RemovalState.PROPOSED: _TO_DO,
    RemovalState.EXPORTED: _TO_DO | {RemovalState.INACTIVE, RemovalState.ABANDONED},
    RemovalState.DELETED: frozenset({RemovalState.RESTORING, RemovalState.RESTORED}),
    RemovalState.INACTIVE: frozenset({RemovalState.RESTORING, RemovalState.RESTORED}),
    RemovalState.IN_USE: frozenset(),
    RemovalState.SKIPPED: frozenset(),
    RemovalState.RESTORING: frozenset({RemovalState.RESTORING, RemovalState.RESTORED}),
    RemovalState.RESTORED: frozenset(),
    RemovalState.ABANDONED: frozenset(),
}
PROPOSAL_TRANSITIONS: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.OPEN: frozenset({ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.REPLACED}),
    ProposalState.APPROVED: frozenset({ProposalState.DONE, ProposalState.EXPIRED}),
    ProposalState.DONE: frozenset(),
    ProposalState.REFUSED: frozenset(),
    ProposalState.EXPIRED: frozenset(),
    ProposalState.REPLACED: frozenset(),
}


def move_removal(tx: Transaction, removal: Removal, after: RemovalState, *, at: datetime, **values: Any) -> None:
    """Bring a removal to another state, with more fields of its row."""
    before = [state for state, following in REMOVAL_TRANSITIONS.items() if after in following]
    if not removals_table.move(tx, removal.id, before, after, changed_at=at, **values):
        raise RuntimeError(f"removal {removal.id} cannot go from {removal.state} to {after}")


def move_proposal(tx: Transaction, proposal_id: int, after: ProposalState, **values: Any) -> bool:
    """Bring a proposal to another state, with more fields; return False when somebody else had moved it elsewhere."""
    before = [state for state, following in PROPOSAL_TRANSITIONS.items() if after in following]
    return proposals_table.move(tx, proposal_id, before, after, **values)


def withdraw_open_proposal(tx: Transaction, tenant_id: int) -> None:
    """Close the proposal that waits for a decision, if there is one: another set, or none, is in its place."""
    if proposal := proposals_table.latest(tx, tenant_id, ProposalState.OPEN):
        move_proposal(tx, proposal.id, ProposalState.REPLACED)
        closing.decided(tx, tenant_id)
