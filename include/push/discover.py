"""Discovering archived work orders: from Simon into the ledger, from the last change seen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from include.connectors.field_service import FieldService
from include.connectors.registry import FIELD_SERVICE
from include.context import Context
from include.log.writer import IntegrationLog
from include.push.ledger import enter
from include.store import ledger, watermarks
from include.tenants.tenant import Tenant

OVERLAP = timedelta(minutes=5)  # read again each time: moments tie and sources lag (contract, section 10)
STREAM = "work_orders"
UNARCHIVED = "work_order.unarchived"


def discover(context: Context, tenant: Tenant, app: FieldService) -> int:
    """Enter what was archived since the tenant became active (R3.12); how many were new. Raises IntegrationError."""
    start = tenant.active_since or datetime.max.replace(tzinfo=UTC)
    with context.store.begin() as tx:
        watermark = watermarks.get(tx, tenant.id, FIELD_SERVICE, STREAM)
    since = max(watermark - OVERLAP, start) if watermark else start
    refs, now = app.archived(since), context.now()
    with context.store.begin() as tx:
        new = enter(tx, tenant.id, [ref for ref in refs if ref.archived_at >= start], now)
        if refs:
            # a change from a clock that is ahead must not hide what is archived until that moment
            latest = min(max(ref.changed_at for ref in refs), now)
            watermarks.raise_to(tx, tenant.id, FIELD_SERVICE, STREAM, changed_at=latest)
    return new


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
