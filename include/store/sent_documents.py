"""What the ledger knows of documents that were sent: which are there since when, and how long they took to be found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, select, update

from include.store import ledger as ledger_rows
from include.store.engine import Transaction
from include.store.ledger import LedgerEntry, LedgerState
from include.store.tables import ledger


@dataclass(frozen=True)
class SearchDelay:
    """How long documents took until a search showed them, in seconds; both are None when none was looked for."""

    documents: int
    median_s: float | None
    longest_s: float | None


def sent_after(tx: Transaction, tenant_id: int, moment: datetime, limit: int) -> list[LedgerEntry]:
    """Return entries whose document was asked for after a moment, and confirmed; the earliest first."""
    query = ledger_rows.query_of(tenant_id).where(
        ledger.c.state == LedgerState.CONFIRMED,
        ledger.c.called_at > moment,
        ledger.c.document_id.is_not(None),
    )
    return ledger_rows.entries_of(tx, query.order_by(ledger.c.called_at).limit(limit))


def is_of_another(tx: Transaction, entry: LedgerEntry, document_id: str, reference: str) -> bool:
    """Tell whether a document is that of another work order: the ledger has it, or its reference holds that one's."""
    other = (ledger.c.tenant_id == entry.tenant_id, ledger.c.work_order_id != entry.work_order_id)
    named = func.strpos(literal(reference), ledger.c.reference) > 0
    query = select(ledger.c.id).where(*other, or_(ledger.c.document_id == document_id, named))
    return tx.execute(query.limit(1)).first() is not None


def keep_late(tx: Transaction, entry: LedgerEntry, **fields: Any) -> LedgerEntry | None:
    """Confirm an entry with a document that its former runner made, unless it has one; else the entry that has it.

    Whoever has the entry now loses it.
    """
    tx.execute(select(ledger.c.id).where(ledger.c.id == entry.id).with_for_update())
    for known in (ledger_rows.get(tx, entry.id), ledger_rows.active_sibling(tx, entry)):
        if known is not None and known.document_id is not None:
            return known
    confirmed = {"state": LedgerState.CONFIRMED, "leased_until": None, "search_until": None, **fields}
    changed = update(ledger).where(ledger.c.id == entry.id)
    tx.execute(changed.values(**confirmed, fencing_token=ledger.c.fencing_token + 1))
    return None


def note_seen(tx: Transaction, entry: LedgerEntry, now: datetime) -> None:
    """Note when a search first showed the document of an entry."""
    here = (ledger.c.id == entry.id, ledger.c.seen_at.is_(None))
    tx.execute(update(ledger).where(*here).values(seen_at=now))


def last_looked_for(tx: Transaction, tenant_id: int) -> datetime | None:
    """Return when a document was confirmed last of which it is measured, or was, how long a search takes to show it."""
    measured = ledger.c.seen_at.is_not(None) | ledger.c.search_until.is_not(None)
    query = select(func.max(ledger.c.confirmed_at)).where(ledger.c.tenant_id == tenant_id, measured)
    moment: datetime | None = tx.execute(query.where(ledger.c.state == LedgerState.CONFIRMED)).scalar_one()
    return moment


def search_delay(tx: Transaction, tenant_id: int, since: datetime) -> SearchDelay:
    """Return how long the documents took that were confirmed since a moment, as far as that was looked for."""
    took = func.extract("epoch", ledger.c.seen_at - ledger.c.confirmed_at)
    median = func.percentile_cont(0.5).within_group(took.asc())
    query = select(func.count().label("n"), median.label("median"), func.max(took).label("longest"))
    measured = (ledger.c.seen_at.is_not(None), ledger.c.confirmed_at >= since)
    row = tx.execute(query.where(ledger.c.tenant_id == tenant_id, *measured)).one()
    return SearchDelay(row.n, _seconds(row.median), _seconds(row.longest))


def _seconds(value: Any) -> float | None:
    return None if value is None else max(0.0, float(value))
