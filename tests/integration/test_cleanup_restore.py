"""What a clean-up took can be put back, with all that it held; once, whatever happens halfway (R2.5, R5.2)."""

from typing import Any

import pytest
from sqlalchemy import text

from include.cleanup.restore import restore
from include.errors import IntegrationError, NothingToRestore
from include.store import links
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
    reopen_and_delete,
    run_cleanup,
    run_sync,
    simon_ids,
    simon_records_by_key,
    with_first_cleanup,
)
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault, count_simon_writes, store_state
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

FIXED = ("Id", "CreationDate", "MutationDate")
POINTS_AT = {"CustomerId": "Customer", "LocationId": "Location", "ItemGroupId": "ItemGroup"}
ENTITIES = ("Customer", "Location", "Contact", "Equipment", "ItemGroup", "Item")
NAMES = ("Name", "LastName", "Description")


def whole(coupled: CoupledTenant) -> dict[str, list[dict[str, Any]]]:
    """Every field of every record but ids and moments; another record by what people call it."""
    data = coupled.control.simon(coupled.key)
    called = {(entity, row["Id"]): _called(row) for entity in set(POINTS_AT.values()) for row in data[entity]}
    return {entity: sorted((_plain(row, called) for row in data[entity]), key=repr) for entity in ENTITIES}


def _called(row: dict[str, Any]) -> str:
    return f"{row['ExternalId']} {next(row[name] for name in NAMES if row.get(name))} {row.get('City')}"


def _plain(row: dict[str, Any], called: dict[tuple[str, int], str]) -> dict[str, Any]:
    pointed = {name: called[entity, row[name]] for name, entity in POINTS_AT.items() if row.get(name) is not None}
    return {name: value for name, value in {**row, **pointed}.items() if name not in FIXED}


def put_back(coupled: CoupledTenant, run_id: int, key: str = "restore") -> dict[str, int]:
    report = restore(coupled.context, coupled.tenant, run_id, key)
    return {stream: counts["restored"] for stream, counts in report.ended.items()}


def furnish(coupled: CoupledTenant, customer: dict[str, Any]) -> None:
    """As people do over the years: a remark, an address of their own, contacts of both, equipment."""
    number = customer["Id"]
    writable = {name: value for name, value in customer.items() if name not in FIXED}
    call_simon(coupled, "PUT", f"Customer({number})", {**writable, "Remark": f"Let op {number}", "Blocked": True})
    place = create_in_simon(
        coupled,
        "Location",
        Name=f"Schuur {number}",
        CustomerId=number,
        Latitude=52.1,
        Longitude=5.4,
        Remark="Sleutel bij de buren",
    )
    create_in_simon(coupled, "Contact", LastName=f"Jansen {number}", CustomerId=number, LocationId=place, Mobile="06-1")
    create_in_simon(coupled, "Contact", LastName=f"Alleen klant {number}", CustomerId=number, Function="Directie")
    create_in_simon(coupled, "Contact", LastName=f"Alleen adres {number}", LocationId=place)
    create_in_simon(coupled, "Equipment", Name=f"Ketel {number}", LocationId=place, SerialNumber="S1", Remark="Lekt")


