"""Pending operations: what people decide is carried out once, by whoever comes first, and on after a crash."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from include.cleanup import proposals
from include.cleanup.history import current_proposal, past_removals
from include.context import Context
from include.errors import InvalidState, NothingToRestore, ProposalClosed, TenantNotActive
from include.lifecycle import pending, wipe_step
from include.lifecycle.deactivation import deactivate
from include.lifecycle.pending import OperationKind, OperationState, PendingOperation
from include.lifecycle.wipe_step import PARTS
from include.store import pending as pending_table
from include.sync.run import begin_sync
from include.tenants.tenant import Tenant, load
from tests.helpers.cleanup_tenants import create_many_in_simon, run_cleanup, simon_ids, with_first_cleanup
from tests.helpers.clock import FakeClock
from tests.helpers.lifecycle_tenant import BY, LifecycleTenant
from tests.helpers.polling import run_pending
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def confirm_wipe(lifecycle: LifecycleTenant) -> None:
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=PARTS, by=BY)


@pytest.fixture
def limited(couple: CoupleTenant) -> CoupledTenant:
    """A clean-up that wants to remove six hand-made articles, and may remove two by itself."""
    coupled = with_first_cleanup(couple("unit4", cleanup_most=2))
    create_many_in_simon(coupled, 6)
    assert run_cleanup(coupled).proposal is not None
    return coupled


def proposal_of(coupled: CoupledTenant) -> int:
    waiting = current_proposal(coupled.context, coupled.tenant)
    assert waiting is not None
    return waiting[0].id


def operation(context: Context, tenant: Tenant, kind: OperationKind) -> PendingOperation:
    latest = pending.latest(context, tenant, kind)
    assert latest is not None
    return latest


def approve(coupled: CoupledTenant, **how: Any) -> PendingOperation:
    return pending.approve_proposal(coupled.context, coupled.tenant, proposal_of(coupled), by=BY, **how)


def test_a_confirmed_wipe_is_carried_out(lifecycle: LifecycleTenant) -> None:
    """R5.2: nobody waits at a page for it; afterwards nobody waits for anything."""
    confirm_wipe(lifecycle)
    queued = operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE)
    assert (queued.state, queued.parts, queued.requested_by) == (OperationState.QUEUED, PARTS, BY)
    assert pending.tenants_with_due(lifecycle.context) == [lifecycle.slug]
    run_pending(lifecycle.context)
    assert lifecycle.status == "connecting"
    assert lifecycle.simon("Customer") == []
    assert pending.tenants_with_due(lifecycle.context) == []
    assert operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE).state is OperationState.DONE


def test_a_paused_coupling_waits(lifecycle: LifecycleTenant) -> None:
    """R5: nothing is started for it."""
    confirm_wipe(lifecycle)
    with lifecycle.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET paused_at = now()"))
    run_pending(lifecycle.context)
    assert lifecycle.status == "wiping"
    assert operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE).state is OperationState.QUEUED


def test_the_command_line_and_the_runner_at_once(lifecycle: LifecycleTenant) -> None:
    """R5.2: one wipes, the other waits and gets the same report; nothing is exported twice."""
    confirm_wipe(lifecycle)
    tenant, reports = lifecycle.tenant, []
    both = [
        threading.Thread(target=lambda: reports.append(wipe_step.carry_out(lifecycle.context, tenant)))
        for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(reports) == 2
    assert reports[0] == reports[1]
    assert lifecycle.went()[-2:] == ["wiping", "connecting"]


def test_the_runner_leaves_alone_what_somebody_is_at(
    lifecycle: LifecycleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5.2: it does not wait for the other, whose threads it would keep from other tenants; nothing is wiped twice."""
    confirm_wipe(lifecycle)
    inside, go_on = threading.Event(), threading.Event()
    perform = pending._perform

    def slowly(*arguments: Any) -> Any:
        inside.set()
        assert go_on.wait(60)
        return perform(*arguments)

    monkeypatch.setattr(pending, "_perform", slowly)
    command_line = threading.Thread(target=lambda: wipe_step.carry_out(lifecycle.context, lifecycle.tenant))
    command_line.start()
    assert inside.wait(60)
    assert operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE).state is OperationState.RUNNING
    assert pending.carry_out_next(lifecycle.context, lifecycle.slug) is None
    go_on.set()
    command_line.join()
    assert lifecycle.status == "connecting"


