"""What is written to Simon of addresses, countries and values that are too long for it (R1.9, R1.15)."""

from typing import Any

import pytest

from include.cleanup.pipeline import clean_up
from include.sync.pipeline import sync
from tests.helpers.cleanup_tenants import with_first_cleanup
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_simon_writes
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

LONG = "x" * 300


def give_first_customer(coupled: CoupledTenant, **fields: Any) -> str:
    """As old books have it, which no screen would take today; return the key."""
    table = coupled.accounting.table("customers")
    key = sorted(row["ExternalId"] for row in coupled.simon("Customer"))[0]
    if coupled.package == "unit4":
        table.put(key, {**table.get(key), **fields})
    else:
        row = table.get(int(key))
        for name, value in fields.items():
            setattr(row, name, value)
        table.touch()
    return key


def in_simon(coupled: CoupledTenant, entity: str, key: str) -> dict[str, Any]:
    return next(row for row in coupled.simon(entity) if row["ExternalId"] == key)


@pytest.fixture
def synced(coupled: CoupledTenant) -> CoupledTenant:
    sync(coupled.context, coupled.tenant, "one")
    return coupled


def warnings(coupled: CoupledTenant) -> list[tuple[str, str]]:
    return [(row.code, row.values.get("field", "")) for row in coupled.log("warning") if row.run == "two"]


def test_an_unknown_country_stays_empty(synced: CoupledTenant) -> None:
    """R1.15: it is never the country at home; on customer and work address, reported until it is put right."""
    field = "countryId" if synced.package == "unit4" else "country_code"
    key = give_first_customer(synced, **{field: "QQQ"})
    sync(synced.context, synced.tenant, "two")
    assert {in_simon(synced, entity, key)["CountryCode"] for entity in ("Customer", "Location")} == {""}
    assert [code for code, _ in warnings(synced)] == ["sync.country_unknown"] * 2
    mark = synced.control.mark()
    sync(synced.context, synced.tenant, "three")
    assert count_simon_writes(synced, mark) == {}
    give_first_customer(synced, **{field: "Duitsland"})
    sync(synced.context, synced.tenant, "four")
    assert in_simon(synced, "Customer", key)["CountryCode"] == "DE"
    assert "sync.country_unknown" not in [problem.code for problem in synced.open_problems()]


def test_what_must_be_exact_is_left_empty(synced: CoupledTenant) -> None:
    """R1.9: an address that is cut is another's address; each such field is named."""
    fields = {
        "unit4": {"email": f"{LONG}@x.nl", "vatNumber": LONG, "cocRegistration": LONG, "zipCode": LONG, "name": LONG},
        "rompslomp": {
            "contact_person_email_address": f"{LONG}@x.nl",
            "vat_number": LONG,
            "kvk_number": LONG,
            "zipcode": LONG,
            "company_name": LONG,
            "is_individual": False,
        },
    }
    key = give_first_customer(synced, **fields[synced.package])
    sync(synced.context, synced.tenant, "two")
    row = in_simon(synced, "Customer", key)
    assert [row[name] for name in ("Email", "VatNumber", "ChamberOfCommerceNumber", "PostalCode")] == [None] * 4
    assert row["Name"].endswith("…")
    left_out = {field for code, field in warnings(synced) if code == "sync.value_left_out"}
    assert left_out == {"email", "vat_number", "chamber_of_commerce_number", "postal_code"}
    assert {field for code, field in warnings(synced) if code == "sync.text_shortened"} == {"name"}


def test_a_number_that_does_not_fit_is_refused(synced: CoupledTenant) -> None:
    """R1.9: what a record is known by is never another than it is; the others go."""
    if synced.package == "unit4":
        table = synced.accounting.table("customers")
        another = {"customerId": "9" * 30, "organizationId": 4242, "name": "Lang nummer"}
        table.put("9" * 30, {**table.get("1001"), **another})
    else:
        give_first_customer(synced, contact_number="9" * 30)
    sync(synced.context, synced.tenant, "two")
    problem = next(each for each in synced.open_problems() if each.code == "sync.key_too_long")
    assert "nummer" in problem.message
    assert all(len(row["CustomerNumber"]) <= 20 for row in synced.simon("Customer"))


def test_both_lines_of_an_address_arrive(couple: CoupleTenant) -> None:
    """R1.15: on the customer and on the work address; whom to ask for is the contact."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    key = give_first_customer(coupled, street1="T.a.v. mevr. Bakker", street2="Prinsengracht 263 III")
    sync(coupled.context, coupled.tenant, "two")
    place = in_simon(coupled, "Location", key)
    assert in_simon(coupled, "Customer", key)["Street"] == "Prinsengracht 263 III"
    assert "mevr. Bakker" in place["ContactName"]


def test_of_two_invoice_addresses_always_the_same_counts(couple: CoupleTenant) -> None:
    """R1.4: in whatever order Unit4 gives them."""
    coupled = couple("unit4")
    package = coupled.tenant.package
    row = {"customerId": "1", "name": "Firma"}
    invoice = [{"addressType": 1, "addressId": id, "street1": f"Straat {id}"} for id in (10, 9, 12)]
    made = {package.work_address(row, order) for order in (invoice, invoice[::-1], invoice[1:] + invoice[:1])}
    assert [each.address.street for each in made] == ["Straat 9"]  # type: ignore[attr-defined]


def test_an_inactive_customer_takes_its_work_address_along(synced: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3: Simon refuses to remove it; and both are active again when it comes back."""
    coupled = with_first_cleanup(synced)
    key = sorted(row["ExternalId"] for row in coupled.simon("Customer"))[0]
    row = in_simon(coupled, "Customer", key)
    own = call_simon(coupled, "POST", "Location", {"Name": "Loods", "CustomerId": row["Id"]})
    place = in_simon(coupled, "Location", key)
    coupled.archive(CustomerId=row["Id"], LocationId=place["Id"], Description="Oud")
    kept = coupled.accounting.rows("customers")[key]
    coupled.accounting.delete_record("customers", key)
    clean_up(coupled.context, coupled.tenant, "clean")
    assert in_simon(coupled, "Customer", key)["Active"] is False
    assert in_simon(coupled, "Location", key)["Active"] is False
    assert next(each for each in coupled.simon("Location") if each["Id"] == own["Id"])["Active"] is True
    table = coupled.accounting.table("customers")
    table.put(key, kept) if coupled.package == "unit4" else table.add(kept)
    sync(coupled.context, coupled.tenant, "back")
    assert in_simon(coupled, "Customer", key)["Active"] is True
    assert in_simon(coupled, "Location", key)["Active"] is True
