"""Connecting a tenant to a system: by consent at the vendor's own page, or with access that a person types.

Whoever sends a person away with ``begin`` keeps the state that it returns, and takes back only who brings that along.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from include.access import credentials, ownership
from include.access.credentials import StoredCredentials
from include.connectors import auth, registry
from include.connectors.access import Access
from include.connectors.auth import OAuthConfig
from include.connectors.system import Administration, RemoteSystem
from include.context import Context
from include.errors import (
    ContractBroken,
    CredentialsLocked,
    IntegrationError,
    InvalidInput,
    Misconfigured,
    TokenRevoked,
    Transient,
)
from include.log.writer import IntegrationLog
from include.store import consents
from include.store import credentials as credentials_table
from include.tenants.register import validated
from include.tenants.states import STATES, require_state
from include.tenants.tenant import Tenant

CONSENT_FOR = timedelta(minutes=10)
RUN = "connect"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

A = TypeVar("A", bound=Access)


@dataclass(frozen=True)
class ConsentRequest:
    """Where to send the person, and what they must bring back before ``expires_at``."""

    address: str
    state: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class ConnectionResult:
    """What the access turned out to open; Simple-Simon has no administrations."""

    tenant: str
    system: str
    administrations: tuple[Administration, ...]


def begin(context: Context, tenant: Tenant, system: str, redirect_uri: str) -> ConsentRequest:
    """A consent that is awaited from now on. Raises WrongInput, Misconfigured when we are not registered there."""
    connector = _connector(tenant, system)
    require_state(tenant, "to connect", *(state for state in STATES if state != "inactive"))
    if connector.oauth is None:
        raise InvalidInput([f"system: {system!r} has no page for consent; its access is typed, or given in a file"])
    _check_return(redirect_uri)
    registration = _registration(context, connector)
    state, expires_at = secrets.token_urlsafe(32), context.now() + CONSENT_FOR
    with context.store.begin() as tx:
        consents.remove_expired(tx, context.now())
        consents.add(tx, _digest(state), tenant.id, system, redirect_uri, expires_at)
    return ConsentRequest(auth.authorization_url(connector.oauth, registration, redirect_uri, state), state, expires_at)


def finish(context: Context, state: str, *, code: str = "", error: str = "") -> ConnectionResult:
    """The person came back, with a code or an error. Raises IntegrationError; it stands in the tenant's log as well."""
    with context.store.begin() as tx:
        awaited = consents.take(tx, _digest(state))  # before anything else: it counts once
    if awaited is None:
        raise Misconfigured("connection.consent_expired")
    log = IntegrationLog(context.store, awaited.tenant_id, awaited.slug, RUN)
    connector = registry.system(awaited.system)
    try:
        if context.now() >= awaited.expires_at:
            raise Misconfigured("connection.consent_expired", system=connector.title)
        if error or not code:
            reason = auth.known_error(error or "no code")
            raise Misconfigured("connection.consent_denied", system=connector.title, reason=reason)
        access = _redeem(context, connector, code, awaited.redirect_uri)
        with context.store.begin() as tx:
            credentials.put(context, tx, awaited.tenant_id, connector.name, access)
        vault = StoredCredentials(context, awaited.tenant_id, connector.name, connector.title, connector.access)
        opened = _reached(context, connector, vault)
    except IntegrationError as problem:
        log.error(problem)
        raise
    _note_connected(log, connector)
    return ConnectionResult(awaited.slug, connector.name, opened)


def put_access(context: Context, tenant: Tenant, system: str, given: Mapping[str, Any]) -> ConnectionResult:
    """Store access that a person typed, once it has shown that it works.

    Raises WrongInput, IntegrationError; then what was stored stays as it was.
    """
    connector = _connector(tenant, system)
    require_state(tenant, "to connect", *(state for state in STATES if state != "inactive"))
    problems = _not_typed(connector, given)
    access: Access | None = None
    if not problems:
        own = credentials.registered(context, system)
        typed = connector.oauth.typed if connector.oauth else ()
        needed = {name: value for name, value in own.items() if name in typed}
        access = validated(system, connector.access, {**needed, **given}, problems)
    if access is None:
        raise InvalidInput(problems)
    log = IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
    try:
        opened = _reached(context, connector, UnstoredCredentials(access))
    except IntegrationError as problem:
        log.error(problem)
        raise
    with context.store.begin() as tx:
        ownership.claim_access(context, tx, tenant, system, access)
        credentials.put(context, tx, tenant.id, system, access)
    _note_connected(log, connector)
    return ConnectionResult(tenant.slug, system, opened)


