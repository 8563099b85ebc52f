"""What a person can do to work orders: hold, release, push, retry, backfill. Doing it twice does no harm."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from include.connectors.base import DocumentSink
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.push.document import AMSTERDAM, reference
from include.push.loop import opened, take
from include.push.run import Push, close_problems
from include.store import ledger, stops
from include.store import tenants as rows
from include.store.ledger import Entry, State
from include.tenants.opening import open_app
from include.tenants.tenant import Tenant, load

__all__ = ["Backfill", "Entry", "Refused", "backfill", "found", "hold", "push_one", "release", "retry", "retry_all"]


class Refused(ValueError):
    """What was asked cannot be done; the text says why."""


@dataclass(frozen=True)
class Backfill:
    """Archived since the day that was asked for: how many there are, and how many of them were not known yet."""

    found: int
    new: int


def found(koppel: Koppel, tenant: Tenant, work_order: str) -> Entry:
    """The latest archiving of a work order, by its number or Simple-Simon's id. Raises Refused."""
    with koppel.store.begin() as tx:
        entry = ledger.latest_of(tx, tenant.id, work_order.strip())
    if entry is None:
        raise Refused(
            f"work order: {work_order!r} is not known: it was never seen archived, or was archived before {tenant.slug}"
            f" became active; koppel backfill {tenant.slug} --from DATE takes those along"
        )
    return entry


def hold(koppel: Koppel, tenant: Tenant, work_order: str, by: str) -> Entry:
    """Keep a work order from being sent until somebody releases it. Raises Refused."""
    entry = found(koppel, tenant, work_order)
    if entry.state == "held":
        return entry
    with koppel.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    for booked in (entry, other):
        if booked is not None and booked.state == "confirmed":
            raise Refused(f"work order {entry.number} is in {tenant.package.title} already, as {booked.document}")
    if entry.state == "skipped":  # a release would send it
        raise Refused(f"work order {entry.number} is not sent anyway: {entry.code}")
    if other is not None:
        raise Refused(f"an earlier archiving of work order {entry.number} is {other.state}; nothing is sent meanwhile")
    _act(koppel, entry, "held", "work_order.held", by)
    _log(koppel, tenant, by).write("work_order.held", entry.number, by=by)
    return found(koppel, tenant, work_order)


def release(koppel: Koppel, tenant: Tenant, work_order: str, by: str) -> Entry:
    """Let a held work order go on; the package is searched first when it may have been sent. Raises Refused."""
    entry = found(koppel, tenant, work_order)
    with koppel.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    if entry.state != "held" and other is not None and other.state == "held":
        entry = other
    if entry.state in ("ready", "unknown"):
        return entry
    if entry.state != "held":
        raise Refused(f"work order {entry.number} is not held but {entry.state}")
    _act(koppel, entry, _after_release(entry), "work_order.released", by)
    with koppel.store.begin() as tx:
        ledger.wake_others(tx, entry, koppel.now())
    _log(koppel, tenant, by).write("work_order.released", entry.number, by=by)
    return found(koppel, tenant, work_order)


def _after_release(entry: Entry) -> State:
    """What may be in the package is searched for before anything is sent."""
    return "unknown" if entry.expected is not None else "ready"


def _after_push(entry: Entry) -> State:
    """Likewise of one on which a runner died while sending."""
    if entry.state in ("sending", "unknown"):
        return "unknown"
    return _after_release(entry) if entry.state == "held" else "ready"


def _act(koppel: Koppel, entry: Entry, state: State, code: str | None, by: str, **fields: object) -> None:
    with koppel.store.begin() as tx:
        if not ledger.act(tx, entry, state, code, by, koppel.now(), said=None, **fields):
            raise Refused(f"work order {entry.number} is being handled at this moment; try again in a few minutes")
        close_problems(tx, entry)


