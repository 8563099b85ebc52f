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

from include.connectors import oauth, registry
from include.connectors.base import Access, Administration, Connector
from include.connectors.consent import Consent, TokenDead
from include.errors import ContractBroken, IntegrationError, Misconfigured, Transient
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.store import consents
from include.store import credentials as rows
from include.tenants import claims, credentials
from include.tenants.adding import WrongInput, validated
from include.tenants.credentials import StoredVault
from include.tenants.states import STATES, refuse
from include.tenants.tenant import Tenant

CONSENT_FOR = timedelta(minutes=10)
RUN = "connect"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

A = TypeVar("A", bound=Access)


@dataclass(frozen=True)
class Asked:
    """Where to send the person, and what they must bring back before ``expires_at``."""

    address: str
    state: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Connected:
    """What the access turned out to open; Simple-Simon has no administrations."""

    tenant: str
    system: str
    administrations: tuple[Administration, ...]


def begin(koppel: Koppel, tenant: Tenant, system: str, redirect_uri: str) -> Asked:
    """A consent that is awaited from now on. Raises WrongInput, Misconfigured when we are not registered there."""
    connector = _connector(tenant, system)
    refuse(tenant, "to connect", *(state for state in STATES if state != "inactive"))
    if connector.consent is None:
        raise WrongInput([f"system: {system!r} has no page for consent; its access is typed, or given in a file"])
    _check_return(redirect_uri)
    registration = _registration(koppel, connector)
    state, expires_at = secrets.token_urlsafe(32), koppel.now() + CONSENT_FOR
    with koppel.store.begin() as tx:
        consents.remove_expired(tx, koppel.now())
        consents.add(tx, _digest(state), tenant.id, system, redirect_uri, expires_at)
    return Asked(oauth.consent_address(connector.consent, registration, redirect_uri, state), state, expires_at)


def finish(koppel: Koppel, state: str, *, code: str = "", error: str = "") -> Connected:
    """The person came back, with a code or an error. Raises IntegrationError; it stands in the tenant's log as well."""
    with koppel.store.begin() as tx:
        awaited = consents.take(tx, _digest(state))  # before anything else: it counts once
    if awaited is None:
        raise Misconfigured("connection.consent_over")
    log = IntegrationLog(koppel.store, awaited.tenant_id, awaited.slug, RUN)
    connector = registry.connector(awaited.system)
    try:
        if koppel.now() >= awaited.expires_at:
            raise Misconfigured("connection.consent_over", system=connector.title)
        if error or not code:
            reason = oauth.known_error(error or "no code")
            raise Misconfigured("connection.consent_denied", system=connector.title, reason=reason)
        access = _redeem(koppel, connector, code, awaited.redirect_uri)
        with koppel.store.begin() as tx:
            credentials.put(koppel, tx, awaited.tenant_id, connector.name, access)
        vault = StoredVault(koppel, awaited.tenant_id, connector.name, connector.title, connector.access)
        opened = _reached(koppel, connector, vault)
    except IntegrationError as problem:
        log.error(problem)
        raise
    _note_connected(log, connector)
    return Connected(awaited.slug, connector.name, opened)


def put_access(koppel: Koppel, tenant: Tenant, system: str, given: Mapping[str, Any]) -> Connected:
    """Store access that a person typed, once it has shown that it works.

    Raises WrongInput, IntegrationError; then what was stored stays as it was.
    """
    connector = _connector(tenant, system)
    refuse(tenant, "to connect", *(state for state in STATES if state != "inactive"))
    problems = _not_typed(connector, given)
    access: Access | None = None
    if not problems:
        own = credentials.registered(koppel, system)
        typed = connector.consent.typed if connector.consent else ()
        needed = {name: value for name, value in own.items() if name in typed}
        access = validated(system, connector.access, {**needed, **given}, problems)
    if access is None:
        raise WrongInput(problems)
    log = IntegrationLog(koppel.store, tenant.id, tenant.slug, RUN)
    try:
        opened = _reached(koppel, connector, _Typed(access))
    except IntegrationError as problem:
        log.error(problem)
        raise
    with koppel.store.begin() as tx:
        claims.claim_access(koppel, tx, tenant, system, access)
        credentials.put(koppel, tx, tenant.id, system, access)
    _note_connected(log, connector)
    return Connected(tenant.slug, system, opened)


