"""push__<tenant>: archived work orders of one tenant to documents (R3), on the watcher's event. Declaration only."""

from airflow.sdk import DAG, task

from dags.declaring import active_tenant, common, declare, news, stepping_aside
from include.koppel import Koppel
from include.push import loop
from include.tenants.directory import Entry

DOC = """
### Work orders of {company}

Starts by itself when a work order is archived in Simple-Simon, and makes one document of it in the accounting package.
Triggering it by hand does no harm: what is there already is not made again. Messages: `bin/koppel log {slug}`.
"""


def build(entry: Entry) -> DAG:
    @task(task_id="push")
    def pushed(slug: str, run_id: str) -> dict[str, int]:
        koppel = Koppel.installed()
        with stepping_aside():
            return loop.push(koppel, active_tenant(koppel, slug), run_id)

    with DAG(
        **common("push", entry),
        dag_display_name=f"Werkbonnen – {entry.company}",
        description=f"Gearchiveerde werkbonnen van {entry.company} naar het boekhoudpakket",
        doc_md=DOC.format(company=entry.company, slug=entry.slug),
        schedule=[news("archived", entry)],
    ) as dag:
        pushed(entry.slug)
    return dag


globals().update(declare("push", build))
