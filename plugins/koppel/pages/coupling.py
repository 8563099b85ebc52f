"""One coupling: its state and next step, its streams, how fast documents go out, and sync now."""

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from include.push.deliveries import deliveries
from include.sync.progress import status
from include.tenants.logbook import Choice, unsettled
from include.tenants.overview import next_step
from plugins.koppel import plots
from plugins.koppel.access import Right, User, may
from plugins.koppel.forgery import token
from plugins.koppel.language import PageLanguage
from plugins.koppel.rendering import render
from plugins.koppel.saying import said, saying
from plugins.koppel.surroundings import KoppelDep, TenantDep
from plugins.koppel.triggering import choices, sync_now

PROBLEMS = 10


def show(
    request: Request, koppel: KoppelDep, tenant: TenantDep, user: User, language: PageLanguage, started: str = ""
) -> Response:
    work_orders, synced = deliveries(koppel, tenant, language), status(koppel, tenant)
    problems = unsettled(koppel, Choice({tenant.slug}, tenant.slug, language=language), PROBLEMS + 1)
    errors = sum(one.type == "error" for one in problems)
    step = next_step(tenant.active, bool(work_orders.obstacle), bool(synced.watched.synced_at), errors)
    shown: dict[str, Any] = {"tenant": tenant, "work_orders": work_orders, "synced": synced, "step": step}
    shown |= {"problems": problems[:PROBLEMS], "more_problems": len(problems) > PROBLEMS, "now": koppel.now()}
    shown |= {"documents": plots.documents(work_orders.days), "times": plots.times(work_orders.days)}
    shown |= {"choices": choices(tenant), "operable": may(user, Right.operate, tenant.slug), "token": token(user)}
    return render(request, language, "coupling.html", started=said(started), **shown)


def sync(
    request: Request,
    tenant: TenantDep,
    user: User,
    session: SessionDep,
    what: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    run_id = sync_now(tenant, what, user, session, request)
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/tenants/{tenant.slug}?started={saying(run_id)}", 303)
