"""What another server sends is bounded in time, size and depth, and holds nothing of what was secret in our request."""

import base64
import json
import time
import tracemalloc
from collections.abc import Callable
from urllib.parse import quote

import pytest

from include.connectors import responses
from include.errors import (
    AddressRefused,
    ContractBroken,
    IntegrationError,
    Misconfigured,
    NoAnswer,
    OutcomeUnknown,
)
from include.http import MOST_BYTES, MOST_ERROR_BYTES, Http
from include.http.connections import may_reach
from include.http.masking import mask
from tests.helpers import hostile_server as hostile
from tests.helpers.hostile_server import Answer, hostile_server
from tests.helpers.stub_server import StubReply, StubServer

SECRET = 'geheim/"wachtwoord"&4711+é'
MOST_MEMORY = 100 * 2**20
DEADLINE_S = 1.0
SLOW: list[Answer] = [hostile.drip_head, hostile.drip_body, hostile.silence]
USELESS: list[Answer] = [hostile.endless, hostile.bomb]


def hasty() -> Http:
    return Http(timeout_s=DEADLINE_S, sleep=lambda _: None, waiting_s=0.0)


def name_of(answer: Answer) -> str:
    return answer.__name__


@pytest.mark.parametrize("answer", SLOW, ids=name_of)
def test_an_answer_has_a_deadline_however_it_drips(answer: Answer) -> None:
    """Must hold 1: from the first byte of the head on; a byte now and then is no sign of life."""
    with hostile_server(answer) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            hasty().request("POST", url, json={})
        assert time.monotonic() - began < 10 * DEADLINE_S  # without a deadline it takes half an hour


@pytest.mark.parametrize("answer", SLOW, ids=name_of)
def test_what_is_passed_on_in_pieces_has_one_too(answer: Answer) -> None:
    """Must hold 1: a list of which only a digest is taken."""
    with hostile_server(answer) as url, pytest.raises(NoAnswer):
        hasty().request("GET", url, consume=lambda _: None)


@pytest.mark.parametrize("consume", [None, lambda _: None], ids=["kept", "passed on"])
@pytest.mark.parametrize("answer", USELESS, ids=name_of)
def test_an_answer_has_a_size(answer: Answer, consume: Callable[[bytes], None] | None) -> None:
    """Must hold 1: what becomes larger than any page ends there, asked for once; the message says so."""
    http = Http(timeout_s=60.0, sleep=lambda _: None)
    with hostile_server(answer) as url:
        tracemalloc.start()
        with pytest.raises(ContractBroken) as caught:
            responses.send(http, "Unit4", "GET", url, consume=consume)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert "larger than" in caught.value.text("en")


def test_an_answer_of_no_use_to_what_was_created_is_looked_up(stub: StubServer) -> None:
    """R3.10: it may have been carried out."""
    stub.answer(StubReply(200, b" " * (MOST_BYTES + 1)))
    with pytest.raises(OutcomeUnknown, match="larger than"):
        responses.send(hasty(), "Unit4", "POST", stub.url, creates=True, json={})


def test_of_an_error_no_more_is_read_than_is_said(stub: StubServer) -> None:
    """Must hold 1: ten megabytes of apology are one line."""
    with hostile_server(hostile.error_page) as url:
        response = hasty().request("POST", url, json={})
    assert (response.status, len(response.body)) == (500, MOST_ERROR_BYTES)


@pytest.mark.parametrize("answer", [hostile.nested, hostile.nested_less], ids=name_of)
def test_nesting_has_an_end(answer: Answer) -> None:
    """Must hold 1: what nobody means is no JSON, and no error of ours."""
    with hostile_server(answer) as url, pytest.raises(ContractBroken, match="no JSON"):
        responses.check(hasty().request("GET", url), "Unit4", "", lambda _: "")


@pytest.mark.parametrize("answer", [hostile.too_short, hostile.too_many_headers, hostile.no_http], ids=name_of)
def test_what_is_no_answer_is_one_of_our_errors(answer: Answer) -> None:
    """Must hold 1: whatever comes, it is an error that a person can read about."""
    with hostile_server(answer) as url, pytest.raises(IntegrationError):
        responses.check(responses.send(hasty(), "Unit4", "GET", url), "Unit4", "", lambda _: "")


