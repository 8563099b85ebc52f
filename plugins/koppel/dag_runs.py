"""Sync now (R6.3): a run of the tenant's DAG, made by Airflow's own route for the user who asks for it."""

from collections.abc import Sequence
from typing import Any

from airflow.api_fastapi.core_api.datamodels.dag_run import TriggerDAGRunPostBody
from airflow.api_fastapi.core_api.routes.public.dag_run import trigger_dag_run
from airflow.models.dag import DagModel
from airflow.models.dagbag import DBDagBag
from fastapi import Request

from include.tenants.tenant import Tenant
from plugins.koppel.errors import PageRefusal
from plugins.koppel.security import PREFIX, User
from plugins.koppel.templating import N_

ALSO = ("work_orders", "cleanup")


def choices(tenant: Tenant) -> list[str]:
    """What can be synchronised, in the order of the DAG's own form."""
    return [*tenant.package.choices, *ALSO]


def sync_now(tenant: Tenant, what: Sequence[str], user: User, session: Any, request: Request) -> str:
    """The id of the new run. Raises Refused; the right of the user was looked at by the route."""
    _refuse_unknown(tenant, what)
    if not tenant.synchronises:
        raise PageRefusal(409, N_("The coupling is {state}: nothing is synchronised."), state=tenant.standing)
    dag_id = PREFIX + tenant.slug
    dag = DagModel.get_dagmodel(dag_id, session=session)
    if dag is None:
        raise PageRefusal(409, N_("Airflow does not know {dag} yet. Try again in a minute."), dag=dag_id)
    if dag.is_paused:
        raise PageRefusal(409, N_("{dag} is paused in Airflow. Switch it on there first."), dag=dag_id)
    body = TriggerDAGRunPostBody(logical_date=None, conf={"what": list(what)})
    made: Any = trigger_dag_run(dag_id, body, DBDagBag(), user, session, request)
    return str(made.run_id)


def _refuse_unknown(tenant: Tenant, what: Sequence[str]) -> None:
    allowed = choices(tenant)
    if not what:
        raise PageRefusal(422, N_("Choose at least one."), "what", allowed)
    if unknown := sorted(set(what) - set(allowed)):
        raise PageRefusal(422, N_("{what} cannot be chosen."), "what", allowed, what=", ".join(unknown))
