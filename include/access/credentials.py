"""A tenant's access to its systems: encrypted in the store, renewed under a row lock, stored before it is used."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from cryptography.fernet import InvalidToken
from pydantic import ValidationError

from include.connectors import registry
from include.connectors.access import Access
from include.context import Context, StoreAway
from include.errors import CredentialsLocked, Misconfigured, TokenRevoked, Transient
from include.installation import registration, variable
from include.store import Transaction, tenants
from include.store import credentials as credentials_table
from include.store.credentials import EncryptedCredentials

STORE_AGAIN_S = (0.0, 1.0, 2.0, 5.0, 10.0)  # a new token that the store did not take at once

A = TypeVar("A", bound=Access)


class StoredCredentials(Generic[A]):
    """The ``base.Vault`` of one tenant and system."""

    def __init__(self, context: Context, tenant_id: int, system: str, title: str, kind: type[A]) -> None:
        self._koppel, self._tenant_id = context, tenant_id
        self._system, self._title, self._kind = system, title, kind

    def read(self) -> A:
        """Raises Misconfigured when nothing is stored, or nothing that can be used."""
        with self._koppel.store.begin() as tx:
            return self._open(credentials_table.get(tx, self._tenant_id, self._system))

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        """See ``base.Vault``. In a thread of its own: what ends a task is raised in its main thread, and must not come
        between the answer of an exchange and the commit."""
        with ThreadPoolExecutor(1, thread_name_prefix="renew") as apart:
            return apart.submit(self._renew, used, exchange).result()

    def _renew(self, used: A, exchange: Callable[[A], A]) -> A:
        try:
            return self._renewed_by_another(used) or self._exchange(used, exchange)
        except CredentialsLocked:
            reason = "another process is renewing the access"
            raise Transient("connection.unavailable", system=self._title, reason=reason) from None

    def _renewed_by_another(self, used: A) -> A | None:
        """None when it is still the stored one; then it stands in the store that an exchange of it begins."""
        with self._koppel.store.begin() as tx:
            row = credentials_table.get(tx, self._tenant_id, self._system)
            stored = self._open(row)
            if row is None or stored != used:
                return stored
            credentials_table.note_renewing(tx, self._tenant_id, self._system, row.generation, self._koppel.now())
        return None

    def _exchange(self, used: A, exchange: Callable[[A], A]) -> A:
        """The lock is held meanwhile, so that two tasks never spend one token."""
        fresh: A | None = None
        try:
            with self._koppel.store.begin() as tx:
                row = credentials_table.lock(tx, self._tenant_id, self._system)
                stored = self._open(row)
                if row is None or stored != used:
                    return stored
                try:
                    fresh = exchange(stored)
                except TokenRevoked as error:
                    dead = error  # noted, and raised once that is committed
                    credentials_table.note_dead(tx, self._tenant_id, self._system, self._koppel.now())
                else:
                    self._replace(tx, fresh, row.generation)
                    return fresh
        except StoreAway:
            if fresh is None or row is None:
                raise
            return self._store_again(fresh, row.generation)
        raise dead

    def _store_again(self, fresh: A, generation: int) -> A:
        """The store went away while a token was exchanged: the new one must not be lost for that."""
        for pause in STORE_AGAIN_S:
            self._koppel.sleep(pause)
            try:
                with self._koppel.store.begin() as tx:
                    return fresh if self._replace(tx, fresh, generation) else self._open(self._row(tx))
            except StoreAway as error:
                away = error
        raise away

    def _replace(self, tx: Transaction, fresh: A, generation: int) -> bool:
        sealed = _seal(self._koppel, self._system, fresh)
        return credentials_table.replace(tx, self._tenant_id, self._system, sealed, generation)

    def _row(self, tx: Transaction) -> EncryptedCredentials | None:
        return credentials_table.get(tx, self._tenant_id, self._system)

    def _open(self, row: EncryptedCredentials | None) -> A:
        if row is None:
            raise Misconfigured("connection.no_credentials", system=self._title)
        if row.dead_since:
            raise TokenRevoked("connection.token_revoked", system=self._title)
        try:
            values = orjson.loads(self._koppel.cipher.decrypt(row.sealed))
        except InvalidToken:
            raise Misconfigured("connection.undecryptable", system=self._title) from None
        return self._complete(values)

    def _complete(self, values: dict[str, Any]) -> A:
        try:
            return self._kind.model_validate(registered(self._koppel, self._system) | values)
        except ValidationError:
            what = missing_variables(self._koppel, self._system)
            if not what:
                raise
            raise Misconfigured("connection.not_registered", system=self._title, variables=", ".join(what)) from None


@dataclass(frozen=True)
class CredentialStatus:
    """How a tenant's access to one system is, without its secrets.

    ``renewing_since``: its token was offered in exchange then, and how that ended is not known. ``dead_since``: only a
    person can connect it again.
    """

    system: str
    changed_at: datetime
    generation: int
    renewing_since: datetime | None
    dead_since: datetime | None


def credential_status(context: Context, tenant_id: int) -> list[CredentialStatus]:
    """Of every system that the tenant has access to."""
    with context.store.begin() as tx:
        found = credentials_table.listing(tx, tenant_id)
    return [CredentialStatus(r.system, r.changed_at, r.generation, r.renewing_since, r.dead_since) for r in found]


def put(context: Context, tx: Transaction, tenant_id: int, system: str, access: Access) -> int:
    """Seal and store what a person gave; the new generation. Raises NotActive when the tenant was deactivated."""
    tenants.require_not(tx, tenant_id, "inactive")
    return credentials_table.put(tx, tenant_id, system, _seal(context, system, access))


def _seal(context: Context, system: str, access: Access) -> bytes:
    """Without what belongs to the installation, so that a change there holds for all tenants."""
    own = registered(context, system)
    values = {name: value for name, value in access.stored().items() if own.get(name) != value}
    # an empty field is a missing one, or it would stand before the installation's when that is set later
    return context.cipher.encrypt(
        orjson.dumps({name: value for name, value in values.items() if value not in ("", None)})
    )


def registered(context: Context, system: str) -> dict[str, str]:
    """The fields of an access that this installation has from the system's vendor."""
    consent = registry.system(system).oauth
    return registration(context.registered, system, consent.registration) if consent else {}


def missing_variables(context: Context, system: str) -> list[str]:
    """The environment variables of those that are not set."""
    consent, found = registry.system(system).oauth, registered(context, system)
    return [variable(system, name) for name in consent.registration if name not in found] if consent else []
