"""The document of a work order as it would be made now, and where the one in the package differs. Sends nothing."""

from dataclasses import dataclass

from include.errors import RecordRejected
from include.koppel import Koppel
from include.push import document as documents
from include.push.acts import Refused, found
from include.push.books import Asked, known
from include.push.comparing import differences, figures, totals_differ
from include.records import PlannedDocument, SentDocument, WorkOrder
from include.store.ledger import Entry
from include.tenants.opening import open_app, open_package
from include.tenants.tenant import Tenant


@dataclass(frozen=True)
class Preview:
    """``refusal`` is why no document can be made; ``kept_back`` the filter word that keeps it from being sent."""

    work_order: str
    reference: str
    state: str
    planned: PlannedDocument | None
    refusal: RecordRejected | None
    kept_back: str | None
    existing: tuple[SentDocument, ...]
    differing: tuple[str, ...]


def preview(koppel: Koppel, tenant: Tenant, work_order: str) -> Preview:
    """Raises Refused for one that is not archived, and the IntegrationError that is in its way."""
    entry = found(koppel, tenant, work_order)
    order = open_app(koppel, tenant).work_order(entry.work_order_id)
    if order is None:
        raise Refused(f"work order {entry.number} is not in the archive")
    package = open_package(koppel, tenant)
    planned, refusal = None, None
    try:
        books = known(koppel.store, tenant.id, tenant.settings, [order]).books(Asked())
        planned = package.plan(documents.build(order, tenant.settings, books))
    except RecordRejected as error:
        refusal = error
    customer = entry.customer_key or (planned.customer_key if planned else "")
    existing = tuple(package.find(entry.reference, customer)) if customer else ()
    return _preview(entry, order, tenant, planned, refusal, existing)


def _preview(
    entry: Entry,
    order: WorkOrder,
    tenant: Tenant,
    planned: PlannedDocument | None,
    refusal: RecordRejected | None,
    existing: tuple[SentDocument, ...],
) -> Preview:
    differing = [text for one in existing if planned for text in _differing(planned, one)]
    word = documents.left_out_by(order, tenant.settings)
    return Preview(entry.number, entry.reference, entry.state, planned, refusal, word, existing, tuple(differing))


def _differing(planned: PlannedDocument, sent: SentDocument) -> list[str]:
    amounts = [f"{figures(planned)} → {figures(sent)}"] if totals_differ(planned, sent) else []
    return differences(planned, sent) + amounts
