"""One line of each tenant, with what the list of couplings shows, sorts and filters by: one query for any number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from include.store.engine import Transaction
from include.store.tables import ledger, problems, settings, sync_state, tenants, watermarks


@dataclass(frozen=True)
class OverviewQuery:
    """Which tenants, and in which order; what is left out does not matter."""

    slugs: Collection[str]
    text: str = ""
    package: str = ""
    status: str = ""
    troubled: bool = False
    sort: str = "company"
    descending: bool = False


@dataclass(frozen=True)
class OverviewRow:
    id: int
    slug: str
    company: str
    package: str
    status: str
    administration: str | None
    synced_at: datetime | None
    pushed_at: datetime | None
    errors: int
    warnings: int
    waiting: int
    oldest: datetime | None


def _open(severity: str) -> Any:
    return func.count().filter(problems.c.severity == severity)


_PROBLEMS = (
    select(problems.c.tenant_id, _open("error").label("errors"), _open("warning").label("warnings"))
    .where(problems.c.resolved_at.is_(None))
    .group_by(problems.c.tenant_id)
    .subquery("troubles")
)
_WAITING = (
    select(ledger.c.tenant_id, func.count().label("waiting"), func.min(ledger.c.archived_at).label("oldest"))
    .where(ledger.c.state.not_in(("confirmed", "skipped")))
    .group_by(ledger.c.tenant_id)
    .subquery("waits")
)
_PUSHED = (
    select(func.max(ledger.c.confirmed_at))
    .where(ledger.c.tenant_id == tenants.c.id, ledger.c.state == "confirmed")
    .scalar_subquery()
    .label("pushed_at")
)
_STANDING = case(
    (and_(tenants.c.paused_at.is_not(None), tenants.c.status.in_(("active", "importing"))), "paused"),
    else_=tenants.c.status,
).label("status")
_ADMINISTRATION = (
    select(settings.c.body["administration"].astext)
    .where(settings.c.tenant_id == tenants.c.id)
    .order_by(settings.c.version.desc())
    .limit(1)
    .scalar_subquery()
    .label("administration")
)
_ERRORS, _WARNINGS = func.coalesce(_PROBLEMS.c.errors, 0), func.coalesce(_PROBLEMS.c.warnings, 0)
_COUNT = func.coalesce(_WAITING.c.waiting, 0)
SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "company": (func.lower(tenants.c.company),),
    "package": (tenants.c.package,),
    "status": (_STANDING,),
    "synced": (sync_state.c.synced_at,),
    "pushed": (_PUSHED,),
    "problems": (_ERRORS, _WARNINGS),
    "waiting": (_COUNT,),
    "oldest": (_WAITING.c.oldest,),
}


def page(tx: Transaction, wanted: OverviewQuery, offset: int, limit: int) -> tuple[list[OverviewRow], int]:
    """Some of the tenants, and how many there are in all."""
    order = [column.desc() if wanted.descending else column.asc() for column in SORTS[wanted.sort]]
    query = _query(wanted).order_by(*(one.nulls_last() for one in order), tenants.c.slug)
    rows = tx.execute(query.offset(offset).limit(limit)).all()
    if not rows and offset:
        return [], int(tx.execute(select(func.count()).select_from(_query(wanted).subquery())).scalar_one())
    return [OverviewRow(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def seen(tx: Transaction, ids: Collection[int]) -> dict[tuple[int, str, str], datetime]:
    """(tenant, system, stream) -> the latest change seen (R1.11)."""
    query = select(*watermarks.c).where(watermarks.c.tenant_id.in_(ids))
    return {(row.tenant_id, row.system, row.stream): row.changed_at for row in tx.execute(query)}


def statuses(tx: Transaction) -> list[str]:
    """Those that there are; a coupling that a person paused is ``paused``."""
    return sorted(tx.execute(select(_STANDING).distinct()).scalars())


def _query(wanted: OverviewQuery) -> Select[Any]:
    own = (tenants.c.id, tenants.c.slug, tenants.c.company, tenants.c.package, _STANDING)
    shown = (*own, _ADMINISTRATION, sync_state.c.synced_at, _PUSHED, _ERRORS, _WARNINGS, _COUNT, _WAITING.c.oldest)
    joined = (
        tenants.outerjoin(sync_state, sync_state.c.tenant_id == tenants.c.id)
        .outerjoin(_PROBLEMS, _PROBLEMS.c.tenant_id == tenants.c.id)
        .outerjoin(_WAITING, _WAITING.c.tenant_id == tenants.c.id)
    )
    query = select(*shown, func.count().over()).select_from(joined)
    return query.where(*_conditions(wanted))


def _conditions(wanted: OverviewQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [tenants.c.slug == func.any(list(wanted.slugs))]
    found += [tenants.c.package == wanted.package] if wanted.package else []
    found += [_STANDING.in_([wanted.status])] if wanted.status else []
    found += [_PROBLEMS.c.tenant_id.is_not(None)] if wanted.troubled else []
    if wanted.text:
        searched = (tenants.c.slug, tenants.c.company, _ADMINISTRATION)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in searched)))
    return found
