"""Encrypted credentials: this module stores bytes, it cannot read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from include.errors import CredentialsLocked
from include.store.engine import Transaction
from include.store.tables import credentials, tenants

LOCK_TIMEOUT_S = 60  # how long to wait for another's lock; longer than any exchange may take
IDLE_TIMEOUT_S = 90  # after which Postgres ends a transaction whose process no longer moves
LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class EncryptedCredentials:
    """One row as it is stored; ``store.tables`` explains ``renewing_since`` and ``dead_since``."""

    tenant_id: int
    slug: str
    system: str
    encrypted: bytes
    generation: int
    changed_at: datetime
    renewing_since: datetime | None
    dead_since: datetime | None


_ROW: Select[Any] = select(
    tenants.c.slug,
    *(credentials.c[name] for name in EncryptedCredentials.__dataclass_fields__ if name != "slug"),
).join(tenants, tenants.c.id == credentials.c.tenant_id)


def put(tx: Transaction, tenant_id: int, system: str, encrypted: bytes) -> int:
    """Store what a person gave, in the place of what was stored; return the new generation."""
    values = {"tenant_id": tenant_id, "system": system, "encrypted": encrypted, "generation": 1}
    statement = insert(credentials).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "system"], set_=_next_generation(encrypted)
    )
    return int(tx.execute(statement.returning(credentials.c.generation)).scalar_one())


def replace(tx: Transaction, renewed: EncryptedCredentials, encrypted: bytes) -> bool:
    """Store what came of renewing a row; return False, and store nothing, when it is another generation by now."""
    statement = update(credentials).where(_same_generation(renewed)).values(_next_generation(encrypted))
    return bool(tx.execute(statement).rowcount)


def _next_generation(encrypted: bytes) -> dict[str, Any]:
    return {
        "encrypted": encrypted,
        "generation": credentials.c.generation + 1,
        "changed_at": func.now(),
        "renewing_since": None,
        "dead_since": None,
    }


def reencrypt(tx: Transaction, tenant_id: int, system: str, encrypted: bytes) -> None:
    """Store the same content under another key, which makes no new generation."""
    tx.execute(update(credentials).where(_of(tenant_id, system)).values(encrypted=encrypted))


def get(tx: Transaction, tenant_id: int, system: str) -> EncryptedCredentials | None:
    """Return the row of a tenant and system, if there is one."""
    row = tx.execute(_ROW.where(_of(tenant_id, system))).one_or_none()
    return EncryptedCredentials(**row._mapping) if row else None


def lock(tx: Transaction, tenant_id: int, system: str) -> EncryptedCredentials | None:
    """Return the row, and keep others from changing it until the transaction ends. Raises CredentialsLocked."""
    query = _ROW.where(_of(tenant_id, system)).with_for_update(of=credentials)
    with _lock_timeout(tx):
        tx.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_S}s'"))
        row = tx.execute(query).one_or_none()
    return EncryptedCredentials(**row._mapping) if row else None


def note_renewing(tx: Transaction, row: EncryptedCredentials, at: datetime) -> None:
    """Note when the row's token is first offered in exchange. Raises CredentialsLocked."""
    own = and_(_same_generation(row), credentials.c.renewing_since.is_(None))
    with _lock_timeout(tx):
        tx.execute(update(credentials).where(own).values(renewing_since=at))


def note_dead(tx: Transaction, tenant_id: int, system: str, at: datetime) -> None:
    """Note that the token was refused for good."""
    tx.execute(update(credentials).where(_of(tenant_id, system)).values(dead_since=at))


def listing(tx: Transaction, tenant_id: int | None = None) -> list[EncryptedCredentials]:
    """Return the rows of one tenant, or of all, by tenant and system."""
    query = _ROW.order_by(tenants.c.slug, credentials.c.system)
    rows = tx.execute(query if tenant_id is None else query.where(credentials.c.tenant_id == tenant_id))
    return [EncryptedCredentials(**row._mapping) for row in rows]


def remove(tx: Transaction, tenant_id: int) -> list[str]:
    """Destroy all credentials of a tenant; return the systems they were for. Raises CredentialsLocked."""
    statement = delete(credentials).where(credentials.c.tenant_id == tenant_id).returning(credentials.c.system)
    with _lock_timeout(tx):
        return sorted(tx.execute(statement).scalars())


def _of(tenant_id: int, system: str) -> ColumnElement[bool]:
    return and_(credentials.c.tenant_id == tenant_id, credentials.c.system == system)


def _same_generation(row: EncryptedCredentials) -> ColumnElement[bool]:
    return and_(_of(row.tenant_id, row.system), credentials.c.generation == row.generation)


@contextmanager
def _lock_timeout(tx: Transaction) -> Iterator[None]:
    """Wait so long for a lock within the block, and no longer. Raises CredentialsLocked."""
    tx.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'"))
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise CredentialsLocked from None
        raise
