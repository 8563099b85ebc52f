"""Customers, addresses and notes of the Unit4 sandbox."""

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api, order

NEW = {"name": "Nieuwe Klant", "shortName": "nieuw", "street2": "Weg 1", "zipCode": "1234 AB", "city": "EDE"}


def test_seed(sandbox: Sandbox) -> None:
    """Contract 13 has active and passive, none, one and several addresses, no payment condition, ``'`` and ``&``."""
    customers = Unit4Api(sandbox).data()["customers"]
    assert {c["customerStateId"] for c in customers} == {"A", "P"}
    assert {len(c["addresses"]) for c in customers} >= {0, 1, 3}
    assert {a["addressType"] for c in customers for a in c["addresses"]} == {0, 1, 2}
    assert any(not c["paymentConditionId"] for c in customers)
    assert any("'" in c["name"] and "&" in c["name"] for c in customers)
    assert any(c["street1"] for c in customers)


def test_names_differ_per_record(sandbox: Sandbox) -> None:
    """Contract 7: contactPerson in CustomerInfo is person in Customer."""
    api = Unit4Api(sandbox)
    assert api.get("CustomerInfo/1001")["contactPerson"] == api.get("Customer/1001")["person"] != ""


def test_full_address(sandbox: Sandbox) -> None:
    """Contract 7: name, streets and zip code, three spaces, city, split by line ends."""
    record = Unit4Api(sandbox).get("Customer/1002")
    assert record["fullAddress"] == "Bakkerij 't Stoepje & Zn.\r\nKerkplein 3-a\r\n8011 CV   ZWOLLE"
    assert (
        record["fullDeliveryAddress"] == "Bakkerij 't Stoepje filiaal Zuid\r\nZuiderkerkstraat 18\r\n8011 DD   ZWOLLE"
    )


def test_create_customer(sandbox: Sandbox) -> None:
    """Contract 5 and 7: 200 with the record; the number and the dates come from the server."""
    api = Unit4Api(sandbox)
    api.control("POST", "clock", {"freeze": "2024-07-04T22:30:00+00:00"})
    expected = api.post("GetCustomerIdCommand")["customerId"]
    saved = api.post("Customer", NEW | {"chargeVatTypeId": "J", "addresses": [{"addressType": 1, "city": "EDE"}]})
    assert saved["customerId"] == expected
    assert (saved["shortName"], saved["chargeVatTypeId"], saved["creditSqueezeId"]) == ("NIEUW", 1, "0")
    assert saved["dateCreated"] == saved["dateChanged"] == "5-7-2024"  # local Dutch date
    assert saved["messages"] == []
    assert [a["addressId"] for a in saved["addresses"]] == [1]
    assert api.get(f"Customer/{expected}") == saved
    assert api.post("GetCustomerIdCommand")["customerId"] == str(int(expected) + 1)
    assert api.refused("POST", "Customer", NEW | {"customerId": expected}) == ["customerId"]
    api.post("Customer", NEW | {"customerId": "99999999"})
    assert len(api.post("Customer", NEW)["customerId"]) <= 8


@pytest.mark.parametrize(("wrong", "path"), [
    ({"shortName": ""}, "shortName"), ({"name": "x" * 41}, "name"), ({"customerStateId": "X"}, "customerStateId"),
    ({"paymentConditionId": "99"}, "paymentConditionId"), ({"vatScenarioId": 1}, "vatScenarioId"),
    ({"creditSqueezeId": "4"}, "creditSqueezeId"), ({"chargeVatTypeId": 3}, "chargeVatTypeId"),
    ({"addresses": [{"addressType": 3}]}, "addresses[0].addressType"), ({"email": "x" * 61}, "email"),
])  # fmt: skip
def test_refused_customers(sandbox: Sandbox, wrong: dict[str, object], path: str) -> None:
    """Contract 5 and 7: a broken rule is 400 with the member in path, and nothing is stored."""
    api = Unit4Api(sandbox)
    before = api.data()
    assert api.refused("POST", "Customer", NEW | wrong) == [path]
    assert api.refused("PUT", "Customer/1001", wrong) == [path]
    assert api.data() == before


def test_long_text_can_be_cut(sandbox: Sandbox) -> None:
    """Contract 11: over-long text is refused; cut by switch."""
    api = Unit4Api(sandbox)
    api.switch(long_text="cut")
    assert api.post("Customer", NEW | {"name": "x" * 50})["name"] == "x" * 40


def test_change_customer(sandbox: Sandbox) -> None:
    """Contract 7 and 13: making passive moves dateChanged; what is left out stays, or gets its default by switch."""
    api = Unit4Api(sandbox)
    api.control("POST", "clock", {"freeze": "2025-03-01T12:00:00+00:00"})
    saved = api.put("Customer/1002", {"customerStateId": "P"})
    assert (saved["customerStateId"], saved["email"], saved["dateChanged"]) == ("P", "info@stoepje.example", "1-3-2025")
    assert len(saved["addresses"]) == 3
    again = api.put("Customer/1002", saved | {"customerStateId": "A", "city": "KAMPEN"})
    assert (again["city"], len(again["addresses"])) == ("KAMPEN", 3)
    api.switch(put_missing="default")
    assert api.put("Customer/1002", {"name": "Kort"})["email"] == ""


