"""Simple-Simon's sandbox: accounts, whole work orders and bulk data by control call (contract 11)."""

from typing import Any

import pytest
import requests

from sandbox.simple_simon.schema import ENTITIES
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi


@pytest.fixture
def api(sandbox: Sandbox) -> SimonApi:
    return SimonApi(sandbox)


def status(api: SimonApi, path: str, body: Any = None) -> int:
    return requests.post(f"{api.root}/_sandbox/simon/{path}", json=body).status_code


def test_access_is_that_of_the_seeded_account(sandbox: Sandbox) -> None:
    """Contract 11: licence, user, password and API key of the seed."""
    assert sandbox.access["simon"] == {
        "odata": f"{sandbox.root}/simon/odata",
        "rest": f"{sandbox.root}/simon/rest",
        "key": "1111222233334444",
        "usr": "kantoor@voorbeeld.nl",
        "pwd": "voorbeeld",
        "api_key": "sandbox-key",
    }


def test_accounts(sandbox: Sandbox, api: SimonApi) -> None:
    """Contract 11: a new account has a licence of 16 digits, its own log-in and its own users; reset takes it away."""
    made = api.control("POST", "simon/accounts", {"seed": "empty"})
    assert set(made) == {*api.access, "users"}
    assert (len(made["key"]), made["key"].isdigit()) == (16, True)
    other = SimonApi(sandbox, made)
    data = other.data()
    assert list(data) == list(ENTITIES)
    assert data.pop("User") == made["users"]
    assert [user["UserType"] for user in made["users"]] == ["Office"] * 2 + ["Field"] * 3
    assert not any(data.values())
    filled = api.control("POST", "simon/accounts", {"seed": "contract"})
    assert len({made["key"], filled["key"], api.access["key"]}) == 3
    assert len({made["api_key"], filled["api_key"], api.access["api_key"]}) == 3
    assert status(api, "accounts", {"seed": "x"}) == 422
    api.control("POST", "reset")
    assert requests.get(f"{api.root}/_sandbox/simon/accounts/{made['key']}/data").status_code == 404
    assert other.log_in().status_code == 401


def test_ids_are_of_the_whole_process(sandbox: Sandbox, api: SimonApi) -> None:
    """Contract 11: no id is given twice, in whatever account, so a work order is found by its id alone."""
    other = SimonApi(sandbox, api.control("POST", "simon/accounts", {"seed": "contract"}))
    for entity, rows in api.data().items():
        assert {row["Id"] for row in rows}.isdisjoint(row["Id"] for row in other.data()[entity])
    mine = other.create("WorkOrder", LocationId=other.ids("Location")[0])["Id"]
    assert api.control("POST", f"archive/{mine}", {"force": True})["Id"] == mine
    assert other.get(f"WorkOrder({mine})")["Status"] == "Archived"


def test_whole_work_order(api: SimonApi) -> None:
    """Contract 8: planned, timed, ready and archived as by people, and answered with all that belongs to it."""
    body = {
        "CustomerId": 31,
        "Reference": "PO 1",
        "UsedItems": [{"ItemCode": "ONT-7"}, {"ItemId": 13, "Quantity": 2.5}, {"Description": "Los", "Quantity": -1}],
        "TimeSheets": [{"TimeType": "Travel", "Minutes": 25}, {"TimeType": "Work", "Minutes": 0}],
    }
    order = api.control("POST", "simon/accounts/1111222233334444/work-orders", body)
    read = api.get(
        f"WorkOrder({order['Id']})", expand="Customer,Location,Contact,UsedItems,TimeSheets,Planning,Surveys"
    )
    assert {"@odata.context": read["@odata.context"], **order} == read
    assert (order["Status"], order["LocationId"], order["CustomerId"], order["Reference"]) == (
        "Archived",
        77,
        31,
        "PO 1",
    )
    lines = [(line["ItemId"], line["ItemCode"], line["Quantity"]) for line in order["UsedItems"]]
    assert lines == [(14, "ONT-7", 1.0), (13, "KK-1/2", 2.5), (None, None, -1.0)]
    assert [(row["TimeType"], row["Minutes"], row["UserId"]) for row in order["TimeSheets"]] == [
        ("Travel", 25, 3),
        ("Work", 0, 3),
    ]
    assert [row["UserId"] for row in order["Planning"]] == [3]
    assert order["ReadyDate"] < order["ArchiveDate"]


