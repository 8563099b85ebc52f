"""A new coupling: company, short name, package (R5.1)."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from include.connectors import registry
from include.tenants.register import register
from plugins.koppel.actions import ActionInput, FormDep, by, go, read
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep
from plugins.koppel.language import PageLanguage, translations
from plugins.koppel.security import User
from plugins.koppel.templating import N_, render

ADDED = N_("The coupling is added. Its workflows appear in Airflow within a minute.")


class New(ActionInput):
    """``tenant`` is the short name: 2 to 40 of a-z, 0-9 and _, beginning with a letter."""

    tenant: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
    company: Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
    package: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")]


class Added(BaseModel):
    tenant: str
    status: str


def show(request: Request, user: User, language: PageLanguage) -> Response:
    packages = {name: registry.system(name).title for name in registry.packages()}
    shown: dict[str, Any] = {"packages": packages, "token": token(user)}
    return render(request, language, "new.html", **shown)


def add(request: Request, context: ContextDep, user: User, language: PageLanguage, form: FormDep) -> Response:
    given = read(New, form)
    tenant = register(context, given.tenant, given.company, given.package, by(user))
    return go(request, f"/tenants/{tenant.slug}/activation", translations(language).gettext(ADDED))


def add_by_api(context: ContextDep, user: User, given: New) -> Added:
    """Add a tenant, of which nothing is known but its name."""
    tenant = register(context, given.tenant, given.company, given.package, by(user))
    return Added(tenant=tenant.slug, status=tenant.status)
