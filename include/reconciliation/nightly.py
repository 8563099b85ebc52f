"""Every night, for all tenants: both sides are held against what is believed (R3.1)."""

from include.context import Context
from include.errors import IntegrationError, WorkOrderRefused
from include.fleet import for_each_active
from include.log.writer import IntegrationLog
from include.reconciliation.reconcile import reconcile
from include.tenants.tenant import Tenant


def reconcile_fleet(context: Context, run: str) -> dict[str, int]:
    """Reconcile every active tenant; how many there were, and how much was compared and differs.

    Raises as ``for_each_active``.
    """

    def reconciled(tenant: Tenant) -> tuple[int, int, int]:
        try:
            outcome = reconcile(context, tenant, f"{run} {tenant.slug}")
        except IntegrationError as error:
            IntegrationLog(context.store, tenant.id, tenant.slug, run).error(error)
        except WorkOrderRefused:
            pass  # it was paused or deactivated since; it is reconciled in the night after it goes on
        else:
            return outcome.documents, outcome.records, outcome.differences
        return 0, 0, 0

    outcomes = for_each_active(context, run, reconciled)
    documents, records, differences = (sum(column) for column in zip(*outcomes, strict=True)) if outcomes else (0, 0, 0)
    return {"tenants": len(outcomes), "documents": documents, "records": records, "differences": differences}
