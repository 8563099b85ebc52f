"""The steps of an activation, and deactivate, reactivate (R5)."""

from typing import Annotated

from pydantic import Field

from include.life import ending, steps, wiping
from include.tenants.connecting import put_access
from plugins.koppel.access import Right
from plugins.koppel.acting import Act, Doing, Done, Given, Name
from plugins.koppel.refusals import Refused
from plugins.koppel.rendering import marked

Count = Annotated[int, Field(ge=0, lt=2**31)]
Texts = dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]]


class Typed(Given):
    """``fields`` are those of the system's access, as in the description of a tenant."""

    system: Name
    fields: Texts


class Wipe(Given):
    """``shown``: how many records of each part there are, as the rehearsal said. ``parts``: those to wipe."""

    parts: Annotated[list[Name], Field(max_length=10)]
    shown: dict[Annotated[str, Field(max_length=40)], Count]


class Chosen(Given):
    administration: Name


class Confirmed(Given):
    """``confirm`` is the short name of the tenant, typed."""

    confirm: Name


class Again(Given):
    """``start_afresh`` ends all links, so that another administration can be chosen; it takes ``confirm``."""

    start_afresh: bool = False
    confirm: Annotated[str, Field(max_length=200)] = ""


def give_access(doing: Doing, given: Typed) -> Done:
    """Access that is typed; stored once it has shown that it works."""
    made = put_access(doing.koppel, doing.tenant, given.system, given.fields)
    return Done(marked("The access works and is stored."), {"system": made.system})


def wipe(doing: Doing, given: Wipe) -> Done:
    """Empty Simple-Simon, or parts of it, of as many records as were shown."""
    wiping.confirm(doing.koppel, doing.tenant, given.shown, given.parts, doing.by)
    return Done(marked("Simple-Simon is being emptied. It begins within a minute."), {"parts": given.parts})


def keep(doing: Doing, given: Given) -> Done:
    """Leave what is in Simple-Simon instead of emptying it."""
    wiping.keep(doing.koppel, doing.tenant, doing.by)
    return Done(marked("What is in Simple-Simon stays."))


def choose_administration(doing: Doing, given: Chosen) -> Done:
    """Couple to this administration."""
    tenant = steps.choose(doing.koppel, doing.tenant, given.administration, doing.by)
    values = {"administration": given.administration, "status": tenant.status}
    return Done(marked("Administration {administration} is chosen."), values)


def start_import(doing: Doing, given: Given) -> Done:
    """Let the first import begin; its end makes the coupling active."""
    tenant = steps.start_import(doing.koppel, doing.tenant, doing.by)
    return Done(marked("The first import begins by itself, within a minute."), {"status": tenant.status})


def deactivate(doing: Doing, given: Confirmed) -> Done:
    """Stop at once and destroy the access; links, ledger, log and settings stay."""
    _refuse_other_name(doing, given.confirm)
    ended = ending.deactivate(doing.koppel, doing.tenant, doing.by)
    values = {"count": ended.waiting, "destroyed": ended.destroyed}
    return Done(marked("The coupling is deactivated; {count} work orders that waited are not sent."), values)


def reactivate(doing: Doing, given: Again) -> Done:
    """Set a deactivated coupling up again; what was sent before is not sent again."""
    if given.start_afresh:
        _refuse_other_name(doing, given.confirm)
    tenant = ending.reactivate(doing.koppel, doing.tenant, doing.by, given.start_afresh)
    return Done(marked("The coupling is being set up again: take the steps below."), {"status": tenant.status})


def _refuse_other_name(doing: Doing, typed: str) -> None:
    """The name of another tenant, typed by mistake, is what this is for."""
    name = doing.tenant.slug
    if typed.strip() != name:
        raise Refused(422, marked("Type the short name {name} to confirm."), "confirm", [name], name=name)


ACTS = (
    Act("access", Right.administer, Typed, give_access, "/activation"),
    Act("activation/wipe", Right.administer, Wipe, wipe, "/activation"),
    Act("activation/keep", Right.administer, Given, keep, "/activation"),
    Act("activation/administration", Right.administer, Chosen, choose_administration, "/activation"),
    Act("activation/import", Right.administer, Given, start_import, "/activation"),
    Act("deactivate", Right.administer, Confirmed, deactivate),
    Act("reactivate", Right.administer, Again, reactivate, "/activation"),
)
