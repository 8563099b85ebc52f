"""The states of a run and its kinds: what may follow what, and who keeps whom out (R6.3)."""

from include.runs import TRANSITIONS, RunKind, RunState
from include.tenants.states import RUNNING, TenantState


def test_every_state_is_in_the_table_of_transitions() -> None:
    """R5.3: a run begins open, each other state is reached from there, and a run that has ended stays as it is."""
    reached = {RunState.OPEN}
    while more := {after for before in reached for after in TRANSITIONS[before]} - reached:
        reached |= more
    assert reached == set(TRANSITIONS) == set(RunState)
    assert {state for state in RunState if not TRANSITIONS[state]} == {RunState.FINISHED, RunState.SUPERSEDED}


def test_only_dry_runs_may_be_open_beside_others() -> None:
    """R6.3: whatever writes to Simon keeps all else out that does."""
    assert {kind for kind in RunKind if not kind.exclusive} == {RunKind.DRY_RUN, RunKind.CLEANUP_DRY_RUN}


def test_what_begins_by_itself_asks_for_a_coupling_that_runs() -> None:
    """R5.5: a first import runs before a coupling is active; only what a person asks for runs in any state."""
    states = {kind: kind.tenant_states for kind in RunKind if kind.tenant_states}
    assert states == {
        RunKind.SYNC: RUNNING,
        RunKind.CLEANUP: (TenantState.ACTIVE,),
        RunKind.REMOVAL: (TenantState.ACTIVE,),
    }
