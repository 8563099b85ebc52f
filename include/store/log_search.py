"""Reading the log backwards in time, of many tenants at once and through filters, at a bounded cost.

Tenants, period, warnings and errors follow an index. Anything else is looked for among the next ``WINDOW`` rows only;
the reader is told how far that went and may go on from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Text, cast, or_, select, tuple_

from include.store.engine import Transaction
from include.store.tables import log, problems

WINDOW = 20_000
INDEXED = ("warning", "error")


@dataclass(frozen=True)
class LogCursor:
    """A place in the log, between rows."""

    at: datetime
    id: int


@dataclass(frozen=True)
class LogRowFilter:
    """What is left out does not matter; ``tenants`` None is all. ``codes`` are those in whose text ``text`` occurs."""

    tenants: tuple[int, ...] | None = None
    severity: str | None = None
    table: str | None = None
    text: str = ""
    codes: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class LogSearchRow:
    id: int
    tenant_id: int
    at: datetime
    table: str
    record: str
    severity: str
    code: str
    values: dict[str, Any]
    run: str


@dataclass(frozen=True)
class ProblemSearchRow:
    id: int
    tenant_id: int
    table: str
    record: str
    severity: str
    code: str
    values: dict[str, Any]
    run: str
    first_at: datetime
    last_at: datetime
    count: int


_COLUMNS = [log.c[name] for name in LogSearchRow.__dataclass_fields__]
_PROBLEM = [problems.c[name] for name in ProblemSearchRow.__dataclass_fields__]
_BACKWARDS = (log.c.at.desc(), log.c.id.desc())


def older(
    tx: Transaction, wanted: LogRowFilter, before: LogCursor | None, limit: int
) -> tuple[list[LogSearchRow], LogCursor | None]:
    """The next rows, newest first, and where to go on; None when that was all."""
    found = [LogSearchRow(*row) for row in tx.execute(older_query(wanted, before, limit + 1))]
    if len(found) > limit:
        return found[:limit], LogCursor(found[limit - 1].at, found[limit - 1].id)
    return found, _horizon(tx, wanted, before) if _loose(wanted) else None


def older_query(wanted: LogRowFilter, before: LogCursor | None, limit: int) -> Select[Any]:
    """The query of ``older``."""
    query = select(*_COLUMNS).where(*_indexed(wanted), *_before(before)).order_by(*_BACKWARDS)
    if not _loose(wanted):
        return query.limit(limit)
    window = query.limit(WINDOW).subquery("looked_at")
    matching = select(*window.c).where(*_matching(wanted, window))
    return matching.order_by(window.c.at.desc(), window.c.id.desc()).limit(limit)


def newer(tx: Transaction, wanted: LogRowFilter, after: LogCursor, limit: int) -> list[LogSearchRow]:
    """The rows since a mark, newest first."""
    since = tuple_(log.c.at, log.c.id) > tuple_(after.at, after.id)
    window = select(*_COLUMNS).where(*_indexed(wanted), since).order_by(*_BACKWARDS).limit(WINDOW).subquery("looked_at")
    query = select(*window.c).where(*_matching(wanted, window)).order_by(window.c.at.desc(), window.c.id.desc())
    return [LogSearchRow(*row) for row in tx.execute(query.limit(limit))]


def open_problems(tx: Transaction, wanted: LogRowFilter, limit: int) -> list[ProblemSearchRow]:
    """Those that are not settled and pass the filter, the one that was said last first."""
    query = select(*_PROBLEM).where(problems.c.closed_at.is_(None), *_matching(wanted, problems))
    query = query.where(*_within(wanted, problems.c.tenant_id, problems.c.last_at))
    if wanted.severity in INDEXED:
        query = query.where(problems.c.severity == wanted.severity)
    return [ProblemSearchRow(*row) for row in tx.execute(query.order_by(problems.c.last_at.desc()).limit(limit))]


def _horizon(tx: Transaction, wanted: LogRowFilter, before: LogCursor | None) -> LogCursor | None:
    """The last row that was looked at, when there are more behind it."""
    query = select(log.c.at, log.c.id).where(*_indexed(wanted), *_before(before)).order_by(*_BACKWARDS)
    row = tx.execute(query.offset(WINDOW - 1).limit(1)).one_or_none()
    return LogCursor(row.at, row.id) if row else None


def _loose(wanted: LogRowFilter) -> bool:
    """Whether something is asked for that no index knows."""
    return bool(wanted.text or wanted.table or (wanted.severity and wanted.severity not in INDEXED))


def _before(mark: LogCursor | None) -> list[ColumnElement[bool]]:
    return [tuple_(log.c.at, log.c.id) < tuple_(mark.at, mark.id)] if mark else []


def _indexed(wanted: LogRowFilter) -> list[ColumnElement[bool]]:
    found = _within(wanted, log.c.tenant_id, log.c.at)
    return found + ([log.c.severity == wanted.severity] if wanted.severity in INDEXED else [])


def _within(wanted: LogRowFilter, tenant_id: Column[Any], at: Column[Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if wanted.tenants is None else [_one_of(tenant_id, wanted.tenants)]
    found += [at >= wanted.since] if wanted.since else []
    return found + ([at < wanted.until] if wanted.until else [])


def _one_of(column: Column[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    return column == ids[0] if len(ids) == 1 else column.in_(ids)


def _matching(wanted: LogRowFilter, rows: FromClause) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [rows.c.table == wanted.table] if wanted.table else []
    if wanted.severity and wanted.severity not in INDEXED:
        found.append(rows.c.severity == wanted.severity)
    if wanted.text:
        said = (rows.c.record, rows.c.code, rows.c.run, cast(rows.c["values"], Text))
        has_it = [column.icontains(wanted.text, autoescape=True) for column in said]
        found.append(or_(*has_it, rows.c.code.in_(wanted.codes)))
    return found
