"""Runs in the store: their states, and who takes over from whom (R5.3, R6.3)."""

from itertools import product

import pytest

from include.errors import RunSuperseded
from include.runs import TRANSITIONS, RunKind, RunState, begin
from include.store import runs
from tests.helpers.tenants import CoupledTenant

ALL_STATES = list(product(RunState, RunState))


def bring_to(coupled: CoupledTenant, state: RunState) -> int:
    """Make a run of this state."""
    run = begin(coupled.context, coupled.tenant, RunKind.SYNC, "one")
    if state is not RunState.OPEN:
        with coupled.context.store.begin() as tx:
            assert runs.end(tx, run.id, [RunState.OPEN], state)
    return run.id


@pytest.mark.parametrize(("before", "after"), ALL_STATES, ids="-".join)
def test_a_run_moves_only_as_the_table_says(coupled: CoupledTenant, before: RunState, after: RunState) -> None:
    """R5.3: each pair of states, tried on a real row."""
    run_id = bring_to(coupled, before)
    allowed = [state for state in RunState if after in TRANSITIONS[state]]
    with coupled.context.store.begin() as tx:
        assert runs.end(tx, run_id, allowed, after) == (after in TRANSITIONS[before])
        row = runs.latest(tx, coupled.tenant.id, RunKind.SYNC)
    assert row is not None
    assert row.state is (after if after in TRANSITIONS[before] else before)
    assert row.open == (row.ended_at is None)


def test_a_run_that_was_taken_over_leaves_a_superseded_row(coupled: CoupledTenant) -> None:
    """R5.3: the row with all that was read goes on under the other key; the first key stays known as superseded."""
    first = begin(coupled.context, coupled.tenant, RunKind.SYNC, "one", streams=["customers"], requested_by="Anna")
    second = begin(coupled.context, coupled.tenant, RunKind.SYNC, "two", streams=["customers"])
    assert second.id == first.id
    with coupled.context.store.begin() as tx:
        left = runs.find(tx, coupled.tenant.id, RunKind.SYNC, "one")
        latest = runs.latest(tx, coupled.tenant.id, RunKind.SYNC)
    assert left is not None
    assert (left.state, left.started_at, left.requested_by) == (RunState.SUPERSEDED, first.row.started_at, "Anna")
    assert latest == second.row
    with pytest.raises(RunSuperseded):
        first.ensure_current()
    second.ensure_current()


def test_a_run_about_something_else_is_not_taken_over(coupled: CoupledTenant) -> None:
    """R2.5: the same kind with another target does not do the same; it ends the earlier one."""
    first = begin(coupled.context, coupled.tenant, RunKind.RESTORE, "one", target=7)
    second = begin(coupled.context, coupled.tenant, RunKind.RESTORE, "two", target=8)
    assert (second.target, second.id == first.id) == (8, False)
    with pytest.raises(RunSuperseded):
        begin(coupled.context, coupled.tenant, RunKind.RESTORE, "one", target=7)
