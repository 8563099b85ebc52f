"""Sealed credentials: this module stores bytes, it cannot read them."""

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

WAITING_S = 60  # for another's lock; longer than any exchange may take
HOLDING_S = 90  # Postgres ends a transaction whose process no longer moves
LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class EncryptedCredentials:
    """One row. ``slug`` is its tenant; ``renewing_since`` and ``dead_since`` are explained in ``store.tables``."""

    tenant_id: int
    slug: str
    system: str
    sealed: bytes
    generation: int
    changed_at: datetime
    renewing_since: datetime | None
    dead_since: datetime | None


_ROW: Select[Any] = select(
    credentials.c.tenant_id,
    tenants.c.slug,
    *(credentials.c[name] for name in list(EncryptedCredentials.__dataclass_fields__)[2:]),
).join(tenants, tenants.c.id == credentials.c.tenant_id)


def put(tx: Transaction, tenant_id: int, system: str, sealed: bytes) -> int:
    """Store what a person gave, whatever stood there; the new generation."""
    values = {"tenant_id": tenant_id, "system": system, "sealed": sealed, "generation": 1}
    statement = insert(credentials).values(values)
    statement = statement.on_conflict_do_update(index_elements=["tenant_id", "system"], set_=_anew(sealed))
    return int(tx.execute(statement.returning(credentials.c.generation)).scalar_one())


def replace(tx: Transaction, tenant_id: int, system: str, sealed: bytes, generation: int) -> bool:
    """Store what came of renewing this generation; False, and nothing is stored, when there is another by now."""
    own = and_(_of(tenant_id, system), credentials.c.generation == generation)
    return bool(tx.execute(update(credentials).where(own).values(_anew(sealed))).rowcount)


def _anew(sealed: bytes) -> dict[str, Any]:
    return {
        "sealed": sealed,
        "generation": credentials.c.generation + 1,
        "changed_at": func.now(),
        "renewing_since": None,
        "dead_since": None,
    }


def reseal(tx: Transaction, tenant_id: int, system: str, sealed: bytes) -> None:
    """The same content under another key: no new generation."""
    tx.execute(update(credentials).where(_of(tenant_id, system)).values(sealed=sealed))


def get(tx: Transaction, tenant_id: int, system: str) -> EncryptedCredentials | None:
    return _one(tx.execute(_ROW.where(_of(tenant_id, system))).one_or_none())


def lock(tx: Transaction, tenant_id: int, system: str) -> EncryptedCredentials | None:
    """The same; until the transaction ends nobody else can change it. Raises Busy."""
    with _waiting(tx):
        tx.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{HOLDING_S}s'"))
        return _one(tx.execute(_ROW.where(_of(tenant_id, system)).with_for_update(of=credentials)).one_or_none())


def note_renewing(tx: Transaction, tenant_id: int, system: str, generation: int, at: datetime) -> None:
    """This generation's token is about to be offered in exchange; the first time that began stays. Raises Busy."""
    own = and_(_of(tenant_id, system), credentials.c.generation == generation, credentials.c.renewing_since.is_(None))
    with _waiting(tx):
        tx.execute(update(credentials).where(own).values(renewing_since=at))


def note_dead(tx: Transaction, tenant_id: int, system: str, at: datetime) -> None:
    tx.execute(update(credentials).where(_of(tenant_id, system)).values(dead_since=at))


def listing(tx: Transaction, tenant_id: int | None = None) -> list[EncryptedCredentials]:
    """Of one tenant, or of all."""
    query = _ROW.order_by(tenants.c.slug, credentials.c.system)
    found = tx.execute(query if tenant_id is None else query.where(credentials.c.tenant_id == tenant_id))
    return [EncryptedCredentials(*row) for row in found]


def remove(tx: Transaction, tenant_id: int) -> list[str]:
    """Destroy all of a tenant; the systems they were for. Raises Busy."""
    with _waiting(tx):
        gone = delete(credentials).where(credentials.c.tenant_id == tenant_id).returning(credentials.c.system)
        return sorted(tx.execute(gone).scalars())


def _of(tenant_id: int, system: str) -> ColumnElement[bool]:
    return and_(credentials.c.tenant_id == tenant_id, credentials.c.system == system)


def _one(row: Any) -> EncryptedCredentials | None:
    return EncryptedCredentials(*row) if row else None


@contextmanager
def _waiting(tx: Transaction) -> Iterator[None]:
    tx.execute(text(f"SET LOCAL lock_timeout = '{WAITING_S}s'"))
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise CredentialsLocked from None
        raise
