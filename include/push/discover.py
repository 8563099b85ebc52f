"""Discovering archived work orders: from Simon into the ledger, from the last change seen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from include.connectors.field_service import ArchivedWorkOrders, FieldService
from include.connectors.registry import FIELD_SERVICE
from include.context import Context
from include.log.writer import IntegrationLog
from include.push.ledger import enter
from include.records import WorkOrderRef
from include.store import ledger, problems, watermarks
from include.store.ledger import BEFORE_ACTIVATION
from include.store.problems import ProblemFilter
from include.tenants.tenant import Tenant

OVERLAP = timedelta(minutes=5)  # read again each time: moments tie and sources lag (contract, section 10)
LOOK_BACK = timedelta(days=35)  # more than a month, after which invoices are surely missed
STREAM = "work_orders"
UNARCHIVED, UNREADABLE = "work_order.unarchived", "work_order.unreadable"
NEAR_BORDER, SEEN_LATE = "work_order.near_activation", "work_order.seen_late"


def discover(context: Context, tenant: Tenant, app: FieldService, log: IntegrationLog) -> int:
    """Enter what was archived since the tenant became active (R3.12); how many were new. Raises IntegrationError."""
    start = _border(tenant)
    with context.store.begin() as tx:
        watermark = watermarks.get(tx, tenant.id, FIELD_SERVICE, STREAM)
    since = max(watermark, start) if watermark else start
    archived, now = app.archived(_before(since)), context.now()
    new = _enter(context, tenant, archived, log)
    if archived.refs:
        # a change from a clock that is ahead must not hide what is archived until that moment
        latest = min(max(ref.changed_at for ref in archived.refs), now)
        with context.store.begin() as tx:
            watermarks.raise_to(tx, tenant.id, FIELD_SERVICE, STREAM, changed_at=latest)
    return len(new)


def look_back(
    context: Context, tenant: Tenant, archived: ArchivedWorkOrders, log: IntegrationLog
) -> list[WorkOrderRef]:
    """Enter what ``archived_lately`` gave and is not in the ledger, and say so (R3.1); those that were new.

    Everything else looks from the last change on: what was missing from two answers would never be sent.
    """
    new = _enter(context, tenant, archived, log)
    for ref in new:
        log.write(SEEN_LATE, ref.number)
    return new


def archived_lately(context: Context, tenant: Tenant, app: FieldService, since: datetime) -> ArchivedWorkOrders:
    """Return what was archived since a moment, and not before the tenant became active. Raises IntegrationError."""
    return app.archived(max(_before(_border(tenant)), since))


def _border(tenant: Tenant) -> datetime:
    """Return the moment, by Simon's clock, from which archived work orders are sent."""
    return tenant.active_since or datetime.max.replace(tzinfo=UTC)


def _before(moment: datetime) -> datetime:
    return moment - OVERLAP


def _enter(context: Context, tenant: Tenant, archived: ArchivedWorkOrders, log: IntegrationLog) -> list[WorkOrderRef]:
    """Enter what a listing shows that is not in the ledger yet; what was archived just before the border is not sent,
    which is said. Return what is to be sent.
    """
    start, now = _border(tenant), context.now()
    with context.store.begin() as tx:
        new = enter(tx, tenant.id, [ref for ref in archived.refs if ref.archived_at >= start], now)
        near = [ref for ref in archived.refs if _before(start) <= ref.archived_at < start]
        messages = [
            log.add(tx, NEAR_BORDER, ref.number) for ref in enter(tx, tenant.id, near, now, skipped=BEFORE_ACTIVATION)
        ]
    for message in messages:
        log.print(message)
    _note_unreadable(context, tenant, archived, log)
    return new


def _note_unreadable(context: Context, tenant: Tenant, archived: ArchivedWorkOrders, log: IntegrationLog) -> None:
    """Report each row that cannot be read once, and close what was reported of those that can be by now (R3.13)."""
    with context.store.begin() as tx:
        known = set(problems.open_records(tx, tenant.id, UNREADABLE))
        for ref in archived.refs:
            if str(ref.id) in known:
                problems.resolve(tx, tenant.id, ProblemFilter(record=str(ref.id), codes=(UNREADABLE,)))
    for row in archived.unreadable:
        if row.id not in known:
            log.write(UNREADABLE, row.id, reason=row.reason)


def note_unarchived(context: Context, tenant: Tenant, ready: Sequence[int], log: IntegrationLog) -> None:
    """Report once of each booked work order that it is out of the archive again (R3.10).

    Un-archiving makes it ready, and those that are ready are asked for anyway; so this costs no request, and sees the
    first page of them only.
    """
    if not ready:
        return
    with context.store.begin() as tx:
        reopened = ledger.note_reopened(tx, tenant.id, ready, UNARCHIVED)
    for entry in reopened:
        log.write(UNARCHIVED, entry.number, system=tenant.package.title, document=entry.document)
