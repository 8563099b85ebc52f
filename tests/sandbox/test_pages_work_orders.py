"""The work-order pages: a work order made and followed to its document, by filling in forms."""

import re
from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.simon_api import SimonApi
from tests.sandbox.unit4_api import ORDER, Unit4Api
from tests.sandbox.web_pages import get, text_of

DESK = "/people/simon/1111222233334444"
FORM = {"location": "77", "description": "Oven slaat af & rookt", "travel": "15", "work": "120"}


def send(sandbox: Sandbox, path: str, **form: str) -> requests.Response:
    """A form that is sent, without following where it leads."""
    return requests.post(f"{sandbox.root}{path}", data=form, timeout=10, allow_redirects=False)


def make(sandbox: Sandbox, **form: str) -> str:
    """The path of the work order that was made."""
    answer = send(sandbox, f"{DESK}/work-orders", **(FORM | form))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def press(sandbox: Sandbox, order: str, action: str, **form: str) -> None:
    answer = send(sandbox, f"{order}/{action}", **form)
    assert (answer.status_code, answer.headers["Location"]) == (303, order), answer.text


def state(sandbox: Sandbox, order: str) -> str:
    [state] = re.findall(r'aria-current="step">([^<]+)<', get(sandbox, order))
    return str(state)


def stored(sandbox: Sandbox, order: str) -> dict[str, Any]:
    """The work order as the API tells it."""
    expand = "UsedItems,TimeSheets,Planning"
    stored_order: dict[str, Any] = SimonApi(sandbox).get(f"WorkOrder({order.rpartition('/')[2]})", expand=expand)
    return stored_order


def test_from_made_to_archived_and_back(sandbox: Sandbox) -> None:
    """Each button brings it one state further; the time is booked when the work is reported ready."""
    order = make(sandbox, article_0="14", quantity_0="2", article_2="16", quantity_2="1,5")
    assert state(sandbox, order) == "nieuw"
    stored_order = stored(sandbox, order)
    assert (stored_order["Status"], stored_order["Description"], stored_order["CustomerId"]) == (
        "New",
        "Oven slaat af & rookt",
        31,
    )
    assert [(line["ItemId"], line["Quantity"]) for line in stored_order["UsedItems"]] == [(14, 2.0), (16, 1.5)]
    assert stored_order["TimeSheets"] == []
    press(sandbox, order, "plan")
    assert (state(sandbox, order), len(stored(sandbox, order)["Planning"])) == ("gepland", 1)
    assert 'value="15"' in get(sandbox, order)
    press(sandbox, order, "ready", travel="20", work="90")
    assert state(sandbox, order) == "gereed"
    sheets = [(sheet["TimeType"], sheet["Minutes"]) for sheet in stored(sandbox, order)["TimeSheets"]]
    assert sheets == [("Travel", 20), ("Work", 90)]
    press(sandbox, order, "archive")
    assert (state(sandbox, order), stored(sandbox, order)["Status"]) == ("gearchiveerd", "Archived")
    press(sandbox, order, "unarchive")
    assert (state(sandbox, order), stored(sandbox, order)["ArchiveDate"]) == ("gereed", None)


def test_all_at_once(sandbox: Sandbox) -> None:
    """The second button of the form does the whole."""
    order = make(sandbox, until="Archived")
    stored_order = stored(sandbox, order)
    assert (stored_order["Status"], len(stored_order["TimeSheets"]), len(stored_order["Planning"])) == (
        "Archived",
        2,
        1,
    )


def test_the_document_is_seen_to_arrive(sandbox: Sandbox) -> None:
    """The followed part shows any document, in whatever package, whose reference names the number and the id."""
    order = make(sandbox, until="Archived")
    id, number = order.rpartition("/")[2], stored(sandbox, order)["Number"]
    page = get(sandbox, order)
    assert f'data-follow="{order}/arrival"' in page
    assert "Nog geen document" in text_of(page)
    assert '<noscript><meta http-equiv="refresh"' in page
    unit4, rompslomp = Unit4Api(sandbox), RompslompApi(sandbox)
    unit4.post("Order", {**ORDER, "reference": f"WB-{number}-{id}1"})
    unit4.post("Order", {**ORDER, "reference": number})
    assert "Nog geen document" in get(sandbox, f"{order}/arrival")
    unit4.post("Order", {**ORDER, "reference": f"WB-{number}-{id}"})
    arrival = get(sandbox, f"{order}/arrival")
    assert "Aangekomen in Unit4 Multivers, administratie Voorbeeld Installatietechniek" in arrival
    assert "/people/unit4/MVL00001/documents/20240003" in arrival
    contact = rompslomp.list("contacts")[0]["id"]
    line = {"description": "x", "price_per_unit": "1"}
    rompslomp.make("sales_invoices", contact_id=contact, api_reference=f"WB-{number}-{id}", invoice_lines=[line])
    arrival = get(sandbox, f"{order}/arrival")
    assert "Aangekomen in Rompslomp" in arrival
    assert arrival in get(sandbox, order)
    assert "<noscript>" not in get(sandbox, order)


