"""A thing under another key or number in the package keeps its record in Simon; what only looks alike does not."""

from typing import Any

import pytest
from sqlalchemy import text

from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_package_writes, count_simon_writes, external_ids, logged_codes
from tests.helpers.tenants import CoupledTenant, CoupleTenant

NOTHING_WRONG: list[str] = []


def by_key(coupled: CoupledTenant, entity: str) -> dict[str, dict[str, Any]]:
    return {row["ExternalId"]: row for row in coupled.simon(entity)}


def test_a_contact_that_was_deleted_and_made_again_is_relinked(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1, R1.4: the number proves it; customer and work address keep their place, nothing is made or removed."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = coupled.accounting.contact("K00002")
    before = {entity: by_key(coupled, entity)[str(row["id"])]["Id"] for entity in ("Customer", "Location")}
    new = sandbox.package("rompslomp").recreate_contact(row, phone="030-7777777")

    mark = coupled.control.mark()
    counts = sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"PUT Customer": 1, "PUT Location": 1}
    for entity, id in before.items():
        held = by_key(coupled, entity)
        assert held[new]["Id"] == id
        assert held[new]["Phone"] == "030-7777777"
        assert str(row["id"]) not in held
    assert counts["customers"]["new"] == 0
    assert [(r.code, r.record, r.values["before"]) for r in coupled.log("warning") if r.run == "two"] == [
        ("sync.relinked", "K00002 Jansen & Zn. Loodgieters", str(row["id"]))
    ]
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "three")
    assert count_simon_writes(coupled, mark) == {}
    assert logged_codes(coupled).count("sync.relinked") == 1


def test_a_product_that_was_deleted_and_made_again_is_relinked(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1, R1.14: the code and the description prove it, whatever else is new."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = next(
        r for r in coupled.control.package("rompslomp")["products"] if r["invoice_line"]["product_code"] == "FILTER"
    )
    id = by_key(coupled, "Item")[str(row["id"])]["Id"]
    sandbox.package("rompslomp").call("DELETE", f"products/{row['id']}")
    line = {"product_code": "FILTER", "description": row["invoice_line"]["description"], "price_per_unit": "29.95"}
    new = str(
        sandbox.package("rompslomp").call("POST", "products", {"product": {"invoice_line": line}})["product"]["id"]
    )

    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"PUT Item": 1}
    assert by_key(coupled, "Item")[new]["Id"] == id
    assert [r.code for r in coupled.log("warning") if r.run == "two"] == ["sync.relinked"]


