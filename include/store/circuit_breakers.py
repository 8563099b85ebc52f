"""Tenants of which nothing is sent for now: one of their systems cannot be reached, or lets us in no longer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import credentials, stops


@dataclass(frozen=True)
class OpenCircuit:
    """``access`` and ``settings_version`` are what it was tried with: with another one it may be tried at once."""

    code: str
    system: str
    until: datetime
    tries: int
    access: int
    settings_version: int


def get(tx: Transaction, tenant_id: int) -> OpenCircuit | None:
    columns = [stops.c[name] for name in OpenCircuit.__dataclass_fields__]
    row = tx.execute(select(*columns).where(stops.c.tenant_id == tenant_id)).one_or_none()
    return OpenCircuit(*row) if row else None


def put(tx: Transaction, tenant_id: int, stop: OpenCircuit) -> None:
    values = {name: getattr(stop, name) for name in OpenCircuit.__dataclass_fields__}
    statement = insert(stops).values(tenant_id=tenant_id, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def lift(tx: Transaction, tenant_id: int) -> None:
    tx.execute(delete(stops).where(stops.c.tenant_id == tenant_id))


def access(tx: Transaction, tenant_id: int) -> int:
    """A number that rises whenever one of the tenant's credentials is replaced or renewed."""
    total = select(func.coalesce(func.sum(credentials.c.generation), 0)).where(credentials.c.tenant_id == tenant_id)
    return int(tx.execute(total).scalar_one())
