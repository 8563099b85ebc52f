"""Keeps who agreed to which version of the terms of the integration for a tenant, and when (R5.7)."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from include.store.engine import Transaction
from include.store.tables import agreements


@dataclass(frozen=True)
class Agreement:
    """Says who agreed to a version, and when; ``link`` is where it could be read then."""

    version: str
    link: str
    agreed_by: str
    agreed_at: datetime


def add(tx: Transaction, tenant_id: int, agreement: Agreement) -> bool:
    """Store an agreement; return False when there was one to this version: the first one counts."""
    statement = insert(agreements).values(tenant_id=tenant_id, **asdict(agreement)).on_conflict_do_nothing()
    return tx.execute(statement).rowcount == 1


def listing(tx: Transaction, tenant_id: int) -> list[Agreement]:
    """Return the agreements of a tenant, the latest first."""
    columns = (agreements.c[name] for name in Agreement.__dataclass_fields__)
    query = select(*columns).where(agreements.c.tenant_id == tenant_id).order_by(agreements.c.agreed_at.desc())
    return [Agreement(**row._mapping) for row in tx.execute(query)]
