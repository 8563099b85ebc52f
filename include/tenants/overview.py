"""What there is to see of tenants: a line of each, and one with its settings and what is linked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.koppel import Koppel
from include.store import ledger, links
from include.store import tenants as rows
from include.tenants.tenant import Tenant


@dataclass(frozen=True)
class Line:
    tenant: str
    company: str
    package: str
    status: str
    active_since: datetime | None


def overview(koppel: Koppel) -> list[Line]:
    """All tenants by name."""
    with koppel.store.begin() as tx:
        return [Line(t.slug, t.company, t.package, t.status, t.active_since) for t in rows.listing(tx)]


def about(koppel: Koppel, tenant: Tenant) -> dict[str, Any]:
    """One tenant, its settings, linked records per stream and work orders per state; never its secrets."""
    with koppel.store.begin() as tx:
        linked, work_orders = links.counts(tx, tenant.id), ledger.counts(tx, tenant.id)
    return {
        "tenant": tenant.slug,
        "company": tenant.company,
        "package": tenant.package.name,
        "status": tenant.status,
        "active_since": tenant.active_since,
        "settings_version": tenant.settings_version,
        "settings": tenant.settings.model_dump(mode="json"),
        "linked": linked,
        "work_orders": work_orders,
    }
