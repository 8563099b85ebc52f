"""The states of a coupling: each has its words, and the table of steps leads through all of them (R5)."""

import pytest

from include.store.overview import PAUSABLE
from include.tenants.states import ENDED, PAUSED, RUNNING, STATES, TRANSITIONS, Step, TenantState, refusal, state_title

ORDER = [Step.CONFIRM_WIPE, Step.FINISH_WIPE, Step.CHOOSE_ADMINISTRATION, Step.START_IMPORT, Step.FINISH_IMPORT]


def reachable(start: TenantState, without: frozenset[Step] = frozenset()) -> set[TenantState]:
    """Return the states that steps lead to from a state."""
    states = {start}
    while (
        more := {
            transition.after
            for step, transition in TRANSITIONS.items()
            if transition.before & states and step not in without
        }
        - states
    ):
        states |= more
    return states


@pytest.mark.parametrize("state", TenantState)
def test_every_state_has_its_words(state: TenantState) -> None:
    """R5, R7.2: a title in both languages, and what is possible in it."""
    assert STATES[state].possible
    assert state_title(state, "nl") != state_title(state, "en")
    assert STATES[state].possible in refusal("jansen", state, "to pause")


def test_pause_and_removed_tenants_have_words_too() -> None:
    """R5, R7.2: a coupling that is paused, and one that is gone by now."""
    assert (state_title(PAUSED, "nl"), state_title(PAUSED, "en")) == ("Gepauzeerd", "Paused")
    assert refusal("jansen", "removed", "to wipe").endswith("what is possible: nothing")


def test_every_step_leads_somewhere_else() -> None:
    """R5: each step is in the table, and none leads to the state that it begins in."""
    assert set(TRANSITIONS) == set(Step)
    for transition in TRANSITIONS.values():
        assert transition.before
        assert transition.after not in transition.before


def test_the_steps_lead_through_a_whole_life() -> None:
    """R5.1, R5.6: from new to active in the order of the pages, to inactive from anywhere, and from there to new."""
    state = TenantState.NEW
    for step in ORDER:
        assert state in TRANSITIONS[step].before
        state = TRANSITIONS[step].after
    assert state == TenantState.ACTIVE
    assert all(reachable(start) == set(TenantState) for start in TenantState)


def test_only_a_deactivation_ends_a_coupling() -> None:
    """R5.5: and only a reactivation begins it again."""
    assert not set(ENDED) & reachable(TenantState.NEW, frozenset({Step.DEACTIVATE}))
    assert reachable(TenantState.INACTIVE, frozenset({Step.REACTIVATE})) == {TenantState.INACTIVE}


def test_nothing_becomes_active_without_its_import() -> None:
    """R5.3: an import that was finished is the only way."""
    assert TenantState.ACTIVE not in reachable(TenantState.NEW, frozenset({Step.FINISH_IMPORT}))


def test_the_overview_shows_a_pause_of_what_runs() -> None:
    """R5: the query of the list agrees with ``Tenant.effective_state``."""
    assert set(PAUSABLE) == set(RUNNING)