def disconnect(koppel: Koppel, tenant: Tenant) -> list[str]:
    """Destroy the tenant's access to all systems, and every consent under way (R5.5); the systems it had access to.

    None of the three has a call that withdraws access, so there it stays until a person withdraws it.
    """
    try:
        with koppel.store.begin() as tx:
            consents.remove(tx, tenant.id)
            gone = rows.remove(tx, tenant.id)
    except rows.Busy:
        reason = "another process is renewing the access"
        raise Transient("connection.unavailable", system=tenant.package.title, reason=reason) from None
    log = IntegrationLog(koppel.store, tenant.id, tenant.slug, RUN)
    for system in gone:
        log.write("connection.destroyed", system=registry.connector(system).title)
    return gone


class _Typed(Generic[A]):
    """Access that is tried before it is stored; it does not expire."""

    def __init__(self, access: A) -> None:
        self._access = access

    def read(self) -> A:
        return self._access

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        raise AssertionError("typed access has no token that is exchanged")


def _connector(tenant: Tenant, system: str) -> Connector:
    known = (tenant.package.name, registry.FIELD_SERVICE)
    if system not in known:
        raise WrongInput([f"system: {system!r} is not allowed; use {' or '.join(known)}"])
    return registry.connector(system)


def _check_return(redirect_uri: str) -> None:
    """An address that a code can be sent to: TLS, or this very machine."""
    try:
        parts = urlsplit(redirect_uri)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        safe = False
    if not safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        allowed = "https://host/path, or http on this machine, without ? and #"
        raise WrongInput([f"redirect_uri: {redirect_uri!r} is not allowed; use {allowed}"])


def _registration(koppel: Koppel, connector: Connector) -> dict[str, str]:
    if what := credentials.lacking(koppel, connector.name):
        raise Misconfigured("connection.not_registered", system=connector.title, what=", ".join(what))
    return credentials.registered(koppel, connector.name)


def _redeem(koppel: Koppel, connector: Connector, code: str, redirect_uri: str) -> Access:
    """The access that a code stands for."""
    consent, registration = connector.consent, _registration(koppel, connector)
    assert isinstance(consent, Consent), f"{connector.name} has no consent"  # noqa: S101
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    try:
        tokens = oauth.exchange(connector.title, consent, registration, grant, koppel.http(patient=False), koppel.now())
    except TokenDead:
        reason = "invalid_grant"
    except (Transient, ContractBroken) as error:  # the code may be used up: nothing is tried again by itself
        reason = str(error.values.get("reason", error.code))
    else:
        return connector.access.model_validate(registration | tokens)
    raise Misconfigured("connection.consent_failed", system=connector.title, reason=reason)


def _reached(koppel: Koppel, connector: Connector, vault: Any) -> tuple[Administration, ...]:
    assert connector.reached is not None, f"{connector.name} cannot be tried"  # noqa: S101
    return tuple(connector.reached(vault, koppel.http(patient=False)))  # a person is waiting


def _note_connected(log: IntegrationLog, connector: Connector) -> None:
    """What was wrong with the connection is settled by it."""
    log.write("connection.connected", system=connector.title)
    log.solved("connection", "", startswith="connection.", system=connector.title)


def _not_typed(connector: Connector, given: Mapping[str, Any]) -> list[str]:
    """What comes of consent is not typed: a token that is exchanged would be dead in one of two places."""
    if connector.consent is None:
        return []
    allowed: Sequence[str] = connector.consent.typed
    if not allowed:
        return [f"system: {connector.name!r} is connected by consent at its own page only"]
    return [f"{connector.name}.{name}: unknown; use {', '.join(allowed)}" for name in given if name not in allowed]


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
