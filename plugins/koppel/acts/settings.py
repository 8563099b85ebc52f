"""Changing settings: a draft, its checks, saving, discarding (R4.1, R4.3)."""

from typing import Annotated, Any

from pydantic import Field

from include.settings import drafts
from include.settings.check_draft import check_draft
from plugins.koppel.actions import Action, ActionContext, ActionInput, ActionResult, Name
from plugins.koppel.security import Right
from plugins.koppel.templating import N_


class Changes(ActionInput):
    """Settings by name; those that are left out stay as they are in the draft."""

    settings: Annotated[dict[str, Any], Field(max_length=50)]


class Names(ActionInput):
    """The settings to check; none is all of them."""

    settings: Annotated[list[Name], Field(max_length=50)] = []


class Save(ActionInput):
    """``base``: the version that you looked at; when another was saved meanwhile, yours is refused."""

    base: Annotated[int | None, Field(ge=0, lt=2**31)] = None


def change(doing: ActionContext, given: Changes) -> ActionResult:
    """Change settings in the draft; every check of it is void then."""
    draft = drafts.change(doing.context, doing.tenant, given.settings, doing.by)
    return ActionResult(N_("The draft is changed. Check every setting before saving."), _standing(draft))


def check(doing: ActionContext, given: Names) -> ActionResult:
    """Check settings of the draft in the package itself."""
    draft = check_draft(doing.context, doing.tenant, doing.by, given.settings or None)
    said = N_("Checked: there are errors.") if draft.wrong else N_("Checked.")
    return ActionResult(said, _standing(draft))


def save(doing: ActionContext, given: Save) -> ActionResult:
    """Save the draft; refused until every setting was checked since the last change, and while one is wrong."""
    version = drafts.save(doing.context, doing.tenant, doing.by, given.base)
    return ActionResult(
        N_("The settings are saved as version {version}. They count from now on."), {"version": version}
    )


def discard(doing: ActionContext, given: ActionInput) -> ActionResult:
    """Drop the draft."""
    dropped = drafts.discard(doing.context, doing.tenant)
    return ActionResult(N_("The draft is dropped; the saved settings stand."), {"discarded": dropped})


def _standing(draft: drafts.Draft) -> dict[str, object]:
    verdicts = {name: [one.stored() for one in found] for name, found in draft.verdicts.items()}
    return {"unchecked": draft.unchecked, "wrong": draft.wrong, "verdicts": verdicts}


ACTS = (
    Action("settings/change", Right.administer, Changes, change, "/settings"),
    Action("settings/check", Right.administer, Names, check, "/settings"),
    Action("settings/save", Right.administer, Save, save, "/settings"),
    Action("settings/discard", Right.administer, ActionInput, discard, "/settings"),
)