def test_half_an_emoji_is_a_sign_of_its_own() -> None:
    """Must hold 1: it spoils nothing but itself."""
    with hostile_server(hostile.half_an_emoji) as url:
        assert hasty().request("GET", url).json() == {"value": "\N{REPLACEMENT CHARACTER}"}


@pytest.mark.parametrize("allowed", [frozenset[str](), frozenset({"localhost"}), frozenset({"127.0.0.1.example"})])
def test_a_private_network_is_not_reached(stub: StubServer, allowed: frozenset[str]) -> None:
    """Security: what a tenant types as an address is no way to servers of ours; nothing is sent there."""
    http = Http(allowed=allowed, sleep=lambda _: None)
    for url in (stub.url, stub.url.replace("http:", "https:"), stub.url.replace("127.0.0.1", "localhost.")):
        with pytest.raises(Misconfigured) as caught:
            responses.send(http, "Simple-Simon", "GET", url)
        assert caught.value.code == "connection.address_refused"
    assert stub.seen == []


def test_a_listed_host_is_reached(stub: StubServer) -> None:
    """Security: the installation says which."""
    assert Http(allowed=frozenset({"127.0.0.1"})).request("GET", stub.url).status == 200


@pytest.mark.parametrize(
    "address",
    [
        "https://user:pass@api.example/x",
        "https://api.example\\@127.0.0.1/x",
        "https://api.exam\nple/x",
        "ftp://api.example/x",
        "//api.example/x",
        "https://[::1",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_what_is_no_plain_address_is_not_asked(address: str) -> None:
    """Security: nothing is resolved or connected to."""
    with pytest.raises(AddressRefused):
        Http(allowed=frozenset()).request("GET", address)


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
    ],
)
def test_which_networks_are_public(ip: str, public: bool) -> None:
    """Security: the registry of special addresses says so, in whichever notation."""
    assert may_reach("api.example", ip, frozenset()) is public


def test_a_redirect_is_not_followed() -> None:
    """Security: our token is none of the business of another server."""
    with hostile_server(hostile.redirect) as url:
        assert hasty().request("GET", url, headers={"Authorization": f"Bearer {SECRET}"}).status == 302


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "write",
    [
        lambda text: text,
        lambda text: quote(text, safe=""),
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: json.dumps(text),
        lambda text: json.dumps(text, ensure_ascii=False).replace("/", "\\/"),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"user:{text}:x".encode()).decode(),
        lambda text: base64.b64encode(f"a{text}".encode()).decode(),
        lambda text: text.encode().hex(),
    ],
)
def test_an_answer_holds_no_secret_of_its_request(stub: StubServer, write: Callable[[str], str], status: int) -> None:
    """Architecture 7: however it is written back; what is beside it stays."""
    written = write(SECRET)
    stub.answer(StubReply(status, f"before {written} after".encode()))
    headers = {"Authorization": "Bearer abcdef".replace("abcdef", "token-4711"), "X-Key": quote(SECRET)}
    body = hasty().request("POST", stub.url, form={"client_secret": SECRET}, headers=headers).body
    assert written.encode() not in body
    assert body.startswith(b"before")
    assert body.endswith(b"after")
    assert b"***" in body


def test_a_log_in_may_bring_the_same_token_again(stub: StubServer) -> None:
    """Contract: a refresh token may stay as it is; in a refusal it has no business."""
    form = {"grant_type": "refresh_token", "refresh_token": SECRET}
    stub.answer(StubReply(200, json.dumps({"refresh_token": SECRET}).encode()))
    assert hasty().request("POST", stub.url, form=form, logs_in=True).json() == {"refresh_token": SECRET}
    stub.answer(StubReply(400, SECRET.encode()))
    assert hasty().request("POST", stub.url, form=form, logs_in=True).body == b"***"


def test_what_is_secret_by_chance_stays() -> None:
    """A short one is in any text."""
    assert mask(b"een antwoord", []) == b"een antwoord"


def test_the_whole_request_echoed(stub: StubServer) -> None:
    """Architecture 7: it holds no secret, in its head nor in its body."""
    with hostile_server(hostile.echo) as url:
        headers = {"Authorization": "Bearer eyJtoken4711", "ApiKey": "key-of-4711"}
        body = hasty().request("POST", url, form={"pwd": "pass-of-4711"}, headers=headers).body
    assert b"4711" not in body
    assert b"Bearer" in body or b"***" in body
