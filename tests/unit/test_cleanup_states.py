"""The states of removals and proposals."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from include.cleanup.states import PROPOSAL_TRANSITIONS, REMOVAL_TRANSITIONS
from include.store.proposals import ProposalState
from include.store.removals import RemovalState

TABLES: list[Any] = [
    (
        REMOVAL_TRANSITIONS,
        {RemovalState.PLANNED, RemovalState.PROPOSED},
        {RemovalState.IN_USE, RemovalState.SKIPPED, RemovalState.ABANDONED, RemovalState.RESTORED},
    ),
    (
        PROPOSAL_TRANSITIONS,
        {ProposalState.OPEN},
        {ProposalState.DONE, ProposalState.REFUSED, ProposalState.EXPIRED, ProposalState.REPLACED},
    ),
]


@pytest.mark.parametrize(("transitions", "first", "last"), TABLES, ids=["removals", "proposals"])
def test_every_state_is_reached_and_can_end(
    transitions: Mapping[StrEnum, frozenset[StrEnum]], first: set[StrEnum], last: set[StrEnum]
) -> None:
    """Architecture 3: every state is in the table and can be reached; each can end, and what has ended stays so."""
    assert set(transitions) == set(type(next(iter(first))))
    assert reachable(transitions, first) == set(transitions)
    for state, following in transitions.items():
        assert (not following) == (state in last)
        assert reachable(transitions, {state}) & last


def test_nothing_is_deleted_that_was_not_exported_or_gone() -> None:
    """R2.3: only what was exported may become inactive; what is put back was removed before."""
    sources = {state for state, following in REMOVAL_TRANSITIONS.items() if RemovalState.INACTIVE in following}
    assert sources == {RemovalState.EXPORTED}
    restored = {state for state, following in REMOVAL_TRANSITIONS.items() if RemovalState.RESTORED in following}
    assert restored == {RemovalState.DELETED, RemovalState.INACTIVE, RemovalState.RESTORING}


def reachable(transitions: Mapping[StrEnum, frozenset[StrEnum]], start: set[StrEnum]) -> set[StrEnum]:
    reached, more = set(start), list(start)
    while more:
        fresh = transitions[more.pop()] - reached
        reached |= fresh
        more += fresh
    return reached
