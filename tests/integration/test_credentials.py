"""Tenants' access: encrypted, renewed once whoever asks, never shown."""

import threading

import pytest
from sqlalchemy import text

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.unit4.client import Unit4Access
from include.errors import Misconfigured
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def vault(coupled: CoupledTenant) -> StoredCredentials[Unit4Access]:
    return StoredCredentials(coupled.context, coupled.tenant.id, registry.package("unit4"))


def test_nothing_readable_is_stored(coupled: CoupledTenant) -> None:
    """Architecture 7: the store holds no secret in the clear."""
    secrets = [coupled.key, *(v for v in coupled.control.package_access(coupled.package).values() if "http" not in v)]
    with coupled.context.store.begin() as tx:
        encrypted = b"".join(bytes(row) for row in tx.execute(text("SELECT encrypted FROM credentials")).scalars())
        rest = str(tx.execute(text("SELECT * FROM tenants, settings, log")).all())
    assert encrypted
    for secret in secrets:
        assert secret.encode() not in encrypted
        assert secret not in rest


def test_two_tasks_renew_once(couple: CoupleTenant) -> None:
    """Architecture 7: both find the token expired; one exchange is made, and both go on with its result."""
    coupled = couple("unit4")
    both, exchanges = threading.Barrier(2), []
    used = vault(coupled).read()
    results: list[Unit4Access] = []

    def exchange(stored: Unit4Access) -> Unit4Access:
        exchanges.append(stored)
        return stored.model_copy(update={"refresh_token": type(stored.refresh_token)(f"new {len(exchanges)}")})

    def task() -> None:
        both.wait(timeout=10)
        results.append(vault(coupled).renew(used, exchange))

    threads = [threading.Thread(target=task) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(exchanges) == 1
    assert [result.refresh_token.get_secret_value() for result in results] == ["new 1", "new 1"]
    assert vault(coupled).read() == results[0]


def test_a_failed_exchange_loses_nothing(couple: CoupleTenant) -> None:
    """Architecture 7: what was stored stays when the other side refuses."""
    coupled = couple("unit4")
    before = vault(coupled).read()

    def refuse(stored: Unit4Access) -> Unit4Access:
        raise Misconfigured("connection.token_revoked", system="Unit4 Multivers")

    with pytest.raises(Misconfigured):
        vault(coupled).renew(before, refuse)
    assert vault(coupled).read() == before


def test_a_rotated_refresh_token_is_kept(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """Unit4 contract 2.1: the newest is kept; the next run signs in with it although the first is dead."""
    coupled = couple("unit4")
    sandbox.server.world.switches.set("unit4.refresh_tokens", "rotate")
    sync(coupled.context, coupled.tenant, "one", ["article_groups"])
    first = vault(coupled).read()
    sandbox.server.services["unit4"].expire_tokens()
    sync(coupled.context, coupled.tenant, "two", ["article_groups"])
    second = vault(coupled).read()
    assert first.refresh_token != second.refresh_token


def test_missing_access_says_so(coupled: CoupledTenant) -> None:
    """R7.2: connect first."""
    with coupled.context.store.begin() as tx:
        tx.execute(text("DELETE FROM credentials"))
    with pytest.raises(Misconfigured, match=r"connection\.no_credentials"):
        sync(coupled.context, coupled.tenant, "one")


def test_every_system_has_a_place() -> None:
    """House rule: the registry finds the folders beside it."""
    assert registry.packages() == ["rompslomp", "unit4"]
    assert registry.FIELD_SERVICE in registry.names()
