"""Rompslomp sandbox: the consent page and the token endpoint."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.conftest import Sandbox
from tests.sandbox.test_rompslomp_client import SESSION, Api, refused

CALLBACK = "http://127.0.0.1:8080/koppel/callback"


class Form(HTMLParser):
    """What a browser would send with the page's form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.buttons: list[str] = []
        self.action = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parameters = dict(attrs)
        if tag == "form":
            self.action = parameters["action"] or ""
        elif tag == "input":
            self.fields[parameters["name"] or ""] = parameters.get("value") or ""
        elif tag == "button":
            self.buttons.append(parameters["value"] or "")


def ask(sandbox: Sandbox, **changes: str | None) -> requests.Response:
    access = sandbox.access["rompslomp"]
    query = {"client_id": access["client_id"], "redirect_uri": CALLBACK, "response_type": "code", **changes}
    query = {name: value for name, value in query.items() if value is not None}
    return SESSION.get(f"{access['oauth']}/authorize", params=query, allow_redirects=False)


def decide(sandbox: Sandbox, page: requests.Response, decision: str, password: str = "voorbeeld") -> requests.Response:
    form = Form(page.text)
    fields = form.fields | {"email": "boekhouder@voorbeeld.nl", "password": password, "decision": decision}
    return SESSION.post(f"{sandbox.access['rompslomp']['oauth']}/{form.action}", data=fields, allow_redirects=False)


