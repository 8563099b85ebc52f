"""sync__<tenant>: master data of one tenant, extract -> transform -> load (R1, R6). Declaration only."""

from collections.abc import Callable, Mapping
from typing import Any

from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common import (
    active_tenant,
    dag_arguments,
    declare,
    poll_asset,
    push_arguments,
    skip_if_superseded,
    synchronising_tenant,
)
from include.context import Context
from include.errors import InvalidInput
from include.push import worker
from include.runs import Run
from include.streams import STREAMS, with_needed
from include.sync import extract, load
from include.sync.run import begin_announced, begin_sync
from include.tenants.dag_index import TenantSummary
from include.visible_text import as_markdown, visible
from include.watcher.polling import PollKind

WORK_ORDERS, CLEANUP = "work_orders", "cleanup"
DUTCH = {name: stream.plural.nl.capitalize() for name, stream in STREAMS.items()}
DUTCH |= {WORK_ORDERS: "Werkbonnen", CLEANUP: "Schoonmaak"}
DOC = """
### Master data of {company}

Reads the accounting package and brings Simple-Simon in line with it. Nothing that is the same is written. It starts by
itself: at first, when the package's lists changed (Unit4), and once a day. *Trigger* asks what to synchronise now.
Messages: `bin/koppel log list {slug}`; how far it is: `bin/koppel tenants status {slug} --watch`.
"""


def build(tenant: TenantSummary) -> DAG:
    """Declare the DAG of one tenant."""
    choices = [*tenant.choices, WORK_ORDERS, CLEANUP]
    what = Param(
        tenant.choices,
        type="array",
        title="Wat synchroniseren?",
        description="Klanten nemen hun werkadres mee, artikelen hun artikelgroepen.",
        items={"type": "string", "enum": choices},
        minItems=1,
        examples=choices,
        values_display={name: DUTCH[name] for name in choices},
    )
    with DAG(
        **dag_arguments("sync", tenant),
        dag_display_name=f"Synchroniseren – {visible(tenant.company)}",
        description=f"Klanten en artikelen van {visible(tenant.company)} naar Simple-Simon",
        doc_md=DOC.format(company=as_markdown(tenant.company), slug=tenant.slug),
        schedule=[poll_asset(PollKind.CHANGED, tenant)],
        params={"what": what},
    ) as dag:
        extracts = [extract_task(stream)(tenant.slug) for stream in tenant.choices]
        loading = load_records(tenant.slug)
        pushing = task(**push_arguments(tenant.package))(push_work_orders)(tenant.slug)
        extracts >> transform_rows(tenant.slug) >> loading >> choose() >> [pushing, clean_up(tenant.slug)]
    return dag


def begin(slug: str, task_context: Mapping[str, Any]) -> Run:
    """Begin the run of this DAG run, or go on with it; one that a person started reads everything."""
    context, dag_run = Context.from_environment(), task_context["dag_run"]
    if unknown := set(dag_run.conf or {}) - {"what"}:
        raise InvalidInput(f"conf: {', '.join(sorted(unknown))} is unknown; use what")
    chosen = [name for name in task_context["params"]["what"] if name not in (WORK_ORDERS, CLEANUP)]
    tenant = synchronising_tenant(context, slug)
    if str(dag_run.run_type) != "asset_triggered":
        return begin_sync(context, tenant, dag_run.run_id, chosen, full=True)
    if run := begin_announced(context, tenant, dag_run.run_id, chosen):
        return run
    raise AirflowSkipException("another run did what this one was announced for")


def extract_task(stream: str) -> Callable[[str], Any]:
    """Return the task that reads one stream."""

    @task(task_id=f"extract_{stream}")
    def extract_stream(slug: str, **task_context: Any) -> dict[str, int]:
        if stream not in with_needed(task_context["params"]["what"]):
            raise AirflowSkipException(f"{stream} was not chosen")
        with skip_if_superseded():
            return {"read": extract.extract(begin(slug, task_context), stream).read}

    return extract_stream


@task(task_id="transform", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
def transform_rows(slug: str, **task_context: Any) -> None:
    """Make our records of the rows of all streams that were read."""
    from include.sync import transform  # pandas is needed here alone, and takes its time to import

    with skip_if_superseded():
        transform.transform(begin(slug, task_context))


@task(task_id="load")
def load_records(slug: str, **task_context: Any) -> dict[str, dict[str, int]]:
    """Write to Simple-Simon what it lacks or holds in an older form; return counts by stream."""
    with skip_if_superseded():
        return load.load(begin(slug, task_context))


@task.branch(trigger_rule=TriggerRule.NONE_FAILED)
def choose(**task_context: Any) -> list[str]:
    """Return which of the tasks after it were chosen; the others are skipped without being started."""
    after = {WORK_ORDERS: "push_work_orders", CLEANUP: "clean_up"}
    return [task_id for name, task_id in after.items() if name in task_context["params"]["what"]]


def push_work_orders(slug: str, **task_context: Any) -> dict[str, int]:
    """Push work orders, as they were chosen: by itself, push__<tenant> does this."""
    context = Context.from_environment()
    with skip_if_superseded():
        return worker.push(context, active_tenant(context, slug), task_context["run_id"])


@task
def clean_up(slug: str, **task_context: Any) -> dict[str, dict[str, int]]:
    """Clean up, as that was chosen: by itself, cleanup__<tenant> does this."""
    from include.cleanup import pipeline  # as transform

    context = Context.from_environment()
    with skip_if_superseded():
        return pipeline.clean_up(context, active_tenant(context, slug), task_context["run_id"]).ended


globals().update(declare("sync", build))
