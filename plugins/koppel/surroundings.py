"""What the routes need of the application; a test puts its own in place of it."""

from functools import cache
from typing import Annotated

from fastapi import Depends, HTTPException, Path

from include.koppel import Koppel
from include.tenants.tenant import Tenant, UnknownTenant, load
from plugins.koppel.access import SLUG


@cache
def koppel() -> Koppel:
    """One for the process. Raises NotInstalled."""
    return Koppel.installed()


KoppelDep = Annotated[Koppel, Depends(koppel)]
Slug = Annotated[str, Path(pattern=SLUG, description="the name of the tenant")]


def tenant_of(tenant: Slug, koppel: KoppelDep) -> Tenant:
    """The tenant of the path; that there is none is said without naming others."""
    try:
        return load(koppel, tenant)
    except UnknownTenant:
        raise HTTPException(404, "no such tenant") from None


TenantDep = Annotated[Tenant, Depends(tenant_of)]
