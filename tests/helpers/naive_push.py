"""What Koppel is held against: a loop that posts each archived work order, notes that it did, and begins anew when it
was broken off. It keeps no intent and asks the package nothing."""

from datetime import UTC, datetime
from typing import Any

from include.access.systems import open_app, open_package
from include.context import Context
from include.errors import OutcomeUnknown
from include.tenants.tenant import Tenant
from tests.helpers.packages import package_kind

TRIES = 3


def post_and_retry(context: Context, tenant: Tenant, key: str) -> None:
    """``key`` is the run's, which this loop has no use for."""
    noted = context.state / f"posted-{tenant.slug}"
    done = noted.read_text().split() if noted.exists() else []
    app, package = open_app(context, tenant), open_package(context, tenant)
    for seen in app.archived(tenant.active_since or datetime.now(UTC)).refs:
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
    path, body = package_kind(tenant.package.name).simple_document(customer, reference)
    for _ in range(TRIES):
        try:
            package.call("POST", path, json=body)
        except OutcomeUnknown:
            continue
        return
