"""The control calls of all sandboxes together: clock, switches, request log."""

from typing import Any

import pytest
import requests

from sandbox.sandboxes import switches
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.simon_api import SimonApi
from tests.sandbox.unit4_api import Unit4Api


def refused(sandbox: Sandbox, method: str, path: str, body: Any) -> str:
    """Why a control call is refused."""
    answer = requests.request(method, f"{sandbox.root}/_sandbox/{path}", json=body, timeout=10)
    assert answer.status_code == 422, answer.text
    return str(answer.json()["detail"])


def clock(sandbox: Sandbox, **body: Any) -> dict[str, str]:
    told: dict[str, str] = sandbox.control.call("POST", "clock", body)
    return told


def test_the_clock_stands_still_and_moves_on(sandbox: Sandbox) -> None:
    """Frozen at a moment it tells Dutch time too; it moves only when told to, and runs again."""
    frozen = clock(sandbox, freeze="2026-03-29T00:30:00+00:00")
    assert frozen == {"now": "2026-03-29T00:30:00+00:00", "local": "2026-03-29T01:30:00+01:00"}
    assert sandbox.control.call("GET", "clock") == frozen
    assert clock(sandbox, advance_s=3600)["local"] == "2026-03-29T03:30:00+02:00"  # summer time has begun
    assert clock(sandbox, freeze="2026-07-01T12:00:00")["now"] == "2026-07-01T10:00:00+00:00"
    assert not clock(sandbox, run=True)["now"].startswith("2026-07-01T10:00:00+")


def test_all_services_share_the_clock(sandbox: Sandbox) -> None:
    """Tokens of Simon and Unit4 run out when it is advanced."""
    simon, unit4 = SimonApi(sandbox), Unit4Api(sandbox)
    clock(sandbox, advance_s=7200)
    assert simon.call("GET", "Customer").status_code == 401
    assert unit4.call("GET", "CustomerInfoList").status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("freeze", "tomorrow"),
        ("freeze", "0001-01-01T00:00:00"),
        ("freeze", "9999-12-31T23:59:59"),
        ("advance_s", "10"),
        ("advance_s", -1),
        ("advance_s", 10**12),
        ("run", "yes"),
        ("speed", 2),
    ],
)
def test_a_wrong_clock_is_refused(sandbox: Sandbox, field: str, value: Any) -> None:
    """The field is named with what is allowed, and the clock is as it was."""
    before = clock(sandbox, freeze="2026-11-21T10:00:00+00:00")
    why = refused(sandbox, "POST", "clock", {"advance_s": 60, field: value})
    assert why.startswith(f"{field}: ")
    assert "use " in why
    assert sandbox.control.call("GET", "clock") == before


def test_the_clock_does_not_run_out_of_years(sandbox: Sandbox) -> None:
    """However often it is advanced, it stops short of where dates end."""
    clock(sandbox, freeze="2099-01-01T00:00:00")
    assert "advance_s" in refused(sandbox, "POST", "clock", {"advance_s": 10**9})


def test_switches_are_set_while_running(sandbox: Sandbox) -> None:
    """By control call, in any of their written forms, until the reset."""
    before = sandbox.control.call("GET", "switches")
    assert list(before) == [switch.name for switch in switches()]
    body = {"simon.page_size": "7", "simon.update_semantics": "merge", "simon.licence_active": "FALSE"}
    after = sandbox.control.call("PUT", "switches", body)
    assert after == before | {"simon.page_size": 7, "simon.update_semantics": "merge", "simon.licence_active": False}
    assert "no such switch" in refused(sandbox, "PUT", "switches", {"simon.page_size": 9, "simon.unknown": 1})
    assert sandbox.control.call("GET", "switches") == after
    sandbox.control.call("POST", "reset")
    assert sandbox.control.call("GET", "switches") == before


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("simon.page_size", "many", "a whole number from 0"),
        ("simon.page_size", -1, "a whole number from 0"),
        ("simon.page_size", 1.5, "a whole number from 0"),
        ("unit4.expires_in", 10**30, "a whole number from 0"),
        ("simon.update_semantics", "both", "replace, merge"),
        ("simon.licence_active", 1, "true, false"),
        ("simon.login_path", None, "any text"),
        ("simon.login_path", ["x"], "any text"),
    ],
)
def test_a_wrong_switch_is_refused(sandbox: Sandbox, name: str, value: Any, allowed: str) -> None:
    """The switch is named with what it takes."""
    why = refused(sandbox, "PUT", "switches", {name: value})
    assert why.startswith(f"{name}: ")
    assert allowed in why


