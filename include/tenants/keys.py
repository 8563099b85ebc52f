"""The keys that seal the tenants' credentials: going over to a new one."""

from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from include.koppel import Koppel
from include.store import credentials as rows
from include.tenants import claims


@dataclass(frozen=True)
class Rotation:
    """How many were sealed anew, and which none of the keys opened (tenant and system)."""

    sealed: int
    unreadable: list[str]


def rotate(koppel: Koppel) -> Rotation:
    """Seal everything with the first key. One at a time: it may be interrupted, repeated, and run beside everything."""
    with koppel.store.begin() as tx:
        found = rows.listing(tx)
    done = {f"{row.slug} {row.system}": _reseal(koppel, row.tenant_id, row.system) for row in found}
    unreadable = [] if claims.reseal(koppel) else ["the installation's own"]
    return Rotation(sum(done.values()), [name for name, sealed in done.items() if not sealed] + unreadable)


def _reseal(koppel: Koppel, tenant_id: int, system: str) -> bool:
    """True also when it was removed meanwhile."""
    with koppel.store.begin() as tx:
        row = rows.lock(tx, tenant_id, system)
        if row is None:
            return True
        try:
            rows.reseal(tx, tenant_id, system, koppel.cipher.rotate(row.sealed))
        except InvalidToken:
            return False
    return True


def new_key() -> str:
    """A fresh key, to be put before the others."""
    return Fernet.generate_key().decode()
