"""What the routes need: the application, the tenant of the path, who asks, and the page that is being made.

A test puts its own application in place of ``app_context``.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import Depends, HTTPException, Path, Request
from fastapi.responses import HTMLResponse

from include.context import Context
from include.errors import TenantNotFound
from include.messages import Language
from include.tenants.tenant import Tenant, load
from plugins.koppel import flash
from plugins.koppel.csrf import form_token
from plugins.koppel.language import LanguageDep
from plugins.koppel.security import SLUG, Right, User, may
from plugins.koppel.templating import render


@cache
def app_context() -> Context:
    """Return the application, one for the process. Raises NotConfigured."""
    return Context.from_environment()


ContextDep = Annotated[Context, Depends(app_context)]
Slug = Annotated[str, Path(pattern=SLUG, description="the name of the tenant")]


def tenant_of_path(tenant: Slug, context: ContextDep) -> Tenant:
    """Return the tenant of the path. Raises HTTPException without naming other tenants."""
    try:
        return load(context, tenant)
    except TenantNotFound:
        raise HTTPException(404, "no such tenant") from None


TenantDep = Annotated[Tenant, Depends(tenant_of_path)]


def actor(user: User) -> str:
    """Return the name under which it is kept who did something."""
    return str(user.get_name())


ActorDep = Annotated[str, Depends(actor)]


@dataclass(frozen=True)
class UserPage:
    """A page for one user, in their language, on the application."""

    request: Request
    context: Context
    user: BaseUser
    language: Language

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return the template filled in; every page has a token for its forms, and may have a message."""
        message = flash.unsign(self.request.query_params.get(flash.PARAMETER, ""))
        values = {"token": form_token(self.user), "flash": message, **values}
        return render(self.request, self.language, template, status=status, values=values)


@dataclass(frozen=True)
class TenantPage(UserPage):
    """A page about one tenant; it knows what its user may do with the tenant."""

    tenant: Tenant
    operable: bool
    administers: bool

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return the template filled in, with the tenant and the rights of the user."""
        values = {"tenant": self.tenant, "operable": self.operable, "administers": self.administers, **values}
        return super().render(template, status=status, **values)


def user_page(*, request: Request, context: ContextDep, user: User, language: LanguageDep) -> UserPage:
    """Return the page that a request asks for."""
    return UserPage(request, context, user, language)


UserPageDep = Annotated[UserPage, Depends(user_page)]


def tenant_page(page: UserPageDep, tenant: TenantDep) -> TenantPage:
    """Return the page about the tenant of the path."""
    return TenantPage(
        request=page.request,
        context=page.context,
        user=page.user,
        language=page.language,
        tenant=tenant,
        operable=may(page.user, Right.operate, tenant.slug),
        administers=may(page.user, Right.administer, tenant.slug),
    )


TenantPageDep = Annotated[TenantPage, Depends(tenant_page)]
