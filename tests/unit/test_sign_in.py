"""Signing in to Simple-Simon: ``include.connectors.simple_simon.client`` (contract 4)."""

from typing import Any

import pytest

from include.connectors.simple_simon.client import SimonAccess, SimonClient
from include.errors import ContractBroken, IntegrationError, Misconfigured, OutcomeUnknown, Transient
from tests.helpers.memory_credentials import MemoryCredentials
from tests.helpers.stub_server import HANG_UP, StubReply, StubServer, json_reply
from tests.unit.conftest import RecordedWaits

TOKEN = StubReply(200, b'{"Token": "abc", "Expires": "2026-11-21T16:20:00Z"}')
HTML = b"<html>\r\n<body>Welkom</body>\r\n</html>"
SECRETS = {"key": "1111222233334444", "pwd": "wachtwoord-4711", "api_key": "sleutel-4711"}


def client(stub: StubServer, patience: RecordedWaits, **fields: Any) -> SimonClient:
    access = SimonAccess.model_validate({"base": f"{stub.url}/simon/", "usr": "kantoor@x.nl", **SECRETS, **fields})
    return SimonClient(MemoryCredentials(access), patience.http)


def refused(stub: StubServer, patience: RecordedWaits, *replies: StubReply) -> IntegrationError:
    stub.answer(*replies)
    with pytest.raises(IntegrationError) as caught:
        client(stub, patience).call("GET", "Customer")
    assert not any(secret in repr(caught.value) + caught.value.text() for secret in SECRETS.values())
    return caught.value


def paths(stub: StubServer) -> list[str]:
    return [f"{seen.method} {seen.path}" for seen in stub.seen]


@pytest.mark.parametrize(
    "body",
    [
        b'{"Token": "abc", "Expires": "2026-11-21T16:20:00Z"}',
        b'{"Expires": "2026-11-21T16:20:00Z", "Token": "abc"}',
        b'{"token": "abc"}',
        b'{"TOKEN": "abc", "Lifetime": 1200}',
        b'{"Expires": "2026-11-21T16:20:00Z", "AccessToken": "abc"}',
        b'"abc"',
        b"abc",
        b" abc\r\n",
    ],
)
def test_token_is_found_in_any_of_its_shapes(stub: StubServer, patience: RecordedWaits, body: bytes) -> None:
    """Contract 4: an object with one text that is no date, a JSON text, or plain text."""
    stub.answer(StubReply(200, body), json_reply({"value": []}))
    client(stub, patience).call("GET", "Customer")
    assert stub.seen[1].headers["Token"] == "abc"


def test_token_of_digits_is_a_token(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: plain text that happens to be a number; a token means nothing to us."""
    stub.answer(StubReply(200, b"20261121"), json_reply({"value": []}))
    client(stub, patience).call("GET", "Customer")
    assert stub.seen[1].headers["Token"] == "20261121"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'""', b'{"Token": ""}', b'{"Token": null}', b'{"Expires": "2026"}', HTML]
)
def test_answer_without_a_token_breaks_the_contract(stub: StubServer, patience: RecordedWaits, body: bytes) -> None:
    """Contract 4: it has none of the shapes; a page of HTML is not a token either."""
    raised = refused(stub, patience, StubReply(200, body))
    assert type(raised) is ContractBroken
    assert paths(stub) == ["POST /simon/login"]


def test_password_travels_in_the_body_only(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: never in an address, where logs would keep it; the API key is a header."""
    stub.answer(TOKEN, json_reply({"value": []}))
    client(stub, patience).call("GET", "Customer", query={"$top": 1})
    login, read = stub.seen
    assert login.json() == {"Key": SECRETS["key"], "Usr": "kantoor@x.nl", "Pwd": SECRETS["pwd"]}
    assert paths(stub) == ["POST /simon/login", "GET /simon/Customer?%24top=1"]
    assert login.headers["ApiKey"] == read.headers["ApiKey"] == SECRETS["api_key"]


def test_older_generation_has_no_api_key(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2 and 3: only key, user and password are sent."""
    stub.answer(TOKEN, json_reply([]))
    client(stub, patience, dialect="rest").call("GET", "customer/select")
    assert not any("ApiKey" in seen.headers for seen in stub.seen)


def test_one_sign_in_serves_many_calls(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: the token is kept."""
    stub.answer(TOKEN, StubReply())
    simon = client(stub, patience)
    for _ in range(3):
        simon.call("GET", "Customer")
    assert len(stub.seen) == 4


def test_expired_token_is_replaced_once(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: sign in once more, repeat the call once."""
    stub.answer(TOKEN, StubReply(401), json_reply({"Token": "def"}), json_reply({"Id": 5}, 201))
    assert client(stub, patience).call("POST", "Customer", json={"Name": "x"}) == {"Id": 5}
    assert [seen.headers.get("Token") for seen in stub.seen] == [None, "abc", None, "def"]


def test_call_that_stays_refused_is_for_a_person(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: another process may have cancelled the first new token; then fail."""
    raised = refused(stub, patience, *(3 * (TOKEN, StubReply(401))))
    assert (type(raised), raised.code) == (Misconfigured, "connection.refused")
    assert len(stub.seen) == 6


def test_wrong_password_is_tried_once(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: trying again might lock the user out."""
    raised = refused(stub, patience, json_reply({"Message": "Onbekende gebruiker"}, 401))
    assert (type(raised), raised.code) == (Misconfigured, "connection.refused")
    assert "Onbekende gebruiker" in raised.text()
    assert paths(stub) == ["POST /simon/login"]


def test_licence_that_is_not_released_is_for_a_person(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 4: there is no API, no licence this month, or a wrong API key; the words are Simon's."""
    raised = refused(stub, patience, json_reply({"Message": "API niet vrijgegeven"}, 403))
    assert (type(raised), raised.code) == (Misconfigured, "connection.forbidden")
    assert "API niet vrijgegeven" in raised.text()


def test_wrong_address_is_for_a_person(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 3: the address is typed in by hand; where there is no log-in page, that must be said."""
    assert isinstance(refused(stub, patience, StubReply(404, HTML)), Misconfigured | ContractBroken)


@pytest.mark.parametrize("reply", [StubReply(503), HANG_UP])
def test_trouble_at_sign_in_leaves_no_doubt_about_writes(
    stub: StubServer, patience: RecordedWaits, reply: StubReply
) -> None:
    """R3.10: nothing was written, so no answer to a write is lost."""
    raised = refused(stub, patience, reply)
    assert isinstance(raised, Transient)
    assert not isinstance(raised, OutcomeUnknown)
