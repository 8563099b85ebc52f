"""One coupling: its state and next step, its streams, how fast documents go out, sync now, pause and resume."""

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from include.cleanup.history import waiting as waiting_proposal
from include.life import ending
from include.push.deliveries import deliveries
from include.sync.progress import status
from include.tenants.logbook import Choice, unsettled
from include.tenants.overview import Wanted, couplings, next_step
from include.tenants.tenant import Tenant
from plugins.koppel import plots
from plugins.koppel.access import Right, User, may
from plugins.koppel.forgery import token
from plugins.koppel.language import PageLanguage
from plugins.koppel.remedies import remedies
from plugins.koppel.rendering import render
from plugins.koppel.saying import said, saying
from plugins.koppel.surroundings import KoppelDep, TenantDep
from plugins.koppel.triggering import choices, sync_now

PROBLEMS = 10


def show(
    request: Request,
    koppel: KoppelDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    started: str = "",
    said_: Annotated[str, Query(alias="said")] = "",
) -> Response:
    work_orders, synced = deliveries(koppel, tenant, language), status(koppel, tenant)
    problems = unsettled(koppel, Choice({tenant.slug}, tenant.slug, language=language), PROBLEMS + 1)
    [line] = couplings(koppel, Wanted((tenant.slug,))).rows
    step = next_step(tenant.standing, bool(work_orders.obstacle), bool(line.synced_at), line.errors)
    shown: dict[str, Any] = {"tenant": tenant, "work_orders": work_orders, "synced": synced, "step": step}
    shown |= {"problems": problems[:PROBLEMS], "more_problems": len(problems) > PROBLEMS, "now": koppel.now()}
    shown |= {"documents": plots.documents(work_orders.days), "times": plots.times(work_orders.days)}
    shown |= {"choices": choices(tenant), "operable": may(user, Right.operate, tenant.slug), "token": token(user)}
    shown |= {"administers": may(user, Right.administer, tenant.slug), "said": said(said_)}
    shown |= {"proposal": waiting_proposal(koppel, tenant), "remedies": remedies}
    shown |= {"unsent": ending.waiting(koppel, tenant)}
    return render(request, language, "coupling.html", started=said(started), **shown)


def sync(
    request: Request,
    tenant: TenantDep,
    user: User,
    session: SessionDep,
    what: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    run_id = sync_now(tenant, what, user, session, request)
    return _back(request, tenant, f"?started={saying(run_id)}")


def pause(request: Request, koppel: KoppelDep, tenant: TenantDep, user: User) -> Response:
    ending.pause(koppel, tenant, user.get_name())
    return _back(request, tenant)


def resume(request: Request, koppel: KoppelDep, tenant: TenantDep, user: User) -> Response:
    ending.resume(koppel, tenant, user.get_name())
    return _back(request, tenant)


def _back(request: Request, tenant: Tenant, query: str = "") -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/tenants/{tenant.slug}{query}", 303)
