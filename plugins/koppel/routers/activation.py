"""Activation (R5.1): the steps in order, the one that is to be taken open; left at any moment, it goes on there.

Ending a coupling and setting it up again are here too (R5.5, R5.6).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from include.access.credentials import missing_variables
from include.cleanup.wipe import PARTS
from include.connectors import registry
from include.context import Context
from include.errors import IntegrationError
from include.lifecycle import activation, deactivation, pending, wipe_step, withdrawal
from include.lifecycle.activation_preview import ActivationPreview, preview_activation
from include.lifecycle.pending import OperationKind, OperationState
from include.lifecycle.steps import STEP_OF_STATE, current_step
from include.lifecycle.terms import agree, agreement
from include.log.problems import LogQuery, open_problems
from include.messages import Severity
from include.sync.progress import remaining, share, status
from include.tenants.states import BEGUN
from include.tenants.tenant import Tenant
from plugins.koppel.access_forms import access_fields
from plugins.koppel.actions import ActionInput, ActionResult, Count, Name, action
from plugins.koppel.asking import AskingContextDep, AskingPageDep, asking_at_once
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPage, TenantPageDep
from plugins.koppel.errors import PageError
from plugins.koppel.labels import ACCESS_FIELDS
from plugins.koppel.language import N_
from plugins.koppel.security import Right, requires

STEPS = (
    ("simon", N_("Connect Simple-Simon")),
    ("wipe", N_("Empty Simple-Simon, or keep what is there")),
    ("package", N_("Connect the accounting package")),
    ("administration", N_("Choose the administration")),
    ("settings", N_("Set, check and save the settings")),
    ("import", N_("First import")),
    ("active", N_("Active")),
)
STEP_NAMES = [name for name, _ in STEPS]
# how far a state is, also while access that is gone has to be connected again first
STEPS_DONE = {state: STEP_NAMES.index(step) for state, step in STEP_OF_STATE.items() if step in STEP_NAMES}
BACK = "/tenants/{tenant}/activation"

router = APIRouter()


class WipeInput(ActionInput):
    """``parts`` are those to wipe; ``shown`` is how many records of each part the preview showed."""

    parts: Annotated[list[Name], Field(max_length=10)]
    shown: dict[Annotated[str, Field(max_length=40)], Count]


class TermsInput(ActionInput):
    """``version`` is the version of the terms that was read."""

    version: Name


class AdministrationInput(ActionInput):
    """The number of the administration to couple to."""

    administration: Name


class DeactivationInput(ActionInput):
    """``confirm`` is the short name of the tenant, typed."""

    confirm: Name


class ReactivationInput(ActionInput):
    """``reset`` ends all links, so that another administration can be chosen; it takes ``confirm``."""

    reset: bool = False
    confirm: Annotated[str, Field(max_length=200)] = ""


@router.get("/tenants/{tenant}/activation", dependencies=[requires(Right.administer)])
def activation_page(page: TenantPageDep) -> Response:
    """Show the steps, with what the present one takes."""
    context, tenant = page.context, page.tenant
    step = current_step(context, tenant)
    return page.render(
        "activation.html",
        steps=STEPS,
        step=step,
        steps_done=max(STEPS_DONE.get(tenant.status, -1), STEP_NAMES.index(step) if step in STEP_NAMES else -1),
        terms=context.terms,
        agreed=agreement(context, tenant),
        simon=registry.field_service(),
        wipe_failed=_wipe_failed(context, tenant),
        obstacle=withdrawal.obstacle(context, tenant) if tenant.status in BEGUN else None,
        begun=tenant.status in BEGUN,
        simon_fields=access_fields(registry.field_service()),
        package_fields=access_fields(tenant.package) if tenant.package.oauth else [],
        labels=ACCESS_FIELDS,
        missing_variables=missing_variables(context, tenant.package.name),
        **_administrations(page, step),
    )


def _wipe_failed(context: Context, tenant: Tenant) -> bool:
    """Return whether the wipe that was confirmed was put an end to before it was done."""
    if tenant.status != "wiping":
        return False
    operation = pending.latest(context, tenant, OperationKind.WIPE)
    return operation is None or operation.state is OperationState.FAILED


def _administrations(page: TenantPage, step: str) -> dict[str, Any]:
    """Return the choice of administrations, or why it cannot be given, once it is to be made."""
    if step != "administration":
        return {"administrations": (), "trouble": ""}
    try:
        with asking_at_once(page) as context:
            return {"administrations": activation.administrations(context, page.tenant), "trouble": ""}
    except IntegrationError as error:
        return {"administrations": (), "trouble": f"{error.text(page.language)} {error.action(page.language)}"}


@router.get("/tenants/{tenant}/activation/preview", dependencies=[requires(Right.administer)])
def preview_part(page: AskingPageDep) -> Response:
    """Show what is in Simple-Simon now, and ask whether it may go; a part of the page, as it takes its time."""
    try:
        preview = preview_activation(page.context, page.tenant)
    except IntegrationError as error:
        return page.render("trouble.html", trouble=f"{error.text(page.language)} {error.action(page.language)}")
    return page.render(
        "activation_preview.html",
        preview=preview,
        parts=PARTS,
        may_choose=page.tenant.active_since is not None,
    )


@router.get("/api/tenants/{tenant}/activation/preview", dependencies=[requires(Right.administer)])
def read_activation_preview(context: AskingContextDep, tenant: TenantDep) -> ActivationPreview:
    """Return what an activation would do; changes nothing."""
    return preview_activation(context, tenant)


@router.get("/tenants/{tenant}/activation/progress", dependencies=[requires(Right.administer)])
def progress_part(page: TenantPageDep, step: Annotated[str, Query(max_length=40)]) -> Response:
    """Show how far the wipe or the import is; the whole page again once that step is over."""
    context, tenant = page.context, page.tenant
    if current_step(context, tenant) != step:
        return Response(headers={"hx-refresh": "true"})
    errors = LogQuery({tenant.slug}, tenant.slug, severity=Severity.ERROR, language=page.language)
    problems = open_problems(context, errors, 1)  # what keeps it from going on, if anything does
    if tenant.status != "importing":
        return page.render("progress.html", synced=None, problems=problems)
    synced, now = status(context, tenant), context.now()
    lasting = [left for progress in synced.streams.values() if (left := remaining(progress, now)) is not None]
    values: dict[str, Any] = {"share": share(synced, tenant), "remaining": max(lasting, default=None)}
    return page.render("progress.html", synced=synced, problems=problems, **values)


@action(router, "/tenants/{tenant}/activation/terms", Right.administer, back=BACK)
def agree_to_terms(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: TermsInput) -> ActionResult:
    """Agree to the terms of the integration, in the version that was read; whoever wipes or keeps agrees as well."""
    agree(context, tenant, by, input.version)
    return ActionResult(N_("You agreed to version {version} of the terms."), {"version": input.version})


@action(router, "/tenants/{tenant}/activation/wipe", Right.administer, back=BACK)
def wipe(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: WipeInput) -> ActionResult:
    """Empty Simple-Simon, or parts of it, of as many records as were shown."""
    wipe_step.confirm(context, tenant, input.shown, parts=input.parts, by=by)
    return ActionResult(N_("Simple-Simon is being emptied. It begins within a minute."), {"parts": input.parts})


@action(router, "/tenants/{tenant}/activation/wipe/continue", Right.administer, back=BACK)
def continue_wipe(*, context: ContextDep, tenant: TenantDep) -> ActionResult:
    """Go on with a wipe that another run put an end to."""
    operation = wipe_step.go_on(context, tenant)
    return ActionResult(N_("Simple-Simon is being emptied. It begins within a minute."), {"parts": operation.parts})


@action(router, "/tenants/{tenant}/activation/keep", Right.administer, back=BACK)
def keep(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Leave what is in Simple-Simon instead of emptying it."""
    wipe_step.keep(context, tenant, by)
    return ActionResult(N_("What is in Simple-Simon stays."))


