"""Finding archived work orders: from Simon into the ledger, from the last change seen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from include.connectors.field_service import FieldService
from include.connectors.registry import FIELD_SERVICE
from include.context import Context
from include.log.writer import IntegrationLog
from include.push.document import reference
from include.store import ledger, watermarks
from include.tenants.tenant import Tenant

OVERLAP = timedelta(minutes=5)  # read again each time: moments tie and sources lag (contract, section 10)
STREAM = "work_orders"
UNARCHIVED = "work_order.unarchived"


def discover(context: Context, tenant: Tenant, app: FieldService) -> int:
    """Enter what was archived since the tenant became active (R3.12); how many were new."""
    start = tenant.active_since or datetime.max.replace(tzinfo=UTC)
    with context.store.begin() as tx:
        seen = watermarks.get(tx, tenant.id, FIELD_SERVICE, STREAM)
    since = max(seen - OVERLAP, start) if seen else start
    found, now = app.archived(since), context.now()
    with context.store.begin() as tx:
        due = [sighting for sighting in found if sighting.archived_at >= start]
        new = ledger.discover(tx, tenant.id, [(s, reference(s.id, s.number)) for s in due], now)
        if found:
            # a change from a clock that is ahead must not hide what is archived until that moment
            latest = min(max(s.changed_at for s in found), now)
            watermarks.raise_to(tx, tenant.id, FIELD_SERVICE, STREAM, latest)
    return new


def note_unarchived(context: Context, tenant: Tenant, ready: Sequence[int], log: IntegrationLog) -> None:
    """Say once of each booked work order that it is out of the archive again (R3.10).

    Un-archiving makes it ready, and those that are ready are asked for anyway; so this costs no request, and sees the
    first page of them only.
    """
    if not ready:
        return
    with context.store.begin() as tx:
        found = ledger.reopened(tx, tenant.id, ready, UNARCHIVED)
    for entry in found:
        log.write("work_order.unarchived", entry.number, system=tenant.package.title, document=entry.document)
