"""Tenants, the states they went through, and the versions of their settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from include.store.engine import Transaction
from include.store.tables import settings, tenants
from include.store.tables import transitions as transitions_table


@dataclass(frozen=True)
class VersionRow:
    """One saved version of a tenant's settings."""

    version: int
    body: dict[str, Any]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class TenantRow:
    """What is stored of a tenant."""

    id: int
    slug: str
    company: str
    package: str
    status: str
    active_since: datetime | None
    made_at: datetime
    paused_at: datetime | None
    paused_by: str | None


@dataclass(frozen=True)
class TransitionRow:
    """One step of a tenant's life; of its first one, ``before`` is empty."""

    at: datetime
    by: str
    before: str
    after: str


_ROW: Select[Any] = select(*(tenants.c[name] for name in TenantRow.__dataclass_fields__))


def add(
    tx: Transaction, slug: str, company: str, package: str, *, status: str, active_since: datetime | None = None
) -> int:
    """Add a tenant; return its id."""
    values = {"slug": slug, "company": company, "package": package, "status": status, "active_since": active_since}
    return int(tx.execute(insert(tenants).values(values).returning(tenants.c.id)).scalar_one())


def find(tx: Transaction, slug: str) -> TenantRow | None:
    """Return the row of the tenant of this name, if there is one."""
    row = tx.execute(_ROW.where(tenants.c.slug == slug)).one_or_none()
    return TenantRow(**row._mapping) if row else None


def listing(tx: Transaction, slug: str | None = None) -> list[TenantRow]:
    """Return all tenants by slug, or the one that is asked for."""
    query = _ROW.order_by(tenants.c.slug)
    rows = tx.execute(query if slug is None else query.where(tenants.c.slug == slug))
    return [TenantRow(**row._mapping) for row in rows]


def lock(tx: Transaction, tenant_id: int) -> TenantRow | None:
    """Return the row of a tenant, and keep others from changing it until the transaction ends."""
    row = tx.execute(_ROW.where(tenants.c.id == tenant_id).with_for_update(key_share=True)).one_or_none()
    return TenantRow(**row._mapping) if row else None


def lock_shared(tx: Transaction, tenant_id: int) -> TenantRow | None:
    """Return the row of a tenant, and keep it as it is until the transaction ends, together with others who do so."""
    row = tx.execute(_ROW.where(tenants.c.id == tenant_id).with_for_update(read=True)).one_or_none()
    return TenantRow(**row._mapping) if row else None


def set_status(tx: Transaction, tenant_id: int, status: str, **columns: Any) -> None:
    """Set the status of a tenant, and more columns of its row."""
    tx.execute(update(tenants).where(tenants.c.id == tenant_id).values(status=status, **columns))


def add_transition(tx: Transaction, tenant_id: int, transition: TransitionRow) -> None:
    """Add a step to a tenant's life."""
    values = {name: getattr(transition, name) for name in TransitionRow.__dataclass_fields__}
    tx.execute(insert(transitions_table).values(tenant_id=tenant_id, **values))


def transitions(tx: Transaction, tenant_id: int) -> list[TransitionRow]:
    """Return every step of a tenant's life, the first one first."""
    query = select(*(transitions_table.c[name] for name in TransitionRow.__dataclass_fields__))
    rows = tx.execute(query.where(transitions_table.c.tenant_id == tenant_id).order_by(transitions_table.c.id))
    return [TransitionRow(**row._mapping) for row in rows]


def pause(tx: Transaction, tenant_id: int, at: datetime, by: str) -> bool:
    """Pause a tenant; return False when it was paused already: who did so first stays known."""
    running = (tenants.c.id == tenant_id, tenants.c.paused_at.is_(None))
    return tx.execute(update(tenants).where(*running).values(paused_at=at, paused_by=by)).rowcount == 1


def resume(tx: Transaction, tenant_id: int) -> bool:
    """Resume a tenant; return False when it was not paused."""
    paused = (tenants.c.id == tenant_id, tenants.c.paused_at.is_not(None))
    return tx.execute(update(tenants).where(*paused).values(paused_at=None, paused_by=None)).rowcount == 1


def rename(tx: Transaction, tenant_id: int, company: str) -> None:
    """Set the name of a tenant's company."""
    tx.execute(update(tenants).where(tenants.c.id == tenant_id).values(company=company))


def save_settings(tx: Transaction, tenant_id: int, body: dict[str, Any], saved_by: str) -> int:
    """Save a version of the settings; return its number. Versions count from 1 and are never changed (R4.3)."""
    last = select(func.coalesce(func.max(settings.c.version), 0) + 1).where(settings.c.tenant_id == tenant_id)
    values = {"tenant_id": tenant_id, "version": last.scalar_subquery(), "body": body, "saved_by": saved_by}
    return int(tx.execute(insert(settings).values(values).returning(settings.c.version)).scalar_one())


def current_settings(tx: Transaction, tenant_id: int) -> tuple[int, dict[str, Any]]:
    """Return version and body of the latest settings; version 0 before there are any."""
    query = select(settings.c.version, settings.c.body).where(settings.c.tenant_id == tenant_id)
    row = tx.execute(query.order_by(settings.c.version.desc()).limit(1)).one_or_none()
    return (row.version, row.body) if row else (0, {})


def versions(tx: Transaction, tenant_id: int) -> list[VersionRow]:
    """Return all saved versions, the first one first."""
    query = select(*(settings.c[name] for name in VersionRow.__dataclass_fields__))
    rows = tx.execute(query.where(settings.c.tenant_id == tenant_id).order_by(settings.c.version))
    return [VersionRow(**row._mapping) for row in rows]
