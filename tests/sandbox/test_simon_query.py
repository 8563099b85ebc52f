"""Simple-Simon's sandbox: query options and paging of the odata interface (contract 5)."""

from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, refusal_of


@pytest.fixture
def api(sandbox: Sandbox) -> SimonApi:
    return SimonApi(sandbox)


@pytest.mark.parametrize(
    ("entity", "text", "expected"),
    [
        ("Item", "Code eq 'ONT-7'", [14]),
        ("Item", "Code eq null", [19]),
        ("Item", "contains(Description,'Id eq ''x''') or Id eq 10", [10]),
        ("Location", "Id eq CustomerId", []),
        ("Item", "tolower(Code) eq 'ont-7'", [14]),
        ("Item", "Code ne null and Id gt 18", [20, 21]),
        ("Item", "Active eq false", [20]),
        ("Item", "not Active", [20]),
        ("Item", "not (Active eq true)", [20]),
        ("Item", "Description eq 'Vulslang d''origine'", [21]),
        ("Item", "contains(Description,'pomp')", [15]),
        ("Item", "contains(tolower(Description),'KOGEL')", []),
        ("Item", "contains(tolower(Description),'kogel')", [13]),
        ("Item", "startswith(Code,'KK-1/2')", [13]),
        ("Item", "endswith(Description,'mm') and contains(Code,'&')", [18]),
        ("Item", "Id eq 14", [14]),
        ("Item", "Id eq 14 or Id eq 15 and Active eq false", [14]),
        ("Item", "(Id eq 14 or Id eq 20) and Active eq false", [20]),
        ("Item", "ItemGroupId eq 8 and Id lt 12", [10, 11]),
        ("Item", "Code eq 'ONT-7' or Code eq 'CU-15'", [14, 17]),
        ("Item", "Code eq 'a or Code eq ''ONT-7'' or b'", []),
        ("Item", "ItemGroupId eq null", [21]),
        ("Location", "CustomerId eq null", [80]),
        ("Location", "CustomerId eq 31 and Name ne 'x'", [77, 78]),
        ("Location", "Latitude gt 51.9 and Longitude le 5.0921", [80]),
        ("UsedItem", "Quantity eq 1.5", [900, 902]),
        ("UsedItem", "Quantity ge 2", [899]),
        ("TimeSheet", "BreakMinutes ge -1 and Minutes eq 95", [412]),
        ("WorkOrder", "MutationDate ge 2026-11-20T15:04:11.120Z", [5012]),
        ("WorkOrder", "MutationDate gt 2026-11-20T15:04:11.120Z", []),
        ("WorkOrder", "ArchiveDate ge 2026-11-20T16:04:11.12+01:00", [5012]),
        ("WorkOrder", "Status eq 'Archived' and MutationDate ge 2026-11-20T00:00:00Z", [5012]),
        ("WorkOrder", "ArchiveDate eq null and Status ne 'New'", [5008, 5009, 5010]),
    ],
)
def test_filter(api: SimonApi, entity: str, text: str, expected: list[int]) -> None:
    """Contract 5: the operators, literals and functions of $filter, on the seeded data."""
    assert api.ids(entity, filter=text) == expected


@pytest.mark.parametrize(
    "params",
    [
        {"$filter": "Naam eq 'x'"},
        {"$filter": "Code eq"},
        {"$filter": "Code eq 'x"},
        {"$filter": "Code is 'x'"},
        {"$filter": "length(Code) eq 3"},
        {"$filter": "substringof('x',Code)"},
        {"$filter": "Id gt 'x'"},
        {"$filter": "Id eq '14'"},
        {"$filter": "Code eq 14"},
        {"$filter": "Active eq 1"},
        {"$filter": "MutationDate eq '2026-11-21T10:00:00Z'"},
        {"$filter": "not (Code ne 'x' or Active eq 'true')"},
        {"$filter": "contains(Id,'1')"},
        {"$filter": "MutationDate ge 2026-11-21T10:00:00"},
        {"$filter": "MutationDate ge 2026-13-21T10:00:00Z"},
        {"$filter": "MutationDate ge datetime'x'"},
        {"$filter": "ItemGroup/Name eq 'x'"},
        {"$filter": "(" * 2000 + "Id eq 1" + ")" * 2000},
        {"$filter": ""},
        {"$orderby": "Naam"},
        {"$orderby": "Id up"},
        {"$orderby": "Id,"},
        {"$top": "-1"},
        {"$top": "x"},
        {"$skip": "-1"},
        {"$skip": "1.5"},
        {"$count": "yes"},
        {"$select": "Naam"},
        {"$select": "Id,"},
        {"$expand": "Group"},
        {"$expand": "ItemGroup($select=Id)"},
        {"$expand": "ItemGroup/Items"},
        {"$expand": "itemGroup"},
        {"$skiptoken": "x"},
        {"$skiptoken": "WzEsMl0"},
        {"$Filter": "Id eq 1"},
    ],
)
def test_refused_options(api: SimonApi, params: dict[str, str]) -> None:
    """Contract 5: any option that cannot be understood is 400 BadQuery."""
    assert refusal_of(api.call("GET", "Item", **params)) == (400, "BadQuery")


