"""Connecting a tenant: consent at the sandboxes' pages, access that is typed, and its end (R5.1, R5.5)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from include.access import credentials
from include.access.connect import connect_typed, disconnect
from include.access.credentials import StoredCredentials
from include.access.oauth_flow import CONSENT_FOR, ConsentRequest, finish_consent, start_consent
from include.connectors import registry
from include.errors import InvalidInput, Misconfigured
from include.store import credentials as credentials_table
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.vendor_login import decide_consent

pytestmark = pytest.mark.registered_with_vendors

BACK = "http://127.0.0.1:8765/koppel/callback"


def asked(coupled: CoupledTenant) -> ConsentRequest:
    return start_consent(coupled.context, coupled.tenant, coupled.package, BACK)


def connect(coupled: CoupledTenant) -> None:
    finish_consent(coupled.context, **came_back(coupled), by="anna")


def came_back(coupled: CoupledTenant, decision: str = "approve") -> dict[str, str]:
    returned = decide_consent(asked(coupled).address, coupled.package, decision)
    return {name: returned[name] for name in ("state", "code", "error") if name in returned}


def stored_access(coupled: CoupledTenant, system: str = "") -> dict[str, Any]:
    """What the store holds, opened."""
    with coupled.context.store.begin() as tx:
        row = credentials_table.get(tx, coupled.tenant.id, system or coupled.package)
    assert row is not None
    return {"generation": row.generation, **orjson.loads(coupled.context.cipher.decrypt(row.encrypted))}


def vault(coupled: CoupledTenant, system: str = "") -> StoredCredentials[Any]:
    connector = registry.system(system or coupled.package)
    return StoredCredentials(coupled.context, coupled.tenant.id, connector)


def codes(coupled: CoupledTenant) -> list[str]:
    return [row.code for row in coupled.log()]


# consent


def test_a_person_connects_by_consent(coupled: CoupledTenant) -> None:
    """R5.1: the access is stored before it is used, opens the administrations, and a synchronisation runs on it."""
    before = stored_access(coupled)
    connected = finish_consent(coupled.context, **came_back(coupled), by="anna")
    assert (connected.tenant, connected.system) == (coupled.slug, coupled.package)
    numbers = [administration.number for administration in connected.administrations]
    assert coupled.control.administration(coupled.package) in numbers
    after = stored_access(coupled)
    assert after["generation"] > before["generation"]
    assert after["refresh_token"] != before.get("refresh_token")
    assert codes(coupled) == ["connection.connected"]
    counts = sync(coupled.context, coupled.tenant, "one", ["articles"])
    assert counts["articles"]["read"] > 0


def test_what_belongs_to_the_installation_is_not_stored_with_the_tenant(coupled: CoupledTenant) -> None:
    """Architecture 7: client id, secret and address are the installation's; a change there holds for all tenants."""
    connect(coupled)
    assert set(stored_access(coupled)) == {"generation", "access_token", "refresh_token", "expires_at"}
    moved = {name: f"{value}-new" for name, value in coupled.context.registered.items()}
    coupled.context = replace(coupled.context, registered=moved)
    assert vault(coupled).read().client_secret.get_secret_value().endswith("-new")


def test_the_address_says_what_the_contract_asks(coupled: CoupledTenant) -> None:
    """Contracts 2: code, scope, our own return address; no secret in it."""
    sent = asked(coupled)
    query = parse_qs(urlsplit(sent.address).query)
    assert query["redirect_uri"] == [BACK]
    assert query["response_type"] == ["code"]
    assert query["state"] == [sent.state]
    assert len(sent.state) >= 43
    assert sent.state not in repr(sent).replace(sent.address, "")
    secret = coupled.context.registered[f"KOPPEL_{coupled.package.upper()}_CLIENT_SECRET"]
    assert secret not in sent.address


def test_a_state_counts_once(coupled: CoupledTenant) -> None:
    """Architecture 7: a second return with the same state, whatever it brings, changes nothing."""
    back = came_back(coupled)
    finish_consent(coupled.context, **back, by="anna")
    stored = stored_access(coupled)
    with pytest.raises(Misconfigured, match=r"connection\.consent_expired"):
        finish_consent(coupled.context, **back, by="anna")
    assert stored_access(coupled) == stored


@pytest.mark.parametrize("state", ["", "unknown", "x" * 10_000, "é\x00"])
def test_an_unknown_state_is_refused(coupled: CoupledTenant, state: str) -> None:
    """Architecture 7: nobody can make us take a code that we did not ask for."""
    with pytest.raises(Misconfigured, match=r"connection\.consent_expired"):
        finish_consent(coupled.context, state, code="x", by="anna")


