"""Consent at the Rompslomp sandbox and its tokens, as an outside client asks for them."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import SESSION

CALLBACK = "http://127.0.0.1:8080/koppel/callback"


class LoginForm(HTMLParser):
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


def open_consent_page(sandbox: Sandbox, **changes: str | None) -> requests.Response:
    access = sandbox.access["rompslomp"]
    query = {"client_id": access["client_id"], "redirect_uri": CALLBACK, "response_type": "code", **changes}
    query = {name: value for name, value in query.items() if value is not None}
    return SESSION.get(f"{access['oauth']}/authorize", params=query, allow_redirects=False)


def submit_decision(
    sandbox: Sandbox, page: requests.Response, decision: str, password: str = "voorbeeld"
) -> requests.Response:
    form = LoginForm(page.text)
    fields = form.fields | {"email": "boekhouder@voorbeeld.nl", "password": password, "decision": decision}
    return SESSION.post(f"{sandbox.access['rompslomp']['oauth']}/{form.action}", data=fields, allow_redirects=False)


def returned_query(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def post_token(sandbox: Sandbox, multipart: bool = False, **parameters: Any) -> requests.Response:
    access = sandbox.access["rompslomp"]
    fields = {"client_id": access["client_id"], "client_secret": access["client_secret"], **parameters}
    fields = {name: value for name, value in fields.items() if value is not None}
    body: dict[str, Any] = {"files": {n: (None, v) for n, v in fields.items()}} if multipart else {"data": fields}
    return SESSION.post(f"{access['oauth']}/token", **body)


def authorization_code(sandbox: Sandbox, scope: str | None = None) -> str:
    return returned_query(submit_decision(sandbox, open_consent_page(sandbox, scope=scope), "approve"))["code"]


def exchange_code(sandbox: Sandbox, scope: str | None = None) -> dict[str, Any]:
    answer = post_token(
        sandbox, grant_type="authorization_code", code=authorization_code(sandbox, scope), redirect_uri=CALLBACK
    )
    assert answer.status_code == 200, answer.text
    return answer.json()
