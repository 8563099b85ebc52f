"""Couplings as JSON: the list, one of them, sync now, pause and resume."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from include.lifecycle import deactivation
from include.push.stats import BlockedBy, DayStats, push_stats
from include.sync.progress import status
from include.tenants.overview import Coupling, couplings
from plugins.koppel.dag_runs import choices, sync_now
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.language import PageLanguage
from plugins.koppel.query import PAGE_SIZE, OverviewAddressQuery
from plugins.koppel.security import User, Visible


class Listing(BaseModel):
    """``total`` counts all pages."""

    couplings: list[Coupling]
    total: int
    page: int
    page_size: int


class Stream(BaseModel):
    """``last_run`` has the counts of the latest run; ``seen`` the latest change seen on each side."""

    linked: int
    last_run: dict[str, int]
    seen: dict[str, datetime]


class One(BaseModel):
    tenant: str
    company: str
    package: str
    administration: str
    status: str
    settings_version: int
    synced_at: datetime | None
    run: str | None
    streams: dict[str, Stream]
    work_orders: dict[str, int]
    waiting: int
    oldest: datetime | None
    blocked_by: BlockedBy | None
    days: list[DayStats]
    can_sync: list[str]


class SyncAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    what: Annotated[list[str], Field(min_length=1, max_length=20)]


class State(BaseModel):
    tenant: str
    status: str


class Started(BaseModel):
    """The run of the DAG that was made."""

    dag_id: str
    run_id: str


def listing(context: ContextDep, visible: Visible, asked: Annotated[OverviewAddressQuery, Query()]) -> Listing:
    """The couplings that you may read."""
    found = couplings(context, asked.wanted(visible), asked.offset, PAGE_SIZE)
    return Listing(couplings=found.rows, total=found.total, page=asked.page, page_size=PAGE_SIZE)


def one(context: ContextDep, tenant: TenantDep, language: PageLanguage) -> One:
    """One coupling with its streams and its work orders."""
    booked, synced = push_stats(context, tenant, language), status(context, tenant)
    return One(
        tenant=tenant.slug,
        company=tenant.company,
        package=tenant.package.name,
        administration=tenant.settings.administration,
        status=tenant.standing,
        settings_version=tenant.settings_version,
        synced_at=synced.watched.synced_at,
        run=synced.run.key if synced.run else None,
        streams={name: Stream(**about) for name, about in _streams(synced).items()},
        work_orders=booked.states,
        can_sync=choices(tenant),
        **{name: getattr(booked, name) for name in ("waiting", "oldest", "blocked_by", "days")},
    )


def sync(request: Request, tenant: TenantDep, user: User, session: SessionDep, asked: SyncAsked) -> Started:
    """Synchronise now, with a selection; takes the right to trigger the tenant's DAG."""
    run_id = sync_now(tenant, asked.what, user, session, request)
    return Started(dag_id=f"sync__{tenant.slug}", run_id=run_id)


def pause(context: ContextDep, tenant: TenantDep, user: User) -> State:
    """Nothing is started for it any more, until it is resumed."""
    return State(tenant=tenant.slug, status=deactivation.pause(context, tenant, user.get_name()).standing)


def resume(context: ContextDep, tenant: TenantDep, user: User) -> State:
    """Go on where it was."""
    return State(tenant=tenant.slug, status=deactivation.resume(context, tenant, user.get_name()).standing)


def _streams(synced: Any) -> dict[str, dict[str, Any]]:
    counted = ("read", "new", "changed", "same", "left_out", "rejected")
    names = dict.fromkeys((*synced.streams, *synced.linked, *(stream for _, stream in synced.seen)))
    return {
        name: {
            "linked": synced.linked.get(name, 0),
            "last_run": {key: asdict(synced.streams[name])[key] for key in counted} if name in synced.streams else {},
            "seen": {system: at for (system, stream), at in synced.seen.items() if stream == name},
        }
        for name in names
    }