def test_options_given_twice_are_refused(api: SimonApi) -> None:
    """Contract 5: an option counts once."""
    assert refusal_of(api.call("GET", "Item?$top=1&$top=2")) == (400, "BadQuery")


def test_percent_encoded_option_names(api: SimonApi) -> None:
    """Contract 5: %24filter is $filter."""
    url = f"{api.access['odata']}/Item?%24filter=Code%20eq%20%27KK-1%2F2%27&%24select=Id"
    assert requests.get(url, headers=api.headers).json()["value"] == [{"Id": 13}]


def test_orderby(api: SimonApi) -> None:
    """Follows contract 5: several fields, each up or down; nulls first; Id breaks ties and is the default order."""
    assert api.ids("Item") == list(range(10, 22))
    assert api.ids("Item", orderby="Id desc") == list(range(21, 9, -1))
    assert api.ids("Item", orderby="ItemGroupId desc,Code asc")[:3] == [10, 12, 11]
    assert api.ids("Item", orderby="Code", top="2") == [19, 17]
    assert api.ids("Item", orderby="VatCode desc", top="2") == [21, 10]


def test_top_skip_count(api: SimonApi) -> None:
    """Contract 5: @odata.count leaves $top and $skip out of account but not the filter."""
    answer = api.get("Item", top="3", skip="2", count="true", filter="Active eq true")
    assert [row["Id"] for row in answer["value"]] == [12, 13, 14]
    assert answer["@odata.count"] == 11
    assert "@odata.nextLink" not in answer
    assert list(api.get("Item", top="0", count="true")) == ["@odata.context", "@odata.count", "value"]
    assert api.ids("Item", skip="500") == []
    assert "@odata.count" not in api.get("Item", count="false")


def test_select(api: SimonApi) -> None:
    """Contract 5: only the members asked for, in the listing and in its context."""
    answer = api.get("Item", select="Code, Id", top="1")
    assert answer["value"] == [{"Code": "REIS", "Id": 10}]
    assert answer["@odata.context"].endswith("$metadata#Item(Code,Id)")
    assert len(api.get("Item", select="*", top="1")["value"][0]) == 11


@pytest.mark.parametrize(
    ("entity", "link", "many"),
    [
        ("Customer", "Locations", True),
        ("Customer", "Contacts", True),
        ("Location", "Customer", False),
        ("WorkOrder", "Customer", False),
        ("WorkOrder", "Location", False),
        ("WorkOrder", "Contact", False),
        ("WorkOrder", "UsedItems", True),
        ("WorkOrder", "TimeSheets", True),
        ("WorkOrder", "Planning", True),
        ("WorkOrder", "Surveys", True),
        ("Item", "ItemGroup", False),
        ("UsedItem", "Item", False),
        ("TimeSheet", "User", False),
        ("TimeSheet", "WorkOrder", False),
        ("Planning", "User", False),
        ("Planning", "WorkOrder", False),
    ],
)
def test_expand(api: SimonApi, entity: str, link: str, many: bool) -> None:
    """Contract 7.2: every navigation name gives the linked records, whole and one level deep."""
    targets = {"Locations": "Location", "Contacts": "Contact", "UsedItems": "UsedItem", "TimeSheets": "TimeSheet"}
    target = targets.get(link, {"Surveys": "WorkOrderSurvey"}.get(link, link))
    all_of_them = {row["Id"]: row for row in api.get(target)["value"]}
    for row in api.get(entity, expand=link)["value"]:
        if many:
            expected: Any = [other for other in all_of_them.values() if other[f"{entity}Id"] == row["Id"]]
        else:
            expected = all_of_them.get(row[f"{link}Id"])
        assert row[link] == expected


