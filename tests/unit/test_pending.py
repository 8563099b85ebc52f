"""The states of a pending operation."""

from include.lifecycle.pending import TRANSITIONS, OperationState

ENDED = {OperationState.DONE, OperationState.FAILED}


def test_every_way_begins_queued_and_ends() -> None:
    """Architecture 3: every state is in the table and can be reached; what has ended stays so; the rest can end."""
    assert set(TRANSITIONS) == set(OperationState)
    assert reachable(OperationState.QUEUED) == set(OperationState)
    for state in OperationState:
        assert (TRANSITIONS[state] == frozenset()) == (state in ENDED)
        assert reachable(state) & ENDED


def reachable(start: OperationState) -> set[OperationState]:
    reached, more = {start}, [start]
    while more:
        fresh = TRANSITIONS[more.pop()] - reached
        reached |= fresh
        more += fresh
    return reached
