"""The integration log as JSON: messages and open problems, with the filters of the page."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from include.tenants.logbook import Message, OpenProblem, page, unsettled
from plugins.koppel.access import User, readable
from plugins.koppel.asking import LogAsked, write_mark
from plugins.koppel.language import PageLanguage
from plugins.koppel.surroundings import KoppelDep

AT_ONCE = 500


class Messages(BaseModel):
    """Newest first. ``before`` is what to ask for next; None when that was all."""

    messages: list[Message]
    before: str | None


class Problems(BaseModel):
    """The one that was said last first, 500 at most."""

    problems: list[OpenProblem]


def listing(koppel: KoppelDep, user: User, language: PageLanguage, asked: Annotated[LogAsked, Query()]) -> Messages:
    """Messages of the tenants that you may read."""
    found = page(koppel, asked.choice(readable(user, asked.tenant), language), asked.mark, AT_ONCE)
    return Messages(messages=found.rows, before=write_mark(found.further) if found.further else None)


def problems(koppel: KoppelDep, user: User, language: PageLanguage, asked: Annotated[LogAsked, Query()]) -> Problems:
    """What is not settled yet, once for each tenant, code and record."""
    choice = asked.choice(readable(user, asked.tenant), language)
    return Problems(problems=unsettled(koppel, choice, AT_ONCE))
