"""sync__<tenant>: master data of one tenant, extract -> transform -> load (R1, R6). Declaration only."""

from typing import Any

from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common import active_tenant, common, declare, poll_asset, skip_if_superseded, synchronising_tenant
from include.context import Context
from include.errors import InvalidInput
from include.push import worker
from include.runs import Run
from include.streams import STREAMS
from include.sync import extract, load
from include.sync.run import begin_sync
from include.tenants.dag_index import TenantSummary
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


def begin(slug: str, task_context: dict[str, Any]) -> Run:
    """Begin the run of this DAG run, or go on with it; one that a person started reads everything."""
    context, dag_run = Context.from_environment(), task_context["dag_run"]
    if unknown := set(dag_run.conf or {}) - {"what"}:
        raise InvalidInput(f"conf: {', '.join(sorted(unknown))} is unknown; use what")
    chosen = [name for name in task_context["params"]["what"] if name not in (WORK_ORDERS, CLEANUP)]
    full = None if str(dag_run.run_type) == "asset_triggered" else True
    return begin_sync(context, synchronising_tenant(context, slug), dag_run.run_id, chosen, full=full)


def build(entry: TenantSummary) -> DAG:
    choices = [*entry.choices, WORK_ORDERS, CLEANUP]
    what = Param(
        entry.choices,
        type="array",
        title="Wat synchroniseren?",
        description="Klanten nemen hun werkadres mee.",
        items={"type": "string", "enum": choices},
        minItems=1,
        examples=choices,
        values_display={name: DUTCH[name] for name in choices},
    )
    with DAG(
        **common("sync", entry),
        dag_display_name=f"Synchroniseren – {entry.company}",
        description=f"Klanten en artikelen van {entry.company} naar Simple-Simon",
        doc_md=DOC.format(company=entry.company, slug=entry.slug),
        schedule=[poll_asset(PollKind.CHANGED, entry)],
        params={"what": what},
    ) as dag:
        extracts = [extracted(name)(entry.slug) for name in entry.choices]
        extracts >> transformed(entry.slug) >> loaded(entry.slug) >> [pushed(entry.slug), cleaned(entry.slug)]
    return dag


def extracted(stream: str) -> Any:
    @task(task_id=f"extract_{stream}")
    def extract_stream(slug: str, **task_context: Any) -> dict[str, int]:
        if stream not in task_context["params"]["what"]:
            raise AirflowSkipException(f"{stream} was not chosen")
        with skip_if_superseded():
            return {"read": extract.extract(begin(slug, task_context), stream).read}

    return extract_stream


@task(task_id="transform", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
def transformed(slug: str, **task_context: Any) -> None:
    from include.sync import transform  # pandas is needed here alone, and takes its time to import

    with skip_if_superseded():
        transform.transform(begin(slug, task_context))


@task(task_id="load")
def loaded(slug: str, **task_context: Any) -> dict[str, dict[str, int]]:
    with skip_if_superseded():
        return load.load(begin(slug, task_context))


@task(task_id="push_work_orders", trigger_rule=TriggerRule.NONE_FAILED)
def pushed(slug: str, **task_context: Any) -> dict[str, int]:
    """Only when it was chosen: by itself, push__<tenant> does this."""
    if WORK_ORDERS not in task_context["params"]["what"]:
        raise AirflowSkipException("work orders were not chosen")
    context = Context.from_environment()
    with skip_if_superseded():
        return worker.push(context, active_tenant(context, slug), task_context["dag_run"].run_id)


@task(task_id="clean_up", trigger_rule=TriggerRule.NONE_FAILED)
def cleaned(slug: str, **task_context: Any) -> dict[str, dict[str, int]]:
    """Only when it was chosen: by itself, cleanup__<tenant> does this."""
    if CLEANUP not in task_context["params"]["what"]:
        raise AirflowSkipException("a clean-up was not chosen")
    from include.cleanup.pipeline import clean_up

    context = Context.from_environment()
    with skip_if_superseded():
        return clean_up(context, active_tenant(context, slug), task_context["dag_run"].run_id).ended


globals().update(declare("sync", build))
