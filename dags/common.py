"""What the DAG files share: the tenants, the common arguments, the retry policy, the tenant of a task."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from airflow.sdk import (
    DAG,
    Asset,
    AssetWatcher,
    ExceptionRetryPolicy,
    RetryAction,
    RetryDecision,
    RetryRule,
    WeightRule,
    get_parsing_context,
)
from airflow.sdk.exceptions import AirflowSkipException

from include.context import Context
from include.errors import (
    ContractBroken,
    InvalidInput,
    Misconfigured,
    RecordRejected,
    Superseded,
    TenantNotActive,
    Transient,
)
from include.tenants.dag_index import TenantSummary, tenant_summaries
from include.tenants.tenant import Tenant, load
from include.watcher.polling import PollKind
from plugins.slots import OTHERS, push_pool
from plugins.watcher import TenantEventTrigger


class PatientRetryPolicy(ExceptionRetryPolicy):
    """Tries again as the rules say; after as long as the other side asked for, where it did."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        """Decide in the process of the task, for Airflow's scheduler."""
        if isinstance(exception, Transient) and exception.retry_after_s:
            return RetryDecision.retry(timedelta(seconds=exception.retry_after_s), "as long as it was asked for")
        decision: RetryDecision = super().evaluate(exception, try_number, max_tries, context)
        return decision


# Waiting helps against a system that is busy or away; against anything else a person has to act first.
RETRY_POLICY = PatientRetryPolicy(
    rules=[
        RetryRule(exception=Transient, action=RetryAction.RETRY),
        RetryRule(exception=Misconfigured, action=RetryAction.FAIL, reason="a person must act"),
        RetryRule(exception=ContractBroken, action=RetryAction.FAIL, reason="the API broke its contract"),
        RetryRule(exception=InvalidInput, action=RetryAction.FAIL, reason="something unknown was chosen"),
        RetryRule(exception=RecordRejected, action=RetryAction.FAIL, reason="too many records were rejected"),
    ]
)
TASKS: dict[str, Any] = {
    "owner": "koppel",
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": RETRY_POLICY,
    "pool": OTHERS,
    # what has begun is finished before something else begins
    "weight_rule": WeightRule.UPSTREAM,
}
PUSHES_AT_ONCE = 2  # of a tenant: one that hangs or was killed does not keep a fresh work order waiting
PUSH_WEIGHT = 1000  # far more than the tasks of any other DAG add up to


def declare(kind: str, build: Callable[[TenantSummary], DAG]) -> dict[str, DAG]:
    """Return the DAG of this kind of each tenant by its id; in a task only the DAG that it belongs to."""
    parsed_id = get_parsing_context().dag_id
    if parsed_id is not None and not parsed_id.startswith(f"{kind}__"):
        return {}
    slug = parsed_id.removeprefix(f"{kind}__") if parsed_id else None
    return {dag.dag_id: dag for dag in map(build, tenant_summaries(Context.from_environment(), slug))}


def dag_arguments(kind: str, tenant: TenantSummary) -> dict[str, Any]:
    """Return the arguments that the DAGs of all kinds have."""
    return {
        "dag_id": f"{kind}__{tenant.slug}",
        "tags": ["koppel", kind, tenant.package, tenant.slug],
        "default_args": TASKS,
        "max_active_runs": 1,
        "catchup": False,
    }


def push_arguments(package: str) -> dict[str, Any]:
    """Return the arguments of a task that sends work orders: before everything else, in slots of its package's own.

    Airflow does not try it again: the watcher announces what is still due, and knows better when.
    """
    return {
        "pool": push_pool(package),
        "priority_weight": PUSH_WEIGHT,
        "weight_rule": WeightRule.ABSOLUTE,
        "retries": 0,
        "retry_policy": None,
    }


def poll_asset(kind: PollKind, tenant: TenantSummary) -> Asset:
    """Return the asset that starts a DAG of this tenant: the watcher's event."""
    watcher = AssetWatcher(name=f"{kind}__{tenant.slug}", trigger=TenantEventTrigger(tenant=tenant.slug, kind=kind))
    return Asset(name=f"{kind}__{tenant.slug}", uri=f"koppel://{kind}/{tenant.slug}", watchers=[watcher])


@contextmanager
def skip_if_superseded() -> Iterator[None]:
    """Skip the task when another process took over, which goes on from there; or when the tenant was stopped."""
    try:
        yield
    except Superseded as error:
        raise AirflowSkipException(f"another run of this tenant took over from {error}") from None
    except TenantNotActive as error:
        raise AirflowSkipException(str(error)) from None


def active_tenant(context: Context, slug: str) -> Tenant:
    """Return the tenant as it is at this moment; skip the task when it is not active, or paused."""
    tenant = load(context, slug)
    if not tenant.active:
        raise AirflowSkipException(f"{slug} is {tenant.effective_state}: nothing is done")
    return tenant


def synchronising_tenant(context: Context, slug: str) -> Tenant:
    """Return the tenant, as ``active_tenant``; its master data also comes in while the first import makes it active."""
    tenant = load(context, slug)
    if not tenant.synchronises:
        raise AirflowSkipException(f"{slug} is {tenant.effective_state}: nothing is done")
    return tenant
