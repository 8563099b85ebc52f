"""Tenants, the states they went through, and the versions of their settings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from include.errors import TenantNotActive
from include.store.engine import Transaction
from include.store.tables import settings, tenants, transitions


@dataclass(frozen=True)
class VersionRow:
    """One saved version of a tenant's settings."""

    version: int
    body: dict[str, Any]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class TenantRow:
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


def add(tx: Transaction, slug: str, company: str, package: str, status: str, active_since: datetime | None) -> int:
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
    """Version and body of the latest settings; version 0 before there are any."""
    query = select(settings.c.version, settings.c.body).where(settings.c.tenant_id == tenant_id)
    row = tx.execute(query.order_by(settings.c.version.desc()).limit(1)).one_or_none()
    return (row.version, row.body) if row else (0, {})


def versions(tx: Transaction, tenant_id: int) -> list[VersionRow]:
    """All saved versions, the first one first."""
    query = select(*(settings.c[name] for name in VersionRow.__dataclass_fields__))
    found = tx.execute(query.where(settings.c.tenant_id == tenant_id).order_by(settings.c.version))
    return [VersionRow(*row) for row in found]


def hold(tx: Transaction, tenant_id: int) -> None:
    """Keep others from changing this tenant until the transaction ends."""
    tx.execute(select(tenants.c.id).where(tenants.c.id == tenant_id).with_for_update(key_share=True))


def move(
    tx: Transaction, tenant_id: int, before: Collection[str], after: str, by: str, at: datetime, **values: Any
) -> bool:
    """To another state, with more fields of the table; False when it is in none of the states ``before``."""
    hold(tx, tenant_id)
    here = select(tenants.c.status).where(tenants.c.id == tenant_id, tenants.c.status.in_(before))
    if (now := tx.execute(here).scalar_one_or_none()) is None:
        return False
    tx.execute(update(tenants).where(tenants.c.id == tenant_id).values(status=after, **values))
    note_transition(tx, tenant_id, now, after, by, at)
    return True


def note_transition(tx: Transaction, tenant_id: int, before: str, after: str, by: str, at: datetime) -> None:
    tx.execute(insert(transitions).values(tenant_id=tenant_id, at=at, by=by, before=before, after=after))


def life(tx: Transaction, tenant_id: int) -> list[TransitionRow]:
    """Every transition, the first one first."""
    query = select(*(transitions.c[name] for name in TransitionRow.__dataclass_fields__))
    found = tx.execute(query.where(transitions.c.tenant_id == tenant_id).order_by(transitions.c.id))
    return [TransitionRow(*row) for row in found]


def require(tx: Transaction, tenant_id: int, *states: str) -> None:
    """Keep the tenant in one of these states until the transaction ends. Raises NotActive, also while it is paused."""
    query = select(tenants.c.slug, tenants.c.status, tenants.c.paused_at).where(tenants.c.id == tenant_id)
    row = tx.execute(query.with_for_update(read=True)).one_or_none()
    if row is None:
        raise TenantNotActive("the tenant was removed: nothing is done")
    if row.status not in states:
        raise TenantNotActive(f"{row.slug} is {row.status}: nothing is done")
    if row.paused_at is not None:
        raise TenantNotActive(f"{row.slug} is paused: nothing is done; koppel tenants resume {row.slug}")


def require_not(tx: Transaction, tenant_id: int, state: str) -> None:
    """Keep the tenant out of this state until the transaction ends. Raises NotActive."""
    query = select(tenants.c.slug, tenants.c.status).where(tenants.c.id == tenant_id).with_for_update(read=True)
    row = tx.execute(query).one_or_none()
    if row is not None and row.status == state:
        raise TenantNotActive(f"{row.slug} is {row.status}: nothing is done")


def pause(tx: Transaction, tenant_id: int, at: datetime, by: str) -> bool:
    """False when it was paused already: who did so first stays known."""
    here = (tenants.c.id == tenant_id, tenants.c.paused_at.is_(None))
    return tx.execute(update(tenants).where(*here).values(paused_at=at, paused_by=by)).rowcount == 1


def resume(tx: Transaction, tenant_id: int) -> bool:
    """False when it was not paused."""
    here = (tenants.c.id == tenant_id, tenants.c.paused_at.is_not(None))
    return tx.execute(update(tenants).where(*here).values(paused_at=None, paused_by=None)).rowcount == 1


def rename(tx: Transaction, tenant_id: int, company: str) -> None:
    tx.execute(update(tenants).where(tenants.c.id == tenant_id).values(company=company))
