"""Simple-Simon's sandbox serves the older rest interface (contract 6)."""

from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, record_of

TABLES = ["customer", "location", "itemgroup", "item", "user", "workorder", "planning", "usedItem", "TimeSheet"]


@pytest.fixture
def api(sandbox: Sandbox) -> SimonApi:
    return SimonApi(sandbox)


def select(api: SimonApi, table: str, **params: Any) -> list[int]:
    answer = api.rest("GET", f"{table}/select", **{name: str(value) for name, value in params.items()})
    assert answer.status_code == 200, answer.text
    return [row["Id"] for row in answer.json()]


@pytest.mark.parametrize("table", [*TABLES, "WorkOrderSurvey"])
def test_select_gives_the_same_records_as_odata(api: SimonApi, table: str) -> None:
    """Follows contract 6 and 11: the whole table as an array, by Id, from the data both interfaces share; any case."""
    api.switch(page_size=3)
    rows = api.rest("GET", f"{table.upper()}/Select").json()
    name = next(name for name in api.data() if name.lower() == table.lower())
    assert rows == api.data()[name]
    assert [row["Id"] for row in rows] == sorted(row["Id"] for row in rows)


def test_insert_update_delete(api: SimonApi) -> None:
    """Contract 6: insert answers the stored record, update replaces it, delete answers the Id."""
    answer = api.rest("POST", "customer/insert", {"Name": "Eén", "Phone": "1", "Id": 5})
    assert answer.status_code == 200
    made = answer.json()
    assert made == record_of(api.get(f"Customer({made['Id']})"))
    answer = api.rest("POST", "Customer/Update", {"Id": made["Id"], "Name": "Twee"})
    assert (answer.json()["Name"], answer.json()["Phone"]) == ("Twee", None)
    answer = api.rest("POST", "customer/delete", {"Id": made["Id"]})
    assert (answer.status_code, answer.json()) == (200, {"Id": made["Id"]})
    assert api.rest("POST", "customer/delete", {"Id": made["Id"]}).status_code == 404


def test_update_can_merge(api: SimonApi) -> None:
    """Contract 11: update_semantics merge keeps what is not named, here and with PUT."""
    api.switch(update_semantics="merge")
    made = api.create("Customer", Name="x", Phone="1", Mobile="2")
    answer = api.rest("POST", "customer/update", {"Id": made["Id"], "Mobile": None})
    assert (answer.json()["Name"], answer.json()["Phone"], answer.json()["Mobile"]) == ("x", "1", None)
    answer = api.call("PUT", f"Customer({made['Id']})", {"Phone": "3"})
    assert (answer.json()["Name"], answer.json()["Phone"]) == ("x", "3")


def test_select_parameters(api: SimonApi) -> None:
    """Follows contract 6: each parameter, alone and combined with and."""
    api.create("Customer", Name="x", ExternalId="88")
    assert select(api, "customer", externalid=88) == [33]
    assert select(api, "customer", id=31) == [31]
    assert select(api, "customer", id=999) == []
    assert select(api, "location", customerid=31) == [77, 78]
    assert select(api, "location", CustomerID=31, id=78) == [78]
    assert select(api, "workorder", locationid=77) == [5010, 5012]
    assert select(api, "workorder", locationid=77, status="Archived") == [5012]
    assert select(api, "workorder", status="Unknown") == []
    assert select(api, "useditem", workorderid=5012) == [901, 902]
    assert select(api, "item", itemgroupid=8) == [10, 11, 12]
    assert select(api, "workorder", mutationdate="2026-11-20T15:04:11.120Z") == [5012]
    assert select(api, "workorder", mutationdate="2026-11-20T16:04:11.121+01:00") == []
    assert select(api, "item", top=2, skip=3) == [13, 14]
    assert select(api, "item", skip=11) == [21]


@pytest.mark.parametrize(
    "params", [{"id": "x"}, {"top": "-1"}, {"skip": "x"}, {"mutationdate": "x"}, {"customerid": ""}]
)
def test_wrong_parameters_are_400(api: SimonApi, params: dict[str, str]) -> None:
    """Contract 6: a value that cannot be read is refused."""
    answer = api.rest("GET", "location/select", **params)
    assert (answer.status_code, set(answer.json())) == (400, {"Message"})


def test_unknown_parameters_are_ignored_but_counted(api: SimonApi) -> None:
    """Contract 6: the sandbox counts what means nothing, so that a test can assert there was none."""
    assert len(select(api, "item", color="red", status="Archived")) == 12
    assert api.control("GET", "simon/ignored-parameters") == {"color": 1, "status": 1}
    api.control("POST", "reset")
    assert api.control("GET", "simon/ignored-parameters") == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "contact/select", None, 404),
        ("POST", "equipment/insert", {}, 404),
        ("GET", "customer", None, 404),
        ("GET", "customer/list", None, 404),
        ("GET", "customer/digitalpresentation", None, 404),
        ("GET", "customer/insert", None, 405),
        ("PUT", "customer/update", {}, 405),
        ("DELETE", "customer/delete", None, 405),
        ("POST", "customer/select", {}, 405),
        ("POST", "user/insert", {}, 405),
        ("POST", "user/delete", {"Id": 1}, 405),
        ("POST", "workordersurvey/update", {"Id": 301}, 405),
        ("POST", "customer/insert", {}, 400),
        ("POST", "customer/insert", {"Name": "x", "X": 1}, 400),
        ("POST", "customer/insert", [], 400),
        ("POST", "customer/update", {"Name": "x"}, 400),
        ("POST", "customer/update", {"Id": "31", "Name": "x"}, 400),
        ("POST", "customer/update", {"Id": 999, "Name": "x"}, 404),
        ("POST", "customer/delete", {"Id": 999}, 404),
        ("POST", "customer/delete", {"Id": 31}, 409),
        ("POST", "workorder/update", {"Id": 5012, "LocationId": 77}, 409),
        ("GET", "workorder/digitalpresentation", None, 400),
    ],
)
def test_refusals(api: SimonApi, method: str, path: str, body: Any, status: int) -> None:
    """Follows contract 6: the statuses of section 5 with a body of one Message."""
    answer = api.rest(method, path, body)
    assert (answer.status_code, set(answer.json())) == (status, {"Message"})


def test_digital_presentation(api: SimonApi) -> None:
    """Contract 6: the PDF by id, as it is, as octets, or as base64 in two forms."""
    import base64

    path, params = "Workorder/digitalpresentation", {"id": "5012"}
    raw = api.rest("GET", path, **params)
    assert (raw.headers["content-type"], raw.content[:4]) == ("application/pdf", b"%PDF")
    api.switch(pdf_style="octet_stream")
    assert api.rest("GET", path, **params).headers["content-type"] == "application/octet-stream"
    api.switch(pdf_style="base64_json")
    (text,) = api.rest("GET", path, **params).json().values()
    assert base64.b64decode(text) == raw.content
    api.switch(pdf_style="base64_string")
    assert api.rest("GET", path, **params).json() == text
    api.switch(pdf_style="raw")
    assert api.rest("GET", "workordersurvey/digitalpresentation", id="302").content.startswith(b"%PDF")
    assert api.rest("GET", path, id="1").status_code == 404


def test_nothing_beside_the_two_interfaces(sandbox: Sandbox) -> None:
    """Contract 11: the sandbox serves odata and rest, and says so elsewhere."""
    assert requests.get(f"{sandbox.root}/simon/soap/x").status_code == 404
