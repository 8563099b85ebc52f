"""Work orders that wait for something: seen to be due as soon as what they were judged by is another (R3.3, R3.7).

Recomputed from the store, without asking anybody. What lies in Simple-Simon is read again, a few at each look.
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

AT_ONCE = 500  # entries judged anew at one look; the next look takes the next ones
READ_AT_ONCE = 2  # work orders that are read again at one look
# what can be repaired in Simple-Simon without archiving again: the work address gets its customer
IN_SIMON = ("work_order.address_elsewhere", "work_order.no_customer")


def requeue_changed(context: Context, tenant: Tenant, app: FieldService) -> int:
    """Make due what may have been repaired; how many. Raises IntegrationError."""
    return _wake_by_basis(context, tenant) + _wake_by_reading(context, tenant, app)


def _wake_by_basis(context: Context, tenant: Tenant) -> int:
    now = context.now()
    with context.store.begin() as tx:
        parked = ledger.parked(tx, tenant.id, now, AT_ONCE)
    if not parked:
        return 0
    orders = [WorkOrder.model_validate(entry.work_order) for entry in parked]
    records = load_records(context.store, tenant.id, tenant.settings, orders)
    pairs = zip(parked, orders, strict=True)
    woken = [entry for entry, order in pairs if entry.basis != input_digest(tenant, order, records)]
    with context.store.begin() as tx:
        ledger.looked_at(tx, parked, woken, now)
    return len(woken)


def input_digest(tenant: Tenant, work_order: WorkOrder, records: LoadedRecords) -> bytes:
    """A digest of all that building its document looks up, as far as that gets."""
    asked = LookupTrace()
    with suppress(RecordRejected):  # what matters is what was asked until then
        documents.build(work_order, tenant.settings, records.books(asked))
    return asked.digest(tenant.settings_version)


def _wake_by_reading(context: Context, tenant: Tenant, app: FieldService) -> int:
    with context.store.begin() as tx:
        parked = ledger.parked(tx, tenant.id, context.now(), READ_AT_ONCE, IN_SIMON)
    woken = [entry for entry in parked if _changed(app, entry)]
    if parked:
        with context.store.begin() as tx:
            ledger.looked_at(tx, parked, woken, context.now(), read=True)
    return len(woken)


def _changed(app: FieldService, entry: LedgerEntry) -> bool:
    order = app.work_order(entry.work_order_id)
    return order is None or order != WorkOrder.model_validate(entry.work_order)