def returned(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def token(sandbox: Sandbox, multipart: bool = False, **parameters: Any) -> requests.Response:
    access = sandbox.access["rompslomp"]
    fields = {"client_id": access["client_id"], "client_secret": access["client_secret"], **parameters}
    fields = {name: value for name, value in fields.items() if value is not None}
    body: dict[str, Any] = {"files": {n: (None, v) for n, v in fields.items()}} if multipart else {"data": fields}
    return SESSION.post(f"{access['oauth']}/token", **body)


def code(sandbox: Sandbox, scope: str | None = None) -> str:
    return returned(decide(sandbox, ask(sandbox, scope=scope), "approve"))["code"]


def exchange(sandbox: Sandbox, scope: str | None = None) -> dict[str, Any]:
    answer = token(sandbox, grant_type="authorization_code", code=code(sandbox, scope), redirect_uri=CALLBACK)
    assert answer.status_code == 200, answer.text
    return answer.json()


def flat_error(answer: requests.Response, status: int, error: str) -> None:
    """Contract 2: the token endpoint's errors are flat and in Dutch."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.json().keys() == {"error", "error_description"}


def test_page(sandbox: Sandbox) -> None:
    """Contract 2: a browser sees who asks for what, logs in, and approves or refuses; no script, nothing inline."""
    page = ask(sandbox, scope="public manage:contacts", state='"><script>')
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "manage:contacts" in page.text
    assert "Koppel" in page.text
    form = Form(page.text)
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
    made = exchange(sandbox, "public manage:contacts")
    assert made.keys() == {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"}
    assert (made["token_type"], made["expires_in"], made["scope"]) == ("Bearer", 7200, "public manage:contacts")
    assert abs(made["created_at"] - sandbox.server.world.clock.now().timestamp()) < 60
    api = Api(sandbox, made["access_token"])
    assert len(api.list("contacts")) == 14
    refused(api.get("products"), 403, "client.authorization.invalid_scope")


def test_default_scope(sandbox: Sandbox) -> None:
    """Contract 2: public when none is asked."""
    assert exchange(sandbox)["scope"] == "public"


def test_state_comes_back(sandbox: Sandbox) -> None:
    """Follows contract 2: echoed if sent, unless switched."""
    page = ask(sandbox, state="a&b=c")
    assert returned(decide(sandbox, page, "approve"))["state"] == "a&b=c"
    Api(sandbox).switch(echo_state=False)
    assert returned(decide(sandbox, page, "approve")).keys() == {"code"}


def test_refusal_by_the_user(sandbox: Sandbox) -> None:
    """Contract 2: access_denied, without a code."""
    back = returned(decide(sandbox, ask(sandbox, state="s"), "refuse", password=""))
    assert back.keys() == {"error", "error_description", "state"}
    assert back["error"] == "access_denied"


def test_wrong_password(sandbox: Sandbox) -> None:
    """The page again, with the question kept."""
    again = decide(sandbox, ask(sandbox, state="s"), "approve", password="x")
    assert again.status_code == 401
    assert 'role="alert"' in again.text
    assert returned(decide(sandbox, again, "approve"))["state"] == "s"


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
    flat_error(ask(sandbox, **changes), status, error)


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
    assert returned(ask(sandbox, **changes))["error"] == error


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
    assert ask(sandbox, redirect_uri=uri).status_code == 200


def test_more_callbacks_by_control_call(sandbox: Sandbox) -> None:
    """A test may register its own."""
    uri = "https://mijn.example/terug?x=1"
    flat_error(ask(sandbox, redirect_uri=uri), 400, "invalid_request")
    assert uri in Api(sandbox).control("POST", "rompslomp/redirect-uris", {"uri": uri})["redirect_uris"]
    back = decide(sandbox, ask(sandbox, redirect_uri=uri), "approve").headers["Location"]
    assert back.startswith(f"{uri}&code=")


def test_pkce_switch(sandbox: Sandbox) -> None:
    """Contract 2: a challenge is ignored, unless switched."""
    assert ask(sandbox, code_challenge="x").status_code == 200
    Api(sandbox).switch(pkce="refused")
    assert returned(ask(sandbox, code_challenge="x"))["error"] == "invalid_request"


def test_refresh_rotates(sandbox: Sandbox) -> None:
    """Contract 2, 13 self-check: a new pair each time; the exchanged refresh token is done with."""
    first = exchange(sandbox, "read:me")
    second = token(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert second.keys() == first.keys()
    assert second["scope"] == "read:me"
    assert {second["access_token"], second["refresh_token"]}.isdisjoint({first["access_token"], first["refresh_token"]})
    flat_error(token(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]), 400, "invalid_grant")
    third = token(sandbox, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert Api(sandbox, third.json()["access_token"]).get("/me").status_code == 200


def test_refresh_reuse_switch(sandbox: Sandbox) -> None:
    """Follows contract 2, switch."""
    Api(sandbox).switch(refresh_token_reuse=True)
    refresh = exchange(sandbox)["refresh_token"]
    assert {token(sandbox, grant_type="refresh_token", refresh_token=refresh).status_code for _ in range(2)} == {200}


def test_multipart(sandbox: Sandbox) -> None:
    """Contract 2: urlencoded and multipart are both taken, JSON is not."""
    parameters = {"grant_type": "authorization_code", "code": code(sandbox), "redirect_uri": CALLBACK}
    assert token(sandbox, multipart=True, **parameters).status_code == 200
    oauth = sandbox.access["rompslomp"]["oauth"]
    flat_error(SESSION.post(f"{oauth}/token", json=parameters), 400, "invalid_request")
    headers = {"Content-Type": "multipart/form-data"}
    flat_error(SESSION.post(f"{oauth}/token", data=b"x", headers=headers), 400, "invalid_request")


def test_code_is_for_once(sandbox: Sandbox) -> None:
    """Contract 2: single use, unless switched."""
    parameters = {"grant_type": "authorization_code", "code": code(sandbox), "redirect_uri": CALLBACK}
    assert token(sandbox, **parameters).status_code == 200
    flat_error(token(sandbox, **parameters), 400, "invalid_grant")
    Api(sandbox).switch(code_reuse=True)
    assert token(sandbox, **parameters).status_code == 200


def test_code_lasts_ten_minutes(sandbox: Sandbox) -> None:
    """Follows contract 2."""
    clock = sandbox.server.world.clock
    clock.freeze()
    early, late = code(sandbox), code(sandbox)
    clock.advance(599)
    parameters = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    assert token(sandbox, code=early, **parameters).status_code == 200
    clock.advance(1)
    flat_error(token(sandbox, code=late, **parameters), 400, "invalid_grant")


def test_code_is_tied_to_its_callback(sandbox: Sandbox) -> None:
    """Contract 2: the same redirect_uri at the token call; a failed try does not use the code up."""
    parameters = {"grant_type": "authorization_code", "code": code(sandbox)}
    flat_error(token(sandbox, redirect_uri="https://koppel.example/callback", **parameters), 400, "invalid_grant")
    assert token(sandbox, redirect_uri=CALLBACK, **parameters).status_code == 200


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
    flat_error(token(sandbox, **parameters), status, error)


def test_grant_refusal_switch(sandbox: Sandbox) -> None:
    """Follows contract 2, switch."""
    Api(sandbox).switch(grant_refusal_status=401)
    flat_error(token(sandbox, grant_type="refresh_token", refresh_token="x"), 401, "invalid_grant")


def test_access_token_lasts_two_hours(sandbox: Sandbox) -> None:
    """Follows contract 2: then 401 with a challenge, until refreshed."""
    clock = sandbox.server.world.clock
    clock.freeze()
    made = exchange(sandbox, "read:me")
    api = Api(sandbox, made["access_token"])
    clock.advance(7199)
    assert api.get("/me").status_code == 200
    clock.advance(1)
    answer = api.get("/me")
    refused(answer, 401, "client.authentication.invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    renewed = token(sandbox, grant_type="refresh_token", refresh_token=made["refresh_token"]).json()
    assert Api(sandbox, renewed["access_token"]).get("/me").status_code == 200


def test_expire_tokens_now(sandbox: Sandbox) -> None:
    """Contract 13, control call: the application's tokens expire, a personal one does not."""
    made = exchange(sandbox, "read:me")
    api = Api(sandbox)
    api.control("POST", "expire-tokens")
    refused(Api(sandbox, made["access_token"]).get("/me"), 401, "client.authentication.invalid_token")
    assert api.get("/me").status_code == 200
    assert token(sandbox, grant_type="refresh_token", refresh_token=made["refresh_token"]).status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "token"), ("POST", "revoke"), ("GET", "introspect")])
def test_nothing_else(sandbox: Sandbox, method: str, path: str) -> None:
    """Contract 2: no revoke and no introspect; JSON for every error."""
    answer = SESSION.request(method, f"{sandbox.access['rompslomp']['oauth']}/{path}")
    refused(answer, 404, "client.not_found.endpoint")


def test_secrets_are_masked_in_the_request_log(sandbox: Sandbox) -> None:
    """Request log: no code in it."""
    made = code(sandbox)
    SESSION.get(f"{sandbox.access['rompslomp']['oauth']}/token", params={"code": made})
    assert made not in str(Api(sandbox).control("GET", "requests"))
