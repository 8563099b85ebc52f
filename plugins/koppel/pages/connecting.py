"""Connecting by consent at the vendor's own page (R5.1), which no frame may show: a tab of its own goes there."""

import hashlib
from secrets import compare_digest
from typing import Annotated, Any

from airflow.configuration import conf
from fastapi import HTTPException, Query, Request
from fastapi.responses import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from include.access.credentials import credential_status, missing_variables
from include.access.oauth_flow import CONSENT_FOR, begin, finish
from include.connectors import registry
from include.errors import IntegrationError
from include.tenants.tenant import Tenant
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import unsign
from plugins.koppel.language import PageLanguage
from plugins.koppel.pages.activation import FIELDS, fields, typed_fields
from plugins.koppel.security import Right, User, may
from plugins.koppel.templating import render

COOKIE = "koppel_consent_"
Part = Annotated[str, Query(max_length=4000, pattern=r"^[^\x00]*$")]


def show(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    said_: Annotated[str, Query(alias="said")] = "",
) -> Response:
    """How the access to both systems is, and connecting them again."""
    systems = [registry.field_service(), tenant.package]
    known = {one.system: one for one in credential_status(context, tenant.id)}
    forms = {one.name: typed_fields(one) if one.oauth else fields(one) for one in systems}
    shown: dict[str, Any] = {"tenant": tenant, "systems": systems, "known": known, "forms": forms, "labels": FIELDS}
    shown |= {"lacking": missing_variables(context, tenant.package.name), "token": token(user), "said": unsign(said_)}
    shown |= {"administers": True}
    return render(request, language, "access.html", **shown)


def ask(request: Request, context: ContextDep, tenant: TenantDep, user: User, language: PageLanguage) -> Response:
    """The link to the vendor's page; who comes back has to bring the cookie that is set here."""
    asked = begin(context, tenant, tenant.package.name, returns_to())
    made = generation(context, tenant)
    shown = render(request, language, "consent.html", tenant=tenant, address=asked.address, generation=made)
    kept = _signer().dumps({"state": asked.state, "tenant": tenant.slug, "user": str(user.get_id())})
    shown.set_cookie(
        _cookie(asked.state),
        kept,
        max_age=int(CONSENT_FOR.total_seconds()),
        path=request.scope.get("root_path", "").rstrip("/") or "/",
        secure=returns_to().startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return shown


def come_back(
    request: Request, context: ContextDep, tenant: TenantDep, was: Annotated[int, Query(ge=0, lt=2**31)]
) -> Response:
    """Polled by the page with the link: nothing until there is other access than there was."""
    if generation(context, tenant) == was:
        return Response(status_code=204)
    root = request.scope.get("root_path", "").rstrip("/")
    page = "access" if tenant.status == "active" else "activation"
    return Response(headers={"hx-redirect": f"{root}/tenants/{tenant.slug}/{page}"})


def callback(
    request: Request,
    context: ContextDep,
    user: User,
    language: PageLanguage,
    state: Part = "",
    code: Part = "",
    error: Part = "",
) -> Response:
    """The vendor sent the person back to us."""
    kept = _kept(request, state, user)
    if not may(user, Right.administer, kept["tenant"]):
        raise HTTPException(403, "not allowed")
    try:
        finish(context, state, code=code, error=error)
    except IntegrationError as problem:
        trouble = f"{problem.text(language)} {problem.action(language)}"
        return render(request, language, "returned.html", 409, tenant=kept["tenant"], trouble=trouble)
    shown = render(request, language, "returned.html", tenant=kept["tenant"], trouble="")
    shown.delete_cookie(_cookie(state), path=request.scope.get("root_path", "").rstrip("/") or "/")
    return shown


def _kept(request: Request, state: str, user: User) -> dict[str, str]:
    """What this very browser was given when the person left. Raises HTTPException for anything else."""
    try:
        kept = _signer().loads(request.cookies.get(_cookie(state), ""), max_age=CONSENT_FOR.total_seconds())
    except BadSignature:
        kept = {"state": "", "user": ""}
    same = compare_digest(str(kept["state"]).encode(), state.encode())
    if not state or not same or kept["user"] != str(user.get_id()):
        raise HTTPException(400, "this answer belongs to no consent of this browser")
    return dict(kept)


def returns_to() -> str:
    """The address that is registered with the vendors."""
    return f"{conf.get('api', 'base_url').rstrip('/')}/koppel/callback"


def generation(context: ContextDep, tenant: Tenant) -> int:
    """Of the access to the package; another one with each change, 0 without any."""
    found = [one for one in credential_status(context, tenant.id) if one.system == tenant.package.name]
    return found[0].generation if found and not found[0].dead_since else 0


def _cookie(state: str) -> str:
    """A name of its own for each, so that two tabs do not take each other's."""
    return COOKIE + hashlib.sha256(state.encode()).hexdigest()[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="koppel.consent")
