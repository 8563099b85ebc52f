"""Requests that no page of ours sends: refused before they cost or change anything (house style: security)."""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from include.context import Context
from include.settings import drafts
from include.store import tenants
from include.tenants.tenant import load
from tests.plugin.airflow_server import AirflowServer, PageUser

People = Callable[..., PageUser]
PAUSE = "/api/tenants/jansen/pause"
MIB = 2**20


@pytest.mark.parametrize("authorization", ["Bearer ", "Bearer", "bearer   ", "Basic x", "Bearer\t"])
def test_an_empty_token_beside_a_cookie(person: People, office: Context, authorization: str) -> None:
    """Security: another site may not act for who is signed in by sending a token that is none."""
    headers = {"authorization": authorization, "origin": "https://elsewhere.example"}
    assert person("admin").call("POST", PAUSE, headers=headers).status_code in (401, 403)
    assert not load(office, "jansen").paused


def test_the_filter_names_no_state_of_others(person: People, office: Context) -> None:
    """R8.1: the states to filter by are those of the couplings that the person may see."""
    with office.store.begin() as tx:
        devries = tenants.find(tx, "devries")
        assert devries
        tenants.set_status(tx, devries.id, "inactive")
    assert 'value="inactive"' in person("admin").get("/").text
    assert 'value="inactive"' not in person("only_jansen").get("/").text


@pytest.mark.parametrize("length", [MIB + 1, 10 * MIB])
def test_a_body_is_bounded_before_anybody_asks_who_sends_it(person: People, length: int) -> None:
    """Architecture 7: whether it says its length or not, signed in or not; in both forms."""
    for path in ("/api/tenants/jansen/sync", "/tenants/jansen/sync"):
        assert person().call("POST", path, data=b"x" * length).status_code == 413
        assert person("admin").call("POST", path, data=iter([b"x" * 65_536] * (length // 65_536 + 1))).status_code in (
            413,
            403,
        )


def test_a_length_that_is_announced_is_enough(served: AirflowServer) -> None:
    """Architecture 7: a gigabyte that is announced is refused without a byte of it."""
    address = urlsplit(served.address)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
        head = "POST /koppel/api/tenants/jansen/sync HTTP/1.1\r\n"
        head += f"Host: {address.netloc}\r\nContent-Length: {2**30}\r\n\r\n"
        connection.sendall(head.encode())
        assert b" 413 " in connection.recv(200)


@pytest.mark.parametrize(
    "settings",
    [
        {"filter_word": "x" * 201},
        {"default_article": "x" * 100_000},
        {"article_groups": ["g"] * 501},
        {"article_groups": ["x" * 201]},
        {"cleanup_most": True},
        {"cleanup_share": False},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_settings_have_bounds(person: People, office: Context, settings: dict[str, Any]) -> None:
    """R4.4: the setting is named with what is allowed, and the draft stays as it was."""
    admin = person("admin")
    answer = admin.call(
        "POST", "/api/tenants/jansen/settings/change", headers={"origin": admin.origin}, json={"settings": settings}
    )
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"].startswith(f"settings.{next(iter(settings))}")
    assert "use " in error["message"]
    assert drafts.find(office, load(office, "jansen")) is None


@pytest.mark.parametrize("base", [True, False])
def test_yes_is_no_number(person: People, office: Context, base: bool) -> None:
    """R4.4: true is not taken for version 1."""
    admin = person("admin")
    answer = admin.call(
        "POST", "/api/tenants/jansen/settings/save", headers={"origin": admin.origin}, json={"base": base}
    )
    assert answer.status_code == 422
    assert "base" in answer.json()["errors"][0]["field"]