def test_delete_customer(sandbox: Sandbox) -> None:
    """Contract 7 and 13: gone for good with an empty body; the organization stays unless it goes along."""
    api = Unit4Api(sandbox)
    answer = api.call("DELETE", "Customer/1002")
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.call("GET", "CustomerInfo/1002").status_code == 404
    assert len(api.get("AddressInfoList/5002")) == 3
    api.switch(delete_status=204)
    assert api.call("DELETE", "Customer/CustomerAndOrganization/1001").status_code == 204
    assert api.get("AddressInfoList/5001") == []
    names = {row["organizationId"] for row in api.get("OrganizationInfoList")}
    assert 5002 in names
    assert 5001 not in names


def test_delete_used_customer(sandbox: Sandbox) -> None:
    """Contract 13: the contract knows no rule for records in use; refusing is a switch."""
    api = Unit4Api(sandbox)
    number = api.post("Order", order())["orderId"]
    api.switch(delete_used="refuse")
    assert api.refused("DELETE", "Customer/1001") == ["customerId"]
    assert api.refused("DELETE", "Product/80.300") == [""]
    assert api.refused("DELETE", "ProductGroup/ARB") == [""]
    api.switch(delete_used="allow")
    assert api.call("DELETE", "Customer/1001").status_code == 200
    assert api.get(f"OrderInfo/{number}")["customerName"] == "Installatiebedrijf De Boer B.V."


def test_addresses(sandbox: Sandbox) -> None:
    """Contract 7: POST, PUT and DELETE by addressGuid; addressId counts within the organization, never again."""
    api = Unit4Api(sandbox)
    new = {"organizationId": "5004", "street1": "street 1", "telephone": "0123456789", "zipCode": "1000AA", "city": "X"}
    first = api.post("Address", new)
    assert (first["addressId"], first["addressType"], first["messages"]) == (1, 0, [])
    guid = first["addressGuid"]
    assert api.put(f"Address/{guid}", {"addressType": 1, "organizationId": 5001})["organizationId"] == 5004
    assert api.get(f"AddressInfo/{guid}")["addressType"] == 1
    assert api.call("DELETE", f"Address/{guid}").content == b""
    assert api.post("Address", new)["addressId"] == 2
    assert api.refused("POST", "Address", {"addressType": 4}) == ["organizationId", "addressType"]
    assert api.get("AddressInfoList/999") == []
    assert [a["addressType"] for a in api.get("AddressInfoList/5002", filter="AddressType eq 1")] == [1]


def test_address_and_mutation_date(sandbox: Sandbox) -> None:
    """Contract 13: an address does not touch dateChanged; by switch it does."""
    api = Unit4Api(sandbox)
    api.control("POST", "clock", {"freeze": "2025-03-01T12:00:00+00:00"})
    guid = api.get("AddressInfoList/5001")[0]["addressGuid"]
    api.put(f"Address/{guid}", {"city": "HAREN"})
    assert api.get("CustomerInfo/1001")["dateChanged"] == "8-1-2024"
    api.switch(address_touches_customer=True)
    api.put(f"Address/{guid}", {"city": "HAREN"})
    assert api.get("CustomerInfo/1001")["dateChanged"] == "1-3-2025"


def test_organizations_and_contacts(sandbox: Sandbox) -> None:
    """Contract 7: organizations by their search parameters, contacts of an organization."""
    api = Unit4Api(sandbox)
    organizations = api.get("OrganizationInfoList?email=&shortName=&name=bakkerij&city=")
    assert [row["organizationId"] for row in organizations] == [5002]
    assert api.get("ContactInfoList/5001")[0]["fullName"] == "Anna de Boer"
    assert api.get("CustomerPersonNVL/1001") == api.get("OrderContactPersonNVL/1001") == [
        {"name": "1", "value": "Anna de Boer"}]  # fmt: skip


def test_notes(sandbox: Sandbox) -> None:
    """Contract 11: a note belongs to the relation."""
    api = Unit4Api(sandbox)
    note = api.post("Note", {"description": "Gebeld", "text": "Sleutel bij de buren", "organizationId": 5001})
    assert api.get("NoteList/5001") == [note]
    assert api.put(f"Note/{note['noteId']}", {"isHandled": True})["text"] == "Sleutel bij de buren"
    assert api.call("DELETE", f"Note/{note['noteId']}").status_code == 200
    assert api.refused("POST", "Note", {"organizationId": 1}) == ["organizationId"]
