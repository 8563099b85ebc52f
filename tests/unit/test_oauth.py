"""Tokens that expire: ``include.connectors.oauth`` (RFC 6749, section 6)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from include.connectors.oauth import AHEAD, LONGEST_ANSWER_S, LONGEST_PAUSE_S, OAuthConfig, TokenAccess, TokenSession
from include.errors import ContractBroken, IntegrationError, Misconfigured, OutcomeUnknown, TokenRevoked, Transient
from tests.helpers.memory_credentials import MemoryCredentials
from tests.helpers.stub_server import HANG_UP, StubReply, StubServer, json_reply
from tests.unit.conftest import RecordedWaits

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SECRETS = ("oud-a", "oud-r", "nieuw-a", "nieuw-r", "id-geheim")
RENEWED = json_reply(
    {"access_token": "nieuw-a", "refresh_token": "nieuw-r", "expires_in": 7200, "token_type": "Bearer"}
)


OAUTH = OAuthConfig("base", "/authorize", "/token", "public", ("base", "client_id", "client_secret"))


class Here(TokenAccess):
    base: str = ""


def stored(**fields: Any) -> MemoryCredentials[Here]:
    usual: dict[str, Any] = {
        "client_id": "id",
        "client_secret": "id-geheim",
        "access_token": "oud-a",
        "refresh_token": "oud-r",
        "expires_at": NOW + timedelta(hours=1),
    }
    return MemoryCredentials(Here.model_validate(usual | fields))


def session(credentials: MemoryCredentials[Here], stub: StubServer, patience: RecordedWaits) -> TokenSession[Here]:
    credentials.access = credentials.access.model_copy(update={"base": f"{stub.url}/"})
    return TokenSession("Rompslomp", credentials, patience.http, config=OAUTH, now=lambda: NOW)


def renewing(stub: StubServer, patience: RecordedWaits, reply: StubReply) -> IntegrationError:
    """What comes of a renewal that is answered like this."""
    stub.answer(reply)
    credentials = stored(expires_at=NOW)
    with pytest.raises(IntegrationError) as caught:
        session(credentials, stub, patience).send("GET", f"{stub.url}/x")
    assert credentials.renewals == 0
    assert not any(secret in repr(caught.value) + caught.value.text() for secret in SECRETS)
    return caught.value


def paths(stub: StubServer) -> list[str]:
    return [f"{seen.method} {seen.path}" for seen in stub.seen]


def tokens(stub: StubServer) -> list[str | None]:
    return [seen.headers.get("Authorization") for seen in stub.seen]


def test_fresh_token_is_used_as_it_is(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2: one request, with the token in its header."""
    assert session(stored(), stub, patience).send("GET", f"{stub.url}/x").status == 200
    assert (paths(stub), tokens(stub)) == (["GET /x"], ["Bearer oud-a"])


@pytest.mark.parametrize("expires_at", [None, NOW - timedelta(days=1), NOW + AHEAD])
def test_token_is_renewed_before_it_expires(
    stub: StubServer, patience: RecordedWaits, expires_at: datetime | None
) -> None:
    """Contract 2: expired, about to, or never fetched; stored before it is used."""
    stub.answer(RENEWED, StubReply())
    credentials = stored(expires_at=expires_at)
    session(credentials, stub, patience).send("POST", f"{stub.url}/x", json={})
    assert paths(stub) == ["POST /token", "POST /x"]
    assert tokens(stub) == [None, "Bearer nieuw-a"]
    assert credentials.access.refresh_token == SecretStr("nieuw-r")
    assert credentials.access.expires_at == NOW + timedelta(hours=2)


