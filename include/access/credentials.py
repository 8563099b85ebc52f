"""A tenant's access to its systems: encrypted in the store, renewed under a row lock, stored before it is used."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import orjson
from cryptography.fernet import InvalidToken
from pydantic import ValidationError

from include.connectors import registry
from include.connectors.access import Access
from include.connectors.system import RemoteSystem
from include.context import Context, StoreAway
from include.errors import CredentialsLocked, Misconfigured, TokenRevoked, Transient
from include.installation import registration, variable
from include.store import Transaction
from include.store import credentials as credentials_table
from include.store.credentials import EncryptedCredentials
from include.tenants.states import require_not_ended

STORE_AGAIN_S = (0.0, 1.0, 2.0, 5.0, 10.0)  # pauses before a new token is offered again to a store that went away

A = TypeVar("A", bound=Access)


class StoredCredentials(Generic[A]):
    """The credentials of one tenant for one system, as a ``CredentialStore`` that is kept in the database."""

    def __init__(self, context: Context, tenant_id: int, system: RemoteSystem) -> None:
        self._context, self._tenant_id = context, tenant_id
        self._system, self._title, self._kind = system.name, system.title, cast(type[A], system.access)

    def read(self) -> A:
        """Return the access that is stored. Raises Misconfigured when there is none, or none that can be used."""
        with self._context.store.begin() as tx:
            return self._decrypt(credentials_table.get(tx, self._tenant_id, self._system))

    def put(self, tx: Transaction, access: Access) -> int:
        """Encrypt and store what a person gave; return the new generation. Raises TenantNotActive when deactivated."""
        require_not_ended(tx, self._tenant_id)
        encrypted = _encrypt(self._context, self._system, access)
        return credentials_table.put(tx, self._tenant_id, self._system, encrypted)

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        """Return the access to go on with (see ``CredentialStore``), in a thread of its own.

        What ends a task is raised in its main thread: it must not come between the exchange and the commit.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="renew") as apart:
            return apart.submit(self._renew, used, exchange).result()

    def _renew(self, used: A, exchange: Callable[[A], A]) -> A:
        try:
            return self._renewed_by_another(used) or self._exchange(used, exchange)
        except CredentialsLocked:
            raise renewal_under_way(self._title) from None

    def _renewed_by_another(self, used: A) -> A | None:
        """Return the stored access if it is another one; else note that an exchange of it begins, and return None."""
        with self._context.store.begin() as tx:
            row = credentials_table.get(tx, self._tenant_id, self._system)
            stored = self._decrypt(row)
            if row is None or stored != used:
                return stored
            credentials_table.note_renewing(tx, row, self._context.now())
        return None

    def _exchange(self, used: A, exchange: Callable[[A], A]) -> A:
        """Exchange the token and store what came of it, under a lock, so that two tasks never spend one token."""
        fresh: A | None = None
        try:
            with self._context.store.begin() as tx:
                row = credentials_table.lock(tx, self._tenant_id, self._system)
                stored = self._decrypt(row)
                if row is None or stored != used:
                    return stored
                try:
                    fresh = exchange(stored)
                except TokenRevoked as error:
                    revoked = error  # noted here, and raised once that is committed
                    credentials_table.note_dead(tx, self._tenant_id, self._system, self._context.now())
                else:
                    self._replace(tx, fresh, row)
                    return fresh
        except StoreAway:
            if fresh is None or row is None:
                raise
            return self._store_again(fresh, row)
        raise revoked

    def _store_again(self, fresh: A, spent: EncryptedCredentials) -> A:
        """Offer the new token again to a store that went away meanwhile: it must not be lost for that."""
        for pause in STORE_AGAIN_S:
            self._context.sleep(pause)
            try:
                with self._context.store.begin() as tx:
                    if self._replace(tx, fresh, spent):
                        return fresh
                    return self._decrypt(credentials_table.get(tx, self._tenant_id, self._system))
            except StoreAway as error:
                away = error
        raise away

    def _replace(self, tx: Transaction, fresh: A, spent: EncryptedCredentials) -> bool:
        return credentials_table.replace(tx, spent, _encrypt(self._context, self._system, fresh))

    def _decrypt(self, row: EncryptedCredentials | None) -> A:
        if row is None:
            raise Misconfigured("connection.no_credentials", system=self._title)
        if row.dead_since:
            raise TokenRevoked("connection.token_revoked", system=self._title)
        try:
            values = orjson.loads(self._context.cipher.decrypt(row.encrypted))
        except InvalidToken:
            raise Misconfigured("connection.undecryptable", system=self._title) from None
        return self._complete(values)

    def _complete(self, values: dict[str, Any]) -> A:
        try:
            return self._kind.model_validate(registered(self._context, self._system) | values)
        except ValidationError:
            if missing := missing_variables(self._context, self._system):
                raise not_registered(self._title, missing) from None
            raise


class UnstoredCredentials(Generic[A]):
    """Access that is tried before it is stored; a token that it is exchanged for lives as long as this does."""

    def __init__(self, access: A) -> None:
        self._access = access

    def read(self) -> A:
        return self._access

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        self._access = exchange(used)
        return self._access


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
    """Return the status of the access to every system that the tenant has credentials for."""
    with context.store.begin() as tx:
        rows = credentials_table.listing(tx, tenant_id)
    names = [field.name for field in fields(CredentialStatus)]
    return [CredentialStatus(**{name: getattr(row, name) for name in names}) for row in rows]


def _encrypt(context: Context, system: str, access: Access) -> bytes:
    """Encrypt an access without what belongs to the installation, so that a change there holds for all tenants."""
    own = registered(context, system)
    values = {name: value for name, value in access.stored().items() if own.get(name) != value}
    # an empty field is a missing one, or it would come before the installation's when that is set later
    filled = {name: value for name, value in values.items() if value not in ("", None)}
    return context.cipher.encrypt(orjson.dumps(filled))


def registered(context: Context, system: str) -> dict[str, str]:
    """Return the fields of an access that this installation has from the system's vendor."""
    consent = registry.system(system).oauth
    return registration(context.registered, system, consent.registration) if consent else {}


def missing_variables(context: Context, system: str) -> list[str]:
    """Return the environment variables of those fields that are not set."""
    consent, present = registry.system(system).oauth, registered(context, system)
    return [variable(system, name) for name in consent.registration if name not in present] if consent else []


def not_registered(title: str, missing: Sequence[str]) -> Misconfigured:
    """Return the error that names the variables without which the system's vendor does not know us."""
    return Misconfigured("connection.not_registered", system=title, variables=", ".join(missing))


def renewal_under_way(title: str) -> Transient:
    """Return the error of whoever finds the credentials locked."""
    return Transient("connection.unavailable", system=title, reason="another process is renewing the access")
