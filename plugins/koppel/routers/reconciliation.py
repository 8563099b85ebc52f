"""Reconciliation: what was compared, when, and what differs; and comparing now."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from include.lifecycle.pending import request_reconciliation
from include.log.problems import LogQuery, open_problems
from include.reconciliation.reconcile import latest
from plugins.koppel.actions import ActionResult, action
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPageDep
from plugins.koppel.language import N_
from plugins.koppel.problem_actions import problem_actions
from plugins.koppel.query import PAGE_SIZE
from plugins.koppel.security import Right, requires

BACK = "/tenants/{tenant}/reconciliation"
router = APIRouter()


class ReconciliationResponse(BaseModel):
    """``outcome``: how many work orders, documents and records were compared, and what differs."""

    at: datetime
    outcome: dict[str, Any]
    requested_by: str | None


@router.get("/tenants/{tenant}/reconciliation", dependencies=[requires(Right.read)])
def reconciliation_page(page: TenantPageDep) -> Response:
    """Show what the last reconciliations compared, and the differences that are open."""
    query = LogQuery({page.tenant.slug}, page.tenant.slug, language=page.language)
    problems = [each for each in open_problems(page.context, query, 1000) if each.code.startswith("reconcile.")]
    return page.render(
        "reconciliation.html",
        reconciliations=latest(page.context, page.tenant),
        problems=problems[:PAGE_SIZE],
        problem_actions=problem_actions,
        active=page.tenant.active,
    )


@router.get("/api/tenants/{tenant}/reconciliation", dependencies=[requires(Right.read)])
def list_reconciliations(context: ContextDep, tenant: TenantDep) -> list[ReconciliationResponse]:
    """List what the last reconciliations compared, the latest first."""
    return [ReconciliationResponse(**vars(row)) for row in latest(context, tenant)]


@action(router, "/tenants/{tenant}/reconcile", Right.operate, back=BACK)
def reconcile_now(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Compare both sides with what is believed; begins within a minute. What differs is a problem until it is gone."""
    operation = request_reconciliation(context, tenant, by=by)
    return ActionResult(N_("Both sides are compared, beginning within a minute."), {"operation": operation.id})