def test_200_records_with_all_that_hangs_on_them(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R5.2: every field but ids and moments, each pointing where it did; linked as before, and kept from now on."""
    sandbox.control.call("POST", "unit4/fill", {"account": "MVL00001", "customers": 60, "articles": 140, "seed": 7})
    coupled = with_first_cleanup(couple("unit4", **UNLIMITED))
    change_settings(coupled, cleanup_most=1000)
    customers, articles = keys_not_in_settings(coupled, "customers", 60), keys_not_in_settings(coupled, "articles", 140)
    for key in customers[:20]:
        furnish(coupled, simon_records_by_key(coupled, "customers")[key])
    before, linked = whole(coupled), _links(coupled)
    for stream, keys in (("customers", customers), ("articles", articles)):
        for key in keys:
            coupled.accounting.delete_record(stream, key)
    report = run_cleanup(coupled)
    assert report.ended == {"customers": {"deleted": 60}, "articles": {"deleted": 140}}
    assert whole(coupled) != before
    assert put_back(coupled, report.run_id) == {"customers": 60, "articles": 140}
    assert whole(coupled) == before
    assert _links(coupled) == linked
    mark = coupled.control.mark()
    assert run_cleanup(coupled).ended == {}
    run_sync(coupled)
    assert count_simon_writes(coupled, mark) == {}


def _links(coupled: CoupledTenant) -> set[tuple[str, str]]:
    return {(stream, key) for stream, key, _ in store_state(coupled)["links"]}


def test_links_lead_to_the_new_records(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.2, R3.3: not only as many as before, but each to the record with its key."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    cleaned.accounting.delete_record("customers", key)
    report = run_cleanup(cleaned)
    put_back(cleaned, report.run_id)
    with cleaned.context.store.begin() as tx:
        linked = {s: links.simon_ids(tx, cleaned.tenant.id, s, [key])[key] for s in ("customers", "work_addresses")}
    assert linked["customers"] == simon_records_by_key(cleaned, "customers")[key]["Id"]
    places = {row["ExternalId"]: row["Id"] for row in cleaned.simon("Location")}
    assert linked["work_addresses"] == places[key]


def test_articles_and_their_group(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.2, R1.2: the group comes first, with a new id, and its articles sit in that."""
    before = whole(cleaned_unit4)
    for row in cleaned_unit4.control.package("unit4")["products"]:
        if row["productGroupId"] == "DIV":
            cleaned_unit4.accounting.delete_record("articles", row["productId"])
    cleaned_unit4.accounting.delete_record("article_groups", "DIV")
    report = run_cleanup(cleaned_unit4)
    assert report.ended["article_groups"] == {"deleted": 1}
    put_back(cleaned_unit4, report.run_id)
    assert whole(cleaned_unit4) == before


def test_article_whose_group_is_gone_for_good(cleaned: CoupledTenant) -> None:
    """R5.2: it comes back without a group rather than not at all."""
    group = create_in_simon(cleaned, "ItemGroup", Name="Eigen groep")
    create_in_simon(cleaned, "Item", Description="Eigen artikel", ItemGroupId=group, Barcode="871")
    report = run_cleanup(cleaned)
    call_simon(cleaned, "DELETE", f"ItemGroup({group})")
    assert put_back(cleaned, report.run_id) == {"articles": 1}
    (row,) = [row for row in cleaned.simon("Item") if row["Description"] == "Eigen artikel"]
    assert (row["ItemGroupId"], row["Barcode"], row["ExternalId"]) == (None, "871", None)


def test_twice(cleaned: CoupledTenant) -> None:
    """R5.2: with the same key nothing more happens; who asks again is told that there is nothing to undo."""
    create_many_in_simon(cleaned, 3)
    report = run_cleanup(cleaned)
    put_back(cleaned, report.run_id)
    after, mark = whole(cleaned), cleaned.control.mark()
    assert put_back(cleaned, report.run_id, "restore") == {"articles": 3}
    with pytest.raises(NothingToRestore, match="there is nothing to undo"):
        put_back(cleaned, report.run_id, "again")
    assert count_simon_writes(cleaned, mark) == {}
    assert whole(cleaned) == after


@pytest.mark.parametrize("fault", [{"kind": "drop_after"}, {"kind": "status_after", "status": 500}])
@pytest.mark.parametrize("skip", range(7))
def test_lost_answers_make_no_doubles(couple: CoupleTenant, sandbox: Sandbox, fault: dict[str, Any], skip: int) -> None:
    """R5.2: made, but the answer did not come: found by its mark, in the same try or in the next."""
    coupled = with_first_cleanup(couple("rompslomp", **UNLIMITED))
    (key,) = keys_not_in_settings(coupled, "customers")
    furnish(coupled, simon_records_by_key(coupled, "customers")[key])
    before = whole(coupled)
    coupled.accounting.delete_record("customers", key)
    report = run_cleanup(coupled)
    add_fault(sandbox, path="/odata/", method="POST", skip=skip, count=1, **fault)
    add_fault(sandbox, kind="status", status=503, path="/odata/", method="POST", skip=skip + 1, count=4)
    for number in range(8):
        try:
            put_back(coupled, report.run_id, f"restore {number}")
            break
        except IntegrationError:
            continue
    assert whole(coupled) == before


def test_broken_off_before_its_own_key_was_back(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.2, R2.2: a clean-up in between does not take the half restored record for hand-made."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    before = whole(cleaned)
    cleaned.accounting.delete_record("customers", key)
    report = run_cleanup(cleaned)
    add_fault(sandbox, kind="status", status=503, path="/odata/Customer", method="PUT", count=-1)
    with pytest.raises(IntegrationError):
        put_back(cleaned, report.run_id, "broken")
    sandbox.server.world.faults.clear()
    _stall(cleaned)
    assert run_cleanup(cleaned).ended == {}
    put_back(cleaned, report.run_id, "again")
    assert whole(cleaned) == before


def _stall(coupled: CoupledTenant) -> None:
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE runs SET started_at = started_at - interval '1 day'"))


def test_after_30_days(cleaned: CoupledTenant, clock: FakeClock) -> None:
    """R5.2: what was kept is erased by then, and that is said."""
    create_many_in_simon(cleaned, 1)
    report = run_cleanup(cleaned)
    clock.advance(days=30, seconds=1)
    run_cleanup(cleaned)
    with pytest.raises(NothingToRestore, match="30 days"):
        put_back(cleaned, report.run_id)


def test_within_30_days(cleaned: CoupledTenant, clock: FakeClock) -> None:
    """R5.2: up to the last day."""
    create_many_in_simon(cleaned, 1)
    report = run_cleanup(cleaned)
    clock.advance(days=29, hours=23)
    run_cleanup(cleaned)
    assert put_back(cleaned, report.run_id) == {"articles": 1}


def test_a_run_that_removed_nothing(cleaned: CoupledTenant) -> None:
    """R5.2: it is refused in words; so is a run of another tenant, and one that is not there."""
    report = run_cleanup(cleaned)
    for run_id in (report.run_id, 999_999):
        with pytest.raises(NothingToRestore, match="no clean-up"):
            put_back(cleaned, run_id)


def test_of_another_tenant(cleaned: CoupledTenant, couple: CoupleTenant) -> None:
    """R3.13: one tenant's clean-up is none of another's."""
    create_many_in_simon(cleaned, 1)
    report = run_cleanup(cleaned)
    other = couple(cleaned.package, slug="other")
    with pytest.raises(NothingToRestore):
        put_back(other, report.run_id)


def test_made_inactive(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3, R5.2: active again on the same record, and left alone by the next clean-up."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    id = simon_records_by_key(cleaned, "customers")[key]["Id"]
    create_work_order(cleaned, id, "Archived")
    before = whole(cleaned)
    cleaned.accounting.delete_record("customers", key)
    report = run_cleanup(cleaned)
    assert not is_active_in_simon(cleaned, "Customer", id)
    assert put_back(cleaned, report.run_id) == {"customers": 1}
    assert whole(cleaned) == before
    assert run_cleanup(cleaned).ended == {}
    assert is_active_in_simon(cleaned, "Customer", id)


def test_inactive_in_one_clean_up_and_deleted_in_the_next(cleaned: CoupledTenant) -> None:
    """R2.3, R5.2: both can be restored, in either order, and the record comes back once."""
    customer = create_in_simon(cleaned, "Customer", Name="Zelf gemaakt")
    create_in_simon(cleaned, "Location", Name="Zelf gemaakt", CustomerId=customer)
    made = create_work_order(cleaned, customer, "Archived")
    first = run_cleanup(cleaned)
    reopen_and_delete(cleaned, made)
    second = run_cleanup(cleaned)
    assert (first.ended, second.ended) == ({"customers": {"inactive": 1}}, {"customers": {"deleted": 1}})
    put_back(cleaned, first.run_id, "first")
    after = whole(cleaned)
    assert [row["Active"] for row in cleaned.simon("Customer") if row["Name"] == "Zelf gemaakt"] == [True]
    put_back(cleaned, second.run_id, "second")
    assert whole(cleaned) == after
    assert run_cleanup(cleaned).ended == {}


def test_a_simon_that_keeps_what_is_deleted(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.2: nothing is made; all of it is active again."""
    sandbox.control.call("PUT", "switches", {"simon.delete_mode": "soft"})
    (key,) = keys_not_in_settings(cleaned, "customers")
    furnish(cleaned, simon_records_by_key(cleaned, "customers")[key])
    before, linked = whole(cleaned), _links(cleaned)
    cleaned.accounting.delete_record("customers", key)
    report = run_cleanup(cleaned)
    assert whole(cleaned) != before
    put_back(cleaned, report.run_id)
    assert whole(cleaned) == before
    assert _links(cleaned) == linked
    assert run_cleanup(cleaned).ended == {}


def test_back_in_the_package_in_the_meantime(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.2, R1.1: the sync made the customer again; what people had put under it comes back, the customer once."""
    (key,) = keys_not_in_settings(cleaned_unit4, "customers")
    furnish(cleaned_unit4, simon_records_by_key(cleaned_unit4, "customers")[key])
    before = {entity: len(rows) for entity, rows in whole(cleaned_unit4).items()}
    cleaned_unit4.accounting.set_active("customers", key, False)
    report = run_cleanup(cleaned_unit4)
    cleaned_unit4.accounting.set_active("customers", key, True)
    run_sync(cleaned_unit4)
    put_back(cleaned_unit4, report.run_id)
    assert {entity: len(rows) for entity, rows in whole(cleaned_unit4).items()} == before
    customer = simon_records_by_key(cleaned_unit4, "customers")[key]["Id"]
    places = {row["Id"]: row for row in cleaned_unit4.simon("Location") if row["CustomerId"] == customer}
    assert {row["ExternalId"] for row in places.values()} == {key, None}
    assert [row["LocationId"] in places for row in cleaned_unit4.simon("Equipment")] == [True]
    assert run_cleanup(cleaned_unit4).ended == {}


def test_contact_that_belongs_to_another_customer_too(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.2: it did not go along, it only lost its address there; it gets that back and is not made twice."""
    gone, stays = keys_not_in_settings(cleaned, "customers", 2)
    held = simon_records_by_key(cleaned, "customers")
    place = create_in_simon(cleaned, "Location", Name="Gedeeld", CustomerId=held[gone]["Id"])
    contact = create_in_simon(cleaned, "Contact", LastName="Beheerder", CustomerId=held[stays]["Id"], LocationId=place)
    before = whole(cleaned)
    cleaned.accounting.delete_record("customers", gone)
    report = run_cleanup(cleaned)
    assert next(row for row in cleaned.simon("Contact") if row["Id"] == contact)["LocationId"] is None
    put_back(cleaned, report.run_id)
    assert whole(cleaned) == before
    assert contact in simon_ids(cleaned, "Contact")


def test_the_older_generation_of_simon(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R5.2: all that it has tables for."""
    coupled = with_first_cleanup(couple_to_rest(couple, sandbox, "unit4"))
    (key,), (article,) = keys_not_in_settings(coupled, "customers"), keys_not_in_settings(coupled, "articles")
    create_in_simon(
        coupled,
        "Location",
        Name="Schuur",
        CustomerId=simon_records_by_key(coupled, "customers")[key]["Id"],
        Remark="Achterom",
    )
    before = whole(coupled)
    coupled.accounting.delete_record("customers", key)
    coupled.accounting.delete_record("articles", article)
    report = run_cleanup(coupled)
    add_fault(sandbox, kind="drop_after", path="/rest/", method="POST", skip=1, count=1)
    put_back(coupled, report.run_id)
    assert whole(coupled) == before
    assert count_logged_codes(coupled)["cleanup.restored"] == 2


def test_hand_made_stays_after_it_was_put_back(cleaned: CoupledTenant) -> None:
    """R2.2, R2.5: a person wanted it so; other hand-made ones still go."""
    create_many_in_simon(cleaned, 2)
    report = run_cleanup(cleaned)
    put_back(cleaned, report.run_id)
    other = create_in_simon(cleaned, ENTITY["articles"], Description="Nog een")
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}
    assert other not in simon_ids(cleaned, "Item")
    assert sum(row["Description"].startswith("Los ") for row in cleaned.simon("Item")) == 2
