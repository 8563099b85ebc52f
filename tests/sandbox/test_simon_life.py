"""Simple-Simon's sandbox: the life of a work order, from new to archived and back (contract 8)."""

from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, record_of, refusal_of

START, END = "2026-11-23T07:00:00.000Z", "2026-11-23T09:30:00.000Z"


@pytest.fixture
def api(sandbox: Sandbox) -> SimonApi:
    return SimonApi(sandbox)


def order(api: SimonApi, id: int) -> dict[str, Any]:
    return record_of(api.get(f"WorkOrder({id})"))


def put(api: SimonApi, id: int, **changes: Any) -> Any:
    return api.call("PUT", f"WorkOrder({id})", order(api, id) | changes)


def test_seed(api: SimonApi) -> None:
    """Contract 11: what the seed holds, counted."""
    data = api.data()
    numbers = {name: len(rows) for name, rows in data.items()}
    assert (numbers["Customer"], numbers["ItemGroup"], numbers["Item"]) == (3, 2, 12)
    assert [user["UserType"] for user in data["User"]] == ["Office"] * 2 + ["Field"] * 3
    assert sum(customer["Blocked"] for customer in data["Customer"]) == 1
    assert sum(location["CustomerId"] is None for location in data["Location"]) == 1
    assert sum(item["Code"] is None for item in data["Item"]) == 1
    assert sum(not item["Active"] for item in data["Item"]) == 1
    statuses = [row["Status"] for row in data["WorkOrder"]]
    assert statuses == ["New", "Planned", "InProgress", "Ready", "Archived", "Archived"]
    for row in data["WorkOrder"][-2:]:
        assert {s["TimeType"] for s in data["TimeSheet"] if s["WorkOrderId"] == row["Id"]} == {"Travel", "Work"}
        kinds = {line["ItemId"] is None for line in data["UsedItem"] if line["WorkOrderId"] == row["Id"]}
        assert kinds == {True, False}


def test_seeded_customers_and_locations(api: SimonApi) -> None:
    """Contract 11: one of the customers has two locations."""
    owners = [location["CustomerId"] for location in api.data()["Location"]]
    assert sorted(owners.count(id) for id in api.ids("Customer")) == [1, 1, 2]


def test_new_planned_in_progress(api: SimonApi) -> None:
    """Contract 8: create, first planning row and first time sheet move a work order on."""
    made = api.create("WorkOrder", LocationId=77, Description="Lekkage")
    assert (made["Status"], made["CustomerId"], made["Number"]) == ("New", 31, "20260513")
    assert made["OrderDate"] == made["CreationDate"]
    row = {"WorkOrderId": made["Id"], "UserId": 3}
    first = api.create("Planning", **row, StartDate="2026-11-24T07:00:00Z", EndDate="2026-11-24T08:00:00Z")
    api.create("Planning", **row, StartDate=START)
    planned = order(api, made["Id"])
    assert (planned["Status"], planned["PlannedStart"]) == ("Planned", START)
    assert planned["PlannedEnd"] == "2026-11-24T08:00:00.000Z"
    api.call("DELETE", f"Planning({first['Id']})")
    assert order(api, made["Id"])["PlannedEnd"] == START
    api.create("TimeSheet", **row, TimeType="Travel", Minutes=10)
    assert order(api, made["Id"])["Status"] == "InProgress"
    assert put(api, made["Id"], Status="Ready").status_code == 200
    assert order(api, made["Id"])["ReadyDate"] is not None


def test_planning_that_goes_makes_it_new_again(api: SimonApi) -> None:
    """Contract 8: planned means at least one planning row."""
    row = next(row for row in api.data()["Planning"] if row["WorkOrderId"] == 5008)
    api.call("PUT", f"Planning({row['Id']})", {"WorkOrderId": 5007, "UserId": 4, "StartDate": START, "EndDate": END})
    assert (order(api, 5007)["Status"], order(api, 5007)["PlannedEnd"]) == ("Planned", END)
    assert (order(api, 5008)["Status"], order(api, 5008)["PlannedStart"]) == ("New", None)


def test_status_values(api: SimonApi) -> None:
    """Follows contract 8: only the five; archiving needs Ready."""
    assert refusal_of(put(api, 5007, Status="Klaar")) == (400, "ValidationError")
    assert refusal_of(put(api, 5009, Status="Archived")) == (409, "Conflict")
    assert refusal_of(api.call("POST", "WorkOrder", {"LocationId": 77, "Status": "Archived"})) == (409, "Conflict")
    assert put(api, 5010, Status="Archived").json()["ArchiveDate"] is not None


def test_status_that_is_left_out_follows_from_the_rows(api: SimonApi) -> None:
    """Contract 5 and 8: a replacement without Status puts it back to what the rows say."""
    for id, status in ((5007, "New"), (5008, "Planned"), (5009, "InProgress"), (5010, "InProgress")):
        answer = api.call("PUT", f"WorkOrder({id})", {"LocationId": 77})
        assert (answer.json()["Status"], answer.json()["ReadyDate"]) == (status, None)


