"""Sync now (R6.3): a run of the tenant's DAG, made by Airflow's own route for the user who asks for it."""

from collections.abc import Sequence
from typing import Any

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.datamodels.dag_run import TriggerDAGRunPostBody
from airflow.api_fastapi.core_api.routes.public.dag_run import trigger_dag_run
from airflow.models.dag import DagModel
from airflow.models.dagbag import DBDagBag
from fastapi import Request

from include.tenants.tenant import Tenant
from plugins.koppel.errors import PageError
from plugins.koppel.language import N_
from plugins.koppel.security import DAG_PREFIX

BESIDE_STREAMS = ("work_orders", "cleanup")


def choices(tenant: Tenant) -> list[str]:
    """Return what can be synchronised, in the order of the DAG's own form."""
    return [*tenant.package.choices, *BESIDE_STREAMS]


def sync_now(tenant: Tenant, what: Sequence[str], *, user: BaseUser, session: Any, request: Request) -> str:
    """Start a run of the tenant's DAG, and return its id. Raises PageError; the route checks the right of the user."""
    _refuse_unknown(tenant, what)
    if not tenant.synchronises:
        raise PageError(409, N_("The coupling is {state}: nothing is synchronised."), state=tenant.effective_state)
    dag_id = DAG_PREFIX + tenant.slug
    dag = DagModel.get_dagmodel(dag_id, session=session)
    if dag is None:
        raise PageError(409, N_("Airflow does not know {dag} yet. Try again in a minute."), dag=dag_id)
    if dag.is_paused:
        raise PageError(409, N_("{dag} is paused in Airflow. Switch it on there first."), dag=dag_id)
    body = TriggerDAGRunPostBody(logical_date=None, conf={"what": list(what)})
    run: Any = trigger_dag_run(dag_id, body, DBDagBag(), user, session, request)
    return str(run.run_id)


def _refuse_unknown(tenant: Tenant, what: Sequence[str]) -> None:
    allowed = choices(tenant)
    if not what:
        raise PageError(422, N_("Choose at least one."), field="what", allowed=allowed)
    if unknown := ", ".join(sorted(set(what) - set(allowed))):
        raise PageError(422, N_("{choices} cannot be chosen."), field="what", allowed=allowed, choices=unknown)