@pytest.mark.parametrize(
    ("wanted", "planned"), [("New", 0), ("Planned", 1), ("InProgress", 1), ("Ready", 1), ("Archived", 1)]
)
def test_work_order_in_every_status(api: SimonApi, wanted: str, planned: int) -> None:
    """Contract 8: a work order can be made up to any status, also without time and material or a customer."""
    order = api.control("POST", "simon/accounts/1111222233334444/work-orders", {"LocationId": 80, "Status": wanted})
    assert (order["Status"], len(order["Planning"]), order["CustomerId"]) == (wanted, planned, None)
    assert (order["UsedItems"], order["TimeSheets"]) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"CustomerId": 999999},
        {"CustomerId": 32},
        {"LocationId": 77, "Unknown": 1},
        {"LocationId": 77, "UsedItems": [5]},
        {"LocationId": 77, "UsedItems": [{"Quantity": 1.23456}]},
        {"LocationId": 77, "TimeSheets": [{"Minutes": 5}]},
        {"LocationId": 77, "TimeSheets": [{"TimeType": "Work", "Minutes": "5"}]},
    ],
)
def test_whole_work_order_or_nothing(api: SimonApi, body: dict[str, Any]) -> None:
    """Contract 8: when any part of it is refused, nothing of it is made."""
    before = api.data()
    assert status(api, "accounts/1111222233334444/work-orders", body) == 400
    assert status(api, "accounts/1/work-orders", body) == 404
    assert api.data() == before


def test_fill(sandbox: Sandbox, api: SimonApi) -> None:
    """Contract 11: bulk data of the size asked for, the same for the same seed, fit to be read and written back."""
    size = {"customers": 600, "articles": 400, "work_orders": 150, "seed": 7}
    snapshots = []
    for _ in range(2):
        api.control("POST", "reset")
        api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
        account = api.control("POST", "simon/accounts", {"seed": "empty"})
        numbers = api.control("POST", "simon/fill", {"account": account["key"], **size})
        assert (numbers["Customer"], numbers["Item"], numbers["WorkOrder"]) == (600, 400, 150)
        assert sum(numbers.values()) > 2000
        snapshots.append(SimonApi(sandbox, account).data())
    assert snapshots[0] == snapshots[1]
    check_data(snapshots[0])
    other = SimonApi(sandbox, account)
    for entity in ("Customer", "Location", "Item", "WorkOrder"):
        for row in snapshots[0][entity][::97]:
            assert other.call("PUT", f"{entity}({row['Id']})", row).status_code == 200


def test_fill_with_keys(sandbox: Sandbox, api: SimonApi) -> None:
    """Contract 11: the first customers carry these keys of a package, the others none."""
    account = api.control("POST", "simon/accounts", {"seed": "empty"})
    api.control("POST", "simon/fill", {"account": account["key"], "customers": 3, "keys": ["1001", "A/7"]})
    assert [row["ExternalId"] for row in SimonApi(sandbox, account).data()["Customer"]] == ["1001", "A/7", None]


def check_data(data: dict[str, list[dict[str, Any]]]) -> None:
    """Lengths, references and dates of an account are as the contract has them."""
    ids = {name: {row["Id"] for row in rows} for name, rows in data.items()}
    for name, rows in data.items():
        for member in ENTITIES[name].members:
            for row in rows:
                value = row[member.name]
                assert value is None or not member.length or len(value) <= member.length
                assert value is not None or not member.required
                assert value is None or not member.refers_to or value in ids[member.refers_to]
    dates = [row["MutationDate"] for rows in data.values() for row in rows]
    assert len(dates) == len(set(dates))
    assert len({row["Code"] for row in data["Item"]}) == len(data["Item"])
    assert any("'" in row["Name"] for row in data["Customer"])
    assert any("&" in row["Name"] for row in data["Customer"])
    assert any("/" in row["Code"] for row in data["Item"])


@pytest.mark.parametrize(
    "body", [{"customers": -1}, {"articles": "many"}, {"seed": 1.5}, {"work_orders": True}, {"keys": "1"}]
)
def test_fill_checks_its_numbers(api: SimonApi, body: dict[str, Any]) -> None:
    """Contract 11: a size that is no size is refused."""
    assert status(api, "fill", {"account": api.access["key"], **body}) == 422
    assert status(api, "fill", {"account": "1", **body}) == 404


def test_reset_restores_the_seed(api: SimonApi) -> None:
    """Contract 11: reset gives the same data, ids and numbers as a fresh start."""
    before = api.data()
    api.create("WorkOrder", LocationId=77)
    api.call("DELETE", "WorkOrder(5007)")
    api.control("POST", "reset")
    assert api.data() == before
    assert api.call("GET", "Item").status_code == 401
    api.headers["Token"] = api.log_in().json()["Token"]
    assert api.create("WorkOrder", LocationId=77)["Id"] == 5013
