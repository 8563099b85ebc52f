"""Connecting a tenant to a system with access that a person typed or put in a file; and destroying its access."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.access import credentials, ownership
from include.access.credentials import StoredCredentials, UnstoredCredentials
from include.connectors import registry
from include.connectors.access import Access, CredentialStore
from include.connectors.system import Administration, RemoteSystem
from include.context import Context
from include.errors import CredentialsLocked, IntegrationError, InvalidInput, Misconfigured
from include.log.writer import IntegrationLog
from include.store import consents
from include.store import credentials as credentials_table
from include.tenants.register import validated
from include.tenants.states import NOT_ENDED
from include.tenants.tenant import Tenant

RUN = "connect"


@dataclass(frozen=True)
class ConnectionResult:
    """Which administrations the access turned out to open; Simple-Simon has none."""

    tenant: str
    system: str
    administrations: tuple[Administration, ...]


def connect_typed(
    context: Context, tenant: Tenant, system: str, values: Mapping[str, Any], *, by: str
) -> ConnectionResult:
    """Store access that a person typed, once it has shown that it works; ``by`` is that person.

    Raises InvalidInput, IntegrationError; then what was stored stays as it was.
    """
    connector = system_of(tenant, system)
    require_connectable(tenant)
    access = _typed_access(context, connector, values)
    log = IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
    try:
        administrations = verify_connection(context, connector, UnstoredCredentials(access))
    except IntegrationError as problem:
        log.error(problem)
        raise
    _store(context, tenant, connector, access)
    log_connected(log, connector, by)
    return ConnectionResult(tenant.slug, system, administrations)


def connect(context: Context, tenant: Tenant, system: RemoteSystem, access: Access, *, by: str) -> ConnectionResult:
    """Store access that came in a file, once it has shown that it works; a token that is exchanged, before that.

    Raises AlreadyCoupled, IntegrationError.
    """
    if not is_exchanged(access):
        try_access(context, system, access)
    _store(context, tenant, system, access)
    stored = StoredCredentials[Access](context, tenant.id, system)
    administrations = verify_connection(context, system, stored)
    log_connected(IntegrationLog(context.store, tenant.id, tenant.slug, RUN), system, by)
    return ConnectionResult(tenant.slug, system.name, administrations)


def disconnect(context: Context, tenant: Tenant) -> list[str]:
    """Destroy the tenant's access to all systems, and every consent under way (R5.5); return the systems it was for.

    None of the three has a call that withdraws access, so there it stays until a person withdraws it.
    """
    try:
        with context.store.begin() as tx:
            consents.remove(tx, tenant.id)
            systems = credentials_table.remove(tx, tenant.id)
    except CredentialsLocked:
        raise credentials.renewal_under_way(tenant.package.title) from None
    log = IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
    for system in systems:
        log.write("connection.credentials_deleted", system=registry.system(system).title)
    return systems


def is_connected(context: Context, tenant: Tenant, system: RemoteSystem) -> bool:
    """Return whether there is stored access that can be used."""
    return _stored(context, tenant, system) is not None


def needs_connecting(context: Context, tenant: Tenant, system: RemoteSystem, access: Access) -> bool:
    """Return whether this access has to be stored: there is none, a dead one, or another one that a person typed.

    A token that is exchanged was spent when it was first used; what came of it is stored, and stays.
    """
    stored = _stored(context, tenant, system)
    return stored is None or (not is_exchanged(access) and _typed(access, stored) != _typed(access, access.stored()))


def is_exchanged(access: Access) -> bool:
    """Return whether using the access makes it another one, so that it cannot be tried without being stored."""
    return bool(access.stored().get("refresh_token"))


def try_access(context: Context, system: RemoteSystem, access: Access) -> None:
    """Ask one thing with access that is not stored. Raises IntegrationError."""
    verify_connection(context, system, UnstoredCredentials(access))


def verify_connection(
    context: Context, system: RemoteSystem, stored: CredentialStore[Any]
) -> tuple[Administration, ...]:
    """Return the administrations that credentials open, with as few requests as it takes. Raises IntegrationError."""
    return tuple(system.test_connection(stored, context.http(patient=False)))  # a person is waiting


def system_of(tenant: Tenant, name: str) -> RemoteSystem:
    """Return the system of this name, one of the tenant's two. Raises InvalidInput."""
    known = (tenant.package.name, registry.FIELD_SERVICE)
    if name not in known:
        raise InvalidInput(f"system: {name!r} is not allowed; use {' or '.join(known)}")
    return registry.system(name)


def require_connectable(tenant: Tenant) -> None:
    """Raise InvalidState when the tenant is in a state in which nobody connects it."""
    tenant.require_state("to connect", *NOT_ENDED)


def log_connected(log: IntegrationLog, system: RemoteSystem, by: str) -> None:
    """Report who connected a system, which closes the open problems with its connection."""
    log.write("connection.connected", system=system.title, by=by)
    log.resolve_connection(system.title)


def _typed_access(context: Context, system: RemoteSystem, values: Mapping[str, Any]) -> Access:
    """Return the access that typed values make, with what the installation has of it. Raises InvalidInput."""
    problems = _not_typed(system, values)
    if problems:
        raise InvalidInput(problems)
    typed = system.oauth.typed if system.oauth else ()
    own = {name: value for name, value in credentials.registered(context, system.name).items() if name in typed}
    access = validated(system.name, system.access, {**own, **values}, problems)
    if access is None:
        raise InvalidInput(problems)
    return access


def _not_typed(system: RemoteSystem, values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with typing these: a token that is exchanged would be dead in one of two places."""
    if system.oauth is None:
        return []
    allowed: Sequence[str] = system.oauth.typed
    if not allowed:
        return [f"system: {system.name!r} is connected by consent at its own page only"]
    return [f"{system.name}.{name}: unknown; use {', '.join(allowed)}" for name in values if name not in allowed]


def _store(context: Context, tenant: Tenant, system: RemoteSystem, access: Access) -> None:
    with context.store.begin() as tx:
        if system.name == registry.FIELD_SERVICE:
            ownership.take_licence(context, tx, tenant, access)
        StoredCredentials[Access](context, tenant.id, system).put(tx, access)


def _stored(context: Context, tenant: Tenant, system: RemoteSystem) -> Mapping[str, Any] | None:
    try:
        return StoredCredentials[Access](context, tenant.id, system).read().stored()
    except Misconfigured:
        return None


def _typed(access: Access, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None) and name not in access.kept}
