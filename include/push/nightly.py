"""Every night, for all tenants: what Simple-Simon archived is held against the ledger (R3.1)."""

from include.context import Context
from include.errors import IntegrationError, WorkOrderRefused
from include.fleet import for_each_active
from include.log.writer import IntegrationLog
from include.push.operations import reconcile
from include.tenants.tenant import Tenant


def reconcile_fleet(context: Context, run: str) -> dict[str, int]:
    """Reconcile every active tenant; how many there were, and how many work orders were entered.

    Raises as ``for_each_active``.
    """

    def reconciled(tenant: Tenant) -> int:
        try:
            return len(reconcile(context, tenant, run))
        except IntegrationError as error:
            IntegrationLog(context.store, tenant.id, tenant.slug, run).error(error)
        except WorkOrderRefused:
            pass  # it was paused or deactivated since; it is reconciled in the night after it goes on
        return 0

    entered = for_each_active(context, run, reconciled)
    return {"tenants": len(entered), "entered": sum(entered)}
