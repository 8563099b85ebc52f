"""One tenant for a Simon licence, one for an administration of a package; also while its access is destroyed (R5.6).

What is compared is a keyed hash, so that no licence code stands in the store in the clear.
"""

import hashlib
import hmac
import secrets

from cryptography.fernet import InvalidToken

from include.connectors.access import Access
from include.connectors.registry import FIELD_SERVICE
from include.context import Context
from include.errors import AlreadyCoupled, Misconfigured
from include.store import Transaction
from include.store import ownership as ownership_table
from include.tenants.tenant import Tenant

LICENCE, ADMINISTRATION = "licence", "administration"
KEY = "claims"


def claim_access(context: Context, tx: Transaction, tenant: Tenant, system: str, access: Access) -> None:
    """The licence of an access to Simon is this tenant's from now on. Raises Taken."""
    if system == FIELD_SERVICE:
        _claim(context, tx, tenant, LICENCE, licence(access), "this Simple-Simon licence")


def claim_administration(context: Context, tx: Transaction, tenant: Tenant, number: str) -> None:
    """Likewise of an administration. Raises Taken."""
    shown = f"administration {number!r} of {tenant.package.title}"
    _claim(context, tx, tenant, ADMINISTRATION, books(tenant.package.name, number), shown)


def licence(access: Access) -> str:
    """What an access to Simon is known by."""
    return str(access.stored()["key"]).strip()


def books(package: str, number: str) -> str:
    """What an administration is known by."""
    return f"{package} {number.strip().casefold()}"


def owner(context: Context, what: str, value: str) -> str | None:
    """The tenant that has this licence or administration, if there is one."""
    with context.store.begin() as tx:
        return ownership_table.owner(tx, what, _digest(context, tx, what, value))


def note(context: Context, tx: Transaction, tenant: Tenant, access: Access | None) -> None:
    """What a tenant has from before claims were kept; whatever is claimed already stays as it is."""
    if tenant.settings.administration and ownership_table.of(tx, tenant.id, ADMINISTRATION) is None:
        value = books(tenant.package.name, tenant.settings.administration)
        ownership_table.take(tx, tenant.id, ADMINISTRATION, _digest(context, tx, ADMINISTRATION, value))
    if access is not None and ownership_table.of(tx, tenant.id, LICENCE) is None:
        ownership_table.take(tx, tenant.id, LICENCE, _digest(context, tx, LICENCE, licence(access)))


def _claim(context: Context, tx: Transaction, tenant: Tenant, what: str, value: str, shown: str) -> None:
    digest, own = _digest(context, tx, what, value), ownership_table.of(tx, tenant.id, what)
    if own == digest:
        return
    if own is not None and tenant.active_since is not None:
        raise AlreadyCoupled(
            [
                f"{what}: {tenant.slug} was coupled to another {what} than {shown}, and its links belong to that one; "
                f"to begin with this one, deactivate it and use: koppel tenants reactivate {tenant.slug} --reset"
            ]
        )
    if (other := ownership_table.take(tx, tenant.id, what, digest)) is not None:
        raise AlreadyCoupled(
            [f"{what}: {shown} is coupled to tenant {other!r} already; reactivate that one, or forget it"]
        )


def _digest(context: Context, tx: Transaction, what: str, value: str) -> bytes:
    return hmac.new(_key(context, tx), f"{what} {value}".encode(), hashlib.sha256).digest()


def _key(context: Context, tx: Transaction) -> bytes:
    """Made when it is first needed, and sealed like credentials; going over to another key keeps it."""
    if (sealed := ownership_table.secret(tx, KEY)) is None:
        ownership_table.add_secret(tx, KEY, context.cipher.encrypt(secrets.token_bytes(32)))
        sealed = ownership_table.secret(tx, KEY)
    assert sealed is not None, "added a moment ago"  # noqa: S101
    try:
        return context.cipher.decrypt(sealed)
    except InvalidToken:
        raise Misconfigured("connection.undecryptable", system="Koppel") from None


def reseal(context: Context) -> bool:
    """Seal the key of the hashes with the first of the installation's keys; False when none of them opens it."""
    with context.store.begin() as tx:
        if (sealed := ownership_table.secret(tx, KEY)) is None:
            return True
        try:
            ownership_table.reseal(tx, KEY, context.cipher.rotate(sealed))
        except InvalidToken:
            return False
    return True
