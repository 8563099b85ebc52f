"""Logging (R7.3, R7.5): open problems first, then every message, filtered; newer ones appear by themselves."""

from collections.abc import Iterable
from typing import Annotated

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from include.log.problems import OpenProblem, open_problems, resolve_by_hand
from include.log.search import LogMessage, older_messages, search_messages
from include.log.search import newer_messages as messages_after
from include.messages.message import TABLES
from include.sync.progress import latest_changes
from plugins.koppel.actions import ActionResult, action
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, UserPageDep
from plugins.koppel.language import N_, LanguageDep
from plugins.koppel.problem_actions import problem_actions
from plugins.koppel.query import (
    CURSOR_TIME,
    PAGE_SIZE,
    SEVERITIES,
    LogAddressQuery,
    LogAfterQuery,
    read_cursor,
    write_cursor,
)
from plugins.koppel.security import Right, User, may, readable_tenants, requires, visible_tenants
from plugins.koppel.spreadsheet import csv_parts
from plugins.koppel.templating import today

SUGGESTED_TENANTS = 200  # by the field of the filter
API_PAGE_SIZE = 500

router = APIRouter()
ProblemNumber = Annotated[int, Path(ge=1, lt=2**63, description="the number of an open problem")]


class LogResponse(BaseModel):
    """Messages, which have the newest first. ``before`` is what to ask for next; None when that was all."""

    messages: list[LogMessage]
    before: str | None


class ProblemsResponse(BaseModel):
    """Open problems, the one that was reported last first, 500 at most."""

    problems: list[OpenProblem]


@router.get("/log", dependencies=[requires(Right.signed_in)])
def log_page(page: UserPageDep, query: Annotated[LogAddressQuery, Query()]) -> Response:
    """Show the open problems, and a page of the messages."""
    log_query = query.log_query(readable_tenants(page.user, query.tenant), page.language)
    listed = older_messages(page.context, log_query, query.cursor, PAGE_SIZE)
    problems = [] if query.cursor else open_problems(page.context, log_query, PAGE_SIZE + 1)
    top = write_cursor(listed.rows[0].cursor) if listed.rows else f"{page.context.now():{CURSOR_TIME}}-0"
    return page.render(
        "log.html",
        query=query,
        messages=listed.rows,
        further=write_cursor(listed.further) if listed.further else "",
        is_first=query.cursor is None,
        is_full=len(listed.rows) == PAGE_SIZE,
        latest=top,
        latest_changes=latest_changes(page.context, query.tenant) if query.tenant and not query.cursor else {},
        problems=problems[:PAGE_SIZE],
        more_problems=len(problems) > PAGE_SIZE,
        problem_actions=problem_actions,
        rights=_rights(page.user, {problem.tenant for problem in problems}),
        severities=SEVERITIES,
        tables=TABLES,
        tenants=sorted(visible_tenants(page.user))[:SUGGESTED_TENANTS],
    )


def _rights(user: BaseUser, tenants: Iterable[str]) -> dict[str, tuple[bool, bool]]:
    """Return whether the user operates, and administers, each of these."""
    return {tenant: (may(user, Right.operate, tenant), may(user, Right.administer, tenant)) for tenant in tenants}


@router.get("/log/newer", dependencies=[requires(Right.signed_in)])
def newer_messages(page: UserPageDep, query: Annotated[LogAfterQuery, Query()]) -> Response:
    """Show the rows for the top of the table, and from where to ask next; nothing when there are none."""
    log_query = query.log_query(readable_tenants(page.user, query.tenant), page.language)
    messages = messages_after(page.context, log_query, read_cursor(query.after))
    if not messages:
        return Response(status_code=204)
    return page.render("newer.html", messages=messages, latest=write_cursor(messages[0].cursor), query=query)


@router.get("/log.csv", dependencies=[requires(Right.signed_in)])
def download_log(
    context: ContextDep, user: User, language: LanguageDep, query: Annotated[LogAddressQuery, Query()]
) -> StreamingResponse:
    """Send all that the filters let through, for a spreadsheet."""
    messages = search_messages(context, query.log_query(readable_tenants(user, query.tenant), language))
    name = f"koppel-{query.tenant or 'log'}-{today(context.now()):%Y%m%d}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(csv_parts(messages, language), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/api/log", dependencies=[requires(Right.signed_in)])
def list_messages(
    context: ContextDep, user: User, language: LanguageDep, query: Annotated[LogAddressQuery, Query()]
) -> LogResponse:
    """List messages of the tenants that you may read."""
    log_query = query.log_query(readable_tenants(user, query.tenant), language)
    listed = older_messages(context, log_query, query.cursor, API_PAGE_SIZE)
    return LogResponse(messages=listed.rows, before=write_cursor(listed.further) if listed.further else None)


@router.get("/api/problems", dependencies=[requires(Right.signed_in)])
def list_problems(
    context: ContextDep, user: User, language: LanguageDep, query: Annotated[LogAddressQuery, Query()]
) -> ProblemsResponse:
    """List what is not settled yet, once for each tenant, code and record."""
    log_query = query.log_query(readable_tenants(user, query.tenant), language)
    return ProblemsResponse(problems=open_problems(context, log_query, API_PAGE_SIZE))


@action(router, "/tenants/{tenant}/problems/{problem}/resolve", Right.operate)
def resolve_problem(*, context: ContextDep, tenant: TenantDep, by: ActorDep, problem: ProblemNumber) -> ActionResult:
    """Close a problem because you say that it is settled; reported again, it opens again."""
    resolve_by_hand(context, tenant, problem, by)
    return ActionResult(N_("The problem is closed. When it occurs again, it opens again."), {"problem": problem})
