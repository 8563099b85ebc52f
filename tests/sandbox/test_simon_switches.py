"""Simple-Simon's sandbox: every assumption can be switched while it runs (contract 3 and 11)."""

import requests

from sandbox.simple_simon import SWITCHES
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, record_of

# contract 11, the table of switches; and contract 3, the dialect
DEFAULTS = {
    "date_style": "iso_z",
    "update_semantics": "replace",
    "page_size": 100,
    "token_lifetime_s": 1200,
    "licence_active": True,
    "api_released": True,
    "delete_mode": "hard",
    "child_touches_parent": False,
    "unique_external_id": False,
    "allow_patch": False,
    "enforce_lengths": True,
    "pdf_style": "raw",
    "tie_mutation_dates": False,
    "login_path": "login",
    "token_header": "Token",
    "apikey_header": "ApiKey",
    "local_zone": "Europe/Amsterdam",
    "entity_set": "singular",
    "status_values": "New,Planned,InProgress,Ready,Archived",
}


def test_defaults_are_the_contracts() -> None:
    """Contract 3 and 11: each switch is there with the default of the contract, and has its sentence."""
    defaults = {switch.name: switch.default for switch in SWITCHES}
    assert {f"simon.{name}": value for name, value in DEFAULTS.items()}.items() <= defaults.items()
    assert len(defaults) == len(SWITCHES)
    assert all(switch.sentence.endswith(".") for switch in SWITCHES)


def test_local_dates(sandbox: Sandbox) -> None:
    """Contract 11: iso_naive_local writes Dutch time without a zone, and reads and filters it back."""
    api = SimonApi(sandbox)
    api.switch(date_style="iso_naive_local")
    order = record_of(api.get("WorkOrder(5012)"))
    assert order["ArchiveDate"] == "2026-11-20T16:04:11.120"
    assert api.ids("WorkOrder", filter="ArchiveDate ge 2026-11-20T16:04:11.120") == [5012]
    assert api.ids("WorkOrder", filter="ArchiveDate ge 2026-11-20T15:04:11.120Z") == [5012]
    assert api.rest("GET", "workorder/select", mutationdate="2026-11-20T16:04:11.121").json() == []
    assert api.call("PUT", "WorkOrder(5012)", order).status_code == 200
    summer = api.create("Equipment", LocationId=77, Name="x", InstallDate="2026-07-01T12:00:00")
    api.switch(date_style="iso_z")
    assert api.get(f"Equipment({summer['Id']})")["InstallDate"] == "2026-07-01T10:00:00.000Z"


def test_ms_dates(sandbox: Sandbox) -> None:
    """Contract 11: ms_date writes milliseconds since 1970 with the Dutch offset, and reads them back."""
    api = SimonApi(sandbox)
    made = api.create("Equipment", LocationId=77, Name="x", InstallDate="2026-11-21T10:00:00Z")
    api.switch(date_style="ms_date")
    read = record_of(api.get(f"Equipment({made['Id']})"))
    assert read["InstallDate"] == "/Date(1795255200000+0100)/"
    answer = api.call("PUT", f"Equipment({made['Id']})", read)
    assert answer.json()["InstallDate"] == read["InstallDate"]
    api.switch(local_zone="UTC")
    assert api.get(f"Equipment({made['Id']})")["InstallDate"] == "/Date(1795255200000+0000)/"


def test_extreme_dates_are_never_a_500(sandbox: Sandbox) -> None:
    """Contract 5: a date that another zone cannot show is refused, the others can be shown in every style."""
    api = SimonApi(sandbox)
    for text, status in (
        ("0001-01-01T00:00:00+14:00", 400),
        ("9999-12-31T23:59:59Z", 400),
        ("0001-01-03T00:00:00Z", 201),
        ("9999-12-29T00:00:00Z", 201),
    ):
        answer = api.call("POST", "Equipment", {"LocationId": 77, "Name": "x", "InstallDate": text})
        assert answer.status_code == status
    for style in ("iso_z", "iso_naive_local", "ms_date"):
        api.switch(date_style=style)
        rows = api.get("Equipment")["value"]
        for row in rows:
            assert api.call("PUT", f"Equipment({row['Id']})", row).json()["InstallDate"] == row["InstallDate"]


def test_patch(sandbox: Sandbox) -> None:
    """Contract 5: allow_patch offers PATCH as a merge, for generic OData clients."""
    api = SimonApi(sandbox)
    api.switch(allow_patch=True)
    before = record_of(api.get("Customer(31)"))
    answer = api.call("PATCH", "Customer(31)", {"Phone": "0800"})
    changed = {"Phone": "0800", "MutationDate": answer.json()["MutationDate"]}
    assert record_of(answer.json()) == before | changed
    assert api.call("PATCH", "User(1)", {}).status_code == 405