def test_archived_is_closed(api: SimonApi) -> None:
    """Contract 8: an archived work order and its rows cannot be changed, added to or deleted."""
    before = api.data()
    assert refusal_of(put(api, 5012, Description="anders")) == (409, "Conflict")
    assert refusal_of(put(api, 5012, Status="InProgress")) == (409, "Conflict")
    assert refusal_of(put(api, 5012, Status="Ready", Description="anders")) == (409, "Conflict")
    assert refusal_of(api.call("PUT", "WorkOrder(5012)", {"LocationId": 77, "Status": "Archived"})) == (409, "Conflict")
    line = {"WorkOrderId": 5012, "Quantity": 1}
    sheet = {"WorkOrderId": 5012, "UserId": 3, "TimeType": "Work"}
    planning = {"WorkOrderId": 5012, "UserId": 3, "StartDate": START}
    for entity, body in (("UsedItem", line), ("TimeSheet", sheet), ("Planning", planning)):
        id = next(row["Id"] for row in before[entity] if row["WorkOrderId"] == 5012)
        assert refusal_of(api.call("POST", entity, body)) == (409, "Conflict")
        assert refusal_of(api.call("PUT", f"{entity}({id})", body)) == (409, "Conflict")
        assert refusal_of(api.call("PUT", f"{entity}({id})", body | {"WorkOrderId": 5009})) == (409, "Conflict")
        assert refusal_of(api.call("DELETE", f"{entity}({id})")) == (409, "Conflict")
    assert refusal_of(api.call("PUT", "UsedItem(898)", line)) == (409, "Conflict")
    assert api.data() == before


def test_archived_takes_an_external_id(api: SimonApi) -> None:
    """Contract 8: ExternalId of an archived work order can be written, unless switched off."""
    answer = put(api, 5012, ExternalId="F2026-1")
    assert (answer.status_code, answer.json()["ExternalId"], answer.json()["Status"]) == (200, "F2026-1", "Archived")
    api.switch(archived_external_id=False)
    assert refusal_of(put(api, 5012, ExternalId="F2026-2")) == (409, "Conflict")


def test_unarchive_and_archive_again(api: SimonApi) -> None:
    """Contract 8: back to Ready clears ArchiveDate; archiving again sets a new one; in between it can be edited."""
    first = order(api, 5012)["ArchiveDate"]
    opened = put(api, 5012, Status="Ready").json()
    assert (opened["Status"], opened["ArchiveDate"]) == ("Ready", None)
    assert put(api, 5012, WorkPerformed="Meer gedaan").status_code == 200
    assert api.create("UsedItem", WorkOrderId=5012, Quantity=1, Description="Extra")
    again = put(api, 5012, Status="Archived").json()["ArchiveDate"]
    assert again > first


def test_control_calls_of_the_office(api: SimonApi) -> None:
    """Contract 11: archive, unarchive and ready as people do them; archive needs Ready or force."""
    assert call(api, "archive/5007") == 409
    assert api.control("POST", "simon/ready/5007")["Status"] == "Ready"
    assert api.control("POST", "archive/5007")["Status"] == "Archived"
    assert call(api, "simon/ready/5007") == 409
    assert api.control("POST", "unarchive/5007")["ArchiveDate"] is None
    assert call(api, "unarchive/5007") == 409
    assert api.control("POST", "archive/5008", {"force": True}) == order(api, 5008)
    assert [call(api, path) for path in ("archive/1", "unarchive/1", "simon/ready/1")] == [404] * 3


def call(api: SimonApi, path: str) -> int:
    """Status of a control call."""
    return requests.post(f"{api.root}/_sandbox/{path}").status_code


def test_blocked_customers_get_no_new_orders(api: SimonApi) -> None:
    """Contract 7: a blocked customer gets none; existing ones can still be changed, and a switch allows it."""
    blocked = {"LocationId": 79}
    assert refusal_of(api.call("POST", "WorkOrder", blocked)) == (400, "ValidationError")
    assert refusal_of(api.call("POST", "WorkOrder", {"LocationId": 77, "CustomerId": 32})) == (400, "ValidationError")
    assert put(api, 5007, LocationId=79, CustomerId=None).json()["CustomerId"] == 32
    api.switch(blocked_refuses=False)
    assert api.create("WorkOrder", **blocked)["CustomerId"] == 32


def test_order_without_customer(api: SimonApi) -> None:
    """Contract 7: the customer comes from the location, which may have none."""
    assert api.create("WorkOrder", LocationId=80)["CustomerId"] is None
    assert api.create("WorkOrder", LocationId=80, CustomerId=30)["CustomerId"] == 30


def test_read_only_members_are_ignored(api: SimonApi) -> None:
    """Contract 7: number, planned, ready and archive dates cannot be written."""
    sent = {"Number": "1", "PlannedStart": START, "PlannedEnd": START, "ReadyDate": START, "ArchiveDate": START}
    before = order(api, 5007)
    after = put(api, 5007, **sent).json()
    assert {name: after[name] for name in sent} == {name: before[name] for name in sent}


def test_child_rows_leave_the_parent_alone(api: SimonApi) -> None:
    """Contract 10: a changed row has its own MutationDate and leaves the work order's; a switch touches both."""
    line = {"WorkOrderId": 5009, "Quantity": 1}
    before = order(api, 5009)
    id = api.create("UsedItem", **line)["Id"]
    api.create("TimeSheet", WorkOrderId=5009, UserId=3, TimeType="Work", Minutes=5)
    assert order(api, 5009) == before
    api.switch(child_touches_parent=True)
    seen = [before["MutationDate"]]
    for method, path in (("POST", "UsedItem"), ("PUT", f"UsedItem({id})"), ("DELETE", f"UsedItem({id})")):
        api.call(method, path, line if method != "DELETE" else None)
        seen.append(order(api, 5009)["MutationDate"])
    assert seen == sorted(set(seen))
