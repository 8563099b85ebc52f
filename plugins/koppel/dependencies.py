"""What the routes need of the application; a test puts its own in place of it."""

from functools import cache
from typing import Annotated

from fastapi import Depends, HTTPException, Path

from include.context import Context
from include.errors import TenantNotFound
from include.tenants.tenant import Tenant, load
from plugins.koppel.security import SLUG


@cache
def app_context() -> Context:
    """One for the process. Raises NotInstalled."""
    return Context.from_environment()


ContextDep = Annotated[Context, Depends(app_context)]
Slug = Annotated[str, Path(pattern=SLUG, description="the name of the tenant")]


def tenant_of(tenant: Slug, context: ContextDep) -> Tenant:
    """The tenant of the path; that there is none is said without naming others."""
    try:
        return load(context, tenant)
    except TenantNotFound:
        raise HTTPException(404, "no such tenant") from None


TenantDep = Annotated[Tenant, Depends(tenant_of)]
