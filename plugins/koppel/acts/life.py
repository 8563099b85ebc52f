"""The steps of an activation, and deactivate, reactivate (R5)."""

from typing import Annotated

from pydantic import Field

from include.access.oauth_flow import put_access
from include.lifecycle import activation, deactivation, wipe_step
from plugins.koppel.actions import Action, ActionContext, ActionInput, ActionResult, Name
from plugins.koppel.errors import PageRefusal
from plugins.koppel.security import Right
from plugins.koppel.templating import N_

Count = Annotated[int, Field(ge=0, lt=2**31)]
Texts = dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]]


class Typed(ActionInput):
    """``fields`` are those of the system's access, as in the description of a tenant."""

    system: Name
    fields: Texts


class Wipe(ActionInput):
    """``shown``: how many records of each part there are, as the rehearsal said. ``parts``: those to wipe."""

    parts: Annotated[list[Name], Field(max_length=10)]
    shown: dict[Annotated[str, Field(max_length=40)], Count]


class Chosen(ActionInput):
    administration: Name


class Confirmed(ActionInput):
    """``confirm`` is the short name of the tenant, typed."""

    confirm: Name


class Again(ActionInput):
    """``start_afresh`` ends all links, so that another administration can be chosen; it takes ``confirm``."""

    start_afresh: bool = False
    confirm: Annotated[str, Field(max_length=200)] = ""


def give_access(doing: ActionContext, given: Typed) -> ActionResult:
    """Access that is typed; stored once it has shown that it works."""
    made = put_access(doing.context, doing.tenant, given.system, given.fields)
    return ActionResult(N_("The access works and is stored."), {"system": made.system})


def wipe(doing: ActionContext, given: Wipe) -> ActionResult:
    """Empty Simple-Simon, or parts of it, of as many records as were shown."""
    wipe_step.confirm(doing.context, doing.tenant, given.shown, given.parts, doing.by)
    return ActionResult(N_("Simple-Simon is being emptied. It begins within a minute."), {"parts": given.parts})


def keep(doing: ActionContext, given: ActionInput) -> ActionResult:
    """Leave what is in Simple-Simon instead of emptying it."""
    wipe_step.keep(doing.context, doing.tenant, doing.by)
    return ActionResult(N_("What is in Simple-Simon stays."))


def choose_administration(doing: ActionContext, given: Chosen) -> ActionResult:
    """Couple to this administration."""
    tenant = activation.choose(doing.context, doing.tenant, given.administration, doing.by)
    values = {"administration": given.administration, "status": tenant.status}
    return ActionResult(N_("Administration {administration} is chosen."), values)


def start_import(doing: ActionContext, given: ActionInput) -> ActionResult:
    """Let the first import begin; its end makes the coupling active."""
    tenant = activation.start_import(doing.context, doing.tenant, doing.by)
    return ActionResult(N_("The first import begins by itself, within a minute."), {"status": tenant.status})


def deactivate(doing: ActionContext, given: Confirmed) -> ActionResult:
    """Stop at once and destroy the access; links, ledger, log and settings stay."""
    _refuse_other_name(doing, given.confirm)
    ended = deactivation.deactivate(doing.context, doing.tenant, doing.by)
    values = {"count": ended.waiting, "destroyed": ended.destroyed}
    return ActionResult(N_("The coupling is deactivated; {count} work orders that waited are not sent."), values)


def reactivate(doing: ActionContext, given: Again) -> ActionResult:
    """Set a deactivated coupling up again; what was sent before is not sent again."""
    if given.start_afresh:
        _refuse_other_name(doing, given.confirm)
    tenant = deactivation.reactivate(doing.context, doing.tenant, doing.by, given.start_afresh)
    return ActionResult(N_("The coupling is being set up again: take the steps below."), {"status": tenant.status})


def _refuse_other_name(doing: ActionContext, typed: str) -> None:
    """The name of another tenant, typed by mistake, is what this is for."""
    name = doing.tenant.slug
    if typed.strip() != name:
        raise PageRefusal(422, N_("Type the short name {name} to confirm."), "confirm", [name], name=name)


ACTS = (
    Action("access", Right.administer, Typed, give_access, "/activation"),
    Action("activation/wipe", Right.administer, Wipe, wipe, "/activation"),
    Action("activation/keep", Right.administer, ActionInput, keep, "/activation"),
    Action("activation/administration", Right.administer, Chosen, choose_administration, "/activation"),
    Action("activation/import", Right.administer, ActionInput, start_import, "/activation"),
    Action("deactivate", Right.administer, Confirmed, deactivate),
    Action("reactivate", Right.administer, Again, reactivate, "/activation"),
)
