"""Rejected work orders, seen to be due as soon as what they were judged by is another (R3.3, R3.7).

It is recomputed from the store, without asking anybody. What is kept in Simple-Simon is read again, a few at each poll.
"""

from contextlib import suppress

from include.connectors.field_service import FieldService
from include.context import Context
from include.errors import RecordRejected
from include.push import document as documents
from include.push.master_data import LoadedRecords, LookupTrace, load_records
from include.records import WorkOrder
from include.store import ledger
from include.store.ledger import LedgerEntry
from include.tenants.tenant import Tenant

COMPARED_AT_ONCE = 500  # entries judged anew at one poll; the next poll takes the next ones
READ_AT_ONCE = 2  # work orders that are read again at one poll
# what can be repaired in Simple-Simon without archiving again: the work address gets its customer
REPAIRED_IN_SIMON = ("work_order.address_of_another_customer", "work_order.no_customer")


def requeue_changed(context: Context, tenant: Tenant, app: FieldService) -> int:
    """Make due what may have been repaired; how many. Raises IntegrationError."""
    return _requeue_by_input(context, tenant) + _requeue_by_reading(context, tenant, app)


def _requeue_by_input(context: Context, tenant: Tenant) -> int:
    now = context.now()
    with context.store.begin() as tx:
        rejected = ledger.not_due(tx, tenant.id, now, COMPARED_AT_ONCE)
    if not rejected:
        return 0
    orders = [WorkOrder.model_validate(entry.work_order) for entry in rejected]
    records = load_records(context.store, tenant.id, tenant.settings, orders)
    pairs = zip(rejected, orders, strict=True)
    changed = [entry for entry, order in pairs if entry.input_digest != input_digest(tenant, order, records)]
    with context.store.begin() as tx:
        ledger.set_rejected(tx, rejected, checked_at=now)
        ledger.set_rejected(tx, changed, due_at=now)
    return len(changed)


def input_digest(tenant: Tenant, work_order: WorkOrder, records: LoadedRecords) -> bytes:
    """Return a digest of all that building its document looks up, as far as that gets."""
    trace = LookupTrace()
    with suppress(RecordRejected):  # what matters is what was looked up until then
        documents.build(work_order, tenant.settings, records.master_data(trace))
    return trace.digest(tenant.settings_version)


def _requeue_by_reading(context: Context, tenant: Tenant, app: FieldService) -> int:
    with context.store.begin() as tx:
        rejected = ledger.not_due_of(tx, tenant.id, context.now(), REPAIRED_IN_SIMON, limit=READ_AT_ONCE)
    if not rejected:
        return 0
    changed = [entry for entry in rejected if _changed_in_simon(app, entry)]
    with context.store.begin() as tx:
        ledger.set_rejected(tx, rejected, read_at=context.now())
        ledger.set_rejected(tx, changed, due_at=context.now())
    return len(changed)


def _changed_in_simon(app: FieldService, entry: LedgerEntry) -> bool:
    order = app.work_order(entry.work_order_id)
    return order is None or order != WorkOrder.model_validate(entry.work_order)
