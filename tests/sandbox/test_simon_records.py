"""Simple-Simon's sandbox: what records may hold, what refers to what, and deletion (contract 7 and 7.1)."""

from typing import Any

import pytest

from sandbox.simple_simon.schema import ENTITIES
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, refusal_of

LONG = [
    (entity.name, member.name, member.length)
    for entity in ENTITIES.values()
    if entity.writable
    for member in entity.members
    if member.length and not member.read_only
]
REQUIRED: dict[str, dict[str, Any]] = {
    "Customer": {"Name": "x"},
    "Location": {"Name": "x"},
    "Contact": {"LastName": "x", "CustomerId": 31},
    "ItemGroup": {"Name": "x"},
    "Item": {"Description": "x"},
    "WorkOrder": {"LocationId": 77},
    "Planning": {"WorkOrderId": 5008, "UserId": 3, "StartDate": "2026-11-21T10:00:00Z"},
    "UsedItem": {"WorkOrderId": 5009, "Quantity": 0},
    "TimeSheet": {"WorkOrderId": 5009, "UserId": 3, "TimeType": "Work"},
    "Equipment": {"LocationId": 77, "Name": "x"},
}


@pytest.fixture
def api(sandbox: Sandbox) -> SimonApi:
    return SimonApi(sandbox)


@pytest.mark.parametrize(("entity", "member", "length"), LONG)
def test_lengths(api: SimonApi, entity: str, member: str, length: int) -> None:
    """Contract 7: text of the full length is stored whole, one character more is 400; a switch lets it in."""
    fits = REQUIRED[entity] | {member: "é" * length}
    too_long = REQUIRED[entity] | {member: "é" * (length + 1)}
    assert api.create(entity, **fits)[member] == "é" * length
    assert refusal_of(api.call("POST", entity, too_long)) == (400, "ValidationError")
    api.switch(enforce_lengths=False)
    assert len(api.create(entity, **too_long)[member]) == length + 1


@pytest.mark.parametrize(("entity", "member"), [(e, m) for e, body in REQUIRED.items() for m in body])
def test_required(api: SimonApi, entity: str, member: str) -> None:
    """Contract 7: R members must be there on create and on replacement."""
    made = api.create(entity, **REQUIRED[entity])
    body = {name: value for name, value in REQUIRED[entity].items() if name != member}
    if (entity, member) == ("Contact", "CustomerId"):
        body["LocationId"] = None
    for method, path in (("POST", entity), ("PUT", f"{entity}({made['Id']})")):
        assert refusal_of(api.call(method, path, body)) == (400, "ValidationError")


@pytest.mark.parametrize(
    ("entity", "member"),
    [(e.name, m.name) for e in ENTITIES.values() if e.writable for m in e.members if m.refers_to],
)
def test_unknown_references(sandbox: Sandbox, api: SimonApi, entity: str, member: str) -> None:
    """Contract 7.1: a foreign key to nothing, or to another licence's record, is 400."""
    other = SimonApi(sandbox, api.control("POST", "simon/accounts", {"seed": "contract"}))
    target = ENTITIES[entity].by_name[member].refers_to
    for id in (999_999, -1, 0, other.ids(target)[0]):
        assert refusal_of(api.call("POST", entity, REQUIRED[entity] | {member: id})) == (400, "ValidationError")


def test_used_item_copies_the_article(api: SimonApi) -> None:
    """Contract 7: code, description, unit and VAT code are copies from when the line was recorded."""
    line = api.create("UsedItem", WorkOrderId=5009, ItemId=14, Quantity=2)
    assert (line["ItemCode"], line["Description"], line["Unit"], line["VatCode"]) == ("ONT-7", "Ontsteker", "st", "H")
    api.call("PUT", "Item(14)", {"Description": "Anders", "Code": "X"})
    assert api.get(f"UsedItem({line['Id']})")["Description"] == "Ontsteker"
    own = api.create("UsedItem", WorkOrderId=5009, ItemId=14, Quantity=2, Description="Zelf getypt")
    assert (own["ItemCode"], own["Description"]) == ("X", "Zelf getypt")
    free = api.create("UsedItem", WorkOrderId=5009, Quantity=-0.5, Description="Retour", Unit="m")
    assert (free["ItemId"], free["ItemCode"], free["Quantity"]) == (None, None, -0.5)


def test_minutes_follow_from_the_dates(api: SimonApi) -> None:
    """Contract 7: with start and end, minutes are net of the break; otherwise they are as given."""
    sheet = {"WorkOrderId": 5009, "UserId": 3, "TimeType": "Work"}
    span = {"StartDate": "2026-11-21T10:00:00Z", "EndDate": "2026-11-21T13:00:00+01:00"}
    assert api.create("TimeSheet", **sheet, **span, BreakMinutes=30, Minutes=7)["Minutes"] == 90
    assert api.create("TimeSheet", **sheet, StartDate=span["StartDate"], Minutes=7)["Minutes"] == 7
    assert api.create("TimeSheet", **sheet)["Minutes"] == 0
    reverse = {"StartDate": span["EndDate"], "EndDate": span["StartDate"]}
    for wrong in (reverse, span | {"BreakMinutes": 121}, span | {"BreakMinutes": -1}, {"TimeType": "Rest"}):
        assert api.call("POST", "TimeSheet", sheet | wrong).status_code == 400


