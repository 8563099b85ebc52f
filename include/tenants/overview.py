"""What there is to see of tenants: a line of each, one with its settings and what is linked, and a page of many."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from include.connectors import registry
from include.context import Context
from include.store import agreements, gauges, ledger, links
from include.store import overview as overview_table
from include.store import tenants as tenants_table
from include.store.gauges import Gauges
from include.store.overview import SORTS as SORTS
from include.store.overview import OverviewQuery as OverviewQuery
from include.store.overview import OverviewRow
from include.tenants.states import PAUSED, RUNNING
from include.tenants.tenant import Tenant


class NextStep(StrEnum):
    """What a person has to do now, or wait for, to have a coupling at work."""

    # Set it up, or reactivate it.
    INACTIVE = "inactive"
    # Resume it.
    PAUSED = "paused"
    # Repair what keeps all work orders from being sent.
    BLOCKED = "blocked"
    # Wait for the first synchronisation.
    FIRST_SYNC = "first_sync"
    # Solve the open problems.
    SOLVE = "solve"
    # Look at the work orders that stay behind.
    WORK_ORDERS = "work_orders"
    # Do nothing: all is well.
    NONE = "none"


@dataclass(frozen=True)
class TenantLine:
    """One tenant in the shortest list."""

    tenant: str
    company: str
    package: str
    status: str
    active_since: datetime | None
    paused: bool


def overview(context: Context) -> list[TenantLine]:
    """Return a line of each tenant, by name."""
    with context.store.begin() as tx:
        rows = tenants_table.listing(tx)
    return [
        TenantLine(
            tenant=row.slug,
            company=row.company,
            package=row.package,
            status=row.status,
            active_since=row.active_since,
            paused=row.paused_at is not None,
        )
        for row in rows
    ]


def about(context: Context, tenant: Tenant) -> dict[str, Any]:
    """Return a tenant with its settings, linked records per stream and work orders per state; never its secrets."""
    with context.store.begin() as tx:
        linked, work_orders = links.counts(tx, tenant.id), ledger.counts(tx, tenant.id)
        row = tenants_table.find(tx, tenant.slug)
        agreed = agreements.listing(tx, tenant.id)
    return {
        "tenant": tenant.slug,
        "company": tenant.company,
        "package": tenant.package.name,
        "status": tenant.status,
        "active_since": tenant.active_since,
        "agreements": [asdict(each) for each in agreed],
        "paused_by": row.paused_by if row else None,
        "settings_version": tenant.settings_version,
        "settings": tenant.settings.model_dump(mode="json"),
        "linked": linked,
        "work_orders": work_orders,
    }


@dataclass(frozen=True, kw_only=True)
class Coupling:
    """A tenant in the list. ``seen`` has the latest change seen of each stream, on either side (R1.11)."""

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
    stuck: int
    oldest: datetime | None
    seen: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class Couplings:
    """The couplings that a page shows, how many there are in all, and by which ``statuses`` they may be filtered."""

    rows: list[Coupling]
    total: int
    statuses: list[str]


def couplings(context: Context, query: OverviewQuery, offset: int = 0, limit: int = 50) -> Couplings:
    """Return a page of the tenants that a query selects, with as many statements for one as for a thousand."""
    with context.store.begin() as tx:
        rows, total = overview_table.page(tx, query, offset, limit)
        seen = overview_table.changes_seen(tx, [row.id for row in rows])
        statuses = overview_table.statuses(tx, query.slugs)
    return Couplings([_coupling(row, seen) for row in rows], total, statuses)


def counts(context: Context) -> Gauges:
    """Return how many couplings, unbooked work orders, open problems and alarms there are, over all tenants."""
    with context.store.begin() as tx:
        return gauges.read(tx)


def next_step(effective_state: str, *, blocked: bool, synced: bool, errors: int, stuck: int) -> NextStep:
    """Return what a person has to do now."""
    if effective_state == PAUSED:
        return NextStep.PAUSED
    if effective_state not in RUNNING:
        return NextStep.INACTIVE
    if blocked:
        return NextStep.BLOCKED
    if not synced:
        return NextStep.FIRST_SYNC
    if errors:
        return NextStep.SOLVE
    return NextStep.WORK_ORDERS if stuck else NextStep.NONE


_SAME = {member.name for member in fields(Coupling)} & {member.name for member in fields(OverviewRow)}


def _coupling(row: OverviewRow, seen: Mapping[tuple[int, str, str], datetime]) -> Coupling:
    own: dict[str, dict[str, datetime]] = {}
    for (tenant_id, system, stream), at in seen.items():
        if tenant_id == row.id:
            own.setdefault(stream, {})[system] = at
    values = {name: getattr(row, name) for name in _SAME} | {"administration": row.administration or ""}
    return Coupling(tenant=row.slug, package_title=registry.package(row.package).title, seen=own, **values)