def test_a_state_is_good_for_ten_minutes(coupled: CoupledTenant, clock: FakeClock) -> None:
    """Architecture 7: afterwards it is refused, and the log says so."""
    clock.at = clock.now()
    back = came_back(coupled)
    clock.advance(seconds=CONSENT_FOR.total_seconds())
    with pytest.raises(Misconfigured, match=r"connection\.consent_expired"):
        finish_consent(coupled.context, **back, by="anna")
    assert timedelta(minutes=10) == CONSENT_FOR
    assert codes(coupled) == ["connection.consent_expired"]


def test_no_state_stands_in_the_store(coupled: CoupledTenant) -> None:
    """Architecture 7: only a digest of it."""
    sent = asked(coupled)
    with coupled.context.store.begin() as tx:
        rows = str(tx.exec_driver_sql("SELECT c::text FROM consents c").all())
    assert coupled.package in rows
    assert sent.state not in rows
    assert sent.state.encode().hex() not in rows


def test_a_refusal_by_the_person_changes_nothing(coupled: CoupledTenant) -> None:
    """R5.1: it is said in words, and the access that was there stays."""
    before = stored_access(coupled)
    with pytest.raises(Misconfigured) as refused:
        finish_consent(coupled.context, **came_back(coupled, "deny"), by="anna")
    assert refused.value.code == "connection.consent_denied"
    assert "access_denied" in refused.value.text()
    assert stored_access(coupled) == before
    assert codes(coupled) == ["connection.consent_denied"]


def test_what_comes_along_in_an_address_is_not_repeated(coupled: CoupledTenant) -> None:
    """Architecture 7: only error codes of the standard's form reach the log."""
    with pytest.raises(Misconfigured) as refused:
        finish_consent(coupled.context, asked(coupled).state, error="<script>alert(1)</script>", by="anna")
    assert "script" not in refused.value.text() + str(coupled.log())


def test_a_code_that_the_package_refuses_changes_nothing(coupled: CoupledTenant) -> None:
    """Architecture 7: a code of another consent, or one that was spent."""
    before = stored_access(coupled)
    with pytest.raises(Misconfigured) as refused:
        finish_consent(coupled.context, asked(coupled).state, code="not-a-code", by="anna")
    assert (refused.value.code, refused.value.values["reason"]) == ("connection.consent_failed", "invalid_grant")
    assert stored_access(coupled) == before


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "drop_after"}, {"kind": "html"}])
def test_trouble_after_the_consent_asks_to_start_again(coupled: CoupledTenant, fault: dict[str, Any]) -> None:
    """Architecture 7: the code may be spent, so nothing waits for it to work by itself."""
    back, before = came_back(coupled), stored_access(coupled)
    coupled.control.call("POST", "faults", [{**fault, "path": "(?i)/oauth/token", "count": -1}])
    with pytest.raises(Misconfigured, match=r"connection\.consent_failed"):
        finish_consent(coupled.context, **back, by="anna")
    assert stored_access(coupled) == before


@pytest.mark.parametrize(
    "address",
    [
        "",
        "koppel/callback",
        "http://koppel.example/callback",
        "https://koppel.example/callback?to=elsewhere",
        "https://koppel.example/callback#x",
        "https://me@koppel.example/callback",
        "javascript:alert(1)",
        "http://127.0.0.1.example/callback",
        "http://[::1/callback",
    ],
)
def test_an_unsafe_return_address_is_refused(coupled: CoupledTenant, address: str) -> None:
    """Architecture 7: a code goes over TLS or to this machine."""
    with pytest.raises(InvalidInput, match="redirect_uri"):
        start_consent(coupled.context, coupled.tenant, coupled.package, address)


def test_an_installation_that_is_not_registered_says_what_to_set(couple: CoupleTenant) -> None:
    """R4.4: the variables by name."""
    coupled = couple("unit4")
    coupled.context = replace(coupled.context, registered={"KOPPEL_UNIT4_BASE": "http://127.0.0.1:1"})
    with pytest.raises(Misconfigured) as refused:
        asked(coupled)
    assert refused.value.values["variables"] == "KOPPEL_UNIT4_CLIENT_ID, KOPPEL_UNIT4_CLIENT_SECRET"


def test_an_access_whose_registration_went_away_says_what_to_set(coupled: CoupledTenant) -> None:
    """R7.2: not a stack trace, and not "connect again"."""
    connect(coupled)
    coupled.context = replace(coupled.context, registered={})
    with pytest.raises(Misconfigured, match=r"connection\.not_registered"):
        vault(coupled).read()


@pytest.mark.parametrize("system", ["exact", "", "simple_simon"])
def test_a_system_without_a_page_is_named(coupled: CoupledTenant, system: str) -> None:
    """R4.4: what is allowed."""
    with pytest.raises(InvalidInput, match="system"):
        start_consent(coupled.context, coupled.tenant, system, BACK)


