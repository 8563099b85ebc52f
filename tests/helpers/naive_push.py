"""What Koppel is held against: a loop that posts each archived work order, notes that it did, and begins anew when it
was broken off. It keeps no intent and asks the package nothing."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.access.systems import open_app, open_package
from include.context import Context
from include.errors import OutcomeUnknown
from include.records import Raw
from include.tenants.tenant import Tenant

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TRIES = 3


def post_and_retry(context: Context, tenant: Tenant, key: str) -> None:
    """``key`` is the run's, which this loop has no use for."""
    noted = context.state / f"posted-{tenant.slug}"
    done = noted.read_text().split() if noted.exists() else []
    app, package = open_app(context, tenant), open_package(context, tenant)
    for seen in app.archived(tenant.active_since or datetime.now(UTC)):
        reference = f"WB-{seen.number}-{seen.id}"
        work_order = None if reference in done else app.work_order(seen.id)
        if work_order is None or work_order.customer_id is None:
            continue
        customer = app.get_many("customers", [work_order.customer_id])[work_order.customer_id]["ExternalId"]
        _post(package, tenant, customer, reference)
        with noted.open("a") as file:
            file.write(f"{reference}\n")


def _post(package: Any, tenant: Tenant, customer: str, reference: str) -> None:
    """Once more when no answer came."""
    path, body = _BODIES[tenant.package.name](customer, reference)
    for _ in range(TRIES):
        try:
            package._client.call("POST", path, json=body)
        except OutcomeUnknown:
            continue
        return


def _order(customer: str, reference: str) -> tuple[str, Raw]:
    line = {"productId": "VOORRIJ", "quantityOrdered": 1, "autoCalculatePrice": True}
    day = datetime.now(AMSTERDAM).strftime("%d-%m-%Y")
    body = {"customerId": customer, "orderDate": day, "paymentConditionId": "14", "reference": reference}
    return "Order", {**body, "orderLines": [line]}


def _sales_invoice(customer: str, reference: str) -> tuple[str, Raw]:
    """With the reference as a person would note it: the field for it would be looked at by Rompslomp."""
    line = {"description": "Voorrijkosten", "price_per_unit": "35.0", "quantity": "1.0"}
    day = datetime.now(AMSTERDAM).date().isoformat()
    body = {"contact_id": int(customer), "date": day, "description": reference, "invoice_lines": [line]}
    return "sales_invoices", {"sales_invoice": body}


_BODIES = {"unit4": _order, "rompslomp": _sales_invoice}
