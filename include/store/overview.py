"""One line of each tenant, with what the list of couplings shows, sorts and filters by: one query for any number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, text

from include.store.engine import Transaction
from include.store.tables import ledger, problems, settings, sync_state, tenants, watermarks

PAUSABLE = ("active", "importing")  # the states in which a pause is shown in the place of the state


@dataclass(frozen=True, kw_only=True)
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
    """A tenant in the list. ``oldest`` is when the first work order was archived that is not booked.

    ``stuck`` are those of the waiting ones that need a person, or have waited for longer than a push takes.
    """

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
    stuck: int
    oldest: datetime | None


def _open(severity: str) -> Any:
    return func.count().filter(problems.c.severity == severity)


_PROBLEMS = (
    select(problems.c.tenant_id, _open("error").label("errors"), _open("warning").label("warnings"))
    .where(problems.c.resolved_at.is_(None))
    .group_by(problems.c.tenant_id)
    .subquery("troubles")
)
_TOO_LONG = ledger.c.archived_at < func.now() - text("interval '15 min'")
_STUCK = func.count().filter(or_(ledger.c.state.in_(("rejected", "held", "unknown")), _TOO_LONG))
_WAITING = (
    select(
        ledger.c.tenant_id,
        func.count().label("waiting"),
        func.min(ledger.c.archived_at).label("oldest"),
        _STUCK.label("stuck"),
    )
    .where(ledger.c.state.not_in(("confirmed", "skipped")))
    .group_by(ledger.c.tenant_id)
    .subquery("waits")
)
_PUSHED_AT = (
    select(func.max(ledger.c.confirmed_at))
    .where(ledger.c.tenant_id == tenants.c.id, ledger.c.state == "confirmed")
    .scalar_subquery()
)
EFFECTIVE_STATE = case(
    (and_(tenants.c.paused_at.is_not(None), tenants.c.status.in_(PAUSABLE)), "paused"), else_=tenants.c.status
)
_ADMINISTRATION = (
    select(settings.c.body["administration"].astext)
    .where(settings.c.tenant_id == tenants.c.id)
    .order_by(settings.c.version.desc())
    .limit(1)
    .scalar_subquery()
)
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "id": tenants.c.id,
    "slug": tenants.c.slug,
    "company": tenants.c.company,
    "package": tenants.c.package,
    "status": EFFECTIVE_STATE,
    "administration": _ADMINISTRATION,
    "synced_at": sync_state.c.synced_at,
    "pushed_at": _PUSHED_AT,
    "errors": func.coalesce(_PROBLEMS.c.errors, 0),
    "warnings": func.coalesce(_PROBLEMS.c.warnings, 0),
    "waiting": func.coalesce(_WAITING.c.waiting, 0),
    "stuck": func.coalesce(_WAITING.c.stuck, 0),
    "oldest": _WAITING.c.oldest,
}
SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "company": (func.lower(tenants.c.company),),
    "package": (tenants.c.package,),
    "status": (EFFECTIVE_STATE,),
    "synced": (sync_state.c.synced_at,),
    "pushed": (_PUSHED_AT,),
    "problems": (_COLUMNS["errors"], _COLUMNS["warnings"]),
    "waiting": (_COLUMNS["waiting"],),
    "oldest": (_WAITING.c.oldest,),
}


def page(tx: Transaction, query: OverviewQuery, offset: int, limit: int) -> tuple[list[OverviewRow], int]:
    """Return some of the tenants, and how many there are in all."""
    order = [column.desc() if query.descending else column.asc() for column in SORTS[query.sort]]
    statement = _statement(query)
    ordered = statement.order_by(*(column.nulls_last() for column in order), tenants.c.slug)
    rows = tx.execute(ordered.offset(offset).limit(limit)).all()
    if not rows and offset:
        return [], int(tx.execute(select(func.count()).select_from(statement.subquery())).scalar_one())
    overview = [OverviewRow(**{name: getattr(row, name) for name in _COLUMNS}) for row in rows]
    return overview, rows[0].total if rows else 0


def changes_seen(tx: Transaction, ids: Collection[int]) -> dict[tuple[int, str, str], datetime]:
    """Return the latest change seen by tenant, system and stream (R1.11)."""
    query = select(*watermarks.c).where(watermarks.c.tenant_id.in_(ids))
    return {(row.tenant_id, row.system, row.stream): row.changed_at for row in tx.execute(query)}


def statuses(tx: Transaction, slugs: Collection[str]) -> list[str]:
    """Return the effective states that these have; a coupling that a person paused is ``paused``."""
    query = select(EFFECTIVE_STATE).distinct().where(tenants.c.slug == func.any(list(slugs)))
    return sorted(tx.execute(query).scalars())


def _statement(query: OverviewQuery) -> Select[Any]:
    joined = (
        tenants.outerjoin(sync_state, sync_state.c.tenant_id == tenants.c.id)
        .outerjoin(_PROBLEMS, _PROBLEMS.c.tenant_id == tenants.c.id)
        .outerjoin(_WAITING, _WAITING.c.tenant_id == tenants.c.id)
    )
    columns = [column.label(name) for name, column in _COLUMNS.items()]
    statement = select(*columns, func.count().over().label("total")).select_from(joined)
    return statement.where(*_conditions(query))


def _conditions(query: OverviewQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [tenants.c.slug == func.any(list(query.slugs))]
    conditions += [tenants.c.package == query.package] if query.package else []
    conditions += [EFFECTIVE_STATE.in_([query.status])] if query.status else []
    conditions += [or_(_PROBLEMS.c.tenant_id.is_not(None), _WAITING.c.stuck > 0)] if query.troubled else []
    if query.text:
        searched = (tenants.c.slug, tenants.c.company, _ADMINISTRATION)
        conditions.append(or_(*(column.icontains(query.text, autoescape=True) for column in searched)))
    return conditions
