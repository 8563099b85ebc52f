"""Access that comes in a file: tried, and stored when the tenant has none that works, or another one."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from include.access import credentials, ownership
from include.access.credentials import StoredCredentials
from include.access.oauth_flow import ConnectionResult
from include.connectors.access import Access
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import Misconfigured
from include.tenants.tenant import Tenant

A = TypeVar("A", bound=Access)


class UnstoredCredentials(Generic[A]):
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


def try_out(context: Context, system: RemoteSystem, access: Access) -> None:
    """Ask one thing with it. Raises IntegrationError."""
    system.test_connection(UnstoredCredentials(access), context.http(patient=False))


def needed(context: Context, tenant: Tenant, system: RemoteSystem, access: Access | None) -> bool:
    """Whether this access has to be stored: there is none, a dead one, or another one that a person typed.

    A token that is exchanged was spent when it was used first; what came of it stands in the store, and stays.
    """
    if access is None:
        return False
    stored = _stored(context, tenant, system)
    return stored is None or (not exchanged(access) and _typed(stored) != _typed(access.stored()))


def has(context: Context, tenant: Tenant, system: RemoteSystem) -> bool:
    """Whether there is access that can be used."""
    return _stored(context, tenant, system) is not None


def _stored(context: Context, tenant: Tenant, system: RemoteSystem) -> Mapping[str, Any] | None:
    try:
        return StoredCredentials(context, tenant.id, system.name, system.title, system.access).read().stored()
    except Misconfigured:
        return None


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def store(context: Context, tenant: Tenant, system: RemoteSystem, access: Access) -> ConnectionResult:
    """Store it once it has shown that it works; a token that is exchanged, before. Raises Taken, IntegrationError."""
    if not exchanged(access):
        try_out(context, system, access)
    with context.store.begin() as tx:
        ownership.claim_access(context, tx, tenant, system.name, access)
        credentials.put(context, tx, tenant.id, system.name, access)
    vault = StoredCredentials(context, tenant.id, system.name, system.title, system.access)
    return ConnectionResult(tenant.slug, system.name, tuple(system.test_connection(vault, context.http(patient=False))))
