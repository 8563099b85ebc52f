"""push__<tenant>: archived work orders of one tenant to documents (R3), on the watcher's event. Declaration only."""

from typing import Any

from airflow.sdk import DAG, task

from dags.common import (
    PUSHES_AT_ONCE,
    active_tenant,
    dag_arguments,
    declare,
    poll_asset,
    push_arguments,
    skip_if_superseded,
)
from include.context import Context
from include.push import worker
from include.tenants.dag_index import TenantSummary
from include.visible_text import as_markdown, visible
from include.watcher.polling import PollKind

DOC = """
### Work orders of {company}

Starts by itself when a work order is archived in Simple-Simon, and makes one document of it in the accounting package.
Triggering it by hand does no harm: what is there already is not made again. Messages: `bin/koppel log list {slug}`.
"""


def build(entry: TenantSummary) -> DAG:
    @task(task_id="push", **push_arguments(entry.package))
    def pushed(slug: str, **task_context: Any) -> dict[str, int]:
        context = Context.from_environment()
        with skip_if_superseded():
            return worker.push(context, active_tenant(context, slug), task_context["run_id"])

    with DAG(
        **dag_arguments("push", entry) | {"max_active_runs": PUSHES_AT_ONCE},
        dag_display_name=f"Werkbonnen – {visible(entry.company)}",
        description=f"Gearchiveerde werkbonnen van {visible(entry.company)} naar het boekhoudpakket",
        doc_md=DOC.format(company=as_markdown(entry.company), slug=entry.slug),
        schedule=[poll_asset(PollKind.ARCHIVED, entry)],
    ) as dag:
        pushed(entry.slug)
    return dag


globals().update(declare("push", build))