@action(router, "/tenants/{tenant}/activation/administration", Right.administer, back=BACK)
def choose_administration(
    *, context: AskingContextDep, tenant: TenantDep, by: ActorDep, input: AdministrationInput
) -> ActionResult:
    """Couple to this administration."""
    coupled = activation.choose(context, tenant, input.administration, by)
    values = {"administration": input.administration, "status": coupled.status}
    return ActionResult(N_("Administration {administration} is chosen."), values)


@action(router, "/tenants/{tenant}/activation/import", Right.administer, back=BACK)
def start_import(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Let the first import begin; its end makes the coupling active."""
    importing = activation.start_import(context, tenant, by)
    return ActionResult(N_("The first import begins by itself, within a minute."), {"status": importing.status})


@action(router, "/tenants/{tenant}/withdraw", Right.administer)
def withdraw(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: DeactivationInput) -> ActionResult:
    """Withdraw a coupling that was begun by mistake; refused where something would be lost that is still needed."""
    _refuse_other_name(tenant, input.confirm)
    withdrawn = withdrawal.withdraw(context, tenant, by)
    return ActionResult(N_("The coupling is withdrawn; its log stays."), {"status": withdrawn.status})


@action(router, "/tenants/{tenant}/deactivate", Right.administer)
def deactivate(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: DeactivationInput) -> ActionResult:
    """Stop at once and destroy the access; links, ledger, log and settings stay."""
    _refuse_other_name(tenant, input.confirm)
    ended = deactivation.deactivate(context, tenant, by)
    values = {"count": ended.waiting, "destroyed": ended.destroyed}
    return ActionResult(N_("The coupling is deactivated; {count} work orders that waited are not sent."), values)


@action(router, "/tenants/{tenant}/reactivate", Right.administer, back=BACK)
def reactivate(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: ReactivationInput) -> ActionResult:
    """Set a deactivated coupling up again; what was sent before is not sent again."""
    if input.reset:
        _refuse_other_name(tenant, input.confirm)
    beginning = deactivation.reactivate(context, tenant, by, reset=input.reset)
    return ActionResult(N_("The coupling is being set up again: take the steps below."), {"status": beginning.status})


def _refuse_other_name(tenant: Tenant, typed: str) -> None:
    """Refuse the name of another tenant, typed by mistake. Raises PageError."""
    if typed.strip() != tenant.slug:
        message = N_("Type the short name {name} to confirm.")
        raise PageError(422, message, field="confirm", allowed=[tenant.slug], name=tenant.slug)
