"""Tests koppel access and koppel keys, as processes of their own."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet

from include.access.credentials import credential_status
from include.access.keys import fingerprint
from include.access.oauth_flow import LOOPBACK
from tests.helpers.command_line import StartKoppel, consent_address
from tests.helpers.encryption import KEY
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant
from tests.helpers.vendor_login import decide_consent

pytestmark = pytest.mark.registered_with_vendors


def returns(address: str, outcome: dict[str, str]) -> requests.Response:
    """Return to the command as the browser does that the package sends back."""
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    return requests.get(f"{back}?{urlencode(outcome)}", timeout=30)


def test_connecting_from_the_command_line(coupled: CoupledTenant, start_koppel: StartKoppel) -> None:
    """R5.1: prints the address, waits on the loopback address for one return, and says what the access opens."""
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--port", "0", "--json")
    address = consent_address(process)
    assert urlsplit(parse_qs(urlsplit(address).query)["redirect_uri"][0]).hostname in LOOPBACK
    outcome = decide_consent(address, coupled.package)
    page = returns(address, outcome)
    assert (page.status_code, "gelukt" in page.text) == (200, True)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert outcome["code"] not in output + errors + page.text
    numbers = [administration["number"] for administration in json.loads(output)["administrations"]]
    assert coupled.control.administration(coupled.package) in numbers
    with pytest.raises(requests.ConnectionError):
        returns(address, {})


def test_a_denial_is_reported_on_both_sides(coupled: CoupledTenant, start_koppel: StartKoppel) -> None:
    """R5.1: the reason is shown in the browser and at the prompt."""
    before = credential_status(coupled.context, coupled.tenant.id)
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--port", "0")
    address = consent_address(process)
    page = returns(address, decide_consent(address, coupled.package, "deny"))
    assert (page.status_code, "geen toestemming" in page.text) == (400, True)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "geen toestemming gegeven" in errors
    assert "Traceback" not in errors
    assert credential_status(coupled.context, coupled.tenant.id) == before


def test_what_the_browser_could_not_show_is_pasted(coupled: CoupledTenant, start_koppel: StartKoppel) -> None:
    """R5.1: on a server, or in a container, where no browser can return to the loopback address."""
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--paste", "--json")
    address = consent_address(process)
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert back == "http://127.0.0.1:8765/koppel/callback"
    output, errors = process.communicate(f"{back}?{urlencode(decide_consent(address, coupled.package))}\n", timeout=30)
    assert process.returncode == 0, errors
    assert json.loads(output)["system"] == coupled.package


@pytest.mark.parametrize("line", ["", "\n", "http://[::1\n", "http://127.0.0.1:8765/koppel/callback?state=é&code=x\n"])
def test_what_is_pasted_wrong_changes_nothing(coupled: CoupledTenant, start_koppel: StartKoppel, line: str) -> None:
    """R4.4: a sentence, and start again."""
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--paste")
    _, errors = process.communicate(line, timeout=30)
    assert process.returncode == 1
    assert "belongs to another consent" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("state", [None, "", "another"])
def test_a_foreign_state_ends_nothing(coupled: CoupledTenant, start_koppel: StartKoppel, state: str | None) -> None:
    """Architecture 7: a page elsewhere that sends the browser here gets nothing, and spoils nothing."""
    before = credential_status(coupled.context, coupled.tenant.id)
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--port", "0")
    address = consent_address(process)
    outcome = decide_consent(address, coupled.package)
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert requests.get(back.replace("/koppel/callback", "/favicon.ico"), timeout=10).status_code == 404
    assert returns(address, outcome | {"state": state or ""}).status_code == 400
    assert credential_status(coupled.context, coupled.tenant.id) == before
    assert returns(address, outcome).status_code == 200
    assert process.wait(timeout=30) == 0


def test_what_is_typed_comes_from_a_file(coupled: CoupledTenant, start_koppel: StartKoppel) -> None:
    """R5.1: standard input is read too, and no secret is repeated, whatever is wrong with the file."""
    access = coupled.control.new_simon("Een ander kantoor")
    process = start_koppel("access", "connect", coupled.slug, "simple_simon", "--file", "-")
    output, errors = process.communicate(json.dumps(access), timeout=30)
    assert "connected to simple_simon" in output, errors
    for wrong in (json.dumps(access)[:-1], json.dumps([access]), json.dumps({**access, "pwd": 5})):
        process = start_koppel("access", "connect", coupled.slug, "simple_simon", "--file", "-")
        output, errors = process.communicate(wrong, timeout=30)
        assert process.returncode == 1
        assert "Traceback" not in errors
        assert not [name for name in ("key", "pwd", "api_key") if access[name] in output + errors]


def test_what_is_connected_is_listed(coupled: CoupledTenant, start_koppel: StartKoppel) -> None:
    """R5.1: each system and whether somebody has to connect it again."""
    output, _ = start_koppel("access", "show", coupled.slug, "--json").communicate(timeout=30)
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
def test_wrong_input_is_named(
    coupled: CoupledTenant, start_koppel: StartKoppel, arguments: tuple[str, ...], problem: str
) -> None:
    """R4.4: no stack trace for what a person can repair."""
    process = start_koppel("access", "connect", coupled.slug, *arguments)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert problem in errors.replace("\n", " ")


def test_a_port_in_use_is_reported(coupled: CoupledTenant, start_koppel: StartKoppel, sandbox: Sandbox) -> None:
    """R4.4: which port, and what else can be done."""
    port = str(urlsplit(sandbox.root).port)
    _, errors = start_koppel("access", "connect", coupled.slug, coupled.package, "--port", port).communicate(timeout=30)
    assert f"port: {port} cannot be used" in errors


def test_keys_from_the_command_line(coupled: CoupledTenant, start_koppel: StartKoppel) -> None:
    """Architecture 7: a fresh key, everything encrypted with it, and a word for what no key opens."""
    fresh = start_koppel("keys", "new").communicate(timeout=30)[0].strip()
    Fernet(fresh)
    done = start_koppel("keys", "rotate", "--json", KOPPEL_KEYS=f"{fresh},{KEY}").communicate(timeout=30)[0]
    told = json.loads(done)
    assert (told["encrypted"], told["unreadable"]) == (2, [])
    assert [told["key"], *told["former"]] == [fingerprint(fresh), fingerprint(KEY)]
    process = start_koppel("keys", "rotate", KOPPEL_KEYS=fresh)
    assert f"it holds one key, {fingerprint(fresh)}" in process.communicate(timeout=30)[1]
    process = start_koppel("keys", "rotate", KOPPEL_KEYS=f"{KEY},{Fernet.generate_key().decode()}")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"{coupled.slug} simple_simon" in errors
    assert KEY not in errors
    _, errors = start_koppel("sync-now", coupled.slug).communicate(timeout=30)
    assert "KOPPEL_KEYS" in errors
    assert "Traceback" not in errors
