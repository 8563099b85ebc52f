"""Signing in to the Unit4 sandbox: tokens, the consent page and rights."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api

SCOPE = "http://UNIT4.Multivers.API/Web/WebApi/*"
CALLBACK = "http://localhost:8080/koppel/callback"
FORM = {"portal_user": "jan", "portal_password": "geheim", "multivers_user": "SYSTEEM", "multivers_password": ""}


def authorize(api: Unit4Api, form: dict[str, str] | None = None, **changes: str) -> requests.Response:
    asked = {"client_id": api.access["client_id"], "redirect_uri": CALLBACK, "scope": SCOPE, "response_type": "code"}
    url = f"{api.base}/OAuth/Authorize"
    method = "GET" if form is None else "POST"
    query = asked | {"state": "a b&c"} | changes
    return requests.request(method, url, params=query, data=form, allow_redirects=False, timeout=10)


def returned(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def code(api: Unit4Api) -> str:
    return returned(authorize(api, FORM | {"decision": "approve"}))["code"]


def test_refresh_answer(sandbox: Sandbox) -> None:
    """Contract 2.1: the members of the token answer; the refresh token holds a ``!``, so it must be encoded."""
    api = Unit4Api(sandbox)
    answer = api.token(refresh_token=api.access["refresh_token"])
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "refresh_token", "scope"}
    assert answer.json()["token_type"] == "bearer"
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["scope"] == SCOPE
    assert "!" in answer.json()["refresh_token"]
    api.switch(expires_in=900, expires_in_form="text")
    assert api.token(refresh_token=api.access["refresh_token"]).json()["expires_in"] == "900"


def test_code_flow(sandbox: Sandbox) -> None:
    """Contract 2.1 and 2.2: consent gives a code and the state back, the code gives tokens, once."""
    api = Unit4Api(sandbox)
    back = returned(authorize(api, FORM | {"decision": "approve"}))
    assert back["state"] == "a b&c"
    fields = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": CALLBACK}
    token = api.token(**fields)
    assert token.status_code == 200
    assert Unit4Api(sandbox, token.json()["refresh_token"]).get("/AdministrationNVL")
    assert api.token(**fields).json()["error"] == "invalid_grant"


def test_code_expires_and_is_bound_to_its_redirect(sandbox: Sandbox) -> None:
    """Contract 13: a code lives 60 seconds; contract 2.1: the redirect must match."""
    api = Unit4Api(sandbox)
    fields = {"grant_type": "authorization_code", "code": code(api), "redirect_uri": "http://localhost:1/callback"}
    assert api.token(**fields).json()["error"] == "invalid_grant"
    late = code(api)
    api.control("POST", "clock", {"advance_s": 61})
    fields = {"grant_type": "authorization_code", "code": late, "redirect_uri": CALLBACK}
    assert api.token(**fields).json()["error"] == "invalid_grant"


def test_consent_page_has_the_four_fields(sandbox: Sandbox) -> None:
    """Follows contract 2.2: portal user and password, Multivers user and password."""
    page = authorize(Unit4Api(sandbox))
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for name in FORM:
        assert f'name="{name}"' in page.text
        assert f'for="{name}"' in page.text


@pytest.mark.parametrize("wrong", [{"portal_user": ""}, {"multivers_user": "JAN"}, {"multivers_password": "x"}])
def test_wrong_log_in_shows_the_form_again(sandbox: Sandbox, wrong: dict[str, str]) -> None:
    """Contract 2.2: wrong values redisplay the form with status 200, what was typed escaped."""
    typed = FORM | {"portal_user": "<b>", "decision": "approve"} | wrong
    page = authorize(Unit4Api(sandbox), typed)
    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "<b>" not in page.text


def test_deny(sandbox: Sandbox) -> None:
    """Contract 2.2: deny redirects with access_denied."""
    assert returned(authorize(Unit4Api(sandbox), FORM | {"decision": "deny"})) == {
        "error": "access_denied", "state": "a b&c"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"scope": "all"}, "invalid_scope"), ({"response_type": "token"}, "unsupported_response_type")],
)
def test_authorize_refusals_redirect(sandbox: Sandbox, changes: dict[str, str], error: str) -> None:
    """Follows contract 2.1: exactly one scope; the implicit flow is not offered."""
    assert returned(authorize(Unit4Api(sandbox), **changes))["error"] == error


@pytest.mark.parametrize("uri", ["http://evil.example/koppel/callback", f"{CALLBACK}?x=1", "http://[", ""])
def test_unregistered_redirect_is_never_followed(sandbox: Sandbox, uri: str) -> None:
    """Contract 2.1: the redirect must equal the registered one exactly."""
    api = Unit4Api(sandbox)
    assert authorize(api, redirect_uri=uri).status_code == 400
    assert authorize(api, client_id="x").status_code == 400


def test_registering_a_redirect(sandbox: Sandbox) -> None:
    """Contract 2.1: registering makes an address usable (here by control call)."""
    api = Unit4Api(sandbox)
    uri = "https://tenant.example/terug"
    assert uri in api.control("POST", "unit4/redirect-uris", {"uri": uri})["redirect_uris"]
    assert authorize(api, redirect_uri=uri).status_code == 200


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "x"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"refresh_token": "x"}, "invalid_grant"),
        ({}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
    ],
)
def test_token_errors(sandbox: Sandbox, fields: dict[str, str], error: str) -> None:
    """Contract 2.1: OAuth errors are 400 with error and error_description."""
    answer = Unit4Api(sandbox).token(**fields)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error"] == error


def test_basic_header_is_not_read(sandbox: Sandbox) -> None:
    """Contract 2.1: client credentials go in the body."""
    api = Unit4Api(sandbox)
    form = {"grant_type": "refresh_token", "refresh_token": api.access["refresh_token"]}
    auth = (api.access["client_id"], api.access["client_secret"])
    answer = requests.post(f"{api.base}/oauth/token/", data=form, auth=auth, timeout=10)
    assert answer.json()["error"] == "invalid_client"


def test_refresh_token_reuse_and_rotation(sandbox: Sandbox) -> None:
    """Contract 2.1 says reusable; with rotation the old one is no longer valid; redirect_uri is optional."""
    api = Unit4Api(sandbox)
    old = api.access["refresh_token"]
    assert api.token(refresh_token=old, redirect_uri=CALLBACK).status_code == 200
    api.switch(refresh_tokens="rotate")
    new = api.token(refresh_token=old).json()["refresh_token"]
    assert api.token(refresh_token=old).json()["error"] == "invalid_grant"
    assert api.token(refresh_token=new).status_code == 200


def test_no_or_expired_token_is_401(sandbox: Sandbox) -> None:
    """Contract 13: every API route without a valid token answers 401 with its text."""
    api = Unit4Api(sandbox)
    denied = {"message": "Authorization has been denied for this request."}
    answer = requests.get(f"{api.base}/api/AdministrationNVL", timeout=10)
    assert (answer.status_code, answer.json()) == (401, denied)
    api.control("POST", "clock", {"advance_s": 3601})
    assert api.call("GET", "/AdministrationNVL").status_code == 401
    api = Unit4Api(sandbox)
    api.fault("expired_token")
    assert api.call("GET", "CustomerInfoList").json() == denied
    assert api.call("GET", "CustomerInfoList").status_code == 200
    api.control("POST", "expire-tokens")
    assert api.call("GET", "CustomerInfoList").status_code == 401


def test_rights(sandbox: Sandbox) -> None:
    """Contract 5 and 13: not permitted is 403, an unknown administration 404 with messages."""
    api = Unit4Api(sandbox)
    assert api.call("GET", "/MVL09999/CustomerInfoList").status_code == 404
    assert api.call("GET", "/MVL09999/CustomerInfoList").json()["messages"]
    assert api.control("POST", "unit4/rights", {"database": "MVL00002", "allowed": False})
    assert api.call("GET", "/MVL00002/CustomerInfoList").status_code == 403
    assert [a["name"] for a in api.get("/AdministrationNVL")] == ["MVL00001"]
    api.control("POST", "unit4/rights", {"database": "MVL00002", "allowed": True})
    assert api.call("GET", "/MVL00002/CustomerInfoList").status_code == 200


def test_token_bound_to_version(sandbox: Sandbox) -> None:
    """Contract 2.1: whether a token works under another version is a switch."""
    api = Unit4Api(sandbox)
    elsewhere = api.base.replace("V23", "v221")
    url = f"{elsewhere}/api/AdministrationNVL"
    assert api.session.get(url, timeout=10).status_code == 200
    api.switch(token_bound_to_version=True)
    assert api.session.get(url, timeout=10).status_code == 401
