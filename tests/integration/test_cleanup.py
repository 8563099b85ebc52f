"""Clean-up on both packages and both generations of Simon: what goes, what people made, and what they keep (R2)."""

import pytest

from include.connectors.simple_simon.sink import SimonConnection
from tests.helpers.cleanup_tenants import (
    ENTITY,
    UNLIMITED,
    change_settings,
    count_logged_codes,
    couple_to_rest,
    create_in_simon,
    create_many_in_simon,
    create_work_order,
    is_active_in_simon,
    keys_not_in_settings,
    run_cleanup,
    run_sync,
    simon_ids,
    simon_records_by_key,
    with_first_cleanup,
)
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_package_writes, count_simon_writes
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_deleted_in_the_package(cleaned: CoupledTenant, sandbox: Sandbox, stream: str) -> None:
    """R2.1: it goes, and nothing else does; its link goes with it, and the log says why."""
    before, (key,) = simon_records_by_key(cleaned, stream), keys_not_in_settings(cleaned, stream)
    cleaned.accounting.delete_record(stream, key)
    mark = cleaned.control.mark()
    report = run_cleanup(cleaned)
    assert report.ended == {stream: {"deleted": 1}}
    assert set(simon_records_by_key(cleaned, stream)) == set(before) - {key}
    assert count_simon_writes(cleaned, mark) == {f"DELETE {ENTITY[stream]}": 1}
    assert count_package_writes(cleaned, mark) == 0
    assert count_logged_codes(cleaned) == {"cleanup.removed_deleted": 1}
    run_sync(cleaned)
    assert key not in simon_records_by_key(cleaned, stream)


