"""Rompslomp sandbox: the consent page and the token endpoint."""

import re
from html import unescape
from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import SESSION, RompslompApi, assert_refused
from tests.sandbox.rompslomp_consent import (
    CALLBACK,
    LoginForm,
    authorization_code,
    exchange_code,
    open_consent_page,
    post_token,
    returned_query,
    submit_decision,
)


def flat_error(answer: requests.Response, status: int, error: str) -> None:
    """Contract 2: the token endpoint's errors are flat and in Dutch."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.json().keys() == {"error", "error_description"}


def test_page(sandbox: Sandbox) -> None:
    """Contract 2: a browser sees who asks for what, logs in, and approves or refuses; no script, nothing inline."""
    page = open_consent_page(sandbox, scope="public manage:contacts", state='"><script>')
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "manage:contacts" in page.text
    assert "Koppel" in page.text
    form = LoginForm(page.text)
    assert {"email", "password"} <= form.fields.keys()
    assert form.buttons == ["approve", "refuse"]
    assert form.fields["state"] == '"><script>'
    assert not re.search(r"<script|<style| style=| on\w+=", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    style = re.search(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    assert style
    assert SESSION.get(f"{sandbox.access['rompslomp']['oauth']}/{unescape(style[1])}").ok


def test_whole_flow(sandbox: Sandbox) -> None:
    """Contract 2: approve, exchange, call."""
    made = exchange_code(sandbox, "public manage:contacts")
    assert made.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"}
    assert (made["token_type"], made["expires_in"], made["scope"]) == ("Bearer", 7200, "public manage:contacts")
    assert abs(made["created_at"] - sandbox.server.world.clock.now().timestamp()) < 60
    api = RompslompApi(sandbox, made["access_token"])
    assert len(api.list("contacts")) == 14
    assert_refused(api.get("products"), 403, "client.authorization.invalid_scope")


def test_default_scope(sandbox: Sandbox) -> None:
    """Contract 2: public when none is asked."""
    assert exchange_code(sandbox)["scope"] == "public"


def test_state_comes_back(sandbox: Sandbox) -> None:
    """Follows contract 2: echoed if sent, unless switched."""
    page = open_consent_page(sandbox, state="a&b=c")
    assert returned_query(submit_decision(sandbox, page, "approve"))["state"] == "a&b=c"
    RompslompApi(sandbox).switch(echo_state=False)
    assert returned_query(submit_decision(sandbox, page, "approve")).keys() == {"code"}


def test_refusal_by_the_user(sandbox: Sandbox) -> None:
    """Contract 2: access_denied, without a code."""
    back = returned_query(submit_decision(sandbox, open_consent_page(sandbox, state="s"), "refuse", password=""))
    assert back.keys() == {"error", "error_description", "state"}
    assert back["error"] == "access_denied"


def test_wrong_password(sandbox: Sandbox) -> None:
    """The page again, with the question kept."""
    again = submit_decision(sandbox, open_consent_page(sandbox, state="s"), "approve", password="x")
    assert again.status_code == 401
    assert 'role="alert"' in again.text
    assert returned_query(submit_decision(sandbox, again, "approve"))["state"] == "s"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": "x"}, 401, "invalid_client"),
        ({"client_id": None}, 400, "invalid_request"),
        ({"redirect_uri": None}, 400, "invalid_request"),
        ({"redirect_uri": "https://elsewhere.example/callback"}, 400, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:1/other"}, 400, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1.evil.example/callback"}, 400, "invalid_request"),
        ({"redirect_uri": "http://[broken/callback"}, 400, "invalid_request"),
    ],
)
def test_no_redirect_to_strangers(sandbox: Sandbox, changes: dict[str, Any], status: int, error: str) -> None:
    """Contract 2: redirect_uri must be registered."""
    flat_error(open_consent_page(sandbox, **changes), status, error)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "public manage:everything"}, "invalid_scope"),
    ],
)
def test_questions_that_go_back(sandbox: Sandbox, changes: dict[str, Any], error: str) -> None:
    """Contract 2: told to the application by a redirect."""
    assert returned_query(open_consent_page(sandbox, **changes))["error"] == error


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:5000/callback",
        "http://[::1]:99/koppel/callback",
        "http://127.0.0.1/callback",
        "https://koppel.example/callback",
    ],
)
def test_registered_callbacks(sandbox: Sandbox, uri: str) -> None:
    """Follows contract 2."""
    assert open_consent_page(sandbox, redirect_uri=uri).status_code == 200


def test_more_callbacks_by_control_call(sandbox: Sandbox) -> None:
    """A test may register its own."""
    uri = "https://mijn.example/terug?x=1"
    flat_error(open_consent_page(sandbox, redirect_uri=uri), 400, "invalid_request")
    assert uri in RompslompApi(sandbox).control("POST", "rompslomp/redirect-uris", {"uri": uri})["redirect_uris"]
    back = submit_decision(sandbox, open_consent_page(sandbox, redirect_uri=uri), "approve").headers["Location"]
    assert back.startswith(f"{uri}&code=")


def test_pkce_switch(sandbox: Sandbox) -> None:
    """Contract 2: a challenge is ignored, unless switched."""
    assert open_consent_page(sandbox, code_challenge="x").status_code == 200
    RompslompApi(sandbox).switch(pkce="refused")
    assert returned_query(open_consent_page(sandbox, code_challenge="x"))["error"] == "invalid_request"


def test_refresh_rotates(sandbox: Sandbox) -> None:
    """Contract 2, 13 self-check: a new pair each time; the exchanged refresh token is done with."""
    first = exchange_code(sandbox, "read:me")
    second = post_token(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second.keys() == first.keys()
    assert second["scope"] == "read:me"
    assert {second["access_token"], second["refresh_token"]}.isdisjoint({first["access_token"], first["refresh_token"]})
    flat_error(
        post_token(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]), 400, "invalid_grant"
    )
    third = post_token(sandbox, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert RompslompApi(sandbox, third.json()["access_token"]).get("/me").status_code == 200


def test_refresh_reuse_switch(sandbox: Sandbox) -> None:
    """Follows contract 2, switch."""
    RompslompApi(sandbox).switch(refresh_token_reuse=True)
    refresh = exchange_code(sandbox)["refresh_token"]
    assert {post_token(sandbox, grant_type="refresh_token", refresh_token=refresh).status_code for _ in range(2)} == {
        200
    }


def test_multipart(sandbox: Sandbox) -> None:
    """Contract 2: urlencoded and multipart are both taken, JSON is not."""
    parameters = {"grant_type": "authorization_code", "code": authorization_code(sandbox), "redirect_uri": CALLBACK}
    assert post_token(sandbox, multipart=True, **parameters).status_code == 200
    oauth = sandbox.access["rompslomp"]["oauth"]
    flat_error(SESSION.post(f"{oauth}/token", json=parameters), 400, "invalid_request")
    headers = {"Content-Type": "multipart/form-data"}
    flat_error(SESSION.post(f"{oauth}/token", data=b"x", headers=headers), 400, "invalid_request")


def test_code_is_for_once(sandbox: Sandbox) -> None:
    """Contract 2: single use, unless switched."""
    parameters = {"grant_type": "authorization_code", "code": authorization_code(sandbox), "redirect_uri": CALLBACK}
    assert post_token(sandbox, **parameters).status_code == 200
    flat_error(post_token(sandbox, **parameters), 400, "invalid_grant")
    RompslompApi(sandbox).switch(code_reuse=True)
    assert post_token(sandbox, **parameters).status_code == 200


def test_code_lasts_ten_minutes(sandbox: Sandbox) -> None:
    """Follows contract 2."""
    clock = sandbox.server.world.clock
    clock.freeze()
    early, late = authorization_code(sandbox), authorization_code(sandbox)
    clock.advance(599)
    parameters = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    assert post_token(sandbox, code=early, **parameters).status_code == 200
    clock.advance(1)
    flat_error(post_token(sandbox, code=late, **parameters), 400, "invalid_grant")


def test_code_is_tied_to_its_callback(sandbox: Sandbox) -> None:
    """Contract 2: the same redirect_uri at the token call; a failed try does not use the code up."""
    parameters = {"grant_type": "authorization_code", "code": authorization_code(sandbox)}
    flat_error(post_token(sandbox, redirect_uri="https://koppel.example/callback", **parameters), 400, "invalid_grant")
    assert post_token(sandbox, redirect_uri=CALLBACK, **parameters).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "x"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_secret": None}, 400, "invalid_request"),
    ],
)
def test_token_errors(sandbox: Sandbox, parameters: dict[str, Any], status: int, error: str) -> None:
    """Follows contract 2."""
    flat_error(post_token(sandbox, **parameters), status, error)


def test_grant_refusal_switch(sandbox: Sandbox) -> None:
    """Follows contract 2, switch."""
    RompslompApi(sandbox).switch(grant_refusal_status=401)
    flat_error(post_token(sandbox, grant_type="refresh_token", refresh_token="x"), 401, "invalid_grant")


def test_access_token_lasts_two_hours(sandbox: Sandbox) -> None:
    """Follows contract 2: then 401 with a challenge, until refreshed."""
    clock = sandbox.server.world.clock
    clock.freeze()
    made = exchange_code(sandbox, "read:me")
    api = RompslompApi(sandbox, made["access_token"])
    clock.advance(7199)
    assert api.get("/me").status_code == 200
    clock.advance(1)
    answer = api.get("/me")
    assert_refused(answer, 401, "client.authentication.invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    renewed = post_token(sandbox, grant_type="refresh_token", refresh_token=made["refresh_token"]).json()
    assert RompslompApi(sandbox, renewed["access_token"]).get("/me").status_code == 200


def test_expire_tokens_now(sandbox: Sandbox) -> None:
    """Contract 13, control call: the application's tokens expire, a personal one does not."""
    made = exchange_code(sandbox, "read:me")
    api = RompslompApi(sandbox)
    api.control("POST", "expire-tokens")
    assert_refused(RompslompApi(sandbox, made["access_token"]).get("/me"), 401, "client.authentication.invalid_token")
    assert api.get("/me").status_code == 200
    assert post_token(sandbox, grant_type="refresh_token", refresh_token=made["refresh_token"]).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "token"), ("POST", "revoke"), ("GET", "introspect")])
def test_nothing_else(sandbox: Sandbox, method: str, path: str) -> None:
    """Contract 2: no revoke and no introspect; JSON for every error."""
    answer = SESSION.request(method, f"{sandbox.access['rompslomp']['oauth']}/{path}")
    assert_refused(answer, 404, "client.not_found.endpoint")


def test_secrets_are_masked_in_the_request_log(sandbox: Sandbox) -> None:
    """Request log: no code in it."""
    made = authorization_code(sandbox)
    SESSION.get(f"{sandbox.access['rompslomp']['oauth']}/token", params={"code": made})
    assert made not in str(RompslompApi(sandbox).control("GET", "requests"))