def push_one(koppel: Koppel, tenant: Tenant, work_order: str, by: str, key: str) -> Entry:
    """Send one now, also one that the filter word or a person kept back, and again when its document was removed.

    Raises Refused, and the IntegrationError that is in its way.
    """
    if not tenant.active:
        raise Refused(f"{tenant.slug} is {tenant.standing}: nothing is sent")
    entry = found(koppel, tenant, work_order)
    run = opened(koppel, tenant, IntegrationLog(koppel.store, tenant.id, tenant.slug, key))
    with koppel.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    for booked in (entry, other):
        if booked is not None and booked.state == "confirmed":
            _give_up(run, booked, by)
    if other is not None and other.state != "confirmed":
        raise Refused(f"another archiving of work order {entry.number} is {other.state}; that one goes first")
    entry = found(koppel, tenant, work_order)
    _act(koppel, entry, _after_push(entry), entry.code, by)
    if take(run, entry.id, explicit=True) is None:
        raise Refused(f"work order {entry.number} is being handled at this moment; try again in a few minutes")
    return found(koppel, tenant, work_order)


def _give_up(run: Push, booked: Entry, by: str) -> None:
    """A booked entry whose document was removed in the package no longer counts. Raises Refused when it is there."""
    if _still_there(run.package, booked):
        raise Refused(f"work order {booked.number} is in {run.system} already, as {booked.document}; remove that first")
    values = {"document": booked.document, "system": run.system, "by": by}
    _act(run.koppel, booked, "skipped", "work_order.document_removed", by, expected=None, document_id=None)
    run.log.write("work_order.document_removed", booked.number, **values)


def _still_there(package: DocumentSink, booked: Entry) -> bool:
    """By its own id, and by our reference under the customer it was made for."""
    if booked.document_id and package.document(booked.document_id) is not None:
        return True
    return bool(package.find(booked.reference, booked.customer_key or ""))


def retry(koppel: Koppel, tenant: Tenant, code: str | None, by: str) -> int:
    """Make due what waits with this code, or all that is rejected; how many.

    What a person holds is left alone. What is held for another reason goes on as if it were released.
    """
    with koppel.store.begin() as tx:
        waiting = [one for one in ledger.waiting(tx, tenant.id, code) if one.code != "work_order.held"]
        done = 0
        for entry in waiting:
            state = _after_release(entry) if entry.state == "held" else entry.state
            done += ledger.act(tx, entry, state, entry.code, by, koppel.now())
        stops.lift(tx, tenant.id)
    return done


def retry_all(koppel: Koppel, code: str | None, by: str) -> dict[str, int]:
    """The same for all active tenants: how many of each that had any."""
    with koppel.store.begin() as tx:
        slugs = [row.slug for row in rows.listing(tx)]
    tenants = [tenant for slug in slugs if (tenant := load(koppel, slug)).active]
    counted = {tenant.slug: retry(koppel, tenant, code, by) for tenant in tenants}
    return {slug: number for slug, number in counted.items() if number}


def backfill(koppel: Koppel, tenant: Tenant, start: date, by: str, dry: bool) -> Backfill:
    """Enter what was archived since the beginning of a Dutch day, before the tenant became active too (R3.12)."""
    now = koppel.now()
    since = datetime.combine(start, time(), AMSTERDAM).astimezone(UTC)
    if since > now:
        raise Refused(f"from: {start} is still to come; use a day that has begun")
    seen = [one for one in open_app(koppel, tenant).archived(since) if one.archived_at >= since]
    with koppel.store.begin() as tx:
        if dry:
            return Backfill(len(seen), len(seen) - ledger.known(tx, tenant.id, seen))
        pairs = [(one, reference(one.id, one.number)) for one in seen]
        again = ledger.take_along(tx, tenant.id, seen, now, by)
        return Backfill(len(seen), ledger.discover(tx, tenant.id, pairs, now, by) + again)


def _log(koppel: Koppel, tenant: Tenant, by: str) -> IntegrationLog:
    return IntegrationLog(koppel.store, tenant.id, tenant.slug, f"by {by}")
