"""Activation (R5.1): the steps in order, the one that is to be taken open; left at any moment, it goes on there."""

from typing import Annotated, Any, get_args

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import SecretStr

from include.access import unstored
from include.access.credentials import missing_variables
from include.cleanup.wipe import PARTS
from include.connectors import registry
from include.connectors.system import RemoteSystem
from include.errors import IntegrationError
from include.lifecycle.activation import administrations
from include.lifecycle.activation_preview import ActivationPreview, preview_activation
from include.settings import drafts
from include.sync.progress import remaining, share, status
from include.tenants.tenant import Tenant
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import unsign
from plugins.koppel.language import PageLanguage
from plugins.koppel.security import User
from plugins.koppel.templating import N_, render

STEPS = (
    ("simon", N_("Connect Simple-Simon")),
    ("wipe", N_("Empty Simple-Simon, or keep what is there")),
    ("package", N_("Connect the accounting package")),
    ("administration", N_("Choose the administration")),
    ("settings", N_("Set, check and save the settings")),
    ("import", N_("First import")),
    ("active", N_("Active")),
)
ORDER = [name for name, _ in STEPS]
AT = {"wiping": "wipe", "importing": "import", "active": "active", "inactive": "inactive"}
# what the forms for access call their fields; what a connector has beside these is shown under its own name
FIELDS = {
    "base": N_("Address of the API"),
    "dialect": N_("Generation of the API"),
    "key": N_("Licence code"),
    "usr": N_("User"),
    "pwd": N_("Password"),
    "api_key": N_("API key"),
    "api": N_("Address of the API"),
    "access_token": N_("Personal token"),
}


def show(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    said_: Annotated[str, Query(alias="said")] = "",
) -> Response:
    simon = registry.field_service()
    at = step(context, tenant)
    shown: dict[str, Any] = {
        "tenant": tenant,
        "at": at,
        "steps": STEPS,
        "place": ORDER.index(at) if at in ORDER else -1,
    }
    shown |= {"token": token(user), "said": unsign(said_), "labels": FIELDS, "administers": True}
    shown |= {"simon_fields": fields(simon), "package_fields": typed_fields(tenant.package)}
    shown |= {"consent": tenant.package.oauth is not None, "lacking": missing_variables(context, tenant.package.name)}
    shown |= _choice(context, tenant, language) if at == "administration" else {"administrations": (), "trouble": ""}
    shown |= {"draft": drafts.find(context, tenant)}
    return render(request, language, "activation.html", **shown)


def step(context: ContextDep, tenant: Tenant) -> str:
    """Which of STEPS is to be taken now; ``inactive`` before all of them."""
    if tenant.status == "new":
        return "wipe" if unstored.has(context, tenant, registry.field_service()) else "simon"
    if tenant.status == "connecting":
        return "administration" if unstored.has(context, tenant, tenant.package) else "package"
    if tenant.status == "settings":
        return "import" if tenant.settings_version and not drafts.find(context, tenant) else "settings"
    return AT[tenant.status]


def _choice(context: ContextDep, tenant: Tenant, language: PageLanguage) -> dict[str, Any]:
    try:
        return {"administrations": administrations(context, tenant), "trouble": ""}
    except IntegrationError as error:
        return {"administrations": (), "trouble": f"{error.text(language)} {error.action(language)}"}


def rehearsal(request: Request, context: ContextDep, tenant: TenantDep, user: User, language: PageLanguage) -> Response:
    """What is in Simple-Simon now, and the question whether it may go; a part of the page, as it takes its time."""
    try:
        found = preview_activation(context, tenant)
    except IntegrationError as error:
        trouble = f"{error.text(language)} {error.action(language)}"
        return render(request, language, "trouble.html", trouble=trouble)
    shown = {"tenant": tenant, "found": found, "parts": PARTS, "token": token(user)}
    return render(request, language, "rehearsal.html", choice=tenant.active_since is not None, **shown)


def rehearsed(context: ContextDep, tenant: TenantDep) -> ActivationPreview:
    """What an activation would do; changes nothing."""
    return preview_activation(context, tenant)


def progress(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    language: PageLanguage,
    was: Annotated[str, Query(max_length=40)],
) -> Response:
    """How far the wipe or the import is; the whole page again once that is over."""
    if step(context, tenant) != was:
        return Response(headers={"hx-refresh": "true"})
    if tenant.status != "importing":
        return render(request, language, "progress.html", at=None, tenant=tenant)
    found, now = status(context, tenant), context.now()
    lasts = [left for one in found.streams.values() if (left := remaining(one, now)) is not None]
    shown: dict[str, Any] = {"tenant": tenant, "at": found, "share": share(found, tenant)}
    return render(request, language, "progress.html", left=max(lasts, default=None), **shown)


def fields(system: RemoteSystem) -> list[dict[str, Any]]:
    """What a person types to give access."""
    return [_field(system, name) for name in system.access.model_fields]


def typed_fields(system: RemoteSystem) -> list[dict[str, Any]]:
    """The same of a system that people are asked at its own page; what the vendor gave us is left out."""
    typed = system.oauth.typed if system.oauth else ()
    registered = system.oauth.registration if system.oauth else ()
    return [_field(system, name) for name in typed if name not in registered]


def _field(system: RemoteSystem, name: str) -> dict[str, Any]:
    about = system.access.model_fields[name]
    options = [one for one in get_args(about.annotation) if isinstance(one, str)]
    secret = about.annotation is SecretStr or SecretStr in get_args(about.annotation)
    default = "" if about.is_required() or about.default is None or secret else str(about.default)
    return {"name": name, "secret": secret, "required": about.is_required(), "options": options, "default": default}
