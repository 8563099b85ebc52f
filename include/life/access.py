"""Access that comes in a file: tried, and stored when the tenant has none that works, or another one."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from include.connectors.base import Access, Connector
from include.errors import Misconfigured
from include.koppel import Koppel
from include.tenants import claims, credentials
from include.tenants.connecting import Connected
from include.tenants.credentials import StoredVault
from include.tenants.tenant import Tenant

A = TypeVar("A", bound=Access)


class Typed(Generic[A]):
    """Access that is not stored. It has no token that is exchanged."""

    def __init__(self, access: A) -> None:
        self._access = access

    def read(self) -> A:
        return self._access

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        raise AssertionError("what is exchanged is stored first")


def exchanged(access: Access) -> bool:
    """Whether using it makes it another one, so that it cannot be tried without being stored."""
    return bool(access.stored().get("refresh_token"))


def try_out(koppel: Koppel, system: Connector, access: Access) -> None:
    """Ask one thing with it. Raises IntegrationError."""
    assert system.reached is not None, f"{system.name} cannot be tried"  # noqa: S101
    system.reached(Typed(access), koppel.http(patient=False))


def needed(koppel: Koppel, tenant: Tenant, system: Connector, access: Access | None) -> bool:
    """Whether this access has to be stored: there is none, a dead one, or another one that a person typed.

    A token that is exchanged was spent when it was used first; what came of it stands in the store, and stays.
    """
    if access is None:
        return False
    stored = _stored(koppel, tenant, system)
    return stored is None or (not exchanged(access) and _typed(stored) != _typed(access.stored()))


def has(koppel: Koppel, tenant: Tenant, system: Connector) -> bool:
    """Whether there is access that can be used."""
    return _stored(koppel, tenant, system) is not None


def _stored(koppel: Koppel, tenant: Tenant, system: Connector) -> Mapping[str, Any] | None:
    try:
        return StoredVault(koppel, tenant.id, system.name, system.title, system.access).read().stored()
    except Misconfigured:
        return None


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def store(koppel: Koppel, tenant: Tenant, system: Connector, access: Access) -> Connected:
    """Store it once it has shown that it works; a token that is exchanged, before. Raises Taken, IntegrationError."""
    if not exchanged(access):
        try_out(koppel, system, access)
    with koppel.store.begin() as tx:
        claims.claim_access(koppel, tx, tenant, system.name, access)
        credentials.put(koppel, tx, tenant.id, system.name, access)
    assert system.reached is not None, f"{system.name} cannot be tried"  # noqa: S101
    vault = StoredVault(koppel, tenant.id, system.name, system.title, system.access)
    return Connected(tenant.slug, system.name, tuple(system.reached(vault, koppel.http(patient=False))))
