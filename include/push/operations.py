"""What a person can do to work orders: hold, release, push, retry, backfill. Doing it twice does no harm."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from include.access.systems import open_app, open_package
from include.connectors.package import DocumentSink
from include.context import Context
from include.errors import InvalidInput, NotFound, WorkOrderRefused
from include.local_time import moment_of
from include.log.writer import IntegrationLog
from include.push.ledger import (
    CONFIRMED,
    HELD,
    READY,
    SENDING,
    SKIPPED,
    UNKNOWN,
    enter,
    override,
    resolve_problems,
)
from include.push.lost_answer import ASKS
from include.push.outcomes import document_name
from include.push.push_run import PushRun, open_run
from include.push.worker import claim_and_process
from include.store import activation_border, circuit_breakers, ledger, sent_documents
from include.store import tenants as tenants_table
from include.store.ledger import LedgerEntry as LedgerEntry
from include.store.ledger import LedgerState
from include.tenants.tenant import Tenant, load

HELD_BY_A_PERSON = "work_order.held"
# held with the request to look in the package first: who lets one of these go has done so
LOOKED_FOR = (ASKS, "work_order.lookalike", "work_order.document_differs", "work_order.duplicate_documents")
ONE_BY_ONE = (HELD_BY_A_PERSON, ASKS, "work_order.lookalike")


@dataclass(frozen=True)
class BackfillCount:
    """How many were ``archived`` since the day that was asked for, and how many of them are ``new`` in the ledger."""

    archived: int
    new: int


def find_entry(context: Context, tenant: Tenant, work_order: str) -> LedgerEntry:
    """Return the latest archiving of a work order, by its number or Simple-Simon's id. Raises NotFound."""
    with context.store.begin() as tx:
        entry = ledger.latest_of(tx, tenant.id, work_order.strip())
    if entry is None:
        raise NotFound(
            f"work order: {work_order!r} is not known: it was never seen archived, or was archived before {tenant.slug}"
            f" became active; koppel work-orders backfill {tenant.slug} --from DATE takes those along"
        )
    return entry


def hold(context: Context, tenant: Tenant, work_order: str, by: str) -> LedgerEntry:
    """Keep a work order from being sent until somebody releases it. Raises NotFound, WorkOrderRefused."""
    entry = find_entry(context, tenant, work_order)
    if entry.state == HELD:
        return entry
    sibling = _active_sibling(context, entry)
    for other in (entry, sibling):
        if other is not None and other.state == CONFIRMED:
            raise WorkOrderRefused(
                f"work order {entry.number} is in {tenant.package.title} already, as {other.document}"
            )
    if entry.state == SKIPPED:  # a release would send it
        raise WorkOrderRefused(f"work order {entry.number} is not sent anyway: {entry.code}")
    if sibling is not None:
        raise WorkOrderRefused(
            f"an earlier archiving of work order {entry.number} is {sibling.state}; nothing is sent meanwhile"
        )
    _override(context, entry, HELD, by=by, code=HELD_BY_A_PERSON)
    _log(context, tenant, by).write(HELD_BY_A_PERSON, entry.number, by=by)
    return find_entry(context, tenant, work_order)


def release(context: Context, tenant: Tenant, work_order: str, by: str) -> LedgerEntry:
    """Let a held work order go on; the package is searched first when it may have been sent.

    Raises NotFound, WorkOrderRefused.
    """
    entry = find_entry(context, tenant, work_order)
    sibling = _active_sibling(context, entry)
    if entry.state != HELD and sibling is not None and sibling.state == HELD:
        entry = sibling
    if entry.state in (READY, UNKNOWN):
        return entry
    if entry.state != HELD:
        raise WorkOrderRefused(f"work order {entry.number} is not held but {entry.state}")
    code = "work_order.released"
    _override(context, entry, _state_on_request(entry), by=by, code=code, send_again=entry.code in LOOKED_FOR)
    with context.store.begin() as tx:
        ledger.requeue_siblings(tx, entry, context.now())
    _log(context, tenant, by).write(code, entry.number, by=by)
    return find_entry(context, tenant, work_order)


def say_there(context: Context, tenant: Tenant, work_order: str, document_id: str, *, by: str) -> LedgerEntry:
    """Confirm a held work order with a document that a person found in the package (R3.15).

    Raises NotFound, WorkOrderRefused, and the IntegrationError that is in its way.
    """
    entry = find_entry(context, tenant, work_order)
    if entry.state != HELD:
        raise WorkOrderRefused(f"work order {entry.number} is not held but {entry.state}")
    document = open_package(context, tenant).document(document_id.strip())
    if document is None:
        raise NotFound(f"document: {document_id!r} is not in {tenant.package.title}; use its own id there")
    if entry.customer_key and document.customer_key != entry.customer_key:
        raise WorkOrderRefused(
            f"document: {document_name(document)} is of customer {document.customer_key},"
            f" and work order {entry.number} of customer {entry.customer_key}"
        )
    code, now = "work_order.recognised", context.now()
    with context.store.begin() as tx:
        if sent_documents.is_of_another(tx, entry, document.id, document.reference):
            raise WorkOrderRefused(f"document: {document_name(document)} is that of another work order")
    made = {"document_id": document.id, "document_number": document.number, "confirmed_at": now}
    _override(context, entry, CONFIRMED, by=by, code=code, **made)
    values = {"system": tenant.package.title, "document": document_name(document), "by": by}
    _log(context, tenant, by).write(code, entry.number, **values)
    return find_entry(context, tenant, work_order)


def _active_sibling(context: Context, entry: LedgerEntry) -> LedgerEntry | None:
    with context.store.begin() as tx:
        return ledger.active_sibling(tx, entry)


