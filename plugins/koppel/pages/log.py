"""Logging (R7.3, R7.5): open problems first, then every message, filtered; newer ones appear by themselves."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from include.log.search import everything, page, unsettled
from include.log.search import newer as newer_ones
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep
from plugins.koppel.flash import unsign
from plugins.koppel.language import PageLanguage
from plugins.koppel.problem_actions import problem_actions
from plugins.koppel.query import PAGE_SIZE, SEVERITIES, TABLES, LogAddressQuery, LogAfter, read_cursor, write_cursor
from plugins.koppel.security import Right, User, may, readable, visible
from plugins.koppel.spreadsheet import lines
from plugins.koppel.templating import render, today

NAMED = 200  # tenants that the field of the filter suggests


class PageAsked(LogAddressQuery):
    """``said``: what a button of this page did."""

    said: Annotated[str, Field(max_length=2000)] = ""

    def kept(self) -> dict[str, Any]:
        return {name: value for name, value in super().kept().items() if name != "said"}


def show(
    request: Request, context: ContextDep, user: User, language: PageLanguage, asked: Annotated[PageAsked, Query()]
) -> Response:
    choice = asked.choice(readable(user, asked.tenant), language)
    found = page(context, choice, asked.mark, PAGE_SIZE)
    problems = [] if asked.mark else unsettled(context, choice, PAGE_SIZE + 1)
    shown: dict[str, Any] = {"rows": found.rows, "further": write_cursor(found.further) if found.further else ""}
    shown |= {"latest": write_cursor(found.rows[0].mark) if found.rows else f"{context.now():%Y%m%dT%H%M%S%f}-0"}
    shown |= {"problems": problems[:PAGE_SIZE], "more_problems": len(problems) > PAGE_SIZE}
    shown |= {"severities": SEVERITIES, "tables": TABLES, "tenants": sorted(visible(user))[:NAMED], "asked": asked}
    shown |= {
        "rights": _rights(user, {one.tenant for one in problems}),
        "remedies": problem_actions,
        "token": token(user),
    }
    shown |= {"said": unsign(asked.said)}
    return render(request, language, "log.html", first=asked.mark is None, full=len(found.rows) == PAGE_SIZE, **shown)


def _rights(user: User, tenants: Iterable[str]) -> dict[str, tuple[bool, bool]]:
    """Whether the user operates, and administers, each of these."""
    return {one: (may(user, Right.operate, one), may(user, Right.administer, one)) for one in tenants}


def newer(
    request: Request, context: ContextDep, user: User, language: PageLanguage, asked: Annotated[LogAfter, Query()]
) -> Response:
    """Rows for the top of the table, and from where to ask next; nothing when there are none."""
    rows = newer_ones(context, asked.choice(readable(user, asked.tenant), language), read_cursor(asked.after))
    if not rows:
        return Response(status_code=204)
    return render(request, language, "newer.html", rows=rows, latest=write_cursor(rows[0].mark), asked=asked)


def download(
    context: ContextDep, user: User, language: PageLanguage, asked: Annotated[LogAddressQuery, Query()]
) -> StreamingResponse:
    """All that the filters let through, for a spreadsheet."""
    rows = everything(context, asked.choice(readable(user, asked.tenant), language))
    name = f"koppel-{asked.tenant or 'log'}-{today(context.now()):%Y%m%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines(rows, language), media_type="text/csv; charset=utf-8", headers=headers)
