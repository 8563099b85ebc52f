"""The document of a work order as it would be made now, and where the one in the package differs. Sends nothing."""

from dataclasses import dataclass

from include.access.systems import open_app, open_package
from include.context import Context
from include.errors import RecordRejected, WorkOrderRefused
from include.push import document as documents
from include.push.diff import differences, figures, totals_differ
from include.push.master_data import LookupTrace, load_records
from include.push.operations import find_entry
from include.records import ExpectedDocument, PackageDocument, WorkOrder
from include.store.ledger import LedgerEntry
from include.tenants.tenant import Tenant


@dataclass(frozen=True)
class Preview:
    """``refusal`` is why no document can be made; ``kept_back`` the filter word that keeps it from being sent."""

    work_order: str
    reference: str
    state: str
    planned: ExpectedDocument | None
    refusal: RecordRejected | None
    kept_back: str | None
    existing: tuple[PackageDocument, ...]
    differing: tuple[str, ...]


def preview(context: Context, tenant: Tenant, work_order: str) -> Preview:
    """Raises Refused for one that is not archived, and the IntegrationError that is in its way."""
    entry = find_entry(context, tenant, work_order)
    order = open_app(context, tenant).work_order(entry.work_order_id)
    if order is None:
        raise WorkOrderRefused(f"work order {entry.number} is not in the archive")
    package = open_package(context, tenant)
    planned, refusal = None, None
    try:
        books = load_records(context.store, tenant.id, tenant.settings, [order]).books(LookupTrace())
        planned = package.plan(documents.build(order, tenant.settings, books))
    except RecordRejected as error:
        refusal = error
    customer = entry.customer_key or (planned.customer_key if planned else "")
    existing = tuple(package.find(entry.reference, customer)) if customer else ()
    return _preview(entry, order, tenant, planned, refusal, existing)


def _preview(
    entry: LedgerEntry,
    order: WorkOrder,
    tenant: Tenant,
    planned: ExpectedDocument | None,
    refusal: RecordRejected | None,
    existing: tuple[PackageDocument, ...],
) -> Preview:
    differing = [text for one in existing if planned for text in _differing(planned, one)]
    word = documents.filter_word_in(order, tenant.settings)
    return Preview(entry.number, entry.reference, entry.state, planned, refusal, word, existing, tuple(differing))


def _differing(planned: ExpectedDocument, sent: PackageDocument) -> list[str]:
    amounts = [f"{figures(planned)} → {figures(sent)}"] if totals_differ(planned, sent) else []
    return differences(planned, sent) + amounts
