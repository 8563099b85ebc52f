"""The keys that seal the tenants' credentials: going over to a new one."""

from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from include.access import ownership
from include.context import Context
from include.store import credentials as credentials_table


@dataclass(frozen=True)
class Rotation:
    """How many were sealed anew, and which none of the keys opened (tenant and system)."""

    sealed: int
    unreadable: list[str]


def rotate(context: Context) -> Rotation:
    """Seal everything with the first key. One at a time: it may be interrupted, repeated, and run beside everything."""
    with context.store.begin() as tx:
        found = credentials_table.listing(tx)
    done = {f"{row.slug} {row.system}": _reseal(context, row.tenant_id, row.system) for row in found}
    unreadable = [] if ownership.reseal(context) else ["the installation's own"]
    return Rotation(sum(done.values()), [name for name, sealed in done.items() if not sealed] + unreadable)


def _reseal(context: Context, tenant_id: int, system: str) -> bool:
    """True also when it was removed meanwhile."""
    with context.store.begin() as tx:
        row = credentials_table.lock(tx, tenant_id, system)
        if row is None:
            return True
        try:
            credentials_table.reseal(tx, tenant_id, system, context.cipher.rotate(row.sealed))
        except InvalidToken:
            return False
    return True


def new_key() -> str:
    """A fresh key, to be put before the others."""
    return Fernet.generate_key().decode()
