"""Finds the rows a query means, and the page of them that was asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.odata import BadQuery, order, ordered, predicate
from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import bad_query
from sandbox.simple_simon.query import OdataQuery, skip_token
from sandbox.simple_simon.schema import EntitySchema, Row
from sandbox.simple_simon.store import SimonTable

_TEXT = r"'(?:[^']|'')*'"
_TERM = rf"(\w+)\s+(eq|ne|gt|ge|lt|le)\s+({_TEXT}|[\w:.+-]+)"
_ANY_CHAIN = re.compile(rf"{_TERM}(?:\s+or\s+{_TERM})*")
_ALL_CHAIN = re.compile(rf"{_TERM}(?:\s+and\s+{_TERM})*")
_WITHOUT_ZONE = re.compile(rf"({_TEXT})|\b(\d{{4}}-\d\d-\d\dT[0-9:.]+)(?![0-9:.Z+-])")
_NUMBER = r"-?\d+(?:\.\d+)?"
_LITERALS = {
    "int": _NUMBER,
    "decimal": _NUMBER,
    "date": r"\d{4}-\d\d-\d\dT.*",
    "bool": "true|false",
    "text": _TEXT,
}
_SAMPLES = {"int": 1, "decimal": Decimal(1), "bool": True, "text": "a", "date": datetime(2026, 1, 1, tzinfo=UTC)}


@dataclass(frozen=True)
class ListingPage:
    """Some rows of a listing, how many there are in all, and the token of the page behind it, empty at the end."""

    rows: list[Row]
    total: int
    next: str


def page(table: SimonTable, query: OdataQuery, dialect: WireDialect, size: int | None) -> ListingPage:
    """Return the page that a query means; ``size`` None is unlimited. Raises SimonError."""
    rows = matching(table, query, dialect)
    start = _index_after(rows, query, table.entity, dialect) if query.after else query.skip
    left = max(len(rows) - start, 0)
    most = left if query.top is None else min(query.top, left)
    taken = most if size is None else min(size, most)
    page_rows = rows[start : start + taken]
    more = skip_token(query, taken, _sort_values(page_rows[-1], query, table.entity, dialect)) if taken < most else ""
    return ListingPage(page_rows, len(rows), more)


def matching(table: SimonTable, query: OdataQuery, dialect: WireDialect) -> list[Row]:
    """Return all rows a query means, in its order; the list is the table's own."""
    if not query.filter and not query.orderby:
        return table.all()
    key = query.filter, query.orderby, dialect.signature
    if key in table.memo:
        return table.memo[key]
    try:
        return table.remember(key, _find(table, query, dialect))
    except BadQuery as error:
        raise bad_query(str(error)) from error
    except RecursionError as error:
        raise bad_query("The query is too long") from error


def _find(table: SimonTable, query: OdataQuery, dialect: WireDialect) -> list[Row]:
    terms = dialect.terms(table.entity)
    steps = order(query.orderby, terms) if query.orderby else []
    rows = table.all()
    if query.filter:
        keep: Callable[[Any], bool] = predicate(_with_zones(query.filter, dialect), terms)
        # a query that cannot work is refused even where no row would show it
        keep(tuple(_SAMPLES[member.kind] for member in table.entity.members))
        _refuse_mismatches(table.entity, query.filter)
        rows = [row for row in _candidates(table, query.filter) if keep(row)]
    return ordered(rows, steps) if steps else rows


def _refuse_mismatches(entity: EntitySchema, text: str) -> None:
    """Refuse a comparison of a member with anything but a literal of its own type, null, or another member."""
    for match in re.finditer(rf"{_TEXT}|{_TERM}", text):
        member, literal = entity.by_name.get(match[1] or ""), match[3]
        if member is None or literal == "null" or literal in entity.by_name:
            continue
        if not re.fullmatch(_LITERALS[member.kind], literal):
            raise BadQuery(f"{member.name} cannot be compared with {literal[:40]!r}")


def _with_zones(text: str, dialect: WireDialect) -> str:
    """Give dates without a zone one: local time when dates are written that way; they are refused otherwise."""

    def zoned(match: re.Match[str]) -> str:
        try:
            return match[1] or dialect.moment(match[2]).isoformat()
        except (ValueError, OverflowError) as error:
            raise BadQuery(f"{match[2]!r} is not a date with a time zone") from error

    return _WITHOUT_ZONE.sub(zoned, text)


def _candidates(table: SimonTable, text: str) -> list[Row]:
    """Return the rows that may match: few, when the filter is a chain with equality of an indexed member."""
    chain = [match.groups() for match in re.finditer(_TERM, text)]
    candidates = [_looked_up(table, *term) for term in chain]
    if _ALL_CHAIN.fullmatch(text):
        return next((rows for rows in candidates if rows is not None), table.all())
    rows_of = [rows for rows in candidates if rows is not None]
    if _ANY_CHAIN.fullmatch(text) and len(rows_of) == len(chain):
        rows_by_id = {row[0]: row for rows in rows_of for row in rows}
        return [rows_by_id[id] for id in sorted(rows_by_id)]
    return table.all()


def _looked_up(table: SimonTable, member: str, word: str, literal: str) -> list[Row] | None:
    if member == "Id" and word == "eq" and re.fullmatch(r"\d{1,10}", literal):
        row = table.rows.get(int(literal))
        return [row] if row else []
    if member not in table.indexes or word != "eq":
        return None
    if literal.startswith("'"):
        return table.find(member, literal[1:-1].replace("''", "'"))
    return table.find(member, int(literal)) if re.fullmatch(r"-?\d{1,10}", literal) else None


def _sort_values(row: Row, query: OdataQuery, entity: EntitySchema, dialect: WireDialect) -> list[str | None]:
    """Return where a row comes in the query's order, as text."""
    terms: dict[str, Callable[[Any], Any]] = dict(dialect.terms(entity))
    return [*(_stored(terms[name](row)) for name, _ in query.steps), str(row[0])]


def _stored(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else None if value is None else str(value)


def _restored(kind: str, text: str | None) -> Any:
    if text is None or kind == "text":
        return text
    if kind == "date":
        return datetime.fromisoformat(text)
    return Decimal(text) if kind in ("int", "decimal") else text == "True"


def _index_after(rows: list[Row], query: OdataQuery, entity: EntitySchema, dialect: WireDialect) -> int:
    """Return where the rows behind ``query.after`` start, by value, so that rows that come or go shift nothing."""
    terms: dict[str, Callable[[Any], Any]] = dict(dialect.terms(entity))
    try:
        last = [
            _restored(entity.by_name[name].kind, text)
            for (name, _), text in zip(query.steps, query.after, strict=False)
        ]
        last_id = int(query.after[-1] or "")
        steps = [(terms[name], descending, value) for (name, descending), value in zip(query.steps, last, strict=True)]
        low, high = 0, len(rows)
        while low < high:
            middle = (low + high) // 2
            if _is_behind(rows[middle], steps, last_id):
                high = middle
            else:
                low = middle + 1
    except (ValueError, TypeError, ArithmeticError) as error:
        raise bad_query("The $skiptoken is not one of ours") from error
    return low


def _is_behind(row: Row, steps: list[tuple[Callable[[Any], Any], bool, Any]], last_id: int) -> bool:
    for term, descending, last in steps:
        own = term(row)
        if own != last:
            later = own is not None if own is None or last is None else own > last  # nulls come first
            return bool(later) != descending
    return bool(row[0] > last_id)
