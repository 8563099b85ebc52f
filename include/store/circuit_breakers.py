"""The rows of the circuit breakers: tenants of which nothing is sent for now, and why."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import circuit_breakers, credentials


@dataclass(frozen=True)
class OpenCircuit:
    """``access`` and ``settings_version`` are what it was tried with: with another one it may be tried at once."""

    code: str
    system: str
    values: dict[str, Any]
    until: datetime
    tries: int
    access: int
    settings_version: int


_COLUMNS = [circuit_breakers.c[column.name] for column in fields(OpenCircuit)]


def get(tx: Transaction, tenant_id: int) -> OpenCircuit | None:
    """Return the tenant's circuit, None when it is closed."""
    row = tx.execute(select(*_COLUMNS).where(circuit_breakers.c.tenant_id == tenant_id)).mappings().one_or_none()
    return OpenCircuit(**row) if row else None


def put(tx: Transaction, tenant_id: int, circuit: OpenCircuit) -> None:
    """Open the tenant's circuit, or open it anew."""
    statement = insert(circuit_breakers).values(tenant_id=tenant_id, **vars(circuit))
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=vars(circuit)))


def lift(tx: Transaction, tenant_id: int) -> None:
    """Close the tenant's circuit."""
    tx.execute(delete(circuit_breakers).where(circuit_breakers.c.tenant_id == tenant_id))


def access(tx: Transaction, tenant_id: int) -> int:
    """Return a number that rises whenever one of the tenant's credentials is replaced or renewed."""
    total = select(func.coalesce(func.sum(credentials.c.generation), 0)).where(credentials.c.tenant_id == tenant_id)
    return int(tx.execute(total).scalar_one())