def test_a_wrong_client_secret_kills_no_token(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """Architecture 7: the administrator repairs the variable, nobody has to connect again."""
    connect(coupled)
    sandbox.server.services[coupled.package].expire_tokens()
    right = coupled.context.registered
    wrong = {name: "wrong" if name.endswith("SECRET") else value for name, value in right.items()}
    coupled.context = replace(coupled.context, registered=wrong)
    with pytest.raises(Misconfigured, match=r"connection\.registration_refused"):
        sync(coupled.context, coupled.tenant, "one", ["articles"])
    coupled.context = replace(coupled.context, registered=right)
    sync(coupled.context, coupled.tenant, "two", ["articles"])


# access that is typed


def simon_access(coupled: CoupledTenant) -> dict[str, Any]:
    return coupled.control.new_simon("Een ander kantoor")


def test_simon_is_connected_with_what_is_typed(coupled: CoupledTenant) -> None:
    """R5.1: licence code, user, password and API key are tried before it is stored."""
    values = simon_access(coupled)
    connect_typed(coupled.context, coupled.tenant, "simple_simon", values, by="anna")
    assert stored_access(coupled, "simple_simon")["key"] == values["key"]
    assert codes(coupled) == ["connection.connected"]


@pytest.mark.parametrize("field", ["key", "usr", "pwd", "api_key"])
def test_typed_access_that_does_not_work_is_not_stored(coupled: CoupledTenant, field: str) -> None:
    """R5.1: what worked before stays, and the message does not repeat what was typed."""
    before = stored_access(coupled, "simple_simon")
    with pytest.raises(Misconfigured) as refused:
        connect_typed(
            coupled.context, coupled.tenant, "simple_simon", simon_access(coupled) | {field: "typed-wrong"}, by="anna"
        )
    assert refused.value.code in ("connection.refused", "connection.forbidden")
    assert "typed-wrong" not in str(refused.value) + str(coupled.log())
    assert stored_access(coupled, "simple_simon") == before


def test_rompslomp_is_connected_with_a_personal_token(couple: CoupleTenant) -> None:
    """R5.1: the address is the installation's, so the token is all there is to type."""
    coupled = couple("rompslomp")
    token = coupled.control.call("POST", "rompslomp/tokens", {})["personal_token"]
    connected = connect_typed(coupled.context, coupled.tenant, "rompslomp", {"access_token": token}, by="anna")
    assert connected.administrations
    assert set(stored_access(coupled)) == {"generation", "access_token"}
    with pytest.raises(Misconfigured, match=r"connection\.refused"):
        connect_typed(coupled.context, coupled.tenant, "rompslomp", {"access_token": "typed-wrong"}, by="anna")
    assert stored_access(coupled)["access_token"] == token


@pytest.mark.parametrize(
    ("package", "system", "values", "problem"),
    [
        ("unit4", "unit4", {"refresh_token": "geheim"}, "system: 'unit4' is connected by consent at its own page only"),
        (
            "rompslomp",
            "rompslomp",
            {"refresh_token": "geheim"},
            "rompslomp.refresh_token: unknown; use api, access_token",
        ),
        ("rompslomp", "rompslomp", {"access_token": ""}, "access_token (a personal token) or refresh_token is needed"),
        ("rompslomp", "unit4", {}, "system: 'unit4' is not allowed; use rompslomp or simple_simon"),
        ("unit4", "simple_simon", {"key": "geheim", "naam": "x"}, "simple_simon.naam: unknown; use base, dialect, key"),
        ("unit4", "simple_simon", {"key": "geheim"}, "simple_simon.base: Field required"),
    ],
)
def test_what_is_typed_wrong_is_named(
    couple: CoupleTenant, package: str, system: str, values: Mapping[str, Any], problem: str
) -> None:
    """R4.4: field and what is allowed, never the value."""
    coupled = couple(package)
    with pytest.raises(InvalidInput) as refused:
        connect_typed(coupled.context, coupled.tenant, system, values, by="anna")
    assert problem in str(refused.value)
    assert "geheim" not in str(refused.value)


# its end


def test_disconnecting_destroys_what_is_stored(coupled: CoupledTenant) -> None:
    """R5.5: the access to both systems, and a consent that is still under way."""
    back = came_back(coupled)
    assert disconnect(coupled.context, coupled.tenant) == sorted([coupled.package, "simple_simon"])
    assert codes(coupled) == ["connection.credentials_deleted"] * 2
    with coupled.context.store.begin() as tx:
        assert credentials_table.listing(tx) == []
    with pytest.raises(Misconfigured, match=r"connection\.no_credentials"):
        vault(coupled).read()
    with pytest.raises(Misconfigured, match=r"connection\.consent_expired"):
        finish_consent(coupled.context, **back, by="anna")
    assert disconnect(coupled.context, coupled.tenant) == []


def test_disconnecting_leaves_other_tenants_alone(couple: CoupleTenant) -> None:
    """R3.13: the access of one tenant is destroyed, no other's."""
    first, other = couple("unit4", "one"), couple("unit4", "other")
    disconnect(first.context, first.tenant)
    assert [row.system for row in credentials.credential_status(other.context, other.tenant.id)] == [
        "simple_simon",
        "unit4",
    ]
