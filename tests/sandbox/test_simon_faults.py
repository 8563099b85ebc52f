"""Simple-Simon's sandbox on a bad day: whatever fault is on, the data is as before or as after (contract 11)."""

from typing import Any

import pytest
import requests

from sandbox.faults import KINDS
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi, refusal_of

Data = dict[str, list[dict[str, Any]]]

# writes that change several records at once, or are refused
WRITES: list[tuple[str, str, Any]] = [
    ("POST", "Customer", {"Name": "Nieuw"}),
    ("POST", "TimeSheet", {"WorkOrderId": 5008, "UserId": 3, "TimeType": "Work", "Minutes": 5}),
    ("POST", "Planning", {"WorkOrderId": 5007, "UserId": 3, "StartDate": "2026-11-21T10:00:00Z"}),
    ("PUT", "WorkOrder(5010)", {"LocationId": 77, "Status": "Archived"}),
    ("DELETE", "WorkOrder(5009)", None),
    ("DELETE", "Customer(31)", None),
    ("PUT", "WorkOrder(5012)", {"LocationId": 77}),
]


@pytest.fixture
def api(sandbox: Sandbox) -> SimonApi:
    return SimonApi(sandbox)


def restarted(api: SimonApi) -> Data:
    """The seeded data, with the clock standing still, so that the same write gives the same records."""
    api.control("POST", "reset")
    api.control("POST", "clock", {"freeze": "2026-11-21T16:00:00+00:00"})
    api.headers["Token"] = api.log_in().json()["Token"]
    return api.data()


@pytest.mark.parametrize("kind", KINDS)
def test_state_is_before_or_after(api: SimonApi, kind: str) -> None:
    """Contract 11: with any single fault on, a write has happened as a whole or not at all."""
    for method, path, body in WRITES:
        before = restarted(api)
        api.call(method, path, body)
        after = api.data()
        restarted(api)
        api.fault(kind=kind, path="/odata/", status=503)
        try:
            api.call(method, path, body)
        except requests.ConnectionError:
            assert kind.startswith("drop")
        assert api.data() in (before, after)


def test_answer_lost_after_the_write(api: SimonApi) -> None:
    """Contract 9: a POST without an answer may have been stored; a search by ExternalId tells."""
    api.fault(kind="drop_after", method="POST", path="/Customer")
    with pytest.raises(requests.ConnectionError):
        api.call("POST", "Customer", {"Name": "x", "ExternalId": "77"})
    assert len(api.ids("Customer", filter="ExternalId eq '77'")) == 1


def test_expired_token(api: SimonApi) -> None:
    """Contract 4 and 11: the fault makes a good token expired for one request, which then does nothing."""
    before = api.data()
    api.fault(kind="expired_token", path="/odata/")
    assert refusal_of(api.call("POST", "Customer", {"Name": "x"})) == (401, "Unauthorized")
    assert api.data() == before
    api.fault(kind="expired_token", path="/rest/")
    answer = api.rest("GET", "customer/select")
    assert (answer.status_code, set(answer.json())) == (401, {"Message"})
    assert api.rest("GET", "customer/select").status_code == 200


def test_too_many_requests(api: SimonApi) -> None:
    """Contract 5: 429 with Retry-After only when the fault is on."""
    api.fault(kind="status", status=429, retry_after=7, path="/odata/")
    answer = api.call("GET", "Customer")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert api.call("GET", "Customer").status_code == 200


def test_lost_page(api: SimonApi) -> None:
    """Contract 11: a page comes without its rows; the link goes on as if nothing were wrong."""
    api.switch(page_size=5)
    api.fault(kind="lost_page", path="/Item", skip=1)
    ids, url = [], "Item?$count=true"
    while url:
        answer = api.get(url)
        assert answer["@odata.count"] == 12
        ids += [row["Id"] for row in answer["value"]]
        url = answer.get("@odata.nextLink", "")
    assert ids == [10, 11, 12, 13, 14, 20, 21]
    api.fault(kind="lost_page", path="/item")
    assert api.rest("GET", "item/select").json() == []


def test_moving_total(api: SimonApi) -> None:
    """Contract 11: the announced count is off by one; a listing without a count misses its last row."""
    api.fault(kind="moving_total", path="/Item", count=2)
    assert api.get("Item", count="true")["@odata.count"] == 13
    assert len(api.ids("Item")) == 11
    assert len(api.ids("Item")) == 12
    api.fault(kind="moving_total", path="/item")
    assert len(api.rest("GET", "item/select").json()) == 11
