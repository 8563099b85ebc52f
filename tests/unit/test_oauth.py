"""Tokens that expire: ``include.connectors.auth`` (RFC 6749, section 6)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from include.connectors.auth import AHEAD, LONGEST_ANSWER_S, LONGEST_PAUSE_S, OAuthConfig, TokenAccess, TokenSession
from include.errors import ContractBroken, IntegrationError, Misconfigured, OutcomeUnknown, TokenRevoked, Transient
from tests.unit.conftest import Patience
from tests.unit.loopback import HANG_UP, Loopback, Reply, json_reply
from tests.unit.memory_credentials import MemoryCredentials

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


def session(credentials: MemoryCredentials[Here], loopback: Loopback, patience: Patience) -> TokenSession[Here]:
    credentials.access = credentials.access.model_copy(update={"base": f"{loopback.url}/"})
    return TokenSession("Rompslomp", credentials, patience.http, config=OAUTH, now=lambda: NOW)


def renewing(loopback: Loopback, patience: Patience, reply: Reply) -> IntegrationError:
    """What comes of a renewal that is answered like this."""
    loopback.answer(reply)
    credentials = stored(expires_at=NOW)
    with pytest.raises(IntegrationError) as caught:
        session(credentials, loopback, patience).send("GET", f"{loopback.url}/x")
    assert credentials.renewals == 0
    assert not any(secret in repr(caught.value) + caught.value.text() for secret in SECRETS)
    return caught.value


def paths(loopback: Loopback) -> list[str]:
    return [f"{seen.method} {seen.path}" for seen in loopback.seen]


def tokens(loopback: Loopback) -> list[str | None]:
    return [seen.headers.get("Authorization") for seen in loopback.seen]


def test_fresh_token_is_used_as_it_is(loopback: Loopback, patience: Patience) -> None:
    """Contract 2: one request, with the token in its header."""
    assert session(stored(), loopback, patience).send("GET", f"{loopback.url}/x").status == 200
    assert (paths(loopback), tokens(loopback)) == (["GET /x"], ["Bearer oud-a"])


@pytest.mark.parametrize("expires_at", [None, NOW - timedelta(days=1), NOW + AHEAD])
def test_token_is_renewed_before_it_expires(
    loopback: Loopback, patience: Patience, expires_at: datetime | None
) -> None:
    """Contract 2: expired, about to, or never fetched; stored before it is used."""
    loopback.answer(RENEWED, Reply())
    credentials = stored(expires_at=expires_at)
    session(credentials, loopback, patience).send("POST", f"{loopback.url}/x", json={})
    assert paths(loopback) == ["POST /token", "POST /x"]
    assert tokens(loopback) == [None, "Bearer nieuw-a"]
    assert credentials.access.refresh_token == SecretStr("nieuw-r")
    assert credentials.access.expires_at == NOW + timedelta(hours=2)


def test_renewal_asks_as_the_standard_says(loopback: Loopback, patience: Patience) -> None:
    """Contract 2: the client goes in the body, never in the address or a Basic header."""
    loopback.answer(RENEWED, Reply())
    session(stored(expires_at=None), loopback, patience).send("GET", f"{loopback.url}/x")
    asked = loopback.seen[0]
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["oud-r"],
        "client_id": ["id"],
        "client_secret": ["id-geheim"],
    }
    assert "Authorization" not in asked.headers


def test_refused_token_is_renewed_once(loopback: Loopback, patience: Patience) -> None:
    """Contract 2: revoked or expired early; the same request again with the new one."""
    loopback.answer(Reply(401), RENEWED, json_reply({"ok": True}))
    answer = session(stored(), loopback, patience).send("GET", f"{loopback.url}/x")
    assert answer.json() == {"ok": True}
    assert tokens(loopback) == ["Bearer oud-a", None, "Bearer nieuw-a"]


def test_refused_twice_is_the_answer(loopback: Loopback, patience: Patience) -> None:
    """Contract 2: it does not go on renewing."""
    loopback.answer(Reply(401), RENEWED, Reply(401))
    assert session(stored(), loopback, patience).send("GET", f"{loopback.url}/x").status == 401
    assert len(loopback.seen) == 3


def test_personal_token_is_never_renewed(loopback: Loopback, patience: Patience) -> None:
    """Contract 2: it does not expire; a refusal is final."""
    loopback.answer(Reply(401))
    personal = stored(refresh_token="", expires_at=None)
    assert session(personal, loopback, patience).send("GET", f"{loopback.url}/x").status == 401
    assert paths(loopback) == ["GET /x"]


def test_token_that_somebody_else_renewed_is_taken_over(loopback: Loopback, patience: Patience) -> None:
    """Contract 2: refresh tokens may be spent once, so two tasks must not both spend it."""
    credentials = stored(expires_at=NOW)
    mine = session(credentials, loopback, patience)
    credentials.access = stored(access_token="van-een-ander").access
    mine.send("GET", f"{loopback.url}/x")
    assert tokens(loopback) == ["Bearer van-een-ander"]


def test_refresh_token_is_kept_when_no_new_one_comes(loopback: Loopback, patience: Patience) -> None:
    """RFC 6749, 6: the answer may leave it out; seconds may come as text."""
    loopback.answer(json_reply({"access_token": "nieuw-a", "expires_in": "3600"}), Reply())
    credentials = stored(expires_at=None)
    session(credentials, loopback, patience).send("GET", f"{loopback.url}/x")
    assert credentials.access.refresh_token == SecretStr("oud-r")
    assert credentials.access.expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("status", [400, 401])
def test_dead_refresh_token_asks_to_connect_again(loopback: Loopback, patience: Patience, status: int) -> None:
    """Contract 2: revoked, used up or forgotten; asking goes no further."""
    raised = renewing(loopback, patience, json_reply({"error": "invalid_grant"}, status))
    assert type(raised) is TokenRevoked
    assert raised.code == "connection.token_revoked"
    assert paths(loopback) == ["POST /token"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (json_reply({"error": "invalid_client", "error_description": "id-geheim"}, 401), "invalid_client"),
        (json_reply({"error": "invalid_request"}, 400), "invalid_request"),
        (json_reply({"error": "<script> id-geheim"}, 400), "unknown"),
        (json_reply(["error"], 400), "status 400"),
        (Reply(401, b"<html>"), "status 401"),
    ],
)
def test_a_refusal_for_another_reason_does_not_kill_the_token(
    loopback: Loopback, patience: Patience, reply: Reply, reason: str
) -> None:
    """RFC 6749, 5.2: only invalid_grant is about the token; a wrong client secret is for the administrator."""
    raised = renewing(loopback, patience, reply)
    assert type(raised) is Misconfigured
    assert (raised.code, raised.values["reason"]) == ("connection.registration_refused", reason)


def test_an_exchange_is_hasty(loopback: Loopback, patience: Patience) -> None:
    """Architecture 7: others wait for its lock, so a busy log-in is not waited for as long as a list."""
    renewing(loopback, patience, Reply(429, headers={"Retry-After": str(int(LONGEST_PAUSE_S) + 1)}))
    assert patience.waited == []
    assert LONGEST_ANSWER_S + LONGEST_PAUSE_S < 60


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"access_token": "nieuw-a"},
        {"expires_in": 3600},
        {"access_token": "nieuw-a", "expires_in": "straks"},
        {"access_token": None, "expires_in": 3600},
    ],
)
def test_answer_without_a_token(loopback: Loopback, patience: Patience, body: Any) -> None:
    """RFC 6749, 5.1: access token and lifetime are needed; what is stored stays as it was."""
    raised = renewing(loopback, patience, json_reply(body))
    assert type(raised) is ContractBroken
    assert raised.code == "connection.unexpected_response"


@pytest.mark.parametrize("reply", [Reply(503), HANG_UP, Reply(200, b"<html>")])
def test_trouble_while_renewing_leaves_no_doubt_about_documents(
    loopback: Loopback, patience: Patience, reply: Reply
) -> None:
    """R3.10: the document was not sent, so its answer cannot be lost."""
    raised = renewing(loopback, patience, reply)
    assert not isinstance(raised, OutcomeUnknown)
    assert isinstance(raised, Transient | ContractBroken)