@pytest.mark.parametrize("path", ["Customer(31)", "Location(77)", "Item(14)", "ItemGroup(7)", "Contact(20)"])
def test_in_use_is_409(api: SimonApi, path: str) -> None:
    """Contract 7.1: what a work order or its rows refer to cannot be deleted; nothing changes."""
    api.create("WorkOrder", LocationId=77, ContactId=20)
    before = api.data()
    assert refusal_of(api.call("DELETE", path)) == (409, "Conflict")
    assert api.data() == before


def test_deleting_a_customer_takes_locations_and_contacts(api: SimonApi) -> None:
    """Contract 7.1: without work orders, its locations and contacts go with it, and nobody else's."""
    customer = api.create("Customer", Name="Weg")["Id"]
    location = api.create("Location", Name="Weg", CustomerId=customer)["Id"]
    api.create("Contact", LastName="Weg", CustomerId=customer)
    api.create("Contact", LastName="Weg", LocationId=location)
    api.create("Equipment", Name="Weg", LocationId=location)
    stays = api.create("Contact", LastName="Blijft", LocationId=location, CustomerId=30)["Id"]
    assert api.call("DELETE", f"Customer({customer})").status_code == 204
    data = api.data()
    assert "Weg" not in str(data)
    assert next(row for row in data["Contact"] if row["Id"] == stays)["LocationId"] is None


def test_deleting_a_customer_with_a_used_location_changes_nothing(api: SimonApi) -> None:
    """Contract 7.1: a location in use keeps its customer too, even if the order is another customer's."""
    customer = api.create("Customer", Name="Blijft")["Id"]
    location = api.create("Location", Name="Blijft", CustomerId=customer)["Id"]
    api.create("Contact", LastName="Blijft", CustomerId=customer)
    api.create("WorkOrder", LocationId=location, CustomerId=30)
    before = api.data()
    assert refusal_of(api.call("DELETE", f"Customer({customer})")) == (409, "Conflict")
    assert api.data() == before


def test_deleting_a_work_order_takes_its_rows(api: SimonApi) -> None:
    """Contract 7.1: a work order that is not archived goes with all its child rows."""
    assert api.call("DELETE", "WorkOrder(5009)").status_code == 204
    for entity in ("Planning", "UsedItem", "TimeSheet", "WorkOrderSurvey"):
        assert 5009 not in {row["WorkOrderId"] for row in api.data()[entity]}
    assert refusal_of(api.call("DELETE", "WorkOrder(5012)")) == (409, "Conflict")


def test_soft_delete(api: SimonApi) -> None:
    """Contract 11: deleted master data may stay, inactive and with a new MutationDate; work orders still go."""
    api.switch(delete_mode="soft")
    customer = api.create("Customer", Name="Zacht")
    location = api.create("Location", Name="Zacht", CustomerId=customer["Id"])
    for _ in range(2):
        assert api.call("DELETE", f"Customer({customer['Id']})").status_code == 204
    for entity, before in (("Customer", customer), ("Location", location)):
        after = api.get(f"{entity}({before['Id']})")
        assert after["Active"] is False
        assert after["MutationDate"] > before["MutationDate"]
    assert refusal_of(api.call("DELETE", "Item(14)")) == (409, "Conflict")
    assert api.call("DELETE", "WorkOrder(5007)").status_code == 204
    assert api.call("GET", "WorkOrder(5007)").status_code == 404


def test_external_id_need_not_be_unique(api: SimonApi) -> None:
    """Contract 9: several rows may carry one value, unless the switch forbids it (409)."""
    first, second = (api.create("Customer", Name="x", ExternalId="7'8")["Id"] for _ in range(2))
    assert api.ids("Customer", filter="ExternalId eq '7''8'") == [first, second]
    api.switch(unique_external_id=True)
    again = {"Name": "x", "ExternalId": "7'8"}
    assert refusal_of(api.call("POST", "Customer", again)) == (409, "Conflict")
    third = api.create("Customer", Name="x", ExternalId="9")["Id"]
    assert api.call("PUT", f"Customer({third})", {"Name": "y", "ExternalId": "9"}).status_code == 200
    assert refusal_of(api.call("PUT", f"Customer({third})", again)) == (409, "Conflict")
    assert api.create("Item", Description="x", ExternalId="9")


def test_mutation_dates_strictly_increase(api: SimonApi) -> None:
    """Contract 11: each change is later than the one before, also when the clock stands still."""
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
    dates = [api.create("Customer", Name="x")["MutationDate"] for _ in range(3)]
    dates += [api.call("PUT", "Customer(31)", {"Name": "x"}).json()["MutationDate"] for _ in range(2)]
    assert dates == [f"2026-11-21T16:00:00.00{n}Z" for n in range(5)]


def test_tied_mutation_dates(api: SimonApi) -> None:
    """Contract 11: a switch gives several rows one MutationDate."""
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:07+00:00"})
    api.switch(tie_mutation_dates=True)
    dates = {api.create("Customer", Name="x")["MutationDate"] for _ in range(3)}
    assert dates == {"2026-11-21T16:00:00.000Z"}
    assert len(api.ids("Customer", filter="MutationDate ge 2026-11-21T16:00:00Z", orderby="MutationDate,Id")) == 3
