"""Logging (R7.3, R7.5): open problems first, then every message, filtered; newer ones appear by themselves."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from include.tenants.logbook import everything, page, unsettled
from include.tenants.logbook import newer as newer_ones
from plugins.koppel.access import Right, User, may, readable, visible
from plugins.koppel.asking import PAGE_SIZE, SEVERITIES, TABLES, LogAfter, LogAsked, read_mark, write_mark
from plugins.koppel.forgery import token
from plugins.koppel.language import PageLanguage
from plugins.koppel.remedies import remedies
from plugins.koppel.rendering import render, today
from plugins.koppel.saying import said
from plugins.koppel.spreadsheet import lines
from plugins.koppel.surroundings import KoppelDep

NAMED = 200  # tenants that the field of the filter suggests


class PageAsked(LogAsked):
    """``said``: what a button of this page did."""

    said: Annotated[str, Field(max_length=2000)] = ""

    def kept(self) -> dict[str, Any]:
        return {name: value for name, value in super().kept().items() if name != "said"}


def show(
    request: Request, koppel: KoppelDep, user: User, language: PageLanguage, asked: Annotated[PageAsked, Query()]
) -> Response:
    choice = asked.choice(readable(user, asked.tenant), language)
    found = page(koppel, choice, asked.mark, PAGE_SIZE)
    problems = [] if asked.mark else unsettled(koppel, choice, PAGE_SIZE + 1)
    shown: dict[str, Any] = {"rows": found.rows, "further": write_mark(found.further) if found.further else ""}
    shown |= {"latest": write_mark(found.rows[0].mark) if found.rows else f"{koppel.now():%Y%m%dT%H%M%S%f}-0"}
    shown |= {"problems": problems[:PAGE_SIZE], "more_problems": len(problems) > PAGE_SIZE}
    shown |= {"severities": SEVERITIES, "tables": TABLES, "tenants": sorted(visible(user))[:NAMED], "asked": asked}
    shown |= {"rights": _rights(user, {one.tenant for one in problems}), "remedies": remedies, "token": token(user)}
    shown |= {"said": said(asked.said)}
    return render(request, language, "log.html", first=asked.mark is None, full=len(found.rows) == PAGE_SIZE, **shown)


def _rights(user: User, tenants: Iterable[str]) -> dict[str, tuple[bool, bool]]:
    """Whether the user operates, and administers, each of these."""
    return {one: (may(user, Right.operate, one), may(user, Right.administer, one)) for one in tenants}


def newer(
    request: Request, koppel: KoppelDep, user: User, language: PageLanguage, asked: Annotated[LogAfter, Query()]
) -> Response:
    """Rows for the top of the table, and from where to ask next; nothing when there are none."""
    rows = newer_ones(koppel, asked.choice(readable(user, asked.tenant), language), read_mark(asked.after))
    if not rows:
        return Response(status_code=204)
    return render(request, language, "newer.html", rows=rows, latest=write_mark(rows[0].mark), asked=asked)


def download(
    koppel: KoppelDep, user: User, language: PageLanguage, asked: Annotated[LogAsked, Query()]
) -> StreamingResponse:
    """All that the filters let through, for a spreadsheet."""
    rows = everything(koppel, asked.choice(readable(user, asked.tenant), language))
    name = f"koppel-{asked.tenant or 'log'}-{today(koppel.now()):%Y%m%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines(rows, language), media_type="text/csv; charset=utf-8", headers=headers)
