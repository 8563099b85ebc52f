"""What there is to see of tenants: a line of each, one with its settings and what is linked, and a page of many."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from include.connectors import registry
from include.context import Context
from include.store import ledger, links
from include.store import overview as store_overview
from include.store import tenants as tenants_table
from include.store.overview import SORTS, OverviewQuery
from include.tenants.tenant import ACTIVE, IMPORTING, Tenant

__all__ = [
    "SORTS",
    "Coupling",
    "Couplings",
    "OverviewQuery",
    "Step",
    "TenantLine",
    "about",
    "couplings",
    "next_step",
    "overview",
]

Step = Literal["inactive", "paused", "stopped", "first_sync", "solve", "none"]


@dataclass(frozen=True)
class TenantLine:
    tenant: str
    company: str
    package: str
    status: str
    active_since: datetime | None
    paused: bool


def overview(context: Context) -> list[TenantLine]:
    """All tenants by name."""
    with context.store.begin() as tx:
        found = tenants_table.listing(tx)
    return [TenantLine(t.slug, t.company, t.package, t.status, t.active_since, t.paused_at is not None) for t in found]


def about(context: Context, tenant: Tenant) -> dict[str, Any]:
    """One tenant, its settings, linked records per stream and work orders per state; never its secrets."""
    with context.store.begin() as tx:
        linked, work_orders = links.counts(tx, tenant.id), ledger.counts(tx, tenant.id)
        row = tenants_table.find(tx, tenant.slug)
    return {
        "tenant": tenant.slug,
        "company": tenant.company,
        "package": tenant.package.name,
        "status": tenant.status,
        "active_since": tenant.active_since,
        "paused_by": row.paused_by if row else None,
        "settings_version": tenant.settings_version,
        "settings": tenant.settings.model_dump(mode="json"),
        "linked": linked,
        "work_orders": work_orders,
    }


@dataclass(frozen=True)
class Coupling:
    """A tenant in the list. ``seen`` is the latest change seen of each stream, on either side (R1.11)."""

    tenant: str
    company: str
    package: str
    package_title: str
    administration: str
    status: str
    synced_at: datetime | None
    pushed_at: datetime | None
    errors: int
    warnings: int
    waiting: int
    oldest: datetime | None
    seen: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class Couplings:
    """Some of the couplings; ``total`` is how many there are, ``statuses`` what they may be filtered by."""

    rows: list[Coupling]
    total: int
    statuses: list[str]


def couplings(context: Context, wanted: OverviewQuery, offset: int = 0, limit: int = 50) -> Couplings:
    """Of the tenants that are wanted; as many queries for one as for a thousand."""
    with context.store.begin() as tx:
        found, total = store_overview.page(tx, wanted, offset, limit)
        seen = store_overview.seen(tx, [row.id for row in found])
        statuses = store_overview.statuses(tx)
    return Couplings([_coupling(row, seen) for row in found], total, statuses)


def next_step(standing: str, stopped: bool, synced: bool, errors: int) -> Step:
    """What a person has to do now, or wait for, to have the coupling at work."""
    if standing == "paused":
        return "paused"
    if standing not in (ACTIVE, IMPORTING):
        return "inactive"
    if stopped:
        return "stopped"
    if not synced:
        return "first_sync"
    return "solve" if errors else "none"


def _coupling(row: store_overview.OverviewRow, seen: Mapping[tuple[int, str, str], datetime]) -> Coupling:
    own: dict[str, dict[str, datetime]] = {}
    for (tenant_id, system, stream), at in seen.items():
        if tenant_id == row.id:
            own.setdefault(stream, {})[system] = at
    what = (row.slug, row.company, row.package, registry.package(row.package).title, row.administration or "")
    counts = (row.errors, row.warnings, row.waiting, row.oldest)
    return Coupling(*what, row.status, row.synced_at, row.pushed_at, *counts, own)
