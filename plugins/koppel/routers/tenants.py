"""The couplings: the list, one of them with its streams and documents, adding one, sync now, pause and resume."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from include.cleanup.history import current_proposal
from include.connectors import registry
from include.lifecycle import deactivation
from include.log.problems import LogQuery, open_problems
from include.messages import Severity
from include.push.stats import BlockedBy, DayStats, SearchDelay, push_stats
from include.sync.progress import SyncStatus, status
from include.sync.schedule import next_full
from include.tenants.overview import Coupling, OverviewQuery, couplings, next_step
from include.tenants.register import register
from plugins.koppel.actions import NO_NUL, ActionInput, ActionResult, action, redirect
from plugins.koppel.charts import documents_chart, times_chart
from plugins.koppel.dag_runs import choices, sync_now
from plugins.koppel.dependencies import ActorDep, ContextDep, TenantDep, TenantPageDep, UserPageDep
from plugins.koppel.language import N_, LanguageDep
from plugins.koppel.problem_actions import problem_actions
from plugins.koppel.query import PAGE_SIZE, OverviewAddressQuery
from plugins.koppel.security import DAG_PREFIX, Right, User, VisibleTenants, may, requires

PROBLEMS_SHOWN = 10
COUNTS = ("read", "new", "changed", "same", "corrected", "left_out", "rejected")

router = APIRouter()


class ListPageQuery(OverviewAddressQuery):
    """``dag_id`` comes from the tab on the page of a DAG."""

    dag_id: Annotated[str, Field(max_length=250)] = ""


class TenantListResponse(BaseModel):
    """A page of the couplings; ``total`` counts those of all pages."""

    tenants: list[Coupling]
    total: int
    page: int
    page_size: int


class StreamResponse(BaseModel):
    """``last_run`` has the counts of the latest run; ``seen`` the latest change that each system reported."""

    linked: int
    last_run: dict[str, int]
    seen: dict[str, datetime]


class TenantResponse(BaseModel):
    """One coupling: its state, its streams, its work orders, and thirty days of documents."""

    tenant: str
    company: str
    package: str
    administration: str
    status: str
    settings_version: int
    synced_at: datetime | None
    run: str | None
    streams: dict[str, StreamResponse]
    work_orders: dict[str, int]
    waiting: int
    oldest: datetime | None
    blocked_by: BlockedBy | None
    search_delay: SearchDelay
    days: list[DayStats]
    can_sync: list[str]


class NewTenantInput(ActionInput):
    """``tenant`` is the short name: 2 to 40 of a-z, 0-9 and _, beginning with a letter."""

    tenant: Annotated[str, Field(max_length=100, pattern=NO_NUL)]
    company: Annotated[str, Field(max_length=300, pattern=NO_NUL)]
    package: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")]


class SyncInput(ActionInput):
    """The streams to synchronise, and ``work_orders`` and ``cleanup``."""

    what: Annotated[list[str], Field(max_length=20)] = []


@router.get("/", dependencies=[requires(Right.signed_in)])
def list_page(page: UserPageDep, visible: VisibleTenants, query: Annotated[ListPageQuery, Query()]) -> Response:
    """Show the couplings that the user may read; or, from the tab on a DAG, its coupling."""
    tenant = query.dag_id.partition("__")[2]
    if query.dag_id and tenant in visible:
        return redirect(page.request, f"/tenants/{tenant}")
    listed = couplings(page.context, query.overview_query(visible), query.offset, PAGE_SIZE)
    return page.render(
        "tenants.html",
        listed=listed,
        query=query,
        pages=max(1, -(-listed.total // PAGE_SIZE)),
        packages=_package_titles(),
        administers=may(page.user, Right.administer, None),
        now=page.context.now(),
    )


@router.get("/api/tenants", dependencies=[requires(Right.signed_in)])
def list_tenants(
    context: ContextDep, visible: VisibleTenants, query: Annotated[OverviewAddressQuery, Query()]
) -> TenantListResponse:
    """List the couplings that you may read."""
    listed = couplings(context, query.overview_query(visible), query.offset, PAGE_SIZE)
    return TenantListResponse(tenants=listed.rows, total=listed.total, page=query.page, page_size=PAGE_SIZE)


@router.get("/tenants/{tenant}", dependencies=[requires(Right.read)])
def tenant_page(page: TenantPageDep) -> Response:
    """Show one coupling."""
    context, tenant = page.context, page.tenant
    work_orders, synced = push_stats(context, tenant, page.language), status(context, tenant)
    problems = open_problems(context, LogQuery({tenant.slug}, tenant.slug, language=page.language), PROBLEMS_SHOWN + 1)
    [summary] = couplings(context, OverviewQuery(slugs=(tenant.slug,))).rows
    return page.render(
        "tenant.html",
        work_orders=work_orders,
        synced=synced,
        next_full=next_full(tenant, context.now()) if tenant.active else None,
        step=next_step(
            tenant.effective_state,
            blocked=bool(work_orders.blocked_by),
            synced=bool(summary.synced_at),
            errors=summary.errors,
            stuck=summary.stuck,
        ),
        stuck=summary.stuck,
        problems=problems[:PROBLEMS_SHOWN],
        more_problems=len(problems) > PROBLEMS_SHOWN,
        problem_actions=problem_actions,
        documents=documents_chart(work_orders.days),
        times=times_chart(work_orders.days),
        choices=choices(tenant),
        proposal=current_proposal(context, tenant),
        unsent=deactivation.count_unsent(context, tenant),
    )


@router.get("/api/tenants/{tenant}", dependencies=[requires(Right.read)])
def read_tenant(context: ContextDep, tenant: TenantDep, language: LanguageDep) -> TenantResponse:
    """Return one coupling with its streams and its work orders."""
    work_orders, synced = push_stats(context, tenant, language), status(context, tenant)
    return TenantResponse(
        tenant=tenant.slug,
        company=tenant.company,
        package=tenant.package.name,
        administration=tenant.settings.administration,
        status=tenant.effective_state,
        settings_version=tenant.settings_version,
        synced_at=synced.state.synced_at,
        run=synced.run.key if synced.run else None,
        streams=_streams(synced),
        work_orders=work_orders.states,
        waiting=work_orders.waiting,
        oldest=work_orders.oldest,
        blocked_by=work_orders.blocked_by,
        search_delay=work_orders.search_delay,
        days=work_orders.days,
        can_sync=choices(tenant),
    )


def _streams(synced: SyncStatus) -> dict[str, StreamResponse]:
    names: Iterable[str] = dict.fromkeys(
        (*synced.streams, *synced.linked, *(stream for _, stream in synced.latest_changes))
    )
    return {
        name: StreamResponse(
            linked=synced.linked.get(name, 0),
            last_run=_counts(asdict(synced.streams[name])) if name in synced.streams else {},
            seen={system: at for (system, stream), at in synced.latest_changes.items() if stream == name},
        )
        for name in names
    }


def _counts(progress: Mapping[str, Any]) -> dict[str, int]:
    return {name: progress[name] for name in COUNTS}


@router.get("/new", dependencies=[requires(Right.administer)])
def new_tenant_page(page: UserPageDep) -> Response:
    """Show the form for a new coupling."""
    return page.render("new_tenant.html", packages=_package_titles())


def _package_titles() -> dict[str, str]:
    return {name: registry.system(name).title for name in registry.packages()}


@action(router, "/tenants", Right.administer)
def add_tenant(*, context: ContextDep, by: ActorDep, input: NewTenantInput) -> ActionResult:
    """Add a tenant, of which nothing is known but its name."""
    tenant = register(context, input.tenant, input.company, input.package, by=by)
    return ActionResult(
        N_("The coupling is added. Its workflows appear in Airflow within a minute."),
        {"tenant": tenant.slug, "status": tenant.status},
        back=f"/tenants/{tenant.slug}/activation",
    )


@action(router, "/tenants/{tenant}/sync", Right.operate)
def sync(*, request: Request, tenant: TenantDep, user: User, session: SessionDep, input: SyncInput) -> ActionResult:
    """Synchronise now, with a selection; takes the right to trigger the tenant's DAG."""
    run_id = sync_now(tenant, input.what, user=user, session=session, request=request)
    return ActionResult(
        N_("The synchronisation was started as run {run_id}. Its messages appear in the log."),
        {"dag_id": DAG_PREFIX + tenant.slug, "run_id": run_id},
        type=Severity.SUCCESS,
    )


@action(router, "/tenants/{tenant}/pause", Right.operate)
def pause(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Start nothing for the tenant any more, until it is resumed."""
    paused = deactivation.pause(context, tenant, by)
    return ActionResult(N_("The coupling is paused."), {"tenant": tenant.slug, "status": paused.effective_state})


@action(router, "/tenants/{tenant}/resume", Right.operate)
def resume(*, context: ContextDep, tenant: TenantDep, by: ActorDep) -> ActionResult:
    """Go on where it was."""
    resumed = deactivation.resume(context, tenant, by)
    return ActionResult(
        N_("The coupling goes on where it was."), {"tenant": tenant.slug, "status": resumed.effective_state}
    )
