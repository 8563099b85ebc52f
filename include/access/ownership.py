"""Which tenant has a Simon licence, and which an administration: one each, also while access is destroyed (R5.6).

What is compared is a keyed hash, so that no licence code is stored in the clear.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

from cryptography.fernet import InvalidToken

from include.connectors.access import Access
from include.connectors.package import Package
from include.context import Context
from include.errors import AlreadyCoupled, Misconfigured
from include.store import Transaction
from include.store import ownership as ownership_table
from include.tenants.tenant import Tenant

HASH_KEY = "ownership"  # the name under which the key of the hashes is stored


class OwnedKind(StrEnum):
    """What a tenant owns, one of each."""

    LICENCE = "licence"
    ADMINISTRATION = "administration"


@dataclass(frozen=True)
class Owned:
    """A licence or an administration: ``identity`` is what it is known by, ``title`` is used in sentences."""

    kind: OwnedKind
    identity: str
    title: str

    @classmethod
    def licence(cls, access: Access) -> "Owned":
        """Return the licence that an access to Simon is for."""
        return cls(OwnedKind.LICENCE, str(access.stored()["key"]).strip(), "this Simple-Simon licence")

    @classmethod
    def administration(cls, package: Package, number: str) -> "Owned":
        """Return the administration of this number in a package."""
        identity = f"{package.name} {number.strip().casefold()}"
        return cls(OwnedKind.ADMINISTRATION, identity, f"administration {number!r} of {package.title}")


def take_licence(context: Context, tx: Transaction, tenant: Tenant, access: Access) -> None:
    """Make the licence of an access to Simon this tenant's. Raises AlreadyCoupled."""
    _take(context, tx, tenant, Owned.licence(access))


def take_administration(context: Context, tx: Transaction, tenant: Tenant, number: str) -> None:
    """Make an administration of its package this tenant's. Raises AlreadyCoupled."""
    _take(context, tx, tenant, Owned.administration(tenant.package, number))


def owner(context: Context, owned: Owned) -> str | None:
    """Return the tenant that has this licence or administration, if there is one."""
    with context.store.begin() as tx:
        return ownership_table.owner(tx, owned.kind, _digest(context, tx, owned))


def _take(context: Context, tx: Transaction, tenant: Tenant, owned: Owned) -> None:
    kind, digest = owned.kind, _digest(context, tx, owned)
    present = ownership_table.digest_of(tx, tenant.id, kind)
    if present == digest:
        return
    if present is not None and tenant.active_since is not None:
        raise AlreadyCoupled(
            f"{kind}: {tenant.slug} was coupled to another {kind} than {owned.title}, and its links belong to that "
            f"one; to begin with this one, deactivate it and use: koppel tenants reactivate {tenant.slug} --reset"
        )
    if (other := ownership_table.take(tx, tenant.id, kind, digest)) is not None:
        raise AlreadyCoupled(
            f"{kind}: {owned.title} is coupled to tenant {other!r} already; reactivate that one, or forget it"
        )


def _digest(context: Context, tx: Transaction, owned: Owned) -> bytes:
    return hmac.new(_hash_key(context, tx), f"{owned.kind} {owned.identity}".encode(), hashlib.sha256).digest()


def _hash_key(context: Context, tx: Transaction) -> bytes:
    """Return the key of the hashes: made when it is first needed, and stored encrypted as credentials are."""
    encrypted = ownership_table.secret(tx, HASH_KEY)
    if encrypted is None:
        fresh = context.cipher.encrypt(secrets.token_bytes(32))
        encrypted = ownership_table.add_secret(tx, HASH_KEY, fresh)
    try:
        return context.cipher.decrypt(encrypted)
    except InvalidToken:
        raise Misconfigured("connection.undecryptable", system="Koppel") from None


def rotate_hash_key(context: Context) -> bool:
    """Encrypt the key of the hashes with the first of KOPPEL_KEYS; return False when none of them decrypts it."""
    with context.store.begin() as tx:
        if (encrypted := ownership_table.secret(tx, HASH_KEY)) is None:
            return True
        try:
            ownership_table.replace_secret(tx, HASH_KEY, context.cipher.rotate(encrypted))
        except InvalidToken:
            return False
    return True
