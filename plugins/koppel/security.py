"""Who may see and do what: Airflow's auth manager is asked, by the right to the DAG ``sync__<tenant>``.

Airflow does not protect the routes of a plugin; ``needs`` is the dependency that each route of ours has.
"""

import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, get_user
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

PREFIX = "sync__"
SLUG = "^[a-z][a-z0-9_]{1,39}$"

User = Annotated[BaseUser, Depends(get_user)]


class Right(StrEnum):
    """``administer`` is the right to change Airflow's connections: whoever has it may change settings and access."""

    signed_in = "signed_in"
    read = "read"
    operate = "operate"
    administer = "administer"


def needs(right: Right) -> Callable[..., Awaitable[None]]:
    """A dependency: 401 for nobody, 403 for who lacks the right; on the tenant of the path, if it has one."""

    async def check(request: Request, user: GetUserDep) -> None:
        tenant = request.path_params.get("tenant")
        if tenant is not None and not re.fullmatch(SLUG, tenant):
            raise HTTPException(404, "no such tenant")
        if right is not Right.signed_in and not await run_in_threadpool(may, user, right, tenant):
            raise HTTPException(403, "not allowed")

    return check


def may(user: BaseUser, right: Right, tenant: str | None) -> bool:
    """Whether the user has a right on a tenant; to administer one takes reading it as well."""
    if right is Right.administer and not get_auth_manager().is_authorized_connection(method="PUT", user=user):
        return False
    if tenant is None:
        return right is Right.administer
    dag = DagDetails(id=PREFIX + tenant, team_name=DagModel.get_team_name(PREFIX + tenant))
    asked = get_auth_manager().is_authorized_dag
    if right is Right.operate:
        return bool(asked(method="POST", access_entity=DagAccessEntity.RUN, details=dag, user=user))
    return bool(asked(method="GET", details=dag, user=user))


def visible(user: User) -> frozenset[str]:
    """The tenants that the user may read, of those whose DAG Airflow knows: one question for any number."""
    dag_ids = get_auth_manager().get_authorized_dag_ids(user=user, method="GET")
    return frozenset(one.removeprefix(PREFIX) for one in dag_ids if one.startswith(PREFIX))


Visible = Annotated[frozenset[str], Depends(visible)]


def readable(user: BaseUser, tenant: str | None) -> frozenset[str]:
    """The one tenant that is asked for, when the user may read it, or all visible ones. Raises HTTPException."""
    if tenant is None:
        return visible(user)
    if not may(user, Right.read, tenant):
        raise HTTPException(403, "not allowed")
    return frozenset({tenant})
