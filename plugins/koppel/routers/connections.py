"""Connections: the access to both systems, typed by a person or allowed at the vendor's own page (R5.1).

No frame may show the vendor's page, so a tab of its own goes there.
"""

import hashlib
from secrets import compare_digest
from typing import Annotated

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.configuration import conf
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import Field

from include.access.connect import connect_typed
from include.access.credentials import credential_status, missing_variables
from include.access.oauth_flow import CONSENT_FOR, finish_consent, start_consent
from include.connectors import registry
from include.context import Context
from include.errors import IntegrationError
from include.lifecycle.terms import agree, check_version
from include.tenants.tenant import Tenant
from plugins.koppel.access_forms import access_fields
from plugins.koppel.actions import NO_NUL, ActionInput, ActionResult, action
from plugins.koppel.asking import DEADLINE_S, AskingContextDep
from plugins.koppel.csrf import require_form_token
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPageDep, UserPageDep, actor
from plugins.koppel.labels import ACCESS_FIELDS
from plugins.koppel.language import N_
from plugins.koppel.security import Right, may, requires
from plugins.koppel.templating import root_path

COOKIE = "koppel_consent_"
VALID_S = int(CONSENT_FOR.total_seconds())

router = APIRouter()
SystemName = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$", description="the name of the system")]
FieldName = Annotated[str, Field(max_length=40)]
FieldText = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
VendorText = Annotated[str, Query(max_length=4000, pattern=NO_NUL)]


class AccessInput(ActionInput):
    """``fields`` are those of the system's access, as in the description of a tenant.

    ``terms`` is the version of the terms that a person agrees to along with the first of them.
    """

    fields: dict[FieldName, FieldText]
    terms: Annotated[str, Field(max_length=200)] = ""


@router.get("/tenants/{tenant}/connections", dependencies=[requires(Right.administer)])
def connections_page(page: TenantPageDep) -> Response:
    """Show how the access to both systems is, and the forms to connect them again."""
    systems = [registry.field_service(), page.tenant.package]
    return page.render(
        "connections.html",
        systems=systems,
        connections={each.system: each for each in credential_status(page.context, page.tenant.id)},
        fields={system.name: access_fields(system) for system in systems},
        labels=ACCESS_FIELDS,
        missing_variables=missing_variables(page.context, page.tenant.package.name),
    )


@action(router, "/tenants/{tenant}/connections/{system}", Right.administer, back="/tenants/{tenant}/activation")
def give_access(
    *, context: AskingContextDep, tenant: TenantDep, by: ActorDep, system: SystemName, input: AccessInput
) -> ActionResult:
    """Give access that is typed; it is stored once it has shown that it works."""
    if input.terms:
        check_version(context.terms, input.terms)
    connected = connect_typed(context, tenant, system, input.fields, by=by)
    if input.terms:
        agree(context, tenant, by, input.terms)
    return ActionResult(N_("The access works and is stored."), {"system": connected.system})


@router.post("/tenants/{tenant}/consent", dependencies=[requires(Right.administer), Depends(require_form_token)])
def ask_consent(page: TenantPageDep) -> Response:
    """Show the link to the vendor's page; who comes back has to bring the cookie that is set here."""
    context, tenant = page.context, page.tenant
    consent = start_consent(context, tenant, tenant.package.name, callback_address())
    response = page.render("consent.html", address=consent.address, generation=access_generation(context, tenant))
    ticket = {"state": consent.state, "tenant": tenant.slug, "user": str(page.user.get_id())}
    response.set_cookie(
        _cookie(consent.state),
        str(_signer().dumps(ticket)),
        max_age=VALID_S,
        path=root_path(page.request) or "/",
        secure=callback_address().startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/tenants/{tenant}/consent/status", dependencies=[requires(Right.administer)])
def consent_status(
    *, request: Request, context: ContextDep, tenant: TenantDep, generation: Annotated[int, Query(ge=0, lt=2**31)]
) -> Response:
    """Answer the page with the link, which polls: nothing until there is other access than of that generation."""
    if access_generation(context, tenant) == generation:
        return Response(status_code=204)
    place = "connections" if tenant.status == "active" else "activation"
    return Response(headers={"hx-redirect": f"{root_path(request)}/tenants/{tenant.slug}/{place}"})


@router.get("/callback", dependencies=[requires(Right.signed_in)])
def return_from_vendor(
    page: UserPageDep, state: VendorText = "", code: VendorText = "", error: VendorText = ""
) -> Response:
    """Take back a person whom the vendor sent to us."""
    tenant = _tenant_of_ticket(page.request, state, page.user)
    if not may(page.user, Right.administer, tenant):
        raise HTTPException(403, "not allowed")
    try:
        finish_consent(page.context.hurried(DEADLINE_S), state, by=actor(page.user), code=code, error=error)
    except IntegrationError as problem:
        trouble = f"{problem.text(page.language)} {problem.action(page.language)}"
        return page.render("returned.html", status=409, tenant=tenant, trouble=trouble)
    response = page.render("returned.html", tenant=tenant, trouble="")
    response.delete_cookie(_cookie(state), path=root_path(page.request) or "/")
    return response


def _tenant_of_ticket(request: Request, state: str, user: BaseUser) -> str:
    """Return the tenant of the ticket that this very browser got when the person left.

    Raises HTTPException for anything else.
    """
    try:
        ticket = _signer().loads(request.cookies.get(_cookie(state), ""), max_age=VALID_S)
    except BadSignature:
        ticket = {"state": "", "user": ""}
    same = compare_digest(str(ticket["state"]).encode(), state.encode())
    if not state or not same or ticket["user"] != str(user.get_id()):
        raise HTTPException(400, "this answer belongs to no consent of this browser")
    return str(ticket["tenant"])


def callback_address() -> str:
    """Return the address that is registered with the vendors."""
    return f"{conf.get('api', 'base_url').rstrip('/')}/koppel/callback"


def access_generation(context: Context, tenant: Tenant) -> int:
    """Return the number of the access to the package: another one with each change, 0 without any that works."""
    for connection in credential_status(context, tenant.id):
        if connection.system == tenant.package.name and not connection.dead_since:
            return connection.generation
    return 0


def _cookie(state: str) -> str:
    """Return a name of its own for each consent, so that two tabs do not take each other's."""
    return COOKIE + hashlib.sha256(state.encode()).hexdigest()[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="koppel.consent")
