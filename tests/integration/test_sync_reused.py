"""A number or code that was given to something else does not turn one record into the other (R1.14)."""

from typing import Any

import pytest

from include.cleanup.pipeline import clean_up
from include.push.worker import push
from include.sync.dry_run import dry_run
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

FIRST, SECOND = "1001", "1002"


def by_key(coupled: CoupledTenant, entity: str) -> dict[str, dict[str, Any]]:
    return {row["ExternalId"]: row for row in coupled.simon(entity)}


def names(coupled: CoupledTenant) -> dict[int, str]:
    return {row["Id"]: row["Name"] for row in coupled.simon("Customer")}


def give_number_to(coupled: CoupledTenant, key: str, organization: int, **fields: Any) -> None:
    """Unit4's own screens can do what its API does not."""
    table = coupled.accounting.table("customers")
    table.put(key, {**table.get(key), "organizationId": organization, **fields})


def swap_numbers(coupled: CoupledTenant) -> None:
    table = coupled.accounting.table("customers")
    first, second = table.get(FIRST), table.get(SECOND)
    table.put(FIRST, {**second, "customerId": FIRST})
    table.put(SECOND, {**first, "customerId": SECOND})


def plan_work_order(coupled: CoupledTenant, customer: dict[str, Any]) -> dict[str, Any]:
    place = next(row for row in coupled.simon("Location") if row["CustomerId"] == customer["Id"])
    body = {"CustomerId": customer["Id"], "LocationId": place["Id"], "Description": "Voor de eerste firma"}
    row: dict[str, Any] = call_simon(coupled, "POST", "WorkOrder", body)
    return row


@pytest.fixture
def unit4(couple: CoupleTenant) -> CoupledTenant:
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    return coupled


@pytest.fixture
def rompslomp(couple: CoupleTenant) -> CoupledTenant:
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    return coupled


def other_firm_under_its_number(coupled: CoupledTenant) -> dict[str, Any]:
    """Give the number of the first customer to another firm; return Simon's record of the first."""
    if coupled.package == "unit4":
        customer = by_key(coupled, "Customer")[FIRST]
        give_number_to(coupled, FIRST, 88888, name="Heel Andere Firma", street1="Kade 9", street2="", zipCode="1111 AA")
        return customer
    contact = coupled.accounting.contact("K00002")
    customer = by_key(coupled, "Customer")[str(contact["id"])]
    coupled.accounting.call("DELETE", f"contacts/{contact['id']}")
    body = {"company_name": "Heel Andere Firma", "contact_number": "K00002", "address": "Kade 9", "zipcode": "1111 AA"}
    coupled.accounting.call("POST", "contacts", {"contact": body})
    return customer


@pytest.fixture
def synced(coupled: CoupledTenant) -> CoupledTenant:
    sync(coupled.context, coupled.tenant, "one")
    return coupled


def test_another_firm_under_the_same_number_is_a_new_customer(synced: CoupledTenant) -> None:
    """R1.14: the old record keeps its name and its work orders, the new firm gets one of its own, and an address."""
    before = other_firm_under_its_number(synced)
    work_order = plan_work_order(synced, before)
    foreseen = {(row.stream, row.effect) for row in dry_run(synced.context, synced.tenant, "foreseen")}
    sync(synced.context, synced.tenant, "two")

    customers = {row["Name"]: row for row in synced.simon("Customer")}
    assert names(synced)[before["Id"]] == before["Name"]
    new = customers["Heel Andere Firma"]
    assert new["Id"] != before["Id"]
    assert new["CustomerNumber"] == before["CustomerNumber"]
    places = {row["CustomerId"]: row["Street"] for row in synced.simon("Location")}
    assert places[new["Id"]] == "Kade 9"
    assert places[before["Id"]] == before["Street"]
    assert {("customers", "create"), ("work_addresses", "create")} <= foreseen
    line = next(row for row in synced.log("warning") if row.code == "sync.replaced")
    assert line.values["work_orders"] == work_order["Number"]
    sync(synced.context, synced.tenant, "three")
    assert [row.code for row in synced.log() if row.run == "three" and row.severity == "warning"] == []


def test_its_work_orders_wait_for_a_person(synced: CoupledTenant) -> None:
    """R1.14, R3.3: what was planned for the old firm is booked on nobody."""
    before = other_firm_under_its_number(synced)
    place = next(row for row in synced.simon("Location") if row["CustomerId"] == before["Id"])
    sync(synced.context, synced.tenant, "two")
    synced.archive(CustomerId=before["Id"], LocationId=place["Id"], Description="Voor de eerste firma")
    push(synced.context, synced.tenant, "push")
    assert synced.documents() == []
    assert "work_order.customer_inactive" in [problem.code for problem in synced.open_problems()]


def test_the_clean_up_ends_the_old_one_and_only_that(synced: CoupledTenant) -> None:
    """R1.14, R2.1, R2.3: deleted in the package; while an open work order needs it, it is left."""
    clean_up(synced.context, synced.tenant, "baseline")
    before = other_firm_under_its_number(synced)
    work_order = plan_work_order(synced, before)
    sync(synced.context, synced.tenant, "two")
    count = len(synced.simon("Customer"))
    clean_up(synced.context, synced.tenant, "clean")
    assert before["Id"] in names(synced)
    call_simon(synced, "DELETE", f"WorkOrder({work_order['Id']})")
    clean_up(synced.context, synced.tenant, "clean again")
    assert before["Id"] not in names(synced)
    assert len(synced.simon("Customer")) == count - 1
    assert "Heel Andere Firma" in names(synced).values()


