"""The document of a work order as it would be made now, and where the one in the package differs. Sends nothing."""

from dataclasses import dataclass

from include.access.systems import open_app, open_package
from include.connectors.package import DocumentSink
from include.context import Context
from include.errors import RecordRejected, WorkOrderRefused
from include.push import document as documents
from include.push.diff import differences, figures, totals_differ
from include.push.master_data import LookupTrace, load_records
from include.push.operations import find_entry
from include.records import ExpectedDocument, PackageDocument, WorkOrder
from include.tenants.tenant import Tenant


@dataclass(frozen=True)
class Preview:
    """``refusal`` is why no document can be made; ``filter_word`` the one that keeps the work order from being sent."""

    work_order: str
    reference: str
    state: str
    expected: ExpectedDocument | None
    refusal: RecordRejected | None
    filter_word: str | None
    existing: tuple[PackageDocument, ...]
    differences: tuple[str, ...]


def preview(context: Context, tenant: Tenant, work_order: str) -> Preview:
    """Return the document as it would be made now.

    Raises NotFound, WorkOrderRefused for one that is not archived, and the IntegrationError that is in its way.
    """
    entry = find_entry(context, tenant, work_order)
    order = open_app(context, tenant).work_order(entry.work_order_id)
    if order is None:
        raise WorkOrderRefused(f"work order {entry.number} is not in the archive")
    package = open_package(context, tenant)
    expected = _expected(context, tenant, order, package)
    document = expected if isinstance(expected, ExpectedDocument) else None
    customer = entry.customer_key or (document.customer_key if document else "")
    existing = tuple(package.find(entry.reference, customer)) if customer else ()
    return Preview(
        work_order=entry.number,
        reference=entry.reference,
        state=entry.state,
        expected=document,
        refusal=expected if isinstance(expected, RecordRejected) else None,
        filter_word=documents.filter_word_in(order, tenant.settings),
        existing=existing,
        differences=tuple(text for there in existing if document for text in _differences(document, there)),
    )


def _expected(
    context: Context, tenant: Tenant, order: WorkOrder, package: DocumentSink
) -> ExpectedDocument | RecordRejected:
    records = load_records(context.store, tenant.id, tenant.settings, [order])
    try:
        return package.expected_document(documents.build(order, tenant.settings, records.master_data(LookupTrace())))
    except RecordRejected as error:
        return error


def _differences(expected: ExpectedDocument, existing: PackageDocument) -> list[str]:
    amounts = [f"{figures(expected)} → {figures(existing)}"] if totals_differ(expected, existing) else []
    return differences(expected, existing) + amounts
