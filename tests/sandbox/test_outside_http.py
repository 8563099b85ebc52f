"""What generic HTTP programs do to all three sandboxes; each case was met with a program that others wrote."""

import json
import socket
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.simon_api import SimonApi
from tests.sandbox.unit4_api import Unit4Api

SERVICES = ("rompslomp", "simon", "unit4")


@dataclass(frozen=True)
class Door:
    """A listing of one service that also takes new records, and a body for it."""

    url: str
    headers: dict[str, str]
    body: dict[str, Any]

    def call(self, method: str, below: str = "", **options: Any) -> requests.Response:
        headers = self.headers | options.pop("headers", {})
        return requests.request(method, f"{self.url}{below}", headers=headers, timeout=10, **options)


def door(sandbox: Sandbox, service: str) -> Door:
    if service == "rompslomp":
        api = RompslompApi(sandbox)
        url = f"{api.root}/companies/{api.company}/contacts"
        return Door(url, {"Authorization": f"Bearer {api.token}"}, {"contact": {"company_name": "Café Zoë"}})
    if service == "unit4":
        unit4 = Unit4Api(sandbox)
        authorization = str(unit4.session.headers["Authorization"])
        body = {"name": "Café Zoë", "shortName": "ZOE"}
        return Door(f"{unit4.base}/api/MVL00001/CustomerInfoList", {"Authorization": authorization}, body)
    access = sandbox.access["simon"]
    return Door(f"{access['odata']}/Customer", SimonApi(sandbox).headers, {"Name": "Café Zoë"})


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", ["%0A", "%0Ax", "x%0Ay/z", "%00", "%FF%FE", "%C3%A9", "a%2Fb"])
def test_no_path_escapes_the_service(sandbox: Sandbox, service: str, part: str) -> None:
    """Rompslomp 13, Unit4 5, Simon 5: whatever a path holds, the refusal has the service's own form."""
    root = f"{sandbox.root}/{service}"
    inside = {"rompslomp": "api/v1/companies", "unit4": "V23/api", "simon": "odata"}[service]
    for url in (f"{root}/{inside}/{part}/contacts", f"{root}/{inside}/{part}", f"{root}/{part}/x"):
        answer = requests.get(url, headers=door(sandbox, service).headers, timeout=10)
        assert answer.status_code in (400, 404)
        if url.startswith(f"{root}/{inside}") or service != "simon":
            assert answer.json().keys() & {"error", "messages", "Message"}, answer.text


@pytest.mark.parametrize("service", SERVICES)
def test_head_is_get_without_a_body(sandbox: Sandbox, service: str) -> None:
    """Follows Rompslomp 1, Unit4 3, Simon 5: same status and headers, nothing behind them."""
    own = door(sandbox, service)
    get, head = own.call("GET"), own.call("HEAD")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == get.headers[name]
    assert own.call("HEAD", "/1/2/3").status_code == 404


@pytest.mark.parametrize("service", SERVICES)
def test_header_names_and_bearer_in_any_casing(sandbox: Sandbox, service: str) -> None:
    """Simon 4 says so of its headers; the other two follow HTTP."""
    own = door(sandbox, service)
    headers = {name.lower(): value.replace("Bearer", "bearer") for name, value in own.headers.items()}
    assert requests.get(own.url, headers=headers, timeout=10).status_code == 200


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["application/json", "Application/JSON;charset=UTF-8"])
def test_bodies_in_pieces_and_with_a_charset(sandbox: Sandbox, service: str, kind: str) -> None:
    """Rompslomp 1, Unit4 3, Simon 5: JSON is UTF-8, however it is announced and cut."""
    own = door(sandbox, service)
    body = json.dumps(own.body, ensure_ascii=False).encode()
    url = own.url.replace("CustomerInfoList", "Customer")
    headers = own.headers | {"Content-Type": kind}
    answer = requests.post(url, data=iter((body[:7], body[7:])), headers=headers, timeout=10)
    assert answer.status_code in (200, 201), answer.text
    assert "Café Zoë" in answer.text


@pytest.mark.parametrize("service", SERVICES)
def test_expect_continue_and_two_requests_on_one_connection(sandbox: Sandbox, service: str) -> None:
    """Older .NET and curl ask before they send a body; everyone keeps connections open."""
    own = door(sandbox, service)
    host, port = sandbox.root.removeprefix("http://").split(":")
    body = json.dumps(own.body).encode()
    path = own.url.replace("CustomerInfoList", "Customer").removeprefix(sandbox.root)
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in own.headers.items()]
    head = "\r\n".join([*lines, "Expect: 100-continue", "", ""]).encode()
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for _ in range(2):
            connection.sendall(head)
            assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
            connection.sendall(body)
            assert connection.recv(65536).startswith(b"HTTP/1.1 20")


def test_unit4_says_which_methods_a_route_has(sandbox: Sandbox) -> None:
    """Unit4 5: 405 names the methods that are there."""
    api = Unit4Api(sandbox)
    answer = api.call("PATCH", "Customer/1001")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE, GET, PUT")
    assert answer.json()["Message"]
    token = requests.get(f"{api.base}/OAuth/Token", timeout=10)
    assert (token.status_code, token.headers["Allow"]) == (405, "POST")
