"""The keys that encrypt what is sealed: how the installation goes over to a new one."""

import hashlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from include.access import ownership
from include.context import Context
from include.store import alarms
from include.store import credentials as credentials_table
from include.store import tenants as tenants_table


@dataclass(frozen=True)
class KeyRotation:
    """How many things were encrypted anew, and which none of the keys decrypts (tenant and system)."""

    encrypted: int
    unreadable: list[str]


def rotate(context: Context) -> KeyRotation:
    """Encrypt everything with the first key, one by one: it may be interrupted, repeated, and run beside everything."""
    with context.store.begin() as tx:
        rows = credentials_table.listing(tx)
    rotated = {f"{row.slug} {row.system}": _rotate(context, row.tenant_id, row.system) for row in rows}
    rotated |= {f"{slug} alert addresses": _rotate_addresses(context, id) for id, slug in _with_addresses(context)}
    unreadable = [name for name, readable in rotated.items() if not readable]
    if not ownership.rotate_hash_key(context):
        unreadable.append("the installation's own")
    return KeyRotation(sum(rotated.values()), unreadable)


def _rotate(context: Context, tenant_id: int, system: str) -> bool:
    """Encrypt one tenant's credentials anew; return False when no key decrypts them, True also when they are gone."""
    with context.store.begin() as tx:
        row = credentials_table.lock(tx, tenant_id, system)
        if row is None:
            return True
        try:
            credentials_table.reencrypt(tx, tenant_id, system, context.cipher.rotate(row.encrypted))
        except InvalidToken:
            return False
    return True


def _with_addresses(context: Context) -> list[tuple[int, str]]:
    """Return the tenants, by id and name, whose office is told at addresses of its own."""
    with context.store.begin() as tx:
        stored = alarms.addresses(tx)
        return [(row.id, row.slug) for row in tenants_table.listing(tx) if row.id in stored]


def _rotate_addresses(context: Context, tenant_id: int) -> bool:
    with context.store.begin() as tx:
        encrypted = alarms.lock_addresses(tx, tenant_id)
        if encrypted is None:
            return True
        try:
            alarms.reencrypt(tx, tenant_id, context.cipher.rotate(encrypted))
        except InvalidToken:
            return False
    return True


def fingerprint(key: str) -> str:
    """Return a few digits by which people tell keys apart, and which give nothing away."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def new_key() -> str:
    """Return a fresh key, to be put before the others."""
    return Fernet.generate_key().decode()
