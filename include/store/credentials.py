"""Sealed credentials: this module stores bytes, it cannot read them."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import credentials


def put(tx: Transaction, tenant_id: int, system: str, sealed: bytes) -> int:
    """Store and return the new generation."""
    values = {"tenant_id": tenant_id, "system": system, "sealed": sealed, "generation": 1}
    statement = insert(credentials).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "system"],
        set_={"sealed": sealed, "generation": credentials.c.generation + 1, "changed_at": func.now()},
    )
    return int(tx.execute(statement.returning(credentials.c.generation)).scalar_one())


def get(tx: Transaction, tenant_id: int, system: str, lock: bool = False) -> tuple[bytes, int] | None:
    """Sealed bytes and generation; ``lock`` keeps others from renewing until the transaction ends."""
    query = select(credentials.c.sealed, credentials.c.generation).where(
        credentials.c.tenant_id == tenant_id, credentials.c.system == system
    )
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return (bytes(row.sealed), row.generation) if row else None