def test_answers_to_put_and_delete(sandbox: Sandbox) -> None:
    """Contract 5: a client also takes 204 for PUT and 200 for DELETE; switches give those."""
    api = SimonApi(sandbox)
    api.switch(put_answer="nothing", delete_status=200)
    answer = api.call("PUT", "ItemGroup(7)", {"Name": "Anders"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get("ItemGroup(7)")["Name"] == "Anders"
    assert api.call("DELETE", "WorkOrder(5007)").status_code == 200


def test_entity_sets_and_keys_in_other_forms(sandbox: Sandbox) -> None:
    """Contract 3: plural sets and keys behind a slash."""
    api = SimonApi(sandbox)
    api.switch(entity_set="plural", key_style="slash", page_size=2)
    assert api.get("Customers/31")["Name"] == "Jansen & Zonen"
    answer = api.call("POST", "ItemGroups", {"Name": "x"})
    assert answer.headers["location"].endswith("/ItemGroups/9")
    assert "/Items?" in api.get("Items")["@odata.nextLink"]
    assert api.call("GET", "Customer").status_code == 404
    assert api.call("GET", "Customers(31)").status_code == 404
    assert api.call("GET", "WorkOrders/5012/DigitalPresentation").content.startswith(b"%PDF")
    assert b'EntitySet Name="Customers"' in api.call("GET", "$metadata").content


def test_words_for_statuses_and_types(sandbox: Sandbox) -> None:
    """Contract 3 and 8: the texts of statuses and types are settings, in records, filters and writes."""
    api = SimonApi(sandbox)
    api.switch(
        status_values="nieuw, gepland, onderhanden, gereed, gearchiveerd", time_types="Reis,Werk", user_types="K,B"
    )
    assert api.ids("WorkOrder", filter="Status eq 'gearchiveerd'") == [5011, 5012]
    assert api.ids("WorkOrder", filter="Status eq 'Archived'") == []
    order = record_of(api.get("WorkOrder(5010)"))
    assert order["Status"] == "gereed"
    answer = api.call("PUT", "WorkOrder(5010)", order | {"Status": "gearchiveerd"})
    assert answer.json()["Status"] == "gearchiveerd"
    assert len(api.rest("GET", "workorder/select", status="gearchiveerd").json()) == 3
    sheet = {"WorkOrderId": 5009, "UserId": 3}
    assert api.create("TimeSheet", **sheet, TimeType="Reis")["TimeType"] == "Reis"
    assert api.call("POST", "TimeSheet", {**sheet, "TimeType": "Travel"}).status_code == 400
    assert api.get("User(1)")["UserType"] == "K"


def test_no_external_id(sandbox: Sandbox) -> None:
    """Contract 9: ExternalId may turn out not to exist at all."""
    api = SimonApi(sandbox)
    api.switch(external_id=False)
    assert "ExternalId" not in api.get("Customer(31)")
    assert api.call("POST", "Customer", {"Name": "x", "ExternalId": "1"}).status_code == 400
    assert api.call("GET", "Customer", **{"$filter": "ExternalId eq '1'"}).status_code == 400
    assert b"ExternalId" not in api.call("GET", "$metadata").content
    assert "ExternalId" not in api.rest("GET", "item/select").text


def test_prices(sandbox: Sandbox) -> None:
    """Contract 7: a used item has a price only if prices are activated."""
    api = SimonApi(sandbox)
    line = {"WorkOrderId": 5009, "Quantity": 1, "Price": 12.345}
    made = api.create("UsedItem", **line)
    assert made["Price"] == 12.345
    api.switch(prices=False)
    assert api.get(f"UsedItem({made['Id']})")["Price"] is None
    assert api.ids("UsedItem", filter="Price eq 12.345") == []


def test_error_bodies(sandbox: Sandbox) -> None:
    """Contract 6: a client must cope with other error bodies, in both interfaces."""
    api = SimonApi(sandbox)
    for style, member in (("exception_message", "ExceptionMessage"), ("problem", "detail")):
        api.switch(error_body=style)
        for answer in (api.call("GET", "Customer(1)"), api.rest("POST", "customer/delete", {"Id": 1})):
            assert (answer.status_code, answer.json()[member]) == (404, "There is no Customer 1")
    for style, kind in (("text", "text/plain"), ("html", "text/html")):
        api.switch(error_body=style)
        answer = api.call("GET", "Customer(1)")
        assert answer.headers["content-type"].startswith(kind)
        assert "There is no Customer 1" in answer.text


def test_switches_are_checked(sandbox: Sandbox) -> None:
    """Contract 11: a value that is not allowed is refused and changes nothing."""
    api = SimonApi(sandbox)
    answer = requests.put(f"{api.root}/_sandbox/switches", json={"simon.date_style": "roman"})
    assert answer.status_code == 422
    api.switch(page_size=0)
    assert len(api.get("Item")["value"]) == 1


def test_archived_orders_can_be_open(sandbox: Sandbox) -> None:
    """Contract 8: the client must expect an order that is edited while it is archived."""
    api = SimonApi(sandbox)
    api.switch(archived_closed=False)
    order = record_of(api.get("WorkOrder(5012)"))
    changed = api.call("PUT", "WorkOrder(5012)", order | {"Remark": "later"}).json()
    assert (changed["Remark"], changed["ArchiveDate"]) == ("later", order["ArchiveDate"])
    api.create("UsedItem", WorkOrderId=5012, Quantity=1)
    assert api.call("DELETE", "WorkOrder(5012)").status_code == 204


def test_customer_need_not_follow_from_the_location(sandbox: Sandbox) -> None:
    """Contract 7: a switch leaves CustomerId as it was sent."""
    api = SimonApi(sandbox)
    api.switch(customer_from_location=False)
    assert api.create("WorkOrder", LocationId=77)["CustomerId"] is None
