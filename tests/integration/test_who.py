"""Who did it: each act of a person stands in the log with their name, and with the records that it concerned (R7.1)."""

from collections.abc import Callable

import pytest

from include.access.connect import connect_typed
from include.cleanup.proposals import refuse
from include.lifecycle.pending import approve_proposal, carry_out, request_restore
from include.log.timeline import record_timeline
from include.settings import drafts
from include.settings.nightly import check_tenant
from tests.helpers.cleanup_tenants import (
    change_settings,
    create_many_in_simon,
    keys_not_in_settings,
    run_cleanup,
    with_first_cleanup,
)
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import CoupledTenant, CoupleTenant

Act = Callable[[CoupledTenant], object]


def _change(coupled: CoupledTenant) -> None:
    drafts.change(coupled.context, coupled.tenant, {"filter_word": "intern"}, "bart")


def _discard(coupled: CoupledTenant) -> None:
    _change(coupled)
    drafts.discard(coupled.context, coupled.tenant, "anna")


def _check_draft(coupled: CoupledTenant) -> None:
    _change(coupled)
    drafts.check(coupled.context, coupled.tenant, "anna")


def _replace_access(coupled: CoupledTenant) -> None:
    access = coupled.control.new_simon("Een ander kantoor")
    connect_typed(coupled.context, coupled.tenant, "simple_simon", access, by="anna")


ACTS: dict[str, Act] = {
    "settings.discarded": _discard,
    "settings.checked": _check_draft,
    "settings.checked by hand": lambda coupled: check_tenant(coupled.context, coupled.tenant, "run", "anna"),
    "connection.connected": _replace_access,
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("package", PACKAGES)
def test_an_act_leaves_a_name(couple: CoupleTenant, package: str, act: str) -> None:
    """R7.1: what was done, by whom, at a moment; not by who happened to work on the same thing before."""
    coupled = couple(package)
    ACTS[act](coupled)
    [row] = [row for row in coupled.log() if row.code == act.split()[0]]
    assert row.values["by"] == "anna"
    assert row.at <= coupled.context.now()


def test_discarding_nothing_leaves_nothing(couple: CoupleTenant) -> None:
    """R7.1: the log says what happened, not what was pressed."""
    coupled = couple("rompslomp")
    assert not drafts.discard(coupled.context, coupled.tenant, "anna")
    assert not [row for row in coupled.log() if row.code == "settings.discarded"]


def test_the_night_has_no_name(couple: CoupleTenant) -> None:
    """R7.1: what runs by itself is nobody's act."""
    coupled = couple("rompslomp")
    check_tenant(coupled.context, coupled.tenant, "night")
    assert not [row for row in coupled.log() if "by" in row.values]


@pytest.mark.parametrize("package", PACKAGES)
def test_decision_and_undo_stand_with_the_record(couple: CoupleTenant, package: str) -> None:
    """R2.5, R7.1: who approved, and who had it put back, in the log at once and in the time line of the record."""
    coupled = with_first_cleanup(couple(package))
    context, tenant = coupled.context, coupled.tenant
    [key] = keys_not_in_settings(coupled, "articles")
    coupled.accounting.delete_record("articles", key)
    change_settings(coupled, cleanup_most=1)
    create_many_in_simon(coupled, 3)
    report = run_cleanup(coupled)
    assert report.proposal
    carry_out(context, tenant, approve_proposal(context, tenant, report.proposal, by="anna").id)
    undo = request_restore(context, tenant, report.run_id, by="bart")
    request_restore(context, tenant, report.run_id, by="bart")
    assert [row.values["by"] for row in coupled.log() if row.code == "cleanup.restore_asked"] == ["bart"]
    carry_out(context, tenant, undo.id)
    [removal] = record_timeline(context, tenant, "article", key).removals
    assert (removal.decided_by, removal.restored_by) == ("anna", "bart")


def test_a_refusal_stands_with_the_record(couple: CoupleTenant) -> None:
    """R2.5: who refused stands with what was kept."""
    coupled = with_first_cleanup(couple("rompslomp"))
    change_settings(coupled, cleanup_most=1)
    create_many_in_simon(coupled, 3)
    report = run_cleanup(coupled)
    assert report.proposal
    refuse(coupled.context, coupled.tenant, report.proposal, by="anna")
    [removal] = record_timeline(coupled.context, coupled.tenant, "article", "Los 1").removals
    assert (removal.decided_by, removal.restored_by) == ("anna", None)
