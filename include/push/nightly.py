"""Every night, for all tenants: what Simple-Simon archived is held against the ledger (R3.1)."""

from concurrent.futures import ThreadPoolExecutor

import structlog

from include.context import Context
from include.errors import ChecksFailed, IntegrationError, UserError
from include.log.writer import IntegrationLog
from include.push.operations import reconcile
from include.tenants.overview import overview
from include.tenants.states import TenantState
from include.tenants.tenant import load

MAX_WORKERS = 8  # tenants at once; they mostly wait


def reconcile_fleet(context: Context, run: str) -> dict[str, int]:
    """Reconcile every active tenant; how many there were, and how many work orders were entered.

    What is wrong with one tenant is in its log. Raises ChecksFailed when all the others are done, for a fault of ours.
    """
    slugs = [line.tenant for line in overview(context) if line.status == TenantState.ACTIVE]
    with ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix="reconcile") as threads:
        outcomes = {slug: threads.submit(_reconcile, context, slug, run) for slug in slugs}
    failed = {slug: error for slug, outcome in outcomes.items() if (error := outcome.exception()) is not None}
    for slug, error in failed.items():
        structlog.get_logger("koppel").error("reconciling failed", tenant=slug, exc_info=error)
        IntegrationLog(context.store, load(context, slug).id, slug, run).write(
            "run.failed", reason=type(error).__name__
        )
    if failed:
        raise ChecksFailed(", ".join(failed)) from next(iter(failed.values()))
    return {"tenants": len(slugs), "entered": sum(outcome.result() for outcome in outcomes.values())}


def _reconcile(context: Context, slug: str, run: str) -> int:
    tenant = load(context, slug)
    try:
        return len(reconcile(context, tenant, run))
    except IntegrationError as error:
        IntegrationLog(context.store, tenant.id, slug, run).error(error)
    except UserError:
        pass  # it was paused or deactivated since; it is reconciled in the night after it goes on
    return 0