def disconnect(context: Context, tenant: Tenant) -> list[str]:
    """Destroy the tenant's access to all systems, and every consent under way (R5.5); the systems it had access to.

    None of the three has a call that withdraws access, so there it stays until a person withdraws it.
    """
    try:
        with context.store.begin() as tx:
            consents.remove(tx, tenant.id)
            gone = credentials_table.remove(tx, tenant.id)
    except CredentialsLocked:
        reason = "another process is renewing the access"
        raise Transient("connection.unavailable", system=tenant.package.title, reason=reason) from None
    log = IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
    for system in gone:
        log.write("connection.credentials_deleted", system=registry.system(system).title)
    return gone


class UnstoredCredentials(Generic[A]):
    """Access that is tried before it is stored; it does not expire."""

    def __init__(self, access: A) -> None:
        self._access = access

    def read(self) -> A:
        return self._access

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        raise AssertionError("typed access has no token that is exchanged")


def _connector(tenant: Tenant, system: str) -> RemoteSystem:
    known = (tenant.package.name, registry.FIELD_SERVICE)
    if system not in known:
        raise InvalidInput([f"system: {system!r} is not allowed; use {' or '.join(known)}"])
    return registry.system(system)


def _check_return(redirect_uri: str) -> None:
    """An address that a code can be sent to: TLS, or this very machine."""
    try:
        parts = urlsplit(redirect_uri)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        safe = False
    if not safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        allowed = "https://host/path, or http on this machine, without ? and #"
        raise InvalidInput([f"redirect_uri: {redirect_uri!r} is not allowed; use {allowed}"])


def _registration(context: Context, connector: RemoteSystem) -> dict[str, str]:
    if what := credentials.missing_variables(context, connector.name):
        raise Misconfigured("connection.not_registered", system=connector.title, variables=", ".join(what))
    return credentials.registered(context, connector.name)


def _redeem(context: Context, connector: RemoteSystem, code: str, redirect_uri: str) -> Access:
    """The access that a code stands for."""
    consent, registration = connector.oauth, _registration(context, connector)
    assert isinstance(consent, OAuthConfig), f"{connector.name} has no consent"  # noqa: S101
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    try:
        tokens = auth.exchange(
            connector.title, consent, registration, grant, context.http(patient=False), context.now()
        )
    except TokenRevoked:
        reason = "invalid_grant"
    except (Transient, ContractBroken) as error:  # the code may be used up: nothing is tried again by itself
        reason = str(error.values.get("reason", error.code))
    else:
        return connector.access.model_validate(registration | tokens)
    raise Misconfigured("connection.consent_failed", system=connector.title, reason=reason)


def _reached(context: Context, connector: RemoteSystem, vault: Any) -> tuple[Administration, ...]:
    return tuple(connector.test_connection(vault, context.http(patient=False)))  # a person is waiting


def _note_connected(log: IntegrationLog, connector: RemoteSystem) -> None:
    """What was wrong with the connection is settled by it."""
    log.write("connection.connected", system=connector.title)
    log.resolve_connection(connector.title)


def _not_typed(connector: RemoteSystem, given: Mapping[str, Any]) -> list[str]:
    """What comes of consent is not typed: a token that is exchanged would be dead in one of two places."""
    if connector.oauth is None:
        return []
    allowed: Sequence[str] = connector.oauth.typed
    if not allowed:
        return [f"system: {connector.name!r} is connected by consent at its own page only"]
    return [f"{connector.name}.{name}: unknown; use {', '.join(allowed)}" for name in given if name not in allowed]


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
