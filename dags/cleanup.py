"""cleanup__<tenant>: what is gone from the package goes from Simple-Simon (R2). Declaration only.

When it starts is in ``include/cleanup/schedule.py``. A set that is too large waits
for a person, for a day in this run; after that it can still be decided by command.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common import active_tenant, dag_arguments, declare, poll_asset, skip_if_superseded
from include.context import Context
from include.errors import ProposalClosed
from include.tenants.dag_index import TenantSummary
from include.tenants.tenant import Tenant
from include.visible_text import as_markdown, visible
from include.watcher.polling import PollKind

APPROVE, REFUSE, LATER = "Goedkeuren", "Afwijzen", "Later"
SHOWN = 200  # records of a proposal that are listed in the question
DOC = """
### Clean-up of {company}

Compares the accounting package with Simple-Simon and removes from Simple-Simon what is gone, no longer active, outside
the filters or made there by hand. Starts by itself in the nights that the settings name. Nothing is removed unless the
listing was complete; what is too much at once waits for approval.
What it would do: `bin/koppel cleanup preview {slug}`.
"""


def build(entry: TenantSummary) -> DAG:
    with DAG(
        **dag_arguments("cleanup", entry),
        dag_display_name=f"Schoonmaak – {visible(entry.company)}",
        description=f"Wat uit het boekhoudpakket van {visible(entry.company)} verdween, gaat uit Simple-Simon",
        doc_md=DOC.format(company=as_markdown(entry.company), slug=entry.slug),
        schedule=[poll_asset(PollKind.CLEANUP, entry)],
    ) as dag:
        compared = compare(entry.slug)
        removed = remove(entry.slug)
        asked = ask(entry.slug)
        decide = HITLOperator(
            task_id="decide",
            subject="Schoonmaakvoorstel",  # rendered by Jinja, as is the body: no place for a name that people chose
            body="{{ ti.xcom_pull(task_ids='ask') }}",
            options=[APPROVE, REFUSE, LATER],
            defaults=[LATER],
            response_timeout=timedelta(hours=24),
            # an answer within seconds overtakes Airflow's own note that it asked, and ends that try: ask again, soon
            retries=20,
            retry_delay=timedelta(seconds=10),
            retry_exponential_backoff=0,
        )
        compared >> removed >> asked >> decide >> carry_out(entry.slug)
    return dag


@task(task_id="compare")
def compare(slug: str, **task_context: Any) -> int | None:
    """Return the number of the proposal that waits for a person, if there is one."""
    from include.cleanup import pipeline  # pandas is needed here alone, and takes its time to import

    context = Context.from_environment()
    with skip_if_superseded():
        return pipeline.compare(context, active_tenant(context, slug), task_context["run_id"])


@task(task_id="remove")
def remove(slug: str, **task_context: Any) -> dict[str, dict[str, int]]:
    """Return how many records ended how, by stream."""
    from include.cleanup import pipeline  # as above

    context = Context.from_environment()
    with skip_if_superseded():
        return pipeline.remove_planned(context, active_tenant(context, slug), task_context["run_id"]).ended


@task(task_id="ask")
def ask(slug: str, **task_context: Any) -> str:
    """Return what the person reads who is to decide; without a proposal there is nothing to ask."""
    from include.cleanup import proposals  # as above

    proposal = task_context["ti"].xcom_pull(task_ids="compare")
    if proposal is None:
        raise AirflowSkipException("nothing waits for a person")
    context = Context.from_environment()
    return proposals.as_text(context, active_tenant(context, slug), proposal, SHOWN)


@task(task_id="carry_out")
def carry_out(slug: str, **task_context: Any) -> dict[str, dict[str, int]]:
    """Do what the person answered; return how many records ended how, by stream."""
    task_instance = task_context["ti"]
    proposal, answer = task_instance.xcom_pull(task_ids="compare"), task_instance.xcom_pull(task_ids="decide")
    [chosen], by = answer["chosen_options"], (answer.get("responded_by_user") or {}).get("name") or "airflow"
    if chosen == LATER:
        raise AirflowSkipException(f"proposal {proposal} is still open: koppel cleanup proposal {slug}")
    context = Context.from_environment()
    tenant = active_tenant(context, slug)
    with skip_if_superseded():
        try:
            return _decide(context, tenant, proposal, approved=chosen == APPROVE, by=by)
        except ProposalClosed as error:
            raise AirflowSkipException(str(error)) from None


def _decide(context: Context, tenant: Tenant, proposal: int, *, approved: bool, by: str) -> dict[str, dict[str, int]]:
    from include.cleanup import proposals  # as above
    from include.lifecycle import pending

    if not approved:
        proposals.refuse(context, tenant, proposal, by=by)
        return {}
    operation = pending.approve_proposal(context, tenant, proposal, by=by, carried_out_here=True)
    ended: dict[str, dict[str, int]] = pending.carry_out(context, tenant, operation.id).ended
    return ended


globals().update(declare("cleanup", build))