def test_renewal_asks_as_the_standard_says(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2: the client goes in the body, never in the address or a Basic header."""
    stub.answer(RENEWED, StubReply())
    session(stored(expires_at=None), stub, patience).send("GET", f"{stub.url}/x")
    asked = stub.seen[0]
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["oud-r"],
        "client_id": ["id"],
        "client_secret": ["id-geheim"],
    }
    assert "Authorization" not in asked.headers


def test_refused_token_is_renewed_once(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2: revoked or expired early; the same request again with the new one."""
    stub.answer(StubReply(401), RENEWED, json_reply({"ok": True}))
    answer = session(stored(), stub, patience).send("GET", f"{stub.url}/x")
    assert answer.json() == {"ok": True}
    assert tokens(stub) == ["Bearer oud-a", None, "Bearer nieuw-a"]


def test_refused_twice_is_the_answer(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2: it does not go on renewing."""
    stub.answer(StubReply(401), RENEWED, StubReply(401))
    assert session(stored(), stub, patience).send("GET", f"{stub.url}/x").status == 401
    assert len(stub.seen) == 3


def test_personal_token_is_never_renewed(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2: it does not expire; a refusal is final."""
    stub.answer(StubReply(401))
    personal = stored(refresh_token="", expires_at=None)
    assert session(personal, stub, patience).send("GET", f"{stub.url}/x").status == 401
    assert paths(stub) == ["GET /x"]


def test_token_that_somebody_else_renewed_is_taken_over(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract 2: refresh tokens may be spent once, so two tasks must not both spend it."""
    credentials = stored(expires_at=NOW)
    mine = session(credentials, stub, patience)
    credentials.access = stored(access_token="van-een-ander").access
    mine.send("GET", f"{stub.url}/x")
    assert tokens(stub) == ["Bearer van-een-ander"]


def test_refresh_token_is_kept_when_no_new_one_comes(stub: StubServer, patience: RecordedWaits) -> None:
    """RFC 6749, 6: the answer may leave it out; seconds may come as text."""
    stub.answer(json_reply({"access_token": "nieuw-a", "expires_in": "3600"}), StubReply())
    credentials = stored(expires_at=None)
    session(credentials, stub, patience).send("GET", f"{stub.url}/x")
    assert credentials.access.refresh_token == SecretStr("oud-r")
    assert credentials.access.expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("status", [400, 401])
def test_dead_refresh_token_asks_to_connect_again(stub: StubServer, patience: RecordedWaits, status: int) -> None:
    """Contract 2: revoked, used up or forgotten; asking goes no further."""
    raised = renewing(stub, patience, json_reply({"error": "invalid_grant"}, status))
    assert type(raised) is TokenRevoked
    assert raised.code == "connection.token_revoked"
    assert paths(stub) == ["POST /token"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (json_reply({"error": "invalid_client", "error_description": "id-geheim"}, 401), "invalid_client"),
        (json_reply({"error": "invalid_request"}, 400), "invalid_request"),
        (json_reply({"error": "<script> id-geheim"}, 400), "unknown"),
        (json_reply(["error"], 400), "status 400"),
        (StubReply(401, b"<html>"), "status 401"),
    ],
)
def test_a_refusal_for_another_reason_does_not_kill_the_token(
    stub: StubServer, patience: RecordedWaits, reply: StubReply, reason: str
) -> None:
    """RFC 6749, 5.2: only invalid_grant is about the token; a wrong client secret is for the administrator."""
    raised = renewing(stub, patience, reply)
    assert type(raised) is Misconfigured
    assert (raised.code, raised.values["reason"]) == ("connection.registration_refused", reason)


def test_an_exchange_is_hasty(stub: StubServer, patience: RecordedWaits) -> None:
    """Architecture 7: others wait for its lock, so a busy log-in is not waited for as long as a list."""
    renewing(stub, patience, StubReply(429, headers={"Retry-After": str(int(LONGEST_PAUSE_S) + 1)}))
    assert patience.waited == []
    assert LONGEST_ANSWER_S + LONGEST_PAUSE_S < 60


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"expires_in": 3600},
        {"access_token": None, "expires_in": 3600},
        {"access_token": ["nieuw-a"], "expires_in": 3600},
    ],
)
def test_answer_without_a_token(stub: StubServer, patience: RecordedWaits, body: Any) -> None:
    """RFC 6749, 5.1: one is needed; what is stored stays as it was."""
    raised = renewing(stub, patience, json_reply(body))
    assert type(raised) is ContractBroken
    assert raised.code == "connection.unexpected_response"


@pytest.mark.parametrize("lifetime", [None, "straks", -1, 0, "NaN", True, [3600], 1e300, "1e400"])
def test_a_lifetime_that_makes_no_sense_is_a_short_one(
    stub: StubServer, patience: RecordedWaits, lifetime: Any
) -> None:
    """RFC 6749, 5.1 only recommends it: the new tokens are stored, and used until they are renewed before long."""
    body = {"access_token": "nieuw-a", "refresh_token": "nieuw-r", "expires_in": lifetime}
    stub.answer(json_reply(body if lifetime is not None else {**body, "expires_in": None}), StubReply())
    credentials = stored(expires_at=None)
    renewed = session(credentials, stub, patience)
    for _ in range(3):
        renewed.send("GET", f"{stub.url}/x")
    assert paths(stub) == ["POST /token", *3 * ["GET /x"]]
    assert credentials.access.refresh_token == SecretStr("nieuw-r")


def test_a_new_refresh_token_is_stored_whatever_else_is_wrong(stub: StubServer, patience: RecordedWaits) -> None:
    """The old one is spent: without the new one the coupling would be dead."""
    stub.answer(json_reply({"refresh_token": "nieuw-r"}), RENEWED, StubReply())
    credentials = stored(expires_at=None)
    with pytest.raises(ContractBroken, match="no access token"):
        session(credentials, stub, patience).send("GET", f"{stub.url}/x")
    assert credentials.access.refresh_token == SecretStr("nieuw-r")
    assert session(credentials, stub, patience).send("GET", f"{stub.url}/x").status == 200


@pytest.mark.parametrize(
    ("error", "kind"), [("invalid_grant", TokenRevoked), ("invalid_client", Misconfigured), ("<b>", Misconfigured)]
)
def test_an_error_in_a_200_is_the_error_that_it_names(
    stub: StubServer, patience: RecordedWaits, error: str, kind: type
) -> None:
    """RFC 6749, 5.2: it is read, whatever the status."""
    assert type(renewing(stub, patience, json_reply({"error": error}))) is kind


@pytest.mark.parametrize("reply", [StubReply(503), HANG_UP, StubReply(200, b"<html>")])
def test_trouble_while_renewing_leaves_no_doubt_about_documents(
    stub: StubServer, patience: RecordedWaits, reply: StubReply
) -> None:
    """R3.10: the document was not sent, so its answer cannot be lost."""
    raised = renewing(stub, patience, reply)
    assert not isinstance(raised, OutcomeUnknown)
    assert isinstance(raised, Transient | ContractBroken)