def test_swapped_numbers_are_followed(unit4: CoupledTenant) -> None:
    """R1.14: identity and name prove both; each keeps its record, and nothing is made or removed."""
    before = by_key(unit4, "Customer")
    swap_numbers(unit4)
    for run in ("two", "three"):
        sync(unit4.context, unit4.tenant, run)
        after = by_key(unit4, "Customer")
        assert after[FIRST]["Id"] == before[SECOND]["Id"]
        assert after[SECOND]["Id"] == before[FIRST]["Id"]
        assert after[FIRST]["Name"] == before[SECOND]["Name"]
        assert after[FIRST]["CustomerNumber"] == FIRST
        assert len(after) == len(before)
    places = {row["ExternalId"]: row["CustomerId"] for row in unit4.simon("Location")}
    assert places[FIRST] == before[SECOND]["Id"]


def test_the_same_firm_made_anew_under_its_number_stays(unit4: CoupledTenant) -> None:
    """R1.14: another organization with the same name and address, as after a company file was made anew."""
    before = by_key(unit4, "Customer")
    give_number_to(unit4, FIRST, 88888)
    sync(unit4.context, unit4.tenant, "two")
    assert by_key(unit4, "Customer") == before


def test_a_firm_that_moved_and_was_renamed_is_the_same(unit4: CoupledTenant) -> None:
    """R1.14: its number and its organization are what they were."""
    before = by_key(unit4, "Customer")[FIRST]
    table = unit4.accounting.table("customers")
    table.put(FIRST, {**table.get(FIRST), "name": "Nieuwe Naam", "street1": "Elders 1", "zipCode": "9999 ZZ"})
    sync(unit4.context, unit4.tenant, "two")
    assert by_key(unit4, "Customer")[FIRST]["Id"] == before["Id"]
    assert by_key(unit4, "Customer")[FIRST]["Name"] == "Nieuwe Naam"


def test_an_organization_under_another_number_with_all_else_new_is_new(unit4: CoupledTenant) -> None:
    """R1.14: identity alone is no proof."""
    table = unit4.accounting.table("customers")
    row, before = table.get(FIRST), by_key(unit4, "Customer")[FIRST]
    table.remove(FIRST)
    table.put("4444", {**row, "customerId": "4444", "name": "Anders", "street1": "Kade 1", "zipCode": "1111 AA"})
    sync(unit4.context, unit4.tenant, "two")
    assert by_key(unit4, "Customer")["4444"]["Id"] != before["Id"]


@pytest.mark.parametrize("alike", [True, False])
def test_a_product_code_that_is_used_again(rompslomp: CoupledTenant, alike: bool) -> None:
    """R1.14: another description is another product, the same one under a new id keeps its place."""
    row = next(
        each for each in rompslomp.accounting.data()["products"] if each["invoice_line"]["product_code"] == "FILTER"
    )
    before = by_key(rompslomp, "Item")[str(row["id"])]
    rompslomp.accounting.call("DELETE", f"products/{row['id']}")
    description = f" {row['invoice_line']['description'].upper()} " if alike else "Hogedrukreiniger"
    line = {"product_code": "FILTER", "description": description, "price_per_unit": "29.95"}
    new = rompslomp.accounting.call("POST", "products", {"product": {"invoice_line": line}})["product"]["id"]
    sync(rompslomp.context, rompslomp.tenant, "two")
    assert (by_key(rompslomp, "Item")[str(new)]["Id"] == before["Id"]) is alike
    codes = [row.code for row in rompslomp.log("warning") if row.run == "two"]
    assert codes == (["sync.relinked"] if alike else ["sync.replaced"])


@pytest.mark.parametrize("kind", ["customers", "articles"])
def test_two_of_one_number_are_reported_by_name(rompslomp: CoupledTenant, sandbox: Sandbox, kind: str) -> None:
    """R1.14: both come over, none is chosen where only the number tells; over once one has another."""
    sandbox.control.call("PUT", "switches", {"rompslomp.contact_number_unique": False})
    if kind == "customers":
        body: dict[str, Any] = {"contact": {"company_name": "Tweede", "contact_number": "K00002 "}}
    else:
        body = {
            "product": {"invoice_line": {"product_code": "FILTER ", "description": "Tweede", "price_per_unit": "1"}}
        }
    path = "contacts" if kind == "customers" else "products"
    new = next(iter(rompslomp.accounting.call("POST", path, body).values()))["id"]
    sync(rompslomp.context, rompslomp.tenant, "two")
    line = next(row for row in rompslomp.log("warning") if row.code == "sync.number_twice")
    assert "«Tweede»" in line.values["names"]
    rompslomp.accounting.call("DELETE", f"{path}/{new}")
    sync(rompslomp.context, rompslomp.tenant, "three")
    assert "sync.number_twice" not in [problem.code for problem in rompslomp.open_problems()]