def test_expand_with_select_and_on_one_record(api: SimonApi) -> None:
    """Contract 7.3: a work order with its lines and times, as in the example."""
    order = api.get("WorkOrder(5012)", select="Id,Number,Status,UsedItems", expand="UsedItems,TimeSheets")
    assert set(order) == {"@odata.context", "Id", "Number", "Status", "UsedItems", "TimeSheets"}
    line = {"Id": 901, "WorkOrderId": 5012, "ItemId": 14, "ItemCode": "ONT-7", "Description": "Ontsteker", "Unit": "st"}
    assert order["UsedItems"][0].items() >= (line | {"Quantity": 1.0}).items()
    times = [(row["Id"], row["UserId"], row["TimeType"], row["Minutes"]) for row in order["TimeSheets"]]
    assert times == [(411, 3, "Travel", 25), (412, 3, "Work", 95)]


def test_expand_can_be_absent(api: SimonApi) -> None:
    """Contract 5: the client must have a fallback; a switch takes $expand away."""
    api.switch(expand=False)
    assert refusal_of(api.call("GET", "Item", **{"$expand": "ItemGroup"})) == (400, "BadQuery")


def pages(api: SimonApi, url: str) -> list[list[int]]:
    """The ids on each page, following nextLink as it is given."""
    ids_by_page = []
    while url:
        answer = api.get(url)
        ids_by_page.append([row["Id"] for row in answer["value"]])
        url = answer.get("@odata.nextLink", "")
        assert not url or url.startswith("http://")
    return ids_by_page


def flat(ids_by_page: list[list[int]]) -> list[int]:
    return [id for page in ids_by_page for id in page]


@pytest.mark.parametrize("size", [1, 5, 11, 12, 13])
def test_paging_follows_next_link(api: SimonApi, size: int) -> None:
    """Contract 5: pages of at most page_size, a link exactly when there is more, each row once."""
    api.switch(page_size=size)
    ids_by_page = pages(api, "Item")
    assert flat(ids_by_page) == list(range(10, 22))
    assert len(ids_by_page) == -(-12 // size)
    ordered = pages(api, "Item?$orderby=ItemGroupId desc,VatCode,Description desc&$filter=Id ne 14&$select=Id,Code")
    api.switch(page_size=100)
    assert flat(ordered) == api.ids("Item", orderby="ItemGroupId desc,VatCode,Description desc", filter="Id ne 14")


def test_paging_with_top_skip_and_count(api: SimonApi) -> None:
    """Contract 5: $top and $skip count over all pages; the count and the form are on each page."""
    api.switch(page_size=3)
    assert pages(api, "Item?$top=7&$skip=2") == [[12, 13, 14], [15, 16, 17], [18]]
    assert pages(api, "Item?$top=3") == [[10, 11, 12]]
    second = api.get(api.get("Item?$count=true&$select=Id&$expand=ItemGroup")["@odata.nextLink"])
    assert second["@odata.count"] == 12
    assert list(second["value"][0]) == ["Id", "ItemGroup"]


def test_paging_is_not_upset_by_changes(api: SimonApi) -> None:
    """Contract 5: rows that go or come while a listing is read shift no other row out of it."""
    api.switch(page_size=4)
    first = api.get("Item?$orderby=MutationDate,Id")
    assert api.call("DELETE", "Item(10)").status_code == 204
    api.create("Item", Description="Nieuw")
    rest = pages(api, first["@odata.nextLink"])
    assert flat(rest)[:8] == list(range(14, 22))


def test_next_link_stands_alone(api: SimonApi) -> None:
    """Contract 5: the link is opaque; nothing is added to it, and a broken one is refused."""
    api.switch(page_size=4)
    link = api.get("Item")["@odata.nextLink"]
    assert refusal_of(api.call("GET", f"{link}&$top=1")) == (400, "BadQuery")
    assert refusal_of(api.call("GET", f"{link[:-3]}")) == (400, "BadQuery")


def test_unpaged_service(api: SimonApi) -> None:
    """Contract 5: a client may meet a server that gives exactly $top rows without a link."""
    api.switch(server_paging=False, page_size=2)
    assert len(api.ids("Item")) == 12
    assert list(api.get("Item", top="5")) == ["@odata.context", "value"]


def test_changed_since(api: SimonApi) -> None:
    """Contract 10: rows changed since a moment, in the order of their changes."""
    order = "MutationDate,Id"
    highest = max(row["MutationDate"] for row in api.get("Customer")["value"])
    assert api.ids("Customer", filter=f"MutationDate gt {highest}", orderby=order) == []
    api.call("PUT", "Customer(32)", {"Name": "a"})
    api.call("PUT", "Customer(30)", {"Name": "b"})
    assert api.ids("Customer", filter=f"MutationDate gt {highest}", orderby=order) == [32, 30]
