"""Clean-up (R2.5): the proposal that waits for a person, exactly its set, and what earlier clean-ups took."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from include.cleanup.history import past_removals, waiting
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import unsign
from plugins.koppel.language import PageLanguage
from plugins.koppel.query import PAGE_SIZE
from plugins.koppel.security import Right, User, may
from plugins.koppel.templating import render


def show(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    said_: Annotated[str, Query(alias="said")] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    found = waiting(context, tenant)
    proposal, removals = found or (None, [])
    first = (page - 1) * PAGE_SIZE
    shown: dict[str, Any] = {"tenant": tenant, "proposal": proposal, "total": len(removals), "page": page}
    shown |= {"removals": removals[first : first + PAGE_SIZE], "pages": max(1, -(-len(removals) // PAGE_SIZE))}
    shown |= {"earlier": past_removals(context, tenant), "said": unsign(said_), "token": token(user)}
    shown |= {"administers": may(user, Right.administer, tenant.slug)}
    return render(request, language, "cleanup.html", operable=may(user, Right.operate, tenant.slug), **shown)
