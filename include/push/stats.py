"""What there is to see of work orders on their way to the package: entries, counts, speed, what blocks them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.context import Context
from include.messages import Language, lookup
from include.push.circuit_breaker import open_circuit
from include.store import ledger, sent_documents
from include.store import push_stats as push_stats_table
from include.store.ledger import LedgerEntry
from include.store.sent_documents import SearchDelay
from include.tenants.tenant import Tenant

__all__ = ["BlockedBy", "DayStats", "LedgerEntry", "PushStats", "SearchDelay", "entries", "push_stats"]

DAYS = 30
ZONE = ZoneInfo(push_stats_table.ZONE)


@dataclass(frozen=True)
class DayStats:
    """What went out on one business day; the times from archiving to the document are None when nothing did."""

    day: date
    documents: int = 0
    median_s: float | None = None
    p95_s: float | None = None


@dataclass(frozen=True)
class BlockedBy:
    """Why nothing is sent for now, and until when."""

    code: str
    message: str
    action: str
    until: datetime


@dataclass(frozen=True)
class PushStats:
    """``states`` counts the entries of the ledger; ``days`` are the last thirty, today included.

    ``search_delay`` is how long the package took at most until a search showed a document; that is tried now and then.
    """

    states: dict[str, int]
    waiting: int
    oldest: datetime | None
    days: list[DayStats]
    blocked_by: BlockedBy | None
    search_delay: SearchDelay


def entries(context: Context, tenant: Tenant, limit: int) -> list[LedgerEntry]:
    """Return the latest archived work orders, and what became of each."""
    with context.store.begin() as tx:
        return ledger.listing(tx, tenant.id, limit)


def push_stats(context: Context, tenant: Tenant, language: Language = "nl") -> PushStats:
    """Return the figures of this moment."""
    first = context.now().astimezone(ZONE).date() - timedelta(days=DAYS - 1)
    with context.store.begin() as tx:
        states = ledger.counts(tx, tenant.id)
        waiting, oldest = push_stats_table.waiting(tx, tenant.id)
        delay = sent_documents.search_delay(tx, tenant.id, datetime.combine(first, time(), ZONE))
        booked = push_stats_table.by_day(tx, tenant.id, datetime.combine(first, time(), ZONE))
    by_day = {row.day: DayStats(row.day, row.documents, row.median_s, row.p95_s) for row in booked}
    days = [by_day.get(day, DayStats(day)) for day in (first + timedelta(days=number) for number in range(DAYS))]
    return PushStats(states, waiting, oldest, days, _blocked_by(context, tenant, language), delay)


def _blocked_by(context: Context, tenant: Tenant, language: Language) -> BlockedBy | None:
    circuit = open_circuit(context, tenant)
    if circuit is None:
        return None
    text = lookup(circuit.code).text(circuit.values, language)
    return BlockedBy(circuit.code, text.message, text.action, circuit.until)
