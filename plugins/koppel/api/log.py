"""The integration log as JSON: messages and open problems, with the filters of the page."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from include.log.search import LogMessage, OpenProblem, page, unsettled
from plugins.koppel.dependencies import ContextDep
from plugins.koppel.language import PageLanguage
from plugins.koppel.query import LogAddressQuery, write_cursor
from plugins.koppel.security import User, readable

AT_ONCE = 500


class Messages(BaseModel):
    """Newest first. ``before`` is what to ask for next; None when that was all."""

    messages: list[LogMessage]
    before: str | None


class Problems(BaseModel):
    """The one that was said last first, 500 at most."""

    problems: list[OpenProblem]


def listing(
    context: ContextDep, user: User, language: PageLanguage, asked: Annotated[LogAddressQuery, Query()]
) -> Messages:
    """Messages of the tenants that you may read."""
    found = page(context, asked.choice(readable(user, asked.tenant), language), asked.mark, AT_ONCE)
    return Messages(messages=found.rows, before=write_cursor(found.further) if found.further else None)


def problems(
    context: ContextDep, user: User, language: PageLanguage, asked: Annotated[LogAddressQuery, Query()]
) -> Problems:
    """What is not settled yet, once for each tenant, code and record."""
    choice = asked.choice(readable(user, asked.tenant), language)
    return Problems(problems=unsettled(context, choice, AT_ONCE))
