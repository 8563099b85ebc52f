"""Reads the log backwards in time, of many tenants at once and through filters, at a bounded cost.

Tenants, period, warnings and errors follow an index. Anything else is looked for among the next ``WINDOW`` rows only;
the reader is told how far that went and may go on from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Text, cast, or_, select, tuple_

from include.store.engine import Transaction
from include.store.log import LogRow
from include.store.problems import ProblemRow
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
    """Chooses rows; a field that is left out lets all through. ``tenants`` is None for all of them.

    ``codes`` are those in whose sentences ``text`` occurs.
    """

    tenants: tuple[int, ...] | None = None
    severity: str | None = None
    table: str | None = None
    text: str = ""
    codes: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


_LOG_COLUMNS = [log.c[name] for name in LogRow.__dataclass_fields__]
_PROBLEM_COLUMNS = [problems.c[name] for name in ProblemRow.__dataclass_fields__]
_BACKWARDS = (log.c.at.desc(), log.c.id.desc())


def older(
    tx: Transaction, row_filter: LogRowFilter, before: LogCursor | None, limit: int
) -> tuple[list[LogRow], LogCursor | None]:
    """Return the next rows, newest first, and where to go on; None when that was all."""
    rows = _log_rows(tx, older_query(row_filter, before, limit + 1))
    if len(rows) > limit:
        return rows[:limit], LogCursor(rows[limit - 1].at, rows[limit - 1].id)
    return rows, _horizon(tx, row_filter, before) if _needs_scan(row_filter) else None


def older_query(row_filter: LogRowFilter, before: LogCursor | None, limit: int) -> Select[Any]:
    """Return the query of ``older``."""
    query = select(*_LOG_COLUMNS).where(*_indexed(row_filter), *_before(before)).order_by(*_BACKWARDS)
    if not _needs_scan(row_filter):
        return query.limit(limit)
    return _through_window(query, row_filter).limit(limit)


def newer(tx: Transaction, row_filter: LogRowFilter, after: LogCursor, limit: int) -> list[LogRow]:
    """Return the rows after a place in the log, newest first."""
    since = tuple_(log.c.at, log.c.id) > tuple_(after.at, after.id)
    query = select(*_LOG_COLUMNS).where(*_indexed(row_filter), since).order_by(*_BACKWARDS)
    return _log_rows(tx, _through_window(query, row_filter).limit(limit))


def open_problems(tx: Transaction, row_filter: LogRowFilter, limit: int) -> list[ProblemRow]:
    """Return the open problems that pass the filter, the one that was reported last first."""
    query = select(*_PROBLEM_COLUMNS).where(problems.c.resolved_at.is_(None), *_matching(row_filter, problems))
    query = query.where(*_within(row_filter, problems.c.tenant_id, problems.c.last_at))
    if row_filter.severity in INDEXED:
        query = query.where(problems.c.severity == row_filter.severity)
    query = query.order_by(problems.c.last_at.desc(), problems.c.id).limit(limit)
    return [ProblemRow(**row._mapping) for row in tx.execute(query)]


def _log_rows(tx: Transaction, query: Select[Any]) -> list[LogRow]:
    return [LogRow(**row._mapping) for row in tx.execute(query)]


def _through_window(query: Select[Any], row_filter: LogRowFilter) -> Select[Any]:
    """Return the rows among the next ``WINDOW`` of a query that pass the whole filter."""
    window = query.limit(WINDOW).subquery("looked_at")
    matching = select(*window.c).where(*_matching(row_filter, window))
    return matching.order_by(window.c.at.desc(), window.c.id.desc())


def _horizon(tx: Transaction, row_filter: LogRowFilter, before: LogCursor | None) -> LogCursor | None:
    """Return the last row of the window, when there are more behind it."""
    query = select(log.c.at, log.c.id).where(*_indexed(row_filter), *_before(before)).order_by(*_BACKWARDS)
    row = tx.execute(query.offset(WINDOW - 1).limit(1)).one_or_none()
    return LogCursor(row.at, row.id) if row else None


def _needs_scan(row_filter: LogRowFilter) -> bool:
    """Tell whether something is asked for that no index knows."""
    unindexed_severity = row_filter.severity and row_filter.severity not in INDEXED
    return bool(row_filter.text or row_filter.table or unindexed_severity)


def _before(cursor: LogCursor | None) -> list[ColumnElement[bool]]:
    return [tuple_(log.c.at, log.c.id) < tuple_(cursor.at, cursor.id)] if cursor else []


def _indexed(row_filter: LogRowFilter) -> list[ColumnElement[bool]]:
    conditions = _within(row_filter, log.c.tenant_id, log.c.at)
    return conditions + ([log.c.severity == row_filter.severity] if row_filter.severity in INDEXED else [])


def _within(row_filter: LogRowFilter, tenant_id: Column[Any], at: Column[Any]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    conditions += [] if row_filter.tenants is None else [_is_one_of(tenant_id, row_filter.tenants)]
    conditions += [at >= row_filter.since] if row_filter.since else []
    return conditions + ([at < row_filter.until] if row_filter.until else [])


def _is_one_of(column: Column[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    return column == ids[0] if len(ids) == 1 else column.in_(ids)


def _matching(row_filter: LogRowFilter, rows: FromClause) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [rows.c.table == row_filter.table] if row_filter.table else []
    if row_filter.severity and row_filter.severity not in INDEXED:
        conditions.append(rows.c.severity == row_filter.severity)
    if row_filter.text:
        texts = (rows.c.record, rows.c.code, rows.c.run, cast(rows.c["values"], Text))
        contain = [column.icontains(row_filter.text, autoescape=True) for column in texts]
        conditions.append(or_(*contain, rows.c.code.in_(row_filter.codes)))
    return conditions
