"""fleet: what is done for all tenants together, in one task instead of one for each. Declaration only."""

from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, get_parsing_context, task

from dags.common import TASKS
from include.context import Context

DOC = """
### All couplings, every night

Checks the access and the saved settings of every active tenant against its accounting package and its Simple-Simon.
What is wrong is in that tenant's integration log before the first work order meets it; what is in order again is
closed there. Work orders, documents, customers and articles are held against what is known; what differs is in that
log too. Triggering it by hand does no harm. One tenant: `bin/koppel tenants check TENANT`, `bin/koppel reconcile
TENANT`. What has been kept for long enough (log, runs, exports) is removed.
"""


@task
def check_settings(**task_context: Any) -> dict[str, int]:
    """Check access and settings of all active tenants; return how many there were of each outcome."""
    from include.settings import nightly  # pandas is needed here alone, and takes its time to import

    return nightly.check_fleet(Context.from_environment(), task_context["run_id"])


@task
def reconcile(**task_context: Any) -> dict[str, int]:
    """Hold both sides of all active tenants against what is believed; return how much was compared and differs."""
    from include.reconciliation import nightly  # as above

    return nightly.reconcile_fleet(Context.from_environment(), task_context["run_id"])


@task
def retain() -> dict[str, int]:
    """Remove what has been kept for long enough; return how many rows of each kind."""
    from include.lifecycle import retention  # as above

    return retention.retain(Context.from_environment())


def build() -> DAG:
    """Declare the DAG over all tenants."""
    with DAG(
        dag_id="fleet",
        dag_display_name="Alle koppelingen",
        description="Controleert elke nacht de instellingen en de toegang van alle koppelingen",
        tags=["koppel", "fleet"],
        doc_md=DOC,
        default_args=TASKS,
        # after the night's other work, before people start; never in the hour that daylight saving skips or repeats
        schedule=CronTriggerTimetable("30 4 * * *", timezone="Europe/Amsterdam"),
        max_active_runs=1,
        catchup=False,
    ) as dag:
        check_settings()
        reconcile()
        retain()
    return dag


if get_parsing_context().dag_id in (None, "fleet"):
    fleet = build()
