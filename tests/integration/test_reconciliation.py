"""The reconciliation: what was planted is found, once, with what to do about it; a clean state has nothing (R3.1)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from include.connectors.registry import FIELD_SERVICE
from include.errors import InvalidInput, WorkOrderRefused
from include.lifecycle.deactivation import pause
from include.lifecycle.pending import carry_out, request_reconciliation
from include.log.problems import OpenProblem, resolve_by_hand
from include.push.discover import STREAM
from include.push.worker import push
from include.reconciliation.nightly import reconcile_fleet
from include.reconciliation.reconcile import latest, reconcile
from include.store import ledger, reconciliations, watermarks
from include.sync.pipeline import sync
from tests.helpers.cleanup_tenants import simon_records_by_key
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon
from tests.helpers.work_orders import archive_work_order, change_in_simon, only_document_of

Plant = Callable[[CoupledTenant, dict[str, object]], None]


@pytest.fixture(params=PACKAGES)
def booked(couple: CoupleTenant, request: pytest.FixtureRequest) -> CoupledTenant:
    """A tenant whose master data and three work orders are where they belong."""
    booked = couple(request.param)
    sync(booked.context, booked.tenant, "sync")
    for _ in range(3):
        archive_work_order(booked)
    push(booked.context, booked.tenant, "push")
    assert len(booked.documents()) == 3
    return booked


def open_differences(coupled: CoupledTenant) -> list[OpenProblem]:
    return [problem for problem in coupled.open_problems() if problem.code.startswith("reconcile.")]


def last_order(coupled: CoupledTenant) -> dict[str, object]:
    return coupled.control.simon(coupled.key)["WorkOrder"][-1]


def _hide(coupled: CoupledTenant, _: dict[str, object]) -> None:
    """Archive one that no look sees: the watcher looks from the last change on, which was later."""
    archive_work_order(coupled)
    with coupled.context.store.begin() as tx:
        later = coupled.context.now() + timedelta(hours=1)
        watermarks.raise_to(tx, coupled.tenant.id, FIELD_SERVICE, STREAM, changed_at=later)


def _delete(coupled: CoupledTenant, order: dict[str, object]) -> None:
    coupled.accounting.delete_document(only_document_of(coupled, order))


def _edit(coupled: CoupledTenant, order: dict[str, object]) -> None:
    coupled.accounting.change_last_quantity(only_document_of(coupled, order), 7)


def _double(coupled: CoupledTenant, order: dict[str, object]) -> None:
    """Make a second one; Rompslomp takes a reference once, so it is a fault of theirs there."""
    coupled.accounting.copy_document(only_document_of(coupled, order))


def _edit_customer(coupled: CoupledTenant, _: dict[str, object]) -> None:
    key, row = next(iter(simon_records_by_key(coupled, "customers").items()))
    assert key
    change_in_simon(coupled, f"Customer({row['Id']})", {"Name": "Met de hand"})


def _delete_article(coupled: CoupledTenant, _: dict[str, object]) -> None:
    key, row = list(simon_records_by_key(coupled, "articles").items())[-1]
    assert key
    call_simon(coupled, "DELETE", f"Item({row['Id']})")


PLANTS: dict[str, tuple[Plant, str]] = {
    "hidden work order": (_hide, "work_order.seen_late"),
    "deleted document": (_delete, "reconcile.document_missing"),
    "doubled document": (_double, "reconcile.document_double"),
    "edited document": (_edit, "reconcile.document_changed"),
    "edited customer": (_edit_customer, "reconcile.records_differ"),
    "deleted article": (_delete_article, "reconcile.records_differ"),
}


def reported(coupled: CoupledTenant) -> list[str]:
    codes = {code for _, code in PLANTS.values()}
    return [row.code for row in coupled.log() if row.code in codes]


def test_a_clean_state_has_no_differences(booked: CoupledTenant) -> None:
    """R3.1: twice in a row, and how much was compared is kept."""
    for night in ("one", "two"):
        outcome = reconcile(booked.context, booked.tenant, night)
        assert (outcome.work_orders, outcome.documents, outcome.differences, outcome.left) == (3, 3, 0, 0)
        assert outcome.records > 20
    assert reported(booked) == []
    assert [row.outcome["documents"] for row in latest(booked.context, booked.tenant)] == [3, 3]


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_planted_is_found_once(booked: CoupledTenant, plant: str) -> None:
    """R3.1, R7.5: by name, in the first night; the nights after do not say it again while it stands."""
    make, code = PLANTS[plant]
    make(booked, last_order(booked))
    dry = reconcile(booked.context, booked.tenant, "dry", dry_run=True)
    assert dry.differences == 1
    assert reported(booked) == []
    assert reconcile(booked.context, booked.tenant, "one").differences == 1
    assert reported(booked) == [code]
    for night in ("two", "three"):
        reconcile(booked.context, booked.tenant, night)
    assert reported(booked) == [code]


@pytest.mark.parametrize("plant", ["deleted document", "edited document", "doubled document"])
def test_a_difference_that_is_meant_is_closed_and_stays_closed(booked: CoupledTenant, plant: str) -> None:
    """R7.5: a person says that it is meant to be so; another change of the same document is said again."""
    order = last_order(booked)
    PLANTS[plant][0](booked, order)
    reconcile(booked.context, booked.tenant, "one")
    [problem] = open_differences(booked)
    resolve_by_hand(booked.context, booked.tenant, problem.id, "anna")
    reconcile(booked.context, booked.tenant, "two")
    assert open_differences(booked) == []
    if plant == "edited document":
        booked.accounting.change_last_quantity(only_document_of(booked, order), 9)
        reconcile(booked.context, booked.tenant, "three")
        assert len(open_differences(booked)) == 1


def test_what_is_put_right_closes_by_itself(booked: CoupledTenant) -> None:
    """R7.5: the document as it was, and the sync of the records."""
    order = last_order(booked)
    quantity = 9
    _edit(booked, order)
    _edit_customer(booked, order)
    reconcile(booked.context, booked.tenant, "one")
    assert len(open_differences(booked)) == 2
    with booked.context.store.begin() as tx:
        entry = ledger.latest_of(tx, booked.tenant.id, str(order["Number"]))
    assert entry
    assert entry.booked
    quantity = next(int(float(line["quantity"])) for line in reversed(entry.booked["lines"]) if line["quantity"])
    booked.accounting.change_last_quantity(only_document_of(booked, order), quantity)
    sync(booked.context, booked.tenant, "full", full=True)
    assert reconcile(booked.context, booked.tenant, "two").differences == 0
    assert open_differences(booked) == []


def test_the_night_goes_on_where_it_was(booked: CoupledTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R8.1: no more documents at once than the limit; those that were compared longest ago come first."""
    monkeypatch.setattr("include.reconciliation.reconcile.MOST_DOCUMENTS", 2)
    first, second = (reconcile(booked.context, booked.tenant, night) for night in ("one", "two"))
    assert (first.documents, first.left) == (second.documents, second.left) == (2, 1)
    with booked.context.store.begin() as tx:
        entries, _ = reconciliations.to_compare(tx, booked.tenant.id, booked.context.now() - timedelta(days=35), 10)
    assert entries
    assert booked.documents()


def test_a_person_asks_for_it(booked: CoupledTenant) -> None:
    """R7.1: from the page, by whom is kept; what is out of bounds is refused by name."""
    operation = request_reconciliation(booked.context, booked.tenant, by="anna")
    assert carry_out(booked.context, booked.tenant, operation.id).differences == 0
    assert [row.requested_by for row in latest(booked.context, booked.tenant)] == ["anna"]
    for days in (0, 36):
        with pytest.raises(InvalidInput, match=r"^days: "):
            reconcile(booked.context, booked.tenant, "x", days=days)


def test_all_tenants_every_night(couple: CoupleTenant) -> None:
    """R3.1: one that is paused is left out, one whose package is away does not keep the other from it."""
    fine, paused = couple("unit4", slug="fine"), couple("rompslomp", slug="paused")
    for coupled in (fine, paused):
        sync(coupled.context, coupled.tenant, "sync")
    pause(paused.context, paused.tenant, "anna")
    counted = reconcile_fleet(fine.context, "night")
    assert (counted["differences"], counted["tenants"]) == (0, 1)
    with pytest.raises(WorkOrderRefused):
        reconcile(paused.context, paused.tenant, "night")