def test_its_default_work_address_goes_along(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.4: no address is left behind without a customer."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    cleaned.accounting.delete_record("customers", key)
    run_cleanup(cleaned)
    customers = simon_ids(cleaned, "Customer")
    assert {row["CustomerId"] for row in cleaned.simon("Location")} == customers


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_inactive_in_unit4(cleaned_unit4: CoupledTenant, sandbox: Sandbox, stream: str) -> None:
    """R2.1: one that is inactive in the package goes, with a reason of its own."""
    (key,) = keys_not_in_settings(cleaned_unit4, stream)
    cleaned_unit4.accounting.set_active(stream, key, False)
    assert run_cleanup(cleaned_unit4).ended == {stream: {"deleted": 1}}
    assert key not in simon_records_by_key(cleaned_unit4, stream)
    assert count_logged_codes(cleaned_unit4) == {"cleanup.removed_inactive": 1}


def test_a_rompslomp_customer_that_became_a_supplier(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.1: it is no customer any more, although it is still a contact."""
    coupled = with_first_cleanup(couple("rompslomp", **UNLIMITED))
    (key,) = keys_not_in_settings(coupled, "customers")
    sandbox.package("rompslomp").call("PATCH", f"contacts/{key}", {"contact": {"is_supplier": True}})
    assert run_cleanup(coupled).ended == {"customers": {"deleted": 1}}


def test_an_article_that_moved_outside_the_filter(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.6, R1.7: to a group, or to a type, that is not fetched."""
    coupled = with_first_cleanup(
        couple("unit4", article_groups=["Materiaal", "Arbeid"], article_types=[0, 2], **UNLIMITED)
    )
    for key, change in (("ONT-7", {"productGroupId": "20"}), ("80.300", {"productType": 3})):
        sandbox.package("unit4").call(
            "PUT", f"Product/{key}", {**sandbox.package("unit4").call("GET", f"Product/{key}"), **change}
        )
    assert run_cleanup(coupled).ended == {"articles": {"deleted": 2}}
    assert not {"ONT-7", "80.300"} & set(simon_records_by_key(coupled, "articles"))
    assert count_logged_codes(coupled) == {"cleanup.removed_outside_filter": 2}


def test_a_narrower_filter(cleaned_unit4: CoupledTenant) -> None:
    """R2.1, R2.4, R1.6: not at the first clean-up after the change; at the second the articles go, and their groups."""
    change_settings(cleaned_unit4, article_groups=["Materiaal", "Arbeid"])
    assert run_cleanup(cleaned_unit4).ended == {}
    assert count_logged_codes(cleaned_unit4) == {"cleanup.filter_changed": 2}
    ended = run_cleanup(cleaned_unit4).ended
    assert set(simon_records_by_key(cleaned_unit4, "article_groups")) == {"10", "ARB"}
    rows = cleaned_unit4.control.package("unit4")["products"]
    inside = {row["productId"] for row in rows if row["productGroupId"] in ("10", "ARB") and row["productState"] != 1}
    assert set(simon_records_by_key(cleaned_unit4, "articles")) == inside
    assert set(ended) == {"articles", "article_groups"}
    assert run_cleanup(cleaned_unit4).ended == {}


def test_made_by_hand(cleaned: CoupledTenant) -> None:
    """R2.2: a customer and an article without a counterpart go; what hangs on the customer as well."""
    held = {entity: simon_ids(cleaned, entity) for entity in ("Customer", "Location", "Item")}
    customer = create_in_simon(cleaned, "Customer", Name="Zelf gemaakt")
    create_in_simon(cleaned, "Location", Name="Zelf gemaakt", CustomerId=customer)
    create_in_simon(cleaned, "Item", Code="EIGEN", Description="Eigen artikel")
    assert run_cleanup(cleaned).ended == {"customers": {"deleted": 1}, "articles": {"deleted": 1}}
    assert {entity: simon_ids(cleaned, entity) for entity in held} == held
    assert count_logged_codes(cleaned) == {"cleanup.removed_hand_made": 2}


def test_article_groups_of_people_stay(cleaned: CoupledTenant) -> None:
    """R2.2: it is about customers and articles."""
    own = create_in_simon(cleaned, "ItemGroup", Name="Eigen groep")
    assert run_cleanup(cleaned).ended == {}
    assert own in simon_ids(cleaned, "ItemGroup")


def test_article_group_of_ours_that_is_gone(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.2: its articles went first, in the same clean-up."""
    rows = [row for row in cleaned_unit4.control.package("unit4")["products"] if row["productGroupId"] == "DIV"]
    for row in rows:
        cleaned_unit4.accounting.delete_record("articles", row["productId"])
    cleaned_unit4.accounting.delete_record("article_groups", "DIV")
    ended = run_cleanup(cleaned_unit4).ended
    assert ended["article_groups"] == {"deleted": 1}
    assert "DIV" not in simon_records_by_key(cleaned_unit4, "article_groups")


def test_work_addresses_of_people_survive(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.5: those under customers that stay, also when others go."""
    gone, *stay = keys_not_in_settings(cleaned, "customers", 4)
    by_hand = [
        create_in_simon(
            cleaned, "Location", Name=f"Schuur {key}", CustomerId=simon_records_by_key(cleaned, "customers")[key]["Id"]
        )
        for key in stay
    ]
    before = {row["Id"]: row for row in cleaned.simon("Location") if row["Id"] in by_hand}
    cleaned.accounting.delete_record("customers", gone)
    for _ in range(3):
        run_cleanup(cleaned)
    assert {row["Id"]: row for row in cleaned.simon("Location") if row["Id"] in by_hand} == before


def test_nothing_to_do_writes_nothing(cleaned: CoupledTenant) -> None:
    """R1.10: nothing is written on either side."""
    mark = cleaned.control.mark()
    report = run_cleanup(cleaned)
    assert report.ended == {}
    assert count_simon_writes(cleaned, mark) == {}
    assert count_package_writes(cleaned, mark) == 0
    assert count_logged_codes(cleaned) == {}


def test_a_simon_and_a_store_without_anything(couple: CoupleTenant) -> None:
    """R2.1: a clean-up before the first sync finds nothing to do, or only what people made."""
    coupled = couple("unit4", **UNLIMITED)
    assert run_cleanup(coupled).ended == {}
    create_in_simon(coupled, "Customer", Name="Zelf gemaakt")
    assert run_cleanup(coupled).ended == {"customers": {"deleted": 1}}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_older_generation_of_simon(couple: CoupleTenant, sandbox: Sandbox, package: str) -> None:
    """R2.1, R2.2, R2.3: the same over its select, insert, update and delete paths."""
    coupled = with_first_cleanup(couple_to_rest(couple, sandbox, package))
    gone, used = keys_not_in_settings(coupled, "customers", 2)
    open_order = create_work_order(coupled, simon_records_by_key(coupled, "customers")[used]["Id"])
    for key in (gone, used):
        coupled.accounting.delete_record("customers", key)
    (article,) = keys_not_in_settings(coupled, "articles")
    coupled.accounting.delete_record("articles", article)
    create_in_simon(coupled, "Item", Description="Eigen artikel")
    assert run_cleanup(coupled).ended == {"customers": {"deleted": 1, "in_use": 1}, "articles": {"deleted": 2}}
    assert gone not in simon_records_by_key(coupled, "customers")
    coupled.control.call("POST", f"archive/{open_order['Id']}", {"force": True})
    assert run_cleanup(coupled).ended == {"customers": {"inactive": 1}}
    assert not is_active_in_simon(coupled, "Customer", simon_records_by_key(coupled, "customers")[used]["Id"])


def test_deletions_that_simon_answers_otherwise(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1: with 200 and a body in the place of 204."""
    sandbox.control.call("PUT", "switches", {"simon.delete_status": 200})
    (key,) = keys_not_in_settings(cleaned, "articles")
    cleaned.accounting.delete_record("articles", key)
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}
    assert key not in simon_records_by_key(cleaned, "articles")


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_a_simon_that_keeps_what_is_deleted(cleaned: CoupledTenant, sandbox: Sandbox, stream: str) -> None:
    """R2.1, R1.10: deleted is inactive there; it is deleted once, and then left alone."""
    sandbox.control.call("PUT", "switches", {"simon.delete_mode": "soft"})
    (own,) = create_many_in_simon(cleaned, 1, ENTITY[stream])
    (key,) = keys_not_in_settings(cleaned, stream)
    cleaned.accounting.delete_record(stream, key)
    assert run_cleanup(cleaned).ended == {stream: {"deleted": 2}}
    assert not is_active_in_simon(cleaned, ENTITY[stream], own)
    mark = cleaned.control.mark()
    assert run_cleanup(cleaned).ended == {}
    assert count_simon_writes(cleaned, mark) == {}


def test_soft_deleted_and_wanted_again(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.1: the next sync takes the same record up again, and the clean-up after it leaves that alone."""
    sandbox.control.call("PUT", "switches", {"simon.delete_mode": "soft"})
    (key,) = keys_not_in_settings(cleaned_unit4, "customers")
    id = simon_records_by_key(cleaned_unit4, "customers")[key]["Id"]
    cleaned_unit4.accounting.set_active("customers", key, False)
    run_cleanup(cleaned_unit4)
    cleaned_unit4.accounting.set_active("customers", key, True)
    run_sync(cleaned_unit4)
    assert simon_records_by_key(cleaned_unit4, "customers")[key]["Id"] == id
    assert is_active_in_simon(cleaned_unit4, "Customer", id)
    assert run_cleanup(cleaned_unit4).ended == {}
    cleaned_unit4.accounting.set_active("customers", key, False)
    assert run_cleanup(cleaned_unit4).ended == {"customers": {"deleted": 1}}


def test_a_deletion_whose_answer_was_lost(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1: it was carried out; that is noted, and the run goes on."""
    sandbox.server.world.faults.add({"kind": "drop_after", "path": "/odata/", "method": "DELETE"})
    for key in keys_not_in_settings(cleaned, "articles", 2):
        cleaned.accounting.delete_record("articles", key)
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 2}}
    assert count_logged_codes(cleaned) == {"cleanup.removed_deleted": 2}


def test_the_label_is_what_people_know(cleaned: CoupledTenant) -> None:
    """R7.1: number and name, not an id."""
    call_simon(cleaned, "POST", "Customer", {"Name": "Zelf gemaakt", "CustomerNumber": "Z-1"})
    run_cleanup(cleaned)
    assert [row.record for row in cleaned.log() if row.code == "cleanup.removed_hand_made"] == ["Z-1 Zelf gemaakt"]


@pytest.mark.parametrize("answer", ["404", "400", "null"])
@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_however_unit4_says_that_a_key_is_gone(
    cleaned_unit4: CoupledTenant, sandbox: Sandbox, stream: str, answer: str
) -> None:
    """R2.1: how it answers a key that does not exist is not documented."""
    sandbox.control.call("PUT", "switches", {"unit4.missing_key": answer})
    (key,) = keys_not_in_settings(cleaned_unit4, stream)
    cleaned_unit4.accounting.delete_record(stream, key)
    assert run_cleanup(cleaned_unit4).ended == {stream: {"deleted": 1}}


def test_a_unit4_that_does_not_list_what_is_inactive(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1: then it is missing from the list and still there, as inactive; it goes, and comes back with the sync."""
    sandbox.control.call("PUT", "switches", {"unit4.passive_in_lists": False})
    (key,) = keys_not_in_settings(cleaned_unit4, "customers")
    cleaned_unit4.accounting.set_active("customers", key, False)
    assert run_cleanup(cleaned_unit4).ended == {"customers": {"deleted": 1}}
    cleaned_unit4.accounting.set_active("customers", key, True)
    run_sync(cleaned_unit4)
    assert key in simon_records_by_key(cleaned_unit4, "customers")


def test_pages_of_simon_that_overlap(cleaned: CoupledTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2.5: a record that is listed twice is one record, for the brake and for the person too."""
    listing = SimonConnection.listing
    monkeypatch.setattr(SimonConnection, "listing", lambda *arguments: [*listing(*arguments), *listing(*arguments)])
    change_settings(cleaned, cleanup_most=1)
    create_many_in_simon(cleaned, 1)
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}
