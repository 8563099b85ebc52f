"""Activation (R5.1): the steps in order, the one that is to be taken open; left at any moment, it goes on there."""

from typing import Annotated, Any, get_args

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import SecretStr

from include.cleanup.wipe import PARTS
from include.connectors import registry
from include.connectors.base import Connector
from include.connectors.registry import FIELD_SERVICE
from include.errors import IntegrationError
from include.life import access
from include.life.rehearsal import Rehearsal, rehearse
from include.life.steps import administrations
from include.sync.progress import remaining, share, status
from include.tenants import drafts
from include.tenants.credentials import lacking
from include.tenants.tenant import Tenant
from plugins.koppel.access import User
from plugins.koppel.forgery import token
from plugins.koppel.language import PageLanguage
from plugins.koppel.rendering import marked, render
from plugins.koppel.saying import said
from plugins.koppel.surroundings import KoppelDep, TenantDep

STEPS = (
    ("simon", marked("Connect Simple-Simon")),
    ("wipe", marked("Empty Simple-Simon, or keep what is there")),
    ("package", marked("Connect the accounting package")),
    ("administration", marked("Choose the administration")),
    ("settings", marked("Set, check and save the settings")),
    ("import", marked("First import")),
    ("active", marked("Active")),
)
ORDER = [name for name, _ in STEPS]
AT = {"wiping": "wipe", "importing": "import", "active": "active", "inactive": "inactive"}
# what the forms for access call their fields; what a connector has beside these is shown under its own name
FIELDS = {
    "base": marked("Address of the API"),
    "dialect": marked("Generation of the API"),
    "key": marked("Licence code"),
    "usr": marked("User"),
    "pwd": marked("Password"),
    "api_key": marked("API key"),
    "api": marked("Address of the API"),
    "access_token": marked("Personal token"),
}


def show(
    request: Request,
    koppel: KoppelDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    said_: Annotated[str, Query(alias="said")] = "",
) -> Response:
    simon = registry.connector(FIELD_SERVICE)
    at = step(koppel, tenant)
    shown: dict[str, Any] = {
        "tenant": tenant,
        "at": at,
        "steps": STEPS,
        "place": ORDER.index(at) if at in ORDER else -1,
    }
    shown |= {"token": token(user), "said": said(said_), "labels": FIELDS, "administers": True}
    shown |= {"simon_fields": fields(simon), "package_fields": typed_fields(tenant.package)}
    shown |= {"consent": tenant.package.consent is not None, "lacking": lacking(koppel, tenant.package.name)}
    shown |= _choice(koppel, tenant, language) if at == "administration" else {"administrations": (), "trouble": ""}
    shown |= {"draft": drafts.find(koppel, tenant)}
    return render(request, language, "activation.html", **shown)


def step(koppel: KoppelDep, tenant: Tenant) -> str:
    """Which of STEPS is to be taken now; ``inactive`` before all of them."""
    if tenant.status == "new":
        return "wipe" if access.has(koppel, tenant, registry.connector(FIELD_SERVICE)) else "simon"
    if tenant.status == "connecting":
        return "administration" if access.has(koppel, tenant, tenant.package) else "package"
    if tenant.status == "settings":
        return "import" if tenant.settings_version and not drafts.find(koppel, tenant) else "settings"
    return AT[tenant.status]


def _choice(koppel: KoppelDep, tenant: Tenant, language: PageLanguage) -> dict[str, Any]:
    try:
        return {"administrations": administrations(koppel, tenant), "trouble": ""}
    except IntegrationError as error:
        return {"administrations": (), "trouble": f"{error.text(language)} {error.action(language)}"}


def rehearsal(request: Request, koppel: KoppelDep, tenant: TenantDep, user: User, language: PageLanguage) -> Response:
    """What is in Simple-Simon now, and the question whether it may go; a part of the page, as it takes its time."""
    try:
        found = rehearse(koppel, tenant)
    except IntegrationError as error:
        trouble = f"{error.text(language)} {error.action(language)}"
        return render(request, language, "trouble.html", trouble=trouble)
    shown = {"tenant": tenant, "found": found, "parts": PARTS, "token": token(user)}
    return render(request, language, "rehearsal.html", choice=tenant.active_since is not None, **shown)


def rehearsed(koppel: KoppelDep, tenant: TenantDep) -> Rehearsal:
    """What an activation would do; changes nothing."""
    return rehearse(koppel, tenant)


def progress(
    request: Request,
    koppel: KoppelDep,
    tenant: TenantDep,
    language: PageLanguage,
    was: Annotated[str, Query(max_length=40)],
) -> Response:
    """How far the wipe or the import is; the whole page again once that is over."""
    if step(koppel, tenant) != was:
        return Response(headers={"hx-refresh": "true"})
    if tenant.status != "importing":
        return render(request, language, "progress.html", at=None, tenant=tenant)
    found, now = status(koppel, tenant), koppel.now()
    lasts = [left for one in found.streams.values() if (left := remaining(one, now)) is not None]
    shown: dict[str, Any] = {"tenant": tenant, "at": found, "share": share(found, tenant)}
    return render(request, language, "progress.html", left=max(lasts, default=None), **shown)


def fields(system: Connector) -> list[dict[str, Any]]:
    """What a person types to give access."""
    return [_field(system, name) for name in system.access.model_fields]


def typed_fields(system: Connector) -> list[dict[str, Any]]:
    """The same of a system that people are asked at its own page; what the vendor gave us is left out."""
    typed = system.consent.typed if system.consent else ()
    registered = system.consent.registration if system.consent else ()
    return [_field(system, name) for name in typed if name not in registered]


def _field(system: Connector, name: str) -> dict[str, Any]:
    about = system.access.model_fields[name]
    options = [one for one in get_args(about.annotation) if isinstance(one, str)]
    secret = about.annotation is SecretStr or SecretStr in get_args(about.annotation)
    default = "" if about.is_required() or about.default is None or secret else str(about.default)
    return {"name": name, "secret": secret, "required": about.is_required(), "options": options, "default": default}
