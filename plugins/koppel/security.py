"""Who may see and do what: Airflow's auth manager is asked, by the right to the DAG ``sync__<tenant>``.

Airflow does not protect the routes of a plugin: each route of ours has a ``requires`` among its dependencies, which a
test holds.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, get_user
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

DAG_PREFIX = "sync__"
SLUG = "^[a-z][a-z0-9_]{1,39}$"

User = Annotated[BaseUser, Depends(get_user)]


class Right(StrEnum):
    """What a user may do; a right on a tenant is one on its DAG."""

    signed_in = "signed_in"
    """Be signed in to Airflow; what the answer holds depends on the tenants that the user may read."""
    read = "read"
    """Read the DAG of the tenant."""
    operate = "operate"
    """Trigger the DAG of the tenant."""
    administer = "administer"
    """Change Airflow's connections, and read the DAG: whoever may do that may change settings and access."""


@dataclass(frozen=True)
class RightCheck:
    """The dependency that refuses a user without the right: 401 for nobody, 403 for who lacks it.

    It asks for the right on the tenant of the path, if the path has one.
    """

    right: Right

    async def __call__(self, request: Request, user: GetUserDep) -> None:
        """Raise HTTPException for a user without the right."""
        tenant = request.path_params.get("tenant")
        if tenant is not None and not re.fullmatch(SLUG, tenant):
            raise HTTPException(404, "no such tenant")
        if self.right is not Right.signed_in and not await run_in_threadpool(may, user, self.right, tenant):
            raise HTTPException(403, "not allowed")


def requires(right: Right) -> Any:
    """Return the dependency of a route that takes this right."""
    return Depends(RightCheck(right))


def may(user: BaseUser, right: Right, tenant: str | None) -> bool:
    """Return whether the user has a right on a tenant; to administer one takes reading it as well."""
    if right is Right.administer and not get_auth_manager().is_authorized_connection(method="PUT", user=user):
        return False
    if tenant is None:
        return right is Right.administer
    dag = DagDetails(id=DAG_PREFIX + tenant, team_name=DagModel.get_team_name(DAG_PREFIX + tenant))
    is_authorized = get_auth_manager().is_authorized_dag
    if right is Right.operate:
        return bool(is_authorized(method="POST", access_entity=DagAccessEntity.RUN, details=dag, user=user))
    return bool(is_authorized(method="GET", details=dag, user=user))


def visible_tenants(user: User) -> frozenset[str]:
    """Return the tenants that the user may read, of those whose DAG Airflow knows: one question for any number."""
    dag_ids = get_auth_manager().get_authorized_dag_ids(user=user, method="GET")
    return frozenset(dag_id.removeprefix(DAG_PREFIX) for dag_id in dag_ids if dag_id.startswith(DAG_PREFIX))


VisibleTenants = Annotated[frozenset[str], Depends(visible_tenants)]


def readable_tenants(user: BaseUser, tenant: str | None) -> frozenset[str]:
    """Return the tenant of a filter when the user may read it, or all visible ones. Raises HTTPException."""
    if tenant is None:
        return visible_tenants(user)
    if not may(user, Right.read, tenant):
        raise HTTPException(403, "not allowed")
    return frozenset({tenant})
