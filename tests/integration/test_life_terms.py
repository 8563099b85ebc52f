"""Agreeing to the terms of the integration, and withdrawing what was begun by mistake (R5.7, R7.8)."""

from dataclasses import replace

import pytest

from include.access.credentials import credential_status
from include.cleanup.restore import restore
from include.errors import AlreadyCoupled, InvalidInput, InvalidState, Misconfigured
from include.installation import Terms
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose
from include.lifecycle.deactivation import deactivate, reactivate
from include.lifecycle.steps import ActivationStep, current_step
from include.lifecycle.terms import agree, agreement
from include.lifecycle.withdrawal import obstacle, withdraw
from include.settings import drafts
from include.tenants.overview import about
from tests.helpers.clock import FakeClock
from tests.helpers.life_states import bring_to
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    activate,
    connect_package,
    connect_simon,
    import_first,
    register_new,
    set_up,
    wipe_simon,
)
from tests.helpers.sandboxes import Sandbox

# the terms


def test_who_agreed_to_what_and_when_is_kept(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """R5.7: version, place, person and moment; the first one counts, and it is in the log."""
    clock.advance(seconds=0)
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.START
    assert agree(lifecycle.context, lifecycle.tenant, "anna", "1")
    clock.advance(hours=1)
    assert not agree(lifecycle.context, lifecycle.tenant, "bert")
    kept = agreement(lifecycle.context, lifecycle.tenant)
    assert kept
    terms = lifecycle.context.terms
    assert (kept.version, kept.link, kept.agreed_by) == (terms.version, terms.link, "anna")
    assert (lifecycle.context.now() - kept.agreed_at).total_seconds() == 3600
    assert [row.values["by"] for row in lifecycle.log() if row.code == "coupling.terms_agreed"] == ["anna"]
    assert about(lifecycle.context, lifecycle.tenant)["agreements"][0]["agreed_by"] == "anna"
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.WIPE


@pytest.mark.parametrize("version", ["0", "", "1 ", "2"])
def test_another_version_than_counts_is_refused(lifecycle: LifecycleTenant, version: str) -> None:
    """R5.7: what was read is what is agreed to; the text says which counts, and where it is."""
    with pytest.raises(InvalidInput, match="agree to '1'") as caught:
        agree(lifecycle.context, lifecycle.tenant, BY, version)
    assert lifecycle.context.terms.link in str(caught.value)
    assert agreement(lifecycle.context, lifecycle.tenant) is None


@pytest.mark.parametrize("wipes", [True, False])
def test_the_first_step_means_agreeing(lifecycle: LifecycleTenant, wipes: bool) -> None:
    """R5.7: whatever entrance it is taken by, there is no activation that nobody agreed to."""
    if wipes:
        wipe_simon(lifecycle)
    else:
        wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
    kept = agreement(lifecycle.context, lifecycle.tenant)
    assert kept
    assert kept.agreed_by == BY


def test_new_terms_are_asked_for_at_the_next_activation(lifecycle: LifecycleTenant) -> None:
    """R5.7: a coupling at work goes on; both agreements are kept."""
    activate(lifecycle)
    lifecycle.context = replace(lifecycle.context, terms=Terms("2", "https://voorwaarden.example/2"))
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.ACTIVE
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    connect_simon(lifecycle)
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.START
    agree(lifecycle.context, lifecycle.tenant, BY, "2")
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.WIPE
    versions = [each["version"] for each in about(lifecycle.context, lifecycle.tenant)["agreements"]]
    assert versions == ["2", "1"]


# withdrawing


@pytest.mark.parametrize("state", ["new", "connecting", "settings", "importing"])
def test_what_was_begun_by_mistake_is_withdrawn(lifecycle: LifecycleTenant, sandbox: Sandbox, state: str) -> None:
    """R7.8: nothing of it is in the way of another coupling; who did it stays in the log."""
    if state != "new":
        wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
    if state in ("settings", "importing"):
        set_up_until(lifecycle, state)
    assert lifecycle.status == state
    other = register_new(lifecycle.context, sandbox, lifecycle.package, "second")
    with pytest.raises(AlreadyCoupled):
        connect_simon(other, lifecycle.description["simon_access"])
    assert withdraw(lifecycle.context, lifecycle.tenant, "bert").status == "inactive"
    assert credential_status(lifecycle.context, lifecycle.tenant.id) == []
    assert drafts.find(lifecycle.context, lifecycle.tenant) is None
    assert [row.values["by"] for row in lifecycle.log() if row.code == "coupling.withdrawn"] == ["bert"]
    connect_simon(other, lifecycle.description["simon_access"])
    wipe_step.keep(other.context, other.tenant, BY)
    set_up(other)
    import_first(other)
    assert other.status == "active"


def set_up_until(lifecycle: LifecycleTenant, state: str) -> None:
    if state == "importing":
        set_up(lifecycle)
        return
    connect_package(lifecycle)
    choose(lifecycle.context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY)


@pytest.mark.parametrize("state", ["wiping", "active", "inactive"])
def test_a_state_in_which_nothing_is_withdrawn(lifecycle: LifecycleTenant, state: str) -> None:
    """R5.1: a wipe is carried out first; what is at work is deactivated."""
    bring_to(lifecycle, state)
    with pytest.raises(InvalidState, match=r"what is possible: ."):
        withdraw(lifecycle.context, lifecycle.tenant, BY)
    assert lifecycle.status == state


def test_what_is_still_needed_is_not_lost(lifecycle: LifecycleTenant) -> None:
    """R5.2, R5.6: links, and what a wipe took; the text says what to do, in two languages."""
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=wipe_step.PARTS, by=BY)
    report = wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    with pytest.raises(Misconfigured) as caught:
        withdraw(lifecycle.context, lifecycle.tenant, BY)
    assert (caught.value.code, caught.value.values["wipe"]) == ("coupling.has_removals", report.run_id)
    assert f"koppel cleanup restore {lifecycle.slug} {report.run_id}" in caught.value.action("nl")
    restore(lifecycle.context, lifecycle.tenant, report.run_id, "back")
    assert obstacle(lifecycle.context, lifecycle.tenant) is None
    assert withdraw(lifecycle.context, lifecycle.tenant, BY).status == "inactive"
    assert {row["Name"] for row in lifecycle.simon("Customer")} == {"Oude klant", "Nog een"}


def test_a_coupling_that_was_active_is_not_withdrawn(lifecycle: LifecycleTenant) -> None:
    """R5.6: also when it comes back; its ledger and links are what keeps documents from being made twice."""
    activate(lifecycle)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    with pytest.raises(Misconfigured) as caught:
        withdraw(lifecycle.context, lifecycle.tenant, BY)
    assert caught.value.code == "coupling.was_active"
    assert lifecycle.status == "new"


def test_a_withdrawn_coupling_can_be_begun_again(lifecycle: LifecycleTenant) -> None:
    """R5.1: it goes through all steps as if for the first time."""
    withdraw(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    connect_simon(lifecycle)
    activate(lifecycle)
    assert lifecycle.status == "active"
