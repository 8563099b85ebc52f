"""The faults, through the real services: each kind, how many requests it hits, and in what form it is answered."""

import json
import time
from typing import Any

import pytest
import requests

from sandbox.faults import KINDS
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.simon_api import SimonApi
from tests.sandbox.unit4_api import Unit4Api

SERVICES = ("rompslomp", "simon", "unit4")
LISTS = {"rompslomp": "contacts", "simon": "Customer", "unit4": "CustomerInfoList"}
NEW: dict[str, tuple[str, dict[str, Any]]] = {
    "rompslomp": ("contacts", {"contact": {"company_name": "Nieuw"}}),
    "simon": ("Customer", {"Name": "Nieuw"}),
    "unit4": ("Customer", {"shortName": "N", "name": "Nieuw"}),
}


class Visitor:
    """One service as an outsider reads and writes it, whichever it is."""

    def __init__(self, name: str, sandbox: Sandbox) -> None:
        self.name, self.root = name, sandbox.root
        self.api: Any = {"rompslomp": RompslompApi, "simon": SimonApi, "unit4": Unit4Api}[name](sandbox)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return self.api.control(method, path, body)

    def fault(self, kind: str, **more: Any) -> None:
        self.control("POST", "faults", [{"kind": kind, "path": f"^/{self.name}/", **more}])

    def hits(self) -> list[int]:
        return [fault["hits"] for fault in self.control("GET", "faults")["active"]]

    def listing(self) -> requests.Response:
        return self.api.call("GET", LISTS[self.name])

    def names(self) -> list[Any]:
        body = self.listing().json()
        rows = body if isinstance(body, list) else next(v for v in body.values() if isinstance(v, list))
        return [row.get("name", row.get("Name")) for row in rows]

    def write(self) -> requests.Response:
        path, body = NEW[self.name]
        answer: requests.Response = self.api.call("POST", path, body) if self.name != "rompslomp" else None
        return self.api.post(path, body) if self.name == "rompslomp" else answer


