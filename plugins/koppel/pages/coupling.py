"""One coupling: its state and next step, its streams, how fast documents go out, sync now, pause and resume."""

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from include.cleanup.history import waiting as waiting_proposal
from include.lifecycle import deactivation
from include.log.search import LogQuery, unsettled
from include.push.stats import push_stats
from include.sync.progress import status
from include.tenants.overview import OverviewQuery, couplings, next_step
from include.tenants.tenant import Tenant
from plugins.koppel import charts
from plugins.koppel.csrf import token
from plugins.koppel.dag_runs import choices, sync_now
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import sign, unsign
from plugins.koppel.language import PageLanguage
from plugins.koppel.problem_actions import problem_actions
from plugins.koppel.security import Right, User, may
from plugins.koppel.templating import render

PROBLEMS = 10


def show(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    started: str = "",
    said_: Annotated[str, Query(alias="said")] = "",
) -> Response:
    work_orders, synced = push_stats(context, tenant, language), status(context, tenant)
    problems = unsettled(context, LogQuery({tenant.slug}, tenant.slug, language=language), PROBLEMS + 1)
    [line] = couplings(context, OverviewQuery((tenant.slug,))).rows
    step = next_step(tenant.standing, bool(work_orders.blocked_by), bool(line.synced_at), line.errors)
    shown: dict[str, Any] = {"tenant": tenant, "work_orders": work_orders, "synced": synced, "step": step}
    shown |= {"problems": problems[:PROBLEMS], "more_problems": len(problems) > PROBLEMS, "now": context.now()}
    shown |= {"documents": charts.documents(work_orders.days), "times": charts.times(work_orders.days)}
    shown |= {"choices": choices(tenant), "operable": may(user, Right.operate, tenant.slug), "token": token(user)}
    shown |= {"administers": may(user, Right.administer, tenant.slug), "said": unsign(said_)}
    shown |= {"proposal": waiting_proposal(context, tenant), "remedies": problem_actions}
    shown |= {"unsent": deactivation.count_unsent(context, tenant)}
    return render(request, language, "coupling.html", started=unsign(started), **shown)


def sync(
    request: Request,
    tenant: TenantDep,
    user: User,
    session: SessionDep,
    what: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    run_id = sync_now(tenant, what, user, session, request)
    return _back(request, tenant, f"?started={sign(run_id)}")


def pause(request: Request, context: ContextDep, tenant: TenantDep, user: User) -> Response:
    deactivation.pause(context, tenant, user.get_name())
    return _back(request, tenant)


def resume(request: Request, context: ContextDep, tenant: TenantDep, user: User) -> Response:
    deactivation.resume(context, tenant, user.get_name())
    return _back(request, tenant)


def _back(request: Request, tenant: Tenant, query: str = "") -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/tenants/{tenant.slug}{query}", 303)
