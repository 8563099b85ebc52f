"""Settings (R4): each with its check and the result, saved when all were checked, and every earlier version."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from include.settings import drafts, nightly
from include.settings.versions import history
from plugins.koppel.actions import ActionInput, ActionResult, Count, FormDep, Name, action, parse_form
from plugins.koppel.asking import AskingContextDep
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPageDep
from plugins.koppel.language import N_
from plugins.koppel.security import Right, requires
from plugins.koppel.setting_fields import setting_fields, settings_of_form

BACK = "/tenants/{tenant}/settings"
CHECK_MESSAGES = {
    "ok": N_("Checked: everything is in order."),
    "warning": N_("Checked: there are warnings, see the log."),
    "error": N_("Checked: there are errors, see the log."),
}

router = APIRouter()
Changes = Annotated[dict[str, Any], Field(max_length=50)]


class SettingsVersionResponse(BaseModel):
    """``changed``: what each setting was and became."""

    version: int
    saved_by: str
    saved_at: datetime
    changed: dict[str, tuple[Any, Any]]


class SettingsResponse(BaseModel):
    """``draft`` is what is being changed; None when nothing is."""

    version: int
    settings: dict[str, Any]
    draft: dict[str, Any] | None
    unchecked: list[str]
    wrong: list[str]
    versions: list[SettingsVersionResponse]


class ChangeInput(ActionInput):
    """Settings by name; those that are left out stay as they are in the draft."""

    settings: Changes


class CheckInput(ActionInput):
    """``names`` are the settings to check, none is all of them; ``settings`` are changed in the draft before."""

    names: Annotated[list[Name], Field(max_length=50)] = []
    settings: Changes = {}


class SaveInput(ActionInput):
    """``base``: the version that you looked at; when another was saved meanwhile, yours is refused.

    ``settings`` are changed in the draft before, and have to be checked then like any.
    """

    base: Count | None = None
    settings: Changes = {}


def settings_form(model: type[ActionInput]) -> Callable[..., ActionInput]:
    """Return a dependency that makes the input of an action from the form with all settings."""

    def read(tenant: TenantDep, form: FormDep) -> ActionInput:
        return parse_form(model, form, settings=settings_of_form(type(tenant.settings), form))

    return read


@router.get("/tenants/{tenant}/settings", dependencies=[requires(Right.read)])
def settings_page(page: TenantPageDep) -> Response:
    """Show the draft, or the saved settings, as a form; and what was saved by whom."""
    tenant, draft = page.tenant, drafts.find(page.context, page.tenant)
    fields = setting_fields(draft.settings if draft else tenant.settings, draft, page.language)
    return page.render(
        "settings.html",
        draft=draft,
        settings=fields,
        savable=draft is not None and not draft.unchecked and not draft.wrong,
        editable=page.administers and tenant.status != "inactive",
        versions=history(page.context, tenant),
        titles={field.name: field.title for field in fields},
    )


@router.get("/api/tenants/{tenant}/settings", dependencies=[requires(Right.read)])
def read_settings(context: ContextDep, tenant: TenantDep) -> SettingsResponse:
    """Return the saved settings, the draft, and every version."""
    draft = drafts.find(context, tenant)
    return SettingsResponse(
        version=tenant.settings_version,
        settings=tenant.settings.model_dump(mode="json"),
        draft=draft.settings.model_dump(mode="json") if draft else None,
        unchecked=draft.unchecked if draft else [],
        wrong=draft.wrong if draft else [],
        versions=[
            SettingsVersionResponse(
                version=version.version,
                saved_by=version.saved_by,
                saved_at=version.saved_at,
                changed=dict(version.changed),
            )
            for version in history(context, tenant)
        ],
    )


@action(
    router,
    "/tenants/{tenant}/settings/change",
    Right.administer,
    back=BACK,
    form_input=settings_form(ChangeInput),
)
def change_settings(*, context: ContextDep, tenant: TenantDep, by: ActorDep, input: ChangeInput) -> ActionResult:
    """Change settings in the draft; every check of it is void then."""
    draft = drafts.change(context, tenant, input.settings, by)
    return ActionResult(N_("The draft is changed. Check every setting before saving."), _state(draft))


@action(
    router,
    "/tenants/{tenant}/settings/check",
    Right.administer,
    back=BACK,
    form_input=settings_form(CheckInput),
)
def check_settings(*, context: AskingContextDep, tenant: TenantDep, by: ActorDep, input: CheckInput) -> ActionResult:
    """Check settings of the draft in the package itself."""
    if input.settings:
        drafts.change(context, tenant, input.settings, by)
    draft = drafts.check(context, tenant, by, input.names or None)
    place = f"#at-{input.names[0]}" if len(input.names) == 1 else ""
    return ActionResult(
        N_("Checked: there are errors.") if draft.wrong else N_("Checked."),
        _state(draft),
        back=BACK.format(tenant=tenant.slug) + place,
    )


@action(router, "/tenants/{tenant}/settings/save", Right.administer, back=BACK, form_input=settings_form(SaveInput))
def save_settings(*, context: AskingContextDep, tenant: TenantDep, by: ActorDep, input: SaveInput) -> ActionResult:
    """Save the draft; refused until every setting was checked since the last change, and while one is wrong."""
    if input.settings:
        drafts.change(context, tenant, input.settings, by)
    version = drafts.save(context, tenant, by, input.base)
    return ActionResult(
        N_("The settings are saved as version {version}. They count from now on."),
        {"version": version},
        back=f"/tenants/{tenant.slug}/activation" if tenant.status == "settings" else "",
    )


@action(router, "/tenants/{tenant}/settings/discard", Right.administer, back=BACK)
def discard_settings(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Drop the draft."""
    dropped = drafts.discard(context, tenant, by)
    return ActionResult(N_("The draft is dropped; the saved settings stand."), {"discarded": dropped})


def _state(draft: drafts.Draft) -> dict[str, object]:
    results = {name: [result.stored() for result in each] for name, each in draft.results.items()}
    return {"unchecked": draft.unchecked, "wrong": draft.wrong, "results": results}


@action(router, "/tenants/{tenant}/check", Right.operate)
def check_tenant(*, context: AskingContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Check the access and the saved settings now, as every night."""
    run = f"page__{context.now():%Y%m%dT%H%M%S%f}"
    report = nightly.check_tenant(context, tenant, run, by)
    return ActionResult(CHECK_MESSAGES[report.level], {"level": report.level})
