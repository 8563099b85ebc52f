"""Changing settings: a draft, its checks, saving, discarding (R4.1, R4.3)."""

from typing import Annotated, Any

from pydantic import Field

from include.checks.draft import check_draft
from include.tenants import drafts
from plugins.koppel.access import Right
from plugins.koppel.acting import Act, Doing, Done, Given, Name
from plugins.koppel.rendering import marked


class Changes(Given):
    """Settings by name; those that are left out stay as they are in the draft."""

    settings: Annotated[dict[str, Any], Field(max_length=50)]


class Names(Given):
    """The settings to check; none is all of them."""

    settings: Annotated[list[Name], Field(max_length=50)] = []


class Save(Given):
    """``base``: the version that you looked at; when another was saved meanwhile, yours is refused."""

    base: Annotated[int | None, Field(ge=0, lt=2**31)] = None


def change(doing: Doing, given: Changes) -> Done:
    """Change settings in the draft; every check of it is void then."""
    draft = drafts.change(doing.koppel, doing.tenant, given.settings, doing.by)
    return Done(marked("The draft is changed. Check every setting before saving."), _standing(draft))


def check(doing: Doing, given: Names) -> Done:
    """Check settings of the draft in the package itself."""
    draft = check_draft(doing.koppel, doing.tenant, doing.by, given.settings or None)
    said = marked("Checked: there are errors.") if draft.wrong else marked("Checked.")
    return Done(said, _standing(draft))


def save(doing: Doing, given: Save) -> Done:
    """Save the draft; refused until every setting was checked since the last change, and while one is wrong."""
    version = drafts.save(doing.koppel, doing.tenant, doing.by, given.base)
    return Done(marked("The settings are saved as version {version}. They count from now on."), {"version": version})


def discard(doing: Doing, given: Given) -> Done:
    """Drop the draft."""
    dropped = drafts.discard(doing.koppel, doing.tenant)
    return Done(marked("The draft is dropped; the saved settings stand."), {"discarded": dropped})


def _standing(draft: drafts.Draft) -> dict[str, object]:
    verdicts = {name: [one.stored() for one in found] for name, found in draft.verdicts.items()}
    return {"unchecked": draft.unchecked, "wrong": draft.wrong, "verdicts": verdicts}


ACTS = (
    Act("settings/change", Right.administer, Changes, change, "/settings"),
    Act("settings/check", Right.administer, Names, check, "/settings"),
    Act("settings/save", Right.administer, Save, save, "/settings"),
    Act("settings/discard", Right.administer, Given, discard, "/settings"),
)
