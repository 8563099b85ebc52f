"""What reconciliations compared, and what differed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from include.store.engine import Transaction
from include.store.ledger import LedgerEntry, LedgerState, entries_of, query_of
from include.store.tables import ledger, reconciliations


@dataclass(frozen=True)
class ReconciliationRow:
    """One that ended: ``outcome`` as JSON shows it; ``requested_by`` is the person who asked for it, if one did."""

    at: datetime
    outcome: dict[str, Any]
    requested_by: str | None


def add(tx: Transaction, tenant_id: int, at: datetime, outcome: Mapping[str, Any], *, requested_by: str | None) -> None:
    """Store one that ended."""
    values = {"at": at, "outcome": dict(outcome), "requested_by": requested_by}
    tx.execute(insert(reconciliations).values(tenant_id=tenant_id, **values))


def latest(tx: Transaction, tenant_id: int, limit: int) -> list[ReconciliationRow]:
    """Return the last ones, the latest first."""
    columns = [reconciliations.c[name] for name in ReconciliationRow.__dataclass_fields__]
    query = select(*columns).where(reconciliations.c.tenant_id == tenant_id)
    rows = tx.execute(query.order_by(reconciliations.c.at.desc(), reconciliations.c.id.desc()).limit(limit))
    return [ReconciliationRow(**row._mapping) for row in rows]


def to_compare(tx: Transaction, tenant_id: int, since: datetime, limit: int) -> tuple[list[LedgerEntry], int]:
    """Return booked entries that were archived since a moment, those first that were compared longest ago; and how
    many there are in all.
    """
    booked = (ledger.c.state == LedgerState.CONFIRMED, ledger.c.document_id.is_not(None), ledger.c.archived_at >= since)
    query = query_of(tenant_id).where(*booked).order_by(ledger.c.compared_at.asc().nulls_first(), ledger.c.id)
    total = select(func.count()).where(ledger.c.tenant_id == tenant_id, *booked)
    return entries_of(tx, query.limit(limit)), int(tx.execute(total).scalar_one())


def set_compared(tx: Transaction, entries: Iterable[LedgerEntry], at: datetime) -> None:
    """Note when the documents of these entries were compared."""
    tx.execute(update(ledger).where(ledger.c.id.in_([entry.id for entry in entries])).values(compared_at=at))
