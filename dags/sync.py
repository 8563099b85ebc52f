"""sync__<tenant>: master data of one tenant, extract -> transform -> load (R1, R6). Declaration only."""

from typing import Any

from airflow.sdk import DAG, Param, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.declaring import active_tenant, common, declare, news, stepping_aside, synchronising_tenant
from include.koppel import Koppel
from include.push import loop
from include.sync import extract, load, run
from include.tenants.directory import Entry

WORK_ORDERS, CLEANUP = "work_orders", "cleanup"
DUTCH = {
    "customers": "Klanten",
    "article_groups": "Artikelgroepen",
    "article_types": "Artikeltypen",
    "articles": "Artikelen",
    WORK_ORDERS: "Werkbonnen",
    CLEANUP: "Schoonmaak",
}
DOC = """
### Master data of {company}

Reads the accounting package and brings Simple-Simon in line with it. Nothing that is the same is written. It starts by
itself: at first, when the package's lists changed (Unit4), and once a day. *Trigger* asks what to synchronise now.
Messages: `bin/koppel log {slug}`; how far it is: `bin/koppel status {slug} --watch`.
"""


def begin(slug: str, context: dict[str, Any]) -> run.Run:
    """The run of this DAG run; one that a person started reads everything."""
    koppel, dag_run = Koppel.installed(), context["dag_run"]
    if unknown := set(dag_run.conf or {}) - {"what"}:
        raise run.WrongSelection(f"conf: {', '.join(sorted(unknown))} is unknown; use what")
    chosen = [name for name in context["params"]["what"] if name not in (WORK_ORDERS, CLEANUP)]
    full = None if str(dag_run.run_type) == "asset_triggered" else True
    return run.begin(koppel, synchronising_tenant(koppel, slug), dag_run.run_id, chosen, full)


def build(entry: Entry) -> DAG:
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
        schedule=[news("changed", entry)],
        params={"what": what},
    ) as dag:
        extracts = [extracted(name)(entry.slug) for name in entry.choices]
        extracts >> transformed(entry.slug) >> loaded(entry.slug) >> [pushed(entry.slug), cleaned(entry.slug)]
    return dag


def extracted(stream: str) -> Any:
    @task(task_id=f"extract_{stream}")
    def extract_stream(slug: str, **context: Any) -> dict[str, int]:
        if stream not in context["params"]["what"]:
            raise AirflowSkipException(f"{stream} was not chosen")
        with stepping_aside():
            return {"read": extract.extract(begin(slug, context), stream).read}

    return extract_stream


@task(task_id="transform", trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
def transformed(slug: str, **context: Any) -> None:
    from include.sync import transform  # pandas is needed here alone, and takes its time to import

    with stepping_aside():
        transform.transform(begin(slug, context))


@task(task_id="load")
def loaded(slug: str, **context: Any) -> dict[str, dict[str, int]]:
    with stepping_aside():
        return load.load(begin(slug, context))


@task(task_id="push_work_orders", trigger_rule=TriggerRule.NONE_FAILED)
def pushed(slug: str, **context: Any) -> dict[str, int]:
    """Only when it was chosen: by itself, push__<tenant> does this."""
    if WORK_ORDERS not in context["params"]["what"]:
        raise AirflowSkipException("work orders were not chosen")
    koppel = Koppel.installed()
    with stepping_aside():
        return loop.push(koppel, active_tenant(koppel, slug), context["dag_run"].run_id)


@task(task_id="clean_up", trigger_rule=TriggerRule.NONE_FAILED)
def cleaned(slug: str, **context: Any) -> dict[str, dict[str, int]]:
    """Only when it was chosen: by itself, cleanup__<tenant> does this."""
    if CLEANUP not in context["params"]["what"]:
        raise AirflowSkipException("a clean-up was not chosen")
    from include.cleanup.clean_up import clean_up

    koppel = Koppel.installed()
    with stepping_aside():
        return clean_up(koppel, active_tenant(koppel, slug), context["dag_run"].run_id).ended


globals().update(declare("sync", build))
