"""koppel connect and koppel keys, as processes of their own."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet

from include.access.credentials import credential_status
from include.access.oauth_flow import LOOPBACK
from tests.commanding import KEY, Start, address_of, context, start
from tests.conftest import Coupled, Sandbox
from tests.consenting import decide

__all__ = ["context", "start"]


def returns(address: str, outcome: dict[str, str]) -> requests.Response:
    """The browser, sent back by the package."""
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    return requests.get(f"{back}?{urlencode(outcome)}", timeout=30)


def test_connecting_from_the_command_line(coupled: Coupled, start: Start) -> None:
    """R5.1: prints the address, waits on the loopback address for one return, and says what the access opens."""
    process = start("connect", coupled.slug, coupled.package, "--port", "0", "--json")
    address = address_of(process)
    assert urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).hostname in LOOPBACK
    outcome = decide(address, coupled.package)
    page = returns(address, outcome)
    assert (page.status_code, "gelukt" in page.text) == (200, True)
    output, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert outcome["code"] not in output + said + page.text
    numbers = [one["number"] for one in json.loads(output)["administrations"]]
    assert coupled.control.administration(coupled.package) in numbers
    with pytest.raises(requests.ConnectionError):
        returns(address, {})


def test_a_denial_is_said_on_both_sides(coupled: Coupled, start: Start) -> None:
    """R5.1: in the browser and at the prompt."""
    before = credential_status(coupled.context, coupled.tenant.id)
    process = start("connect", coupled.slug, coupled.package, "--port", "0")
    address = address_of(process)
    page = returns(address, decide(address, coupled.package, "deny"))
    assert (page.status_code, "geen toestemming" in page.text) == (400, True)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "geen toestemming gegeven" in said
    assert "Traceback" not in said
    assert credential_status(coupled.context, coupled.tenant.id) == before


def test_what_the_browser_could_not_show_is_pasted(coupled: Coupled, start: Start) -> None:
    """R5.1: on a server, or in a container, where no browser can return to the loopback address."""
    process = start("connect", coupled.slug, coupled.package, "--paste", "--json")
    address = address_of(process)
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert back == "http://127.0.0.1:8765/koppel/callback"
    output, said = process.communicate(f"{back}?{urlencode(decide(address, coupled.package))}\n", timeout=30)
    assert process.returncode == 0, said
    assert json.loads(output)["system"] == coupled.package


@pytest.mark.parametrize("line", ["", "\n", "http://[::1\n", "http://127.0.0.1:8765/koppel/callback?state=é&code=x\n"])
def test_what_is_pasted_wrong_changes_nothing(coupled: Coupled, start: Start, line: str) -> None:
    """R4.4: a sentence, and start again."""
    process = start("connect", coupled.slug, coupled.package, "--paste")
    _, said = process.communicate(line, timeout=30)
    assert process.returncode == 1
    assert "belongs to another consent" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("state", [None, "", "another"])
def test_a_foreign_state_ends_it(coupled: Coupled, start: Start, state: str | None) -> None:
    """Architecture 7: a page elsewhere that sends the browser here with its own code gets nothing."""
    before = credential_status(coupled.context, coupled.tenant.id)
    process = start("connect", coupled.slug, coupled.package, "--port", "0")
    address = address_of(process)
    outcome = decide(address, coupled.package) | {"state": state or ""}
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert requests.get(back.replace("/koppel/callback", "/favicon.ico"), timeout=10).status_code == 404
    assert returns(address, outcome).status_code == 400
    assert "belongs to another consent" in process.communicate(timeout=30)[1]
    assert process.returncode == 1
    assert credential_status(coupled.context, coupled.tenant.id) == before


def test_what_is_typed_comes_from_a_file(coupled: Coupled, start: Start) -> None:
    """R5.1: from standard input too; a secret is never repeated, whatever is wrong with the file."""
    given = coupled.control.new_simon("Een ander kantoor")
    done = start("connect", coupled.slug, "simple_simon", "--file", "-").communicate(json.dumps(given), timeout=30)
    assert "connected to simple_simon" in done[0], done[1]
    for wrong in (json.dumps(given)[:-1], json.dumps([given]), json.dumps({**given, "pwd": 5})):
        process = start("connect", coupled.slug, "simple_simon", "--file", "-")
        output, said = process.communicate(wrong, timeout=30)
        assert process.returncode == 1
        assert "Traceback" not in said
        assert not [name for name in ("key", "pwd", "api_key") if given[name] in output + said]


def test_what_is_connected_is_listed(coupled: Coupled, start: Start) -> None:
    """R5.1: each system and whether somebody has to connect it again."""
    output, _ = start("connect", coupled.slug, "--json").communicate(timeout=30)
    rows: list[dict[str, Any]] = json.loads(output)
    assert {row["system"]: row["state"] for row in rows} == {coupled.package: "connected", "simple_simon": "connected"}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("exact",), "system: 'exact' is not allowed"),
        (("simple_simon",), "'simple_simon' has no page for consent"),
        (("simple_simon", "--file", "/nowhere.json"), "/nowhere.json: No such file or directory"),
    ],
)
def test_wrong_input_is_named(coupled: Coupled, start: Start, arguments: tuple[str, ...], problem: str) -> None:
    """R4.4: no stack trace for what a person can repair."""
    process = start("connect", coupled.slug, *arguments)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert problem in said.replace("\n", " ")


def test_a_port_in_use_is_said(coupled: Coupled, start: Start, sandbox: Sandbox) -> None:
    """R4.4: which port, and what else can be done."""
    port = str(urlsplit(sandbox.root).port)
    _, said = start("connect", coupled.slug, coupled.package, "--port", port).communicate(timeout=30)
    assert f"port: {port} cannot be used" in said


def test_keys_from_the_command_line(coupled: Coupled, start: Start) -> None:
    """Architecture 7: a fresh key, everything sealed with it, and a word for what no key opens."""
    fresh = start("keys", "new").communicate(timeout=30)[0].strip()
    Fernet(fresh)
    done = start("keys", "rotate", "--json", KOPPEL_KEYS=f"{fresh},{KEY}").communicate(timeout=30)[0]
    assert json.loads(done) == {"sealed": 2, "unreadable": []}
    process = start("keys", "rotate")
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"{coupled.slug} simple_simon" in said
    assert KEY not in said
    _, said = start("sync-now", coupled.slug).communicate(timeout=30)
    assert "KOPPEL_KEYS" in said
    assert "Traceback" not in said