def test_deleted_first_and_made_again_later(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1: also when a sync came in between."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = coupled.accounting.contact("ANKER-01")
    id = by_key(coupled, "Customer")[str(row["id"])]["Id"]
    sandbox.package("rompslomp").call("DELETE", f"contacts/{row['id']}")
    sync(coupled.context, coupled.tenant, "two")
    body = {name: value for name, value in row.items() if name not in ("id", "name")}
    new = str(sandbox.package("rompslomp").call("POST", "contacts", {"contact": body})["contact"]["id"])
    sync(coupled.context, coupled.tenant, "three")
    assert by_key(coupled, "Customer")[new]["Id"] == id
    assert logged_codes(coupled).count("sync.relinked") == 1


def test_another_number_is_followed_with_one_write(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1: the same id with another number is logged once; the work address is not touched."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = coupled.accounting.contact("K00001")
    sandbox.package("rompslomp").call("PATCH", f"contacts/{row['id']}", {"contact": {"contact_number": "DEB-77"}})

    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"PUT Customer": 1}
    assert by_key(coupled, "Customer")[str(row["id"])]["CustomerNumber"] == "DEB-77"
    logged = [(r.code, r.values["before"], r.values["after"]) for r in coupled.log() if r.code == "sync.renumbered"]
    assert logged == [("sync.renumbered", "K00001", "DEB-77")]
    sync(coupled.context, coupled.tenant, "three")
    assert [r.code for r in coupled.log()].count("sync.renumbered") == 1


def test_a_number_that_went_to_another_customer_is_no_proof(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1: two linked customers carried the number and both are gone: nothing is relinked, the new one is made."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    first, second = coupled.accounting.contact("K00001"), coupled.accounting.contact("K00002")
    sandbox.package("rompslomp").call("DELETE", f"contacts/{first['id']}")
    sandbox.package("rompslomp").call("PATCH", f"contacts/{second['id']}", {"contact": {"contact_number": "K00001"}})
    sync(coupled.context, coupled.tenant, "two")
    new = sandbox.package("rompslomp").recreate_contact(coupled.accounting.contact("K00001"))
    before = len(coupled.simon("Customer"))

    sync(coupled.context, coupled.tenant, "three")
    assert len(coupled.simon("Customer")) == before + 1
    assert new in by_key(coupled, "Customer")
    assert "sync.relinked" not in logged_codes(coupled)
    ids = external_ids(coupled)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("identity", ["", "K00002"])
def test_a_mark_that_several_carry_is_no_proof(
    couple: CoupleTenant, sandbox: Sandbox, monkeypatch: Any, identity: str
) -> None:
    """R1.1: two new contacts with the mark of the one that is gone, or contacts without any: both are made."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = coupled.accounting.contact("K00002")
    with coupled.context.store.begin() as tx:
        marked = "jsonb_set(body, '{identity}', to_jsonb(CAST(:mark AS text)))"
        tx.execute(
            text(f"UPDATE records SET body = {marked} WHERE key = :key"), {"mark": identity, "key": str(row["id"])}
        )
    sandbox.control.call("PUT", "switches", {"rompslomp.contact_number_unique": False})
    number = identity or "NIEUW"
    news = [sandbox.package("rompslomp").recreate_contact(row, contact_number=number)]
    body = {"company_name": "Nog een", "contact_number": number}
    news.append(str(sandbox.package("rompslomp").call("POST", "contacts", {"contact": body})["contact"]["id"]))

    counts = sync(coupled.context, coupled.tenant, "two")
    assert counts["customers"]["new"] == 2
    assert set(news) <= set(by_key(coupled, "Customer"))
    assert str(row["id"]) in by_key(coupled, "Customer")
    assert "sync.relinked" not in logged_codes(coupled)


def test_a_unit4_customer_that_was_made_again_is_another_organization(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1: alike in everything but number and organization: no proof, so nothing is relinked."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    row = sandbox.package("unit4").call("GET", "Customer/1004")
    id = by_key(coupled, "Customer")["1004"]["Id"]
    sandbox.package("unit4").call("DELETE", "Customer/CustomerAndOrganization/1004")
    new = sandbox.package("unit4").call("POST", "Customer", {**row, "customerId": "3333", "addresses": []})
    assert new["organizationId"] != row["organizationId"]

    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"POST Customer": 1, "POST Location": 1}
    assert by_key(coupled, "Customer")["1004"]["Id"] == id
    assert by_key(coupled, "Customer")["3333"]["Id"] != id
    assert logged_codes(coupled) == NOTHING_WRONG


def test_a_unit4_customer_under_another_number_is_relinked_by_its_organization(
    couple: CoupleTenant, sandbox: Sandbox
) -> None:
    """R1.1, R1.4: the organization proves it. Multivers' own screens can renumber a debtor; its API cannot."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    before = {entity: by_key(coupled, entity)["1002"]["Id"] for entity in ("Customer", "Location")}
    books = sandbox.server.services["unit4"].administrations[coupled.control.administration("unit4")]  # type: ignore[attr-defined]
    row = books.customers.get("1002")
    books.customers.remove("1002")
    books.customers.put("4444", {**row, "customerId": "4444"})
    books.customer_of[row["organizationId"]] = "4444"

    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {"PUT Customer": 1, "PUT Location": 1}
    for entity, id in before.items():
        assert by_key(coupled, entity)["4444"]["Id"] == id
    assert by_key(coupled, "Customer")["4444"]["CustomerNumber"] == "4444"
    assert logged_codes(coupled) == ["sync.relinked"]


def test_a_relinking_that_was_cut_short_is_finished_by_the_next_run(
    couple: CoupleTenant, sandbox: Sandbox, monkeypatch: Any
) -> None:
    """R1.1: Simon is away just when the new key has to be written there."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = coupled.accounting.contact("K00002")
    id = by_key(coupled, "Customer")[str(row["id"])]["Id"]
    new = sandbox.package("rompslomp").recreate_contact(row)
    sandbox.server.world.faults.add({"kind": "status", "status": 503, "path": "/odata/", "count": -1})
    with pytest.raises(Exception, match=r"connection\.unavailable"):
        sync(coupled.context, coupled.tenant, "two")
    sandbox.server.world.faults.clear()
    sync(coupled.context, coupled.tenant, "three")
    assert by_key(coupled, "Customer")[new]["Id"] == id
    assert logged_codes(coupled).count("sync.relinked") == 1


def test_drift_writes_nothing_to_the_package(couple: CoupleTenant, sandbox: Sandbox, monkeypatch: Any) -> None:
    """R1.1: what the package is told comes from people only."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    sandbox.package("rompslomp").recreate_contact(coupled.accounting.contact("K00002"))
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_package_writes(coupled, mark) == 0
