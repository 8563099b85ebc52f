"""What a person can do to work orders: hold, release, push, retry, backfill. Doing it twice does no harm."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from include.access.systems import open_app
from include.connectors.package import DocumentSink
from include.context import Context
from include.errors import WorkOrderRefused
from include.log.writer import IntegrationLog
from include.push.document import AMSTERDAM, reference
from include.push.push_run import PushRun, close_problems
from include.push.worker import claim_and_process, open_run
from include.store import circuit_breakers, ledger
from include.store import tenants as tenants_table
from include.store.ledger import LedgerEntry, LedgerState
from include.tenants.tenant import Tenant, load

__all__ = [
    "BackfillCount",
    "LedgerEntry",
    "backfill",
    "find_entry",
    "hold",
    "push_one",
    "release",
    "retry",
    "retry_all",
]


@dataclass(frozen=True)
class BackfillCount:
    """Archived since the day that was asked for: how many there are, and how many of them were not known yet."""

    found: int
    new: int


def find_entry(context: Context, tenant: Tenant, work_order: str) -> LedgerEntry:
    """The latest archiving of a work order, by its number or Simple-Simon's id. Raises Refused."""
    with context.store.begin() as tx:
        entry = ledger.latest_of(tx, tenant.id, work_order.strip())
    if entry is None:
        raise WorkOrderRefused(
            f"work order: {work_order!r} is not known: it was never seen archived, or was archived before {tenant.slug}"
            f" became active; koppel backfill {tenant.slug} --from DATE takes those along"
        )
    return entry


def hold(context: Context, tenant: Tenant, work_order: str, by: str) -> LedgerEntry:
    """Keep a work order from being sent until somebody releases it. Raises Refused."""
    entry = find_entry(context, tenant, work_order)
    if entry.state == "held":
        return entry
    with context.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    for booked in (entry, other):
        if booked is not None and booked.state == "confirmed":
            raise WorkOrderRefused(
                f"work order {entry.number} is in {tenant.package.title} already, as {booked.document}"
            )
    if entry.state == "skipped":  # a release would send it
        raise WorkOrderRefused(f"work order {entry.number} is not sent anyway: {entry.code}")
    if other is not None:
        raise WorkOrderRefused(
            f"an earlier archiving of work order {entry.number} is {other.state}; nothing is sent meanwhile"
        )
    _act(context, entry, "held", "work_order.held", by)
    _log(context, tenant, by).write("work_order.held", entry.number, by=by)
    return find_entry(context, tenant, work_order)


def release(context: Context, tenant: Tenant, work_order: str, by: str) -> LedgerEntry:
    """Let a held work order go on; the package is searched first when it may have been sent. Raises Refused."""
    entry = find_entry(context, tenant, work_order)
    with context.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    if entry.state != "held" and other is not None and other.state == "held":
        entry = other
    if entry.state in ("ready", "unknown"):
        return entry
    if entry.state != "held":
        raise WorkOrderRefused(f"work order {entry.number} is not held but {entry.state}")
    _act(context, entry, _after_release(entry), "work_order.released", by)
    with context.store.begin() as tx:
        ledger.wake_others(tx, entry, context.now())
    _log(context, tenant, by).write("work_order.released", entry.number, by=by)
    return find_entry(context, tenant, work_order)


def _after_release(entry: LedgerEntry) -> LedgerState:
    """What may be in the package is searched for before anything is sent."""
    return "unknown" if entry.expected is not None else "ready"


def _after_push(entry: LedgerEntry) -> LedgerState:
    """Likewise of one on which a runner died while sending."""
    if entry.state in ("sending", "unknown"):
        return "unknown"
    return _after_release(entry) if entry.state == "held" else "ready"


def _act(context: Context, entry: LedgerEntry, state: LedgerState, code: str | None, by: str, **fields: object) -> None:
    with context.store.begin() as tx:
        if not ledger.act(tx, entry, state, code, by, context.now(), said=None, **fields):
            raise WorkOrderRefused(
                f"work order {entry.number} is being handled at this moment; try again in a few minutes"
            )
        close_problems(tx, entry)


