"""Tenants and the versions of their settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select

from include.store.engine import Transaction
from include.store.tables import settings, tenants


@dataclass(frozen=True)
class TenantRow:
    id: int
    slug: str
    company: str
    package: str
    status: str
    active_since: datetime | None
    made_at: datetime


_ROW: Select[Any] = select(*(tenants.c[name] for name in TenantRow.__dataclass_fields__))


def add(tx: Transaction, slug: str, company: str, package: str, status: str, active_since: datetime) -> int:
    """Its id."""
    values = {"slug": slug, "company": company, "package": package, "status": status, "active_since": active_since}
    return int(tx.execute(insert(tenants).values(values).returning(tenants.c.id)).scalar_one())


def find(tx: Transaction, slug: str) -> TenantRow | None:
    row = tx.execute(_ROW.where(tenants.c.slug == slug)).one_or_none()
    return TenantRow(*row) if row else None


def listing(tx: Transaction, slug: str | None = None) -> list[TenantRow]:
    """All tenants by slug, or the one that is asked for."""
    query = _ROW.order_by(tenants.c.slug)
    return [TenantRow(*row) for row in tx.execute(query if slug is None else query.where(tenants.c.slug == slug))]


def save_settings(tx: Transaction, tenant_id: int, body: dict[str, Any], saved_by: str) -> int:
    """The new version's number; versions count from 1 and are never changed (R4.3)."""
    last = select(func.coalesce(func.max(settings.c.version), 0) + 1).where(settings.c.tenant_id == tenant_id)
    values = {"tenant_id": tenant_id, "version": last.scalar_subquery(), "body": body, "saved_by": saved_by}
    return int(tx.execute(insert(settings).values(values).returning(settings.c.version)).scalar_one())


def current_settings(tx: Transaction, tenant_id: int) -> tuple[int, dict[str, Any]]:
    """Version and body of the latest settings."""
    query = select(settings.c.version, settings.c.body).where(settings.c.tenant_id == tenant_id)
    version, body = tx.execute(query.order_by(settings.c.version.desc()).limit(1)).one()
    return version, body
