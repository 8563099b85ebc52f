"""What there is to see of a tenant's work orders on their way to the package: counts, speed, and what holds them up."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.koppel import Koppel
from include.messages import Language, lookup
from include.push.stops import stopped
from include.store import deliveries as rows
from include.store import ledger, stops
from include.tenants.tenant import Tenant

DAYS = 30
ZONE = ZoneInfo(rows.ZONE)


@dataclass(frozen=True)
class Day:
    """One business day; how long it took from archiving to the document is None when nothing was booked."""

    day: date
    documents: int = 0
    median_s: float | None = None
    p95_s: float | None = None


@dataclass(frozen=True)
class Obstacle:
    """Why nothing is sent for now, and until when."""

    code: str
    message: str
    action: str
    until: datetime


@dataclass(frozen=True)
class Deliveries:
    """``states`` counts the entries of the ledger; ``days`` are the last thirty, today included."""

    states: dict[str, int]
    waiting: int
    oldest: datetime | None
    days: list[Day]
    obstacle: Obstacle | None


def deliveries(koppel: Koppel, tenant: Tenant, language: Language = "nl") -> Deliveries:
    """As it is at this moment."""
    first = koppel.now().astimezone(ZONE).date() - timedelta(days=DAYS - 1)
    with koppel.store.begin() as tx:
        states = ledger.counts(tx, tenant.id)
        waiting, oldest = rows.waiting(tx, tenant.id)
        booked = rows.by_day(tx, tenant.id, datetime.combine(first, time(), ZONE))
    found = {row.day: Day(row.day, row.documents, row.median_s, row.p95_s) for row in booked}
    days = [found.get(day, Day(day)) for day in (first + timedelta(days=number) for number in range(DAYS))]
    return Deliveries(states, waiting, oldest, days, _obstacle(koppel, tenant, language))


def _obstacle(koppel: Koppel, tenant: Tenant, language: Language) -> Obstacle | None:
    if not stopped(koppel, tenant):
        return None
    with koppel.store.begin() as tx:
        stop = stops.get(tx, tenant.id)
    if stop is None:
        return None
    text = lookup(stop.code).text({"system": stop.system}, language)
    return Obstacle(stop.code, text.message, text.action, stop.until)
