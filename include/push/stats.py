"""What there is to see of a tenant's work orders on their way to the package: counts, speed, and what holds them up."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.context import Context
from include.messages import Language, lookup
from include.push.circuit_breaker import stopped
from include.store import circuit_breakers, ledger
from include.store import push_stats as push_stats_table
from include.tenants.tenant import Tenant

DAYS = 30
ZONE = ZoneInfo(push_stats_table.ZONE)


@dataclass(frozen=True)
class DayStats:
    """One business day; how long it took from archiving to the document is None when nothing was booked."""

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
    """``states`` counts the entries of the ledger; ``days`` are the last thirty, today included."""

    states: dict[str, int]
    waiting: int
    oldest: datetime | None
    days: list[DayStats]
    obstacle: BlockedBy | None


def push_stats(context: Context, tenant: Tenant, language: Language = "nl") -> PushStats:
    """As it is at this moment."""
    first = context.now().astimezone(ZONE).date() - timedelta(days=DAYS - 1)
    with context.store.begin() as tx:
        states = ledger.counts(tx, tenant.id)
        waiting, oldest = push_stats_table.waiting(tx, tenant.id)
        booked = push_stats_table.by_day(tx, tenant.id, datetime.combine(first, time(), ZONE))
    found = {row.day: DayStats(row.day, row.documents, row.median_s, row.p95_s) for row in booked}
    days = [found.get(day, DayStats(day)) for day in (first + timedelta(days=number) for number in range(DAYS))]
    return PushStats(states, waiting, oldest, days, _obstacle(context, tenant, language))


def _obstacle(context: Context, tenant: Tenant, language: Language) -> BlockedBy | None:
    if not stopped(context, tenant):
        return None
    with context.store.begin() as tx:
        stop = circuit_breakers.get(tx, tenant.id)
    if stop is None:
        return None
    text = lookup(stop.code).text({"system": stop.system}, language)
    return BlockedBy(stop.code, text.message, text.action, stop.until)