def test_requests_are_counted_per_account_and_route(sandbox: Sandbox) -> None:
    """Since a mark, records of one kind together; what control calls do is not counted."""
    simon, rompslomp, unit4 = SimonApi(sandbox), RompslompApi(sandbox), Unit4Api(sandbox)
    simon.get("Customer")
    mark = sandbox.control.mark()
    for id in (30, 31):
        simon.get(f"Customer({id})")
    simon.create("Customer", Name="x")
    for contact in rompslomp.list("contacts")[:2]:
        rompslomp.show("contacts", contact)
    unit4.get("ProductInfo/UREN")
    unit4.get("ProductInfo/A!_2FB!_2015")
    requests.get(f"{sandbox.root}/", timeout=10)
    counts = sandbox.control.call("GET", f"requests?since={mark}")["counts"]
    key, company = sandbox.access["simon"]["key"], sandbox.access["rompslomp"]["company_id"]
    assert [(row["account"], row["route"], row["read"], row["write"]) for row in counts] == [
        (str(company), "GET /rompslomp/api/v1/companies/{id}/contacts", 1, 0),
        (str(company), "GET /rompslomp/api/v1/companies/{id}/contacts/{id}", 2, 0),
        (key, "GET /simon/odata/Customer({id})", 2, 0),
        (key, "POST /simon/odata/Customer", 0, 1),
        ("MVL00001", "GET /unit4/V23/api/MVL00001/ProductInfo/{key}", 2, 0),
    ]
    assert requests.get(f"{sandbox.root}/_sandbox/requests?since=99999", timeout=10).status_code == 404


def test_secrets_are_masked(sandbox: Sandbox) -> None:
    """Whatever their casing and however their names are written; what is no secret stays."""
    query = "Usr=a&pWd=b&Key=c&refresh_token=d&client_secret=e&access_token=f&%50wd=g&$skiptoken=h&ApiKey=i&top=3"
    requests.get(f"{sandbox.access['simon']['odata']}/login?{query}", timeout=10)
    shown = sandbox.control.call("GET", "requests")["log"][-1]["query"]
    assert shown == (
        "Usr=***&pWd=***&Key=***&refresh_token=***&client_secret=***&access_token=***&%50wd=***&$skiptoken=h"
        "&ApiKey=***&top=3"
    ).replace("%50wd", requests.utils.requote_uri("%50wd"))
    form = {"grant_type": "refresh_token", "refresh_token": "very-secret", "client_secret": "very-secret"}
    requests.post(f"{sandbox.access['unit4']['base']}/OAuth/Token", data=form, timeout=10)
    assert "very-secret" not in requests.get(f"{sandbox.root}/_sandbox/requests", timeout=10).text


@pytest.mark.parametrize("path", ["reset", "clock", "simon/fill"])
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_a_page_elsewhere_controls_nothing(sandbox: Sandbox, path: str, origin: str) -> None:
    """Security: a browser on this machine sends what any page tells it to, with that page's origin."""
    answer = requests.post(f"{sandbox.root}/_sandbox/{path}", json={}, headers={"origin": origin}, timeout=10)
    assert answer.status_code == 403
    own = requests.get(f"{sandbox.root}/_sandbox/clock", headers={"origin": sandbox.root}, timeout=10)
    assert own.status_code == 200
