"""Connecting a tenant to a system by consent: a person goes to the vendor's own page and comes back with a code.

Whoever sends a person away with ``start_consent`` keeps the state that it returns, and takes back only who brings that.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from include.access import credentials
from include.access.connect import (
    RUN,
    ConnectionResult,
    log_connected,
    require_connectable,
    system_of,
    verify_connection,
)
from include.access.credentials import StoredCredentials
from include.connectors import oauth, registry
from include.connectors.access import Access
from include.connectors.oauth import OAuthConfig
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import ContractBroken, IntegrationError, InvalidInput, Misconfigured, TokenRevoked, Transient
from include.log.writer import IntegrationLog
from include.store import consents
from include.store.consents import PendingConsent
from include.tenants.tenant import Tenant

CONSENT_FOR = timedelta(minutes=10)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class ConsentRequest:
    """Where to send the person, and what they must bring back before ``expires_at``."""

    address: str
    state: str = field(repr=False)
    expires_at: datetime


def start_consent(context: Context, tenant: Tenant, system: str, redirect_uri: str) -> ConsentRequest:
    """Store a consent that is awaited from now on. Raises InvalidInput, Misconfigured when we are not registered."""
    connector, config = require_consent_page(tenant, system)
    _check_redirect_uri(redirect_uri)
    registration = _registration(context, connector)
    state, expires_at = secrets.token_urlsafe(32), context.now() + CONSENT_FOR
    pending = PendingConsent(tenant.id, tenant.slug, system, redirect_uri, expires_at)
    with context.store.begin() as tx:
        consents.remove_expired(tx, context.now())
        consents.add(tx, _digest(state), pending)
    return ConsentRequest(oauth.authorization_url(config, registration, redirect_uri, state), state, expires_at)


def require_consent_page(tenant: Tenant, system: str) -> tuple[RemoteSystem, OAuthConfig]:
    """Return the system that the tenant can give its consent at, and how. Raises InvalidInput, TenantNotActive."""
    connector = system_of(tenant, system)
    require_connectable(tenant)
    if connector.oauth is None:
        raise InvalidInput(f"system: {system!r} has no page for consent; its access is typed, or given in a file")
    return connector, connector.oauth


def finish_consent(context: Context, state: str, *, by: str, code: str = "", error: str = "") -> ConnectionResult:
    """Connect with the code that a person brought back, or report the error; ``by`` is that person.

    Raises IntegrationError, which is reported in the tenant's log as well.
    """
    with context.store.begin() as tx:
        pending = consents.take(tx, _digest(state))  # before anything else: it counts once
    if pending is None:
        raise Misconfigured("connection.consent_expired")
    log = IntegrationLog(context.store, pending.tenant_id, pending.slug, RUN)
    connector = registry.system(pending.system)
    try:
        _check_granted(context, connector, pending, error if error or code else "no code")
        stored = StoredCredentials[Access](context, pending.tenant_id, connector)
        access = _redeem(context, connector, code, pending.redirect_uri)
        with context.store.begin() as tx:
            stored.put(tx, access)
        administrations = verify_connection(context, connector, stored)
    except IntegrationError as problem:
        log.error(problem)
        raise
    log_connected(log, connector, by)
    return ConnectionResult(pending.slug, connector.name, administrations)


def _check_granted(context: Context, connector: RemoteSystem, pending: PendingConsent, error: str) -> None:
    """Raise Misconfigured when the person came back too late, or with an error."""
    if context.now() >= pending.expires_at:
        raise Misconfigured("connection.consent_expired", system=connector.title)
    if error:
        raise Misconfigured("connection.consent_denied", system=connector.title, reason=oauth.known_error(error))


def _check_redirect_uri(redirect_uri: str) -> None:
    """Raise InvalidInput unless a code can be sent to this address: TLS, or this very machine."""
    try:
        parts = urlsplit(redirect_uri)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        safe = False
    if not safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        allowed = "https://host/path, or http on this machine, without ? and #"
        raise InvalidInput(f"redirect_uri: {redirect_uri!r} is not allowed; use {allowed}")


def _registration(context: Context, connector: RemoteSystem) -> dict[str, str]:
    """Return what the vendor gave this installation. Raises Misconfigured when something of it is missing."""
    if missing := credentials.missing_variables(context, connector.name):
        raise credentials.not_registered(connector.title, missing)
    return credentials.registered(context, connector.name)


def _redeem(context: Context, connector: RemoteSystem, code: str, redirect_uri: str) -> Access:
    """Return the access that a code stands for. Raises Misconfigured when there is none for it."""
    if (consent := connector.oauth) is None:  # nobody is sent to a system without a page for it
        raise Misconfigured("connection.consent_expired", system=connector.title)
    registration = _registration(context, connector)
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    http = context.http(patient=False)
    try:
        tokens = oauth.exchange(
            connector.title, consent, access=registration, grant=grant, http=http, now=context.now()
        )
    except TokenRevoked:
        reason = "invalid_grant"
    except (Transient, ContractBroken) as error:  # the code may be used up: nothing is tried again by itself
        reason = str(error.values.get("reason", error.code))
    else:
        if tokens["access_token"].get_secret_value():
            return connector.access.model_validate(registration | tokens)
        reason = "no access token"
    raise Misconfigured("connection.consent_failed", system=connector.title, reason=reason)


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