@pytest.fixture(params=SERVICES)
def visitor(request: pytest.FixtureRequest, sandbox: Sandbox) -> Visitor:
    return Visitor(request.param, sandbox)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_the_connection_drops(visitor: Visitor, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    """No byte of an answer comes; what was to be written is there only when it dropped afterwards."""
    visitor.fault(kind, method="POST")
    with pytest.raises(requests.ConnectionError):
        visitor.write()
    assert ("Nieuw" in visitor.names()) == (kind == "drop_after")
    log = visitor.control("GET", "requests")["log"]
    assert [line["status"] for line in log if line["method"] == "POST" and line["kind"] == "write"] == [0]
    assert "ASGI" not in capfd.readouterr().err


@pytest.mark.parametrize("kind", ["status", "status_after"])
def test_an_error_status_before_or_after_the_work(visitor: Visitor, kind: str) -> None:
    """The same answer for both; only the second has done what was asked."""
    visitor.fault(kind, method="POST", status=503, retry_after=7)
    answer = visitor.write()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert ("Nieuw" in visitor.names()) == (kind == "status_after")


def test_html_truncated_and_empty(visitor: Visitor) -> None:
    """Bodies that are not what was announced: a page, half of the JSON, nothing at all."""
    whole = visitor.listing()
    visitor.fault("html")
    assert visitor.listing().headers["Content-Type"].startswith("text/html")
    visitor.fault("truncated")
    half = visitor.listing()
    assert (half.content, half.headers["Content-Type"]) == (
        whole.content[: len(whole.content) // 2],
        whole.headers["Content-Type"],
    )
    with pytest.raises(json.JSONDecodeError):
        json.loads(half.content)
    visitor.fault("empty")
    nothing = visitor.listing()
    assert (nothing.status_code, nothing.content, nothing.headers["Content-Length"]) == (200, b"", "0")
    assert visitor.listing().content == whole.content


def test_an_expired_token(visitor: Visitor) -> None:
    """One request finds its token expired; all of them do after the control call, until the next sign-in."""
    visitor.fault("expired_token")
    assert [visitor.listing().status_code for _ in range(2)] == [401, 200]
    visitor.control("POST", "expire-tokens")
    assert visitor.listing().status_code == (200 if visitor.name == "rompslomp" else 401)  # a personal token has no end


def test_a_listing_that_loses_a_page(visitor: Visitor) -> None:
    """The rows are not there, and nothing says so."""
    whole = visitor.names()
    visitor.fault("lost_page")
    assert visitor.names() == []
    assert visitor.names() == whole


def test_a_listing_whose_total_moves(visitor: Visitor) -> None:
    """The announced total is off by one, or the last row is missing where no total is announced."""
    whole = visitor.listing()
    visitor.fault("moving_total")
    moved = visitor.listing()
    if visitor.name == "rompslomp":
        assert int(moved.headers["X-Total"]) == int(whole.headers["X-Total"]) + 1
    else:
        assert moved.content != whole.content
    assert visitor.listing().content == whole.content


def test_a_delay(visitor: Visitor) -> None:
    """The answer comes as usual, later."""
    whole = visitor.listing()
    visitor.fault("delay", delay_ms=60)
    began = time.monotonic()
    assert visitor.listing().content == whole.content
    assert time.monotonic() - began >= 0.06


def test_every_kind_is_tried_here() -> None:
    """A kind that is added gets a test."""
    tried = "delay status status_after drop_before drop_after html truncated empty expired_token lost_page moving_total"
    tried += " late odd drip echo"
    assert set(KINDS) == set(tried.split())


def test_echo_repeats_the_request(visitor: Visitor) -> None:
    """Its headers and its body, as they are, in base64 and as in an address; nothing is done."""
    before = visitor.names()
    visitor.fault("echo", status=422)
    answer = visitor.write()
    assert answer.status_code == 422
    said = answer.json()["error"]["message"]
    assert "application/json" in said
    assert "Nieuw" in said
    assert "application%2Fjson" in said or "application/json" in said
    visitor.control("DELETE", "faults")
    assert visitor.names() == before


def test_late_does_the_work_first(visitor: Visitor) -> None:
    """Who is gone by then has had it done all the same."""
    visitor.fault("late", delay_ms=60)
    began = time.monotonic()
    assert visitor.listing().status_code == 200
    assert time.monotonic() - began >= 0.06


def test_odd_replaces_a_piece_of_the_answer(visitor: Visitor) -> None:
    """A pattern finds it; what is found can be used."""
    visitor.fault("odd", find=r"\A(.)", put=r"\1\1")
    plain, spoilt = visitor.listing(), None
    visitor.fault("odd", find=r"\A(.)", put=r"\1\1")
    spoilt = visitor.listing()
    assert spoilt.text == plain.text
    assert visitor.listing().text == plain.text[1:]


def test_drip_gives_the_whole_answer_slowly(visitor: Visitor) -> None:
    """It is the answer that would have come."""
    visitor.fault("drip", delay_ms=0)
    assert visitor.listing().text == visitor.listing().text


def test_count_and_skip(visitor: Visitor) -> None:
    """So many pass, so many are hit; the rest pass again."""
    visitor.fault("status", status=500, count=2, skip=1)
    assert [visitor.listing().status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    assert visitor.hits() == [2]
    visitor.control("DELETE", "faults")
    visitor.fault("status", status=500, count=-1)
    assert {visitor.listing().status_code for _ in range(5)} == {500}


def test_share_with_seed(visitor: Visitor) -> None:
    """A share of the requests, the same ones for the same seed."""

    def struck(seed: int) -> list[int]:
        visitor.control("DELETE", "faults")
        visitor.fault("status", status=500, count=-1, share=0.5, seed=seed)
        return [visitor.listing().status_code for _ in range(20)]

    first = struck(4)
    assert set(first) == {200, 500}
    assert (struck(4), struck(5) != first) == (first, True)


def test_per_route_and_method(visitor: Visitor) -> None:
    """Other paths and other methods are left alone; the first fault that strikes is the one that counts."""
    path = LISTS[visitor.name]
    visitor.control(
        "POST",
        "faults",
        [
            {"kind": "status", "status": 500, "path": f"/{path}$", "method": "get"},
            {"kind": "status", "status": 503, "path": "/nowhere$", "count": -1},
            {"kind": "empty", "path": f"/{path}$"},
        ],
    )
    assert visitor.write().ok or visitor.name != "unit4"
    assert visitor.listing().status_code == 500
    assert visitor.hits()[:2] == [1, 0]


# (status, path, body): what each service's contract says of the status
BODIES: list[tuple[str, int, str, dict[str, Any]]] = [
    ("rompslomp", status, "", {"error": {"type": kind}})
    for status, kind in (
        (400, "client"),
        (401, "client.authentication.invalid_token"),
        (403, "client.authorization.access_denied"),
        (404, "client.not_found.resource"),
        (422, "client.parameters.validation"),
        (429, "client.rate_limit"),
        (500, "server"),
        (503, "server"),
    )
]
BODIES += [
    ("simon", status, "", {"error": {"code": code}})
    for status, code in (
        (400, "ValidationError"),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (409, "Conflict"),
        (429, "TooManyRequests"),
        (500, "ServerError"),
        (503, "Unavailable"),
    )
]


@pytest.mark.parametrize(("service", "status", "path", "body"), BODIES)
def test_error_bodies(sandbox: Sandbox, service: str, status: int, path: str, body: dict[str, Any]) -> None:
    """Rompslomp contract 6, Simon contract 5: the type or code of the status, with a message."""
    visitor = Visitor(service, sandbox)
    visitor.fault("status", status=status)
    answer = visitor.listing()
    error = answer.json()["error"]
    assert (answer.status_code, error.pop("message") != "") == (status, True)
    assert {"error": error} == body
    assert (service != "simon") or answer.headers["OData-Version"] == "4.0"
    if (service, status) == ("rompslomp", 401):
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_error_bodies_of_unit4(sandbox: Sandbox, status: int) -> None:
    """Unit4 contract 5: messages with their four members, but for a refused token."""
    visitor = Visitor("unit4", sandbox)
    visitor.fault("status", status=status)
    [message] = visitor.listing().json()["messages"]
    assert set(message) == {"exceptionId", "message", "messageType", "path"}
    visitor.fault("status", status=401)
    assert visitor.listing().json() == {"message": "Authorization has been denied for this request."}


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_error_bodies_of_the_older_simon(sandbox: Sandbox, status: int) -> None:
    """Simon contract 6: a Message, and the switch for other forms counts here too."""
    api = SimonApi(sandbox)
    api.fault(kind="status", status=status, path="/rest/", count=-1)
    assert set(api.rest("GET", "customer/select").json()) == {"Message"}
    for style in ("exception_message", "problem", "text", "html"):
        api.switch(error_body=style)
        assert api.rest("GET", "customer/select").status_code == status


@pytest.mark.parametrize(("status", "error"), [(400, "invalid_grant"), (503, "server_error")])
def test_error_bodies_of_signing_in(sandbox: Sandbox, status: int, error: str) -> None:
    """Follows Rompslomp contract 2, Unit4 contract 2.1: the flat form of OAuth."""
    addresses = [f"{sandbox.access['rompslomp']['oauth']}/token", f"{sandbox.access['unit4']['base']}/OAuth/Token"]
    for url in addresses:
        sandbox.control.call("POST", "faults", [{"kind": "status", "status": status, "path": "(?i)/oauth/token$"}])
        answer = requests.post(url, data={"grant_type": "refresh_token"}, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_rotated_refresh_tokens(sandbox: Sandbox) -> None:
    """Unit4 contract 13: with rotation on, the old refresh token is no longer good; the new one is."""
    api = Unit4Api(sandbox)
    api.switch(refresh_tokens="rotate")
    old = api.access["refresh_token"]
    new = api.token(refresh_token=old).json()["refresh_token"]
    assert api.token(refresh_token=old).json()["error"] == "invalid_grant"
    assert api.token(refresh_token=new).ok


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "storm"),
        ("path", "("),
        ("path", 5),
        ("method", "FETCH"),
        ("count", -2),
        ("count", "two"),
        ("skip", True),
        ("share", 1.5),
        ("seed", "x"),
        ("status", 200),
        ("status", "503"),
        ("delay_ms", -1),
        ("retry_after", "soon"),
        ("colour", "red"),
    ],
)
def test_a_wrong_fault_is_refused(sandbox: Sandbox, field: str, value: Any) -> None:
    """The field and what is allowed are named, and the good one beside it is not taken either."""
    good = {"kind": "status"}
    answer = requests.post(f"{sandbox.root}/_sandbox/faults", json=[good, {**good, field: value}], timeout=10)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert "use " in answer.json()["detail"] or "not a regular expression" in answer.json()["detail"]
    assert sandbox.control.call("GET", "faults")["active"] == []