def test_one_that_was_cut_off_goes_on(lifecycle: LifecycleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R5.2: whoever ran it is gone without a word; the next round of any watcher takes it up."""
    confirm_wipe(lifecycle)

    class Killed(BaseException):
        """Nothing of ours may be able to note this."""

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pending, "_perform", die)
        with pytest.raises(Killed):
            pending.carry_out_next(lifecycle.context, lifecycle.slug)
    cut_off = operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE)
    assert cut_off.state is OperationState.RUNNING
    run_pending(lifecycle.context)
    ended = operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE)
    assert (ended.id, ended.state, ended.started_at) == (cut_off.id, OperationState.DONE, cut_off.started_at)
    assert lifecycle.status == "connecting"


def test_an_approved_proposal_is_carried_out(limited: CoupledTenant) -> None:
    """R2.5: exactly that set, from the page on which it was approved; and it cannot be decided again."""
    number, before = proposal_of(limited), simon_ids(limited, "Item")
    queued = approve(limited)
    assert queued.target == number
    assert approve(limited) == queued  # the same person, who says the same again
    run_pending(limited.context)
    assert len(before - simon_ids(limited, "Item")) == 6
    assert current_proposal(limited.context, limited.tenant) is None
    with pytest.raises(ProposalClosed):
        proposals.refuse(limited.context, limited.tenant, number, by="another")


def test_who_carries_it_out_himself_has_a_head_start(limited: CoupledTenant, clock: FakeClock) -> None:
    """R2.5: the command line begins in the same breath; when it does not get to it, the runner does."""
    before = simon_ids(limited, "Item")
    approve(limited, carried_out_here=True)
    run_pending(limited.context)
    assert simon_ids(limited, "Item") == before
    clock.advance(seconds=6)
    run_pending(limited.context)
    assert len(before - simon_ids(limited, "Item")) == 6


def test_what_it_took_is_put_back(limited: CoupledTenant) -> None:
    """R2.5: asked for at a page, done by the runner, once."""
    approve(limited)
    left = len(simon_ids(limited, "Item")) - 6
    run_pending(limited.context)
    [run] = [past for past in past_removals(limited.context, limited.tenant) if past.restorable]
    assert run.ended["articles"] == {"deleted": 6}
    restore = pending.request_restore(limited.context, limited.tenant, run.run_id, by=BY)
    assert pending.request_restore(limited.context, limited.tenant, run.run_id, by="another") == restore
    assert pending.tenants_with_due(limited.context) == [limited.slug]
    for _ in range(2):
        run_pending(limited.context)
    assert len(simon_ids(limited, "Item")) == left + 6
    assert pending.tenants_with_due(limited.context) == []
    with pytest.raises(NothingToRestore):
        pending.request_restore(limited.context, limited.tenant, 999_999, by=BY)


def test_an_approval_that_comes_too_late_ends(limited: CoupledTenant, clock: FakeClock) -> None:
    """R2.5: nothing is removed on it, nobody waits for it, and the next clean-up may propose the same again."""
    before = simon_ids(limited, "Item")
    late = approve(limited)
    clock.advance(hours=24, seconds=1)
    run_pending(limited.context)
    ended = operation(limited.context, limited.tenant, OperationKind.REMOVAL)
    assert (ended.id, ended.state, ended.error_code) == (late.id, OperationState.FAILED, "ProposalClosed")
    assert simon_ids(limited, "Item") == before
    assert current_proposal(limited.context, limited.tenant) is None
    assert run_cleanup(limited).proposal is not None


def test_one_that_a_sync_is_in_the_way_of_waits(limited: CoupledTenant, clock: FakeClock) -> None:
    """R6.3: they never write to Simon together; it is tried again in a minute."""
    before = simon_ids(limited, "Item")
    approve(limited)
    run = begin_sync(limited.context, limited.tenant, "sync")
    run_pending(limited.context)
    waiting = operation(limited.context, limited.tenant, OperationKind.REMOVAL)
    assert (waiting.state, waiting.error_code) == (OperationState.QUEUED, "run.other_open")
    with run.transaction() as tx:
        run.finish(tx)
    clock.advance(seconds=61)
    run_pending(limited.context)
    assert len(before - simon_ids(limited, "Item")) == 6


def test_trouble_is_tried_again_after_a_minute(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """Architecture 4: said once, and not tried at every round while it lasts."""
    confirm_wipe(lifecycle)
    lifecycle.control.call("POST", "faults", [{"kind": "status", "status": 503, "count": -1, "path": "/simon/odata"}])
    for _ in range(3):
        run_pending(lifecycle.context)
    assert lifecycle.status == "wiping"
    waiting = operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE)
    assert (waiting.state, waiting.error_code) == (OperationState.QUEUED, "connection.unavailable")
    assert len([row for row in lifecycle.log("error") if row.code == waiting.error_code]) <= 1
    lifecycle.control.call("DELETE", "faults")
    run_pending(lifecycle.context)
    assert lifecycle.status == "wiping"
    clock.advance(seconds=61)
    run_pending(lifecycle.context)
    assert load(lifecycle.context, lifecycle.slug).status == "connecting"


def test_a_deactivation_ends_them(limited: CoupledTenant) -> None:
    """R5.5: stopped at once, with what was approved; nothing can be asked of it any more, nor after a new beginning."""
    before, queued = simon_ids(limited, "Item"), approve(limited)
    deactivate(limited.context, limited.tenant, BY)
    assert pending.tenants_with_due(limited.context) == []
    ended = operation(limited.context, limited.tenant, OperationKind.REMOVAL)
    assert (ended.state, ended.error_code) == (OperationState.FAILED, "TenantNotActive")
    assert current_proposal(limited.context, limited.tenant) is None
    with pytest.raises(InvalidState):
        pending.carry_out(limited.context, limited.tenant, queued.id)
    assert simon_ids(limited, "Item") == before


def test_nothing_is_queued_for_who_is_deactivated(limited: CoupledTenant) -> None:
    """R5.5: neither an approval nor a restore."""
    number = proposal_of(limited)
    with limited.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = 'inactive'"))
    with pytest.raises(TenantNotActive):
        pending.approve_proposal(limited.context, limited.tenant, number, by=BY)
    waiting = current_proposal(limited.context, limited.tenant)
    assert waiting is not None
    assert waiting[0].state == "open"


def test_a_state_is_left_as_the_table_says(lifecycle: LifecycleTenant) -> None:
    """Architecture 3: whatever the state, only the ways of TRANSITIONS lead out of it."""
    confirm_wipe(lifecycle)
    wipe = operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE)
    for before in OperationState:
        for after in OperationState:
            with lifecycle.context.store.begin() as tx:
                pending_table.move(tx, wipe.id, OperationState, state=before)
                allowed = pending._move(tx, wipe, after)
            now = operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE).state
            assert allowed == (after in pending.TRANSITIONS[before])
            assert now == (after if allowed else before)


def test_one_tenants_fault_is_not_anothers(
    lifecycle: LifecycleTenant, couple: CoupleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.13: a fault of ours in one tenant's operation is in the triggerer's log, and the other's is carried out."""
    confirm_wipe(lifecycle)
    other = with_first_cleanup(couple("rompslomp", slug="other", cleanup_most=0))
    create_many_in_simon(other, 1)
    run_cleanup(other)
    approve(other)
    perform = pending._perform

    def perform_or_break(context: Context, tenant: Tenant, *rest: Any) -> Any:
        if tenant.slug == lifecycle.slug:
            raise RuntimeError("a fault of ours")
        return perform(context, tenant, *rest)

    monkeypatch.setattr(pending, "_perform", perform_or_break)
    run_pending(lifecycle.context)
    assert operation(other.context, other.tenant, OperationKind.REMOVAL).state is OperationState.DONE
    assert operation(lifecycle.context, lifecycle.tenant, OperationKind.WIPE).state is OperationState.RUNNING