def _state_on_request(entry: LedgerEntry) -> LedgerState:
    """Return where an entry goes on that a person lets go: what may be in the package is searched for first."""
    unsure = entry.state in (SENDING, UNKNOWN) or (entry.state in (HELD, SKIPPED) and entry.unclear_calls)
    return UNKNOWN if unsure else READY


def _override(
    context: Context, entry: LedgerEntry, state: LedgerState, *, by: str, code: str | None, **fields: Any
) -> None:
    """Move an entry as a person asks. Raises WorkOrderRefused while a runner has it."""
    with context.store.begin() as tx:
        if not override(tx, entry, state, context.now(), by=by, code=code, reported_error=None, **fields):
            raise WorkOrderRefused(
                f"work order {entry.number} is being handled at this moment; try again in a few minutes"
            )
        resolve_problems(tx, entry)


def push_one(context: Context, tenant: Tenant, work_order: str, *, by: str, key: str) -> LedgerEntry:
    """Send one now, also one that the filter word or a person kept back, and again when its document was removed.

    Raises NotFound, WorkOrderRefused, and the IntegrationError that is in its way.
    """
    if not tenant.active:
        raise WorkOrderRefused(f"{tenant.slug} is {tenant.effective_state}: nothing is sent")
    entry = find_entry(context, tenant, work_order)
    run = open_run(context, tenant, IntegrationLog(context.store, tenant.id, tenant.slug, key))
    sibling = _active_sibling(context, entry)
    for other in (entry, sibling):
        if other is not None and other.state == CONFIRMED:
            _forget_removed(run, other, by)
    if sibling is not None and sibling.state != CONFIRMED:
        raise WorkOrderRefused(
            f"another archiving of work order {entry.number} is {sibling.state}; that one goes first"
        )
    entry = find_entry(context, tenant, work_order)
    looked_for = entry.state == HELD and entry.code in LOOKED_FOR
    # what a person asked for is wanted from now on, also should it have to wait
    code = None if entry.code == ledger.BEFORE_ACTIVATION else entry.code
    _override(context, entry, _state_on_request(entry), by=by, code=code, send_again=looked_for)
    if claim_and_process(run, entry.id, explicit=True) is None:
        raise WorkOrderRefused(f"work order {entry.number} is being handled at this moment; try again in a few minutes")
    return find_entry(context, tenant, work_order)


def _forget_removed(run: PushRun, booked: LedgerEntry, by: str) -> None:
    """Skip a booked entry whose document was removed in the package. Raises WorkOrderRefused when it is there."""
    if _still_there(run.package, booked):
        raise WorkOrderRefused(
            f"work order {booked.number} is in {run.system} already, as {booked.document}; remove that first"
        )
    values = {"document": booked.document, "system": run.system, "by": by}
    code = "work_order.document_removed"
    _override(run.context, booked, SKIPPED, by=by, code=code, expected=None, document_id=None, unclear_calls=0)
    run.log.write(code, booked.number, **values)


def _still_there(package: DocumentSink, booked: LedgerEntry) -> bool:
    """Look a document up by its own id, and by our reference under the customer it was made for."""
    if booked.document_id and package.document(booked.document_id) is not None:
        return True
    return bool(package.find(booked.reference, booked.customer_key or ""))


def retry(context: Context, tenant: Tenant, code: str | None, by: str) -> int:
    """Make due what waits with this code, or all that is rejected; how many.

    What a person holds, or has to look for in the package first, is left alone. What is held for another reason goes on
    as if it were released.
    """
    with context.store.begin() as tx:
        entries = [e for e in ledger.waiting_for(tx, tenant.id, code) if e.code not in ONE_BY_ONE]
        count = 0
        for entry in entries:
            state = _state_on_request(entry) if entry.state == HELD else entry.state
            count += override(tx, entry, state, context.now(), by=by, code=entry.code)
        circuit_breakers.lift(tx, tenant.id)
    return count


def retry_all(context: Context, code: str | None, by: str) -> dict[str, int]:
    """Do the same for all active tenants; by tenant, how many of those that had any."""
    with context.store.begin() as tx:
        slugs = [row.slug for row in tenants_table.listing(tx)]
    tenants = [tenant for slug in slugs if (tenant := load(context, slug)).active]
    counted = {tenant.slug: retry(context, tenant, code, by) for tenant in tenants}
    return {slug: count for slug, count in counted.items() if count}


def backfill(context: Context, tenant: Tenant, start: date, *, by: str, dry_run: bool) -> BackfillCount:
    """Enter what was archived since the beginning of a Dutch day, before the tenant became active too (R3.12).

    Raises InvalidInput for a day that is still to come, IntegrationError.
    """
    now = context.now()
    since = moment_of(start, time())
    if since > now:
        raise InvalidInput(f"from: {start} is still to come; use a day that has begun")
    refs = [ref for ref in open_app(context, tenant).archived(since).refs if ref.archived_at >= since]
    with context.store.begin() as tx:
        skipped = activation_border.skipped_before_activation(tx, tenant.id, refs)
        if dry_run:
            return BackfillCount(len(refs), len(ledger.unknown(tx, tenant.id, refs)) + len(skipped))
        included = 0
        for entry in skipped:
            included += override(tx, entry, _state_on_request(entry), now, by=by, code=None)
        return BackfillCount(len(refs), len(enter(tx, tenant.id, refs, now, by=by)) + included)


def _log(context: Context, tenant: Tenant, by: str) -> IntegrationLog:
    return IntegrationLog(context.store, tenant.id, tenant.slug, f"by {by}")