def test_an_account_made_by_control_call(sandbox: Sandbox) -> None:
    """It has nothing to choose from until records come in."""
    access = sandbox.control.call("POST", "simon/accounts", {"title": "Nieuw BV"})
    desk = f"/people/simon/{access['key']}"
    assert "Dit account heeft nog geen klanten" in get(sandbox, desk)
    api = SimonApi(sandbox, access)
    place = api.create("Location", Name="Loods <3>", City="Goes", CustomerId=api.create("Customer", Name="A & B")["Id"])
    text = text_of(get(sandbox, desk))
    assert "A & B: Loods <3>, Goes" in text
    answer = send(sandbox, f"{desk}/work-orders", **(FORM | {"location": str(place["Id"])}))
    assert answer.headers["Location"].startswith(f"{desk}/work-orders/")
    assert send(sandbox, f"{desk}/work-orders", **FORM).status_code == 409  # another account's location


def test_a_long_list_is_searched(sandbox: Sandbox) -> None:
    """A list holds two hundred options at most; words narrow them down."""
    sandbox.control.call("POST", "simon/fill", {"account": DESK.rpartition("/")[2], "customers": 400, "articles": 300})
    page = get(sandbox, DESK)
    assert len(re.findall("<option", page)) == (200 + 1) + 4 * (200 + 1)
    assert "Klant zoeken" in page
    page = get(sandbox, f"{DESK}?place=stoepje eindhoven&article=kogelkraan")
    assert "1 van 1 locaties" in page
    assert all("Kogelkraan" in label for label in re.findall(r'<option value="\d+">(?!Bakkerij)([^<]+)', page))
    assert "Geen locatie gevonden" in get(sandbox, f"{DESK}?place=zzzz")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"location": ""}, "Kies een klant"),
        ({"location": "x"}, "Kies een klant"),
        ({"location": "٣"}, "Kies een klant"),
        ({"description": " "}, "omschrijving"),
        ({"description": "x" * 1001}, "omschrijving"),
        ({"travel": "-5"}, "Reistijd"),
        ({"work": "1441"}, "Werktijd"),
        ({"work": "²"}, "Werktijd"),
        ({"article_0": "14", "quantity_0": "veel"}, "Aantal op regel 1"),
        ({"article_3": "14", "quantity_3": "NaN"}, "Aantal op regel 4"),
        ({"article_3": "14", "quantity_3": "1e99999"}, "Aantal op regel 4"),
        ({"article_3": "14", "quantity_3": "0.12345"}, "Aantal op regel 4"),
    ],
)
def test_a_form_that_is_not_right(sandbox: Sandbox, changes: dict[str, str], said: str) -> None:
    """The field is named, what was filled in stays, and nothing is made."""
    before = SimonApi(sandbox).data()
    answer = send(sandbox, f"{DESK}/work-orders", **({**FORM, "description": "Houd mij vast"} | changes))
    assert answer.status_code == 422
    [alert] = re.findall(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    assert said in alert
    assert "description" in changes or "Houd mij vast" in answer.text
    assert SimonApi(sandbox).data() == before


def test_what_simple_simon_refuses(sandbox: Sandbox) -> None:
    """Its reason is shown: a blocked customer, an article that is gone, a button that does not fit the state."""
    before = SimonApi(sandbox).data()
    for changes, reason in (({"location": "79"}, "blocked"), ({"article_0": "999"}, "no Item 999")):
        answer = send(sandbox, f"{DESK}/work-orders", **(FORM | changes))
        assert answer.status_code == 409
        assert reason in answer.text
    assert SimonApi(sandbox).data() == before
    order = make(sandbox)
    for action in ("archive", "unarchive"):
        answer = send(sandbox, f"{order}/{action}")
        assert (answer.status_code, 'role="alert"' in answer.text) == (409, True)
    press(sandbox, order, "ready", travel="1", work="1")
    press(sandbox, order, "archive")
    assert send(sandbox, f"{order}/ready", travel="5", work="5").status_code == 409
    assert len(stored(sandbox, order)["TimeSheets"]) == 2
    assert send(sandbox, f"{order}/ready", travel="x").status_code == 422
    assert send(sandbox, f"{order}/explode").status_code == 404


def test_the_pages_use_the_contracts_names(sandbox: Sandbox) -> None:
    """Whatever words the API is switched to, the pages go on."""
    words = {"simon.status_values": "a,b,c,d,e", "simon.time_types": "x,y", "simon.external_id": False}
    sandbox.control.call("PUT", "switches", words)
    order = make(sandbox, until="Archived")
    assert state(sandbox, order) == "gearchiveerd"


def test_people_are_no_traffic(sandbox: Sandbox) -> None:
    """What is done on a page counts for no service, and no fault strikes there."""
    sandbox.control.call("POST", "faults", [{"kind": "status", "count": -1}])
    make(sandbox, until="Archived")
    assert sandbox.control.call("GET", "requests")["counts"] == []