def push_one(context: Context, tenant: Tenant, work_order: str, by: str, key: str) -> LedgerEntry:
    """Send one now, also one that the filter word or a person kept back, and again when its document was removed.

    Raises Refused, and the IntegrationError that is in its way.
    """
    if not tenant.active:
        raise WorkOrderRefused(f"{tenant.slug} is {tenant.standing}: nothing is sent")
    entry = find_entry(context, tenant, work_order)
    run = open_run(context, tenant, IntegrationLog(context.store, tenant.id, tenant.slug, key))
    with context.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    for booked in (entry, other):
        if booked is not None and booked.state == "confirmed":
            _give_up(run, booked, by)
    if other is not None and other.state != "confirmed":
        raise WorkOrderRefused(f"another archiving of work order {entry.number} is {other.state}; that one goes first")
    entry = find_entry(context, tenant, work_order)
    _act(context, entry, _after_push(entry), entry.code, by)
    if claim_and_process(run, entry.id, explicit=True) is None:
        raise WorkOrderRefused(f"work order {entry.number} is being handled at this moment; try again in a few minutes")
    return find_entry(context, tenant, work_order)


def _give_up(run: PushRun, booked: LedgerEntry, by: str) -> None:
    """A booked entry whose document was removed in the package no longer counts. Raises Refused when it is there."""
    if _still_there(run.package, booked):
        raise WorkOrderRefused(
            f"work order {booked.number} is in {run.system} already, as {booked.document}; remove that first"
        )
    values = {"document": booked.document, "system": run.system, "by": by}
    _act(run.context, booked, "skipped", "work_order.document_removed", by, expected=None, document_id=None)
    run.log.write("work_order.document_removed", booked.number, **values)


def _still_there(package: DocumentSink, booked: LedgerEntry) -> bool:
    """By its own id, and by our reference under the customer it was made for."""
    if booked.document_id and package.document(booked.document_id) is not None:
        return True
    return bool(package.find(booked.reference, booked.customer_key or ""))


def retry(context: Context, tenant: Tenant, code: str | None, by: str) -> int:
    """Make due what waits with this code, or all that is rejected; how many.

    What a person holds is left alone. What is held for another reason goes on as if it were released.
    """
    with context.store.begin() as tx:
        waiting = [one for one in ledger.waiting(tx, tenant.id, code) if one.code != "work_order.held"]
        done = 0
        for entry in waiting:
            state = _after_release(entry) if entry.state == "held" else entry.state
            done += ledger.act(tx, entry, state, entry.code, by, context.now())
        circuit_breakers.lift(tx, tenant.id)
    return done


def retry_all(context: Context, code: str | None, by: str) -> dict[str, int]:
    """The same for all active tenants: how many of each that had any."""
    with context.store.begin() as tx:
        slugs = [row.slug for row in tenants_table.listing(tx)]
    tenants = [tenant for slug in slugs if (tenant := load(context, slug)).active]
    counted = {tenant.slug: retry(context, tenant, code, by) for tenant in tenants}
    return {slug: number for slug, number in counted.items() if number}


def backfill(context: Context, tenant: Tenant, start: date, by: str, dry: bool) -> BackfillCount:
    """Enter what was archived since the beginning of a Dutch day, before the tenant became active too (R3.12)."""
    now = context.now()
    since = datetime.combine(start, time(), AMSTERDAM).astimezone(UTC)
    if since > now:
        raise WorkOrderRefused(f"from: {start} is still to come; use a day that has begun")
    seen = [one for one in open_app(context, tenant).archived(since) if one.archived_at >= since]
    with context.store.begin() as tx:
        if dry:
            return BackfillCount(len(seen), len(seen) - ledger.known(tx, tenant.id, seen))
        pairs = [(one, reference(one.id, one.number)) for one in seen]
        again = ledger.take_along(tx, tenant.id, seen, now, by)
        return BackfillCount(len(seen), ledger.discover(tx, tenant.id, pairs, now, by) + again)


def _log(context: Context, tenant: Tenant, by: str) -> IntegrationLog:
    return IntegrationLog(context.store, tenant.id, tenant.slug, f"by {by}")
