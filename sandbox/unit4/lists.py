"""Reading lists: the OData options and server paging of contract 4, on tables and on plain lists of rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sandbox.odata import V3, BadQuery, Term, order, ordered, predicate
from sandbox.unit4.administration import Unit4Table
from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.dates import dutch
from sandbox.unit4.errors import single_error
from sandbox.unit4.layout import Layout, Row

_OPTIONS = {"$select", "$filter", "$orderby", "$top", "$skip", "$expand"}
_KEPT = 16  # results of filters that are kept, so that paging through one does not redo it
_ODD_NAMES = {"eanCode": "EANCode", "kvcPaymentCondition": "KVCPaymentCondition"}  # contract 3


@dataclass
class ListView:
    """How a list shows its rows: layout, record, the member that is the key; the view of a table has a name."""

    layout: Layout
    record: Callable[[Row], Row] = dict
    key: str = ""
    name: str = ""
    derived: dict[str, Term] = field(default_factory=dict)  # members that are not in the stored row

    def __post_init__(self) -> None:
        self.names = {pascal(name): name for name in self.layout.fields}
        self.terms: dict[str, Term] = {
            written: self.derived.get(name) or _term(name, self.layout.blank[name])
            for written, name in self.names.items()
        }


@dataclass(frozen=True)
class ListResponse:
    """The chosen rows of a list, made into records only when they are sent: all customers at once are much."""

    rows: list[Row]
    record: Callable[[Row], Row]

    def __getitem__(self, part: slice) -> "ListResponse":
        return ListResponse(self.rows[part], self.record)


def pascal(name: str) -> str:
    """Return the .NET name of a member."""
    return _ODD_NAMES.get(name, name[0].upper() + name[1:])


def _term(name: str, empty: Any) -> Term:
    def read(row: Any) -> Any:
        value = row.get(name, empty)
        return dutch(value) if isinstance(value, date) else value

    return read


def as_moment(name: str) -> Term:
    """Read a date member as a real date, instead of as the text that the contract describes."""

    def read(row: Any) -> Any:
        value = row.get(name)
        return datetime(value.year, value.month, value.day) if value else None  # noqa: DTZ001 - they have no zone

    return read


def list_response(call: Unit4Call, source: Unit4Table | Iterable[Row], view: ListView) -> ListResponse:
    """Answer an InfoList."""
    if unknown := {name for name in call.query if name.startswith("$")} - _OPTIONS:
        raise single_error(400, f"De optie {', '.join(sorted(unknown))} wordt niet ondersteund.", "BadQuery", "$")
    skip, top = _count(call, "$skip") or 0, _count(call, "$top")
    if top is None and call.switch("list_limit"):
        top = int(call.switch("list_limit"))
    if cap := int(call.switch("page_cap")):
        top = cap if top is None else min(top, cap)
    try:
        rows = _selected(call, source, view, start=skip, stop=None if top is None else skip + top)
        selected = _select(call, view)
    except (BadQuery, TypeError, RecursionError) as error:
        raise single_error(400, f"De zoekopdracht is niet geldig: {error}.", "BadQuery", "$filter") from error
    return ListResponse(rows, view.record if selected is None else lambda row: selected(view.record(row)))


def _count(call: Unit4Call, option: str) -> int | None:
    text = call.query.get(option, "").strip()
    if not text:
        return None
    if (number := whole(text)) is None:
        raise single_error(400, f"{option} moet een geheel getal van 0 of hoger zijn.", "BadQuery", option)
    return number


def _selected(
    call: Unit4Call, source: Unit4Table | Iterable[Row], view: ListView, *, start: int, stop: int | None
) -> list[Row]:
    condition, sequence = call.query.get("$filter", "").strip(), call.query.get("$orderby", "").strip()
    if isinstance(source, Unit4Table):
        direction = _key_order(view, sequence)
        if not condition and direction is not None:
            return source.slice(start, stop, descending=direction)
        return _kept(call, source, view, condition=condition, sequence=sequence)[start:stop]
    return _result(source, view, condition, sequence)[start:stop]


def _key_order(view: ListView, sequence: str) -> bool | None:
    """Return whether the order is the key's own, descending or not; None for any other order."""
    words = sequence.split() or [pascal(view.key)]
    if words[0] != pascal(view.key) or len(words) > 2 or words[-1] not in (words[0], "asc", "desc"):
        return None
    return words[-1] == "desc"


def _kept(call: Unit4Call, table: Unit4Table, view: ListView, *, condition: str, sequence: str) -> list[Row]:
    name = (call.administration.database, view.name, condition, sequence)
    revision: int
    rows: list[Row]
    revision, rows = call.cache.get(name, (-1, []))
    if revision != table.revision:
        rows = _result(table, view, condition, sequence)
        if len(call.cache) >= _KEPT:
            call.cache.clear()
        call.cache[name] = (table.revision, rows)
    return rows


def _result(source: Iterable[Row], view: ListView, condition: str, sequence: str) -> list[Row]:
    rows = list(source)
    if condition:
        holds = predicate(condition, view.terms, V3)
        rows = [row for row in rows if holds(row)]
    return ordered(rows, order(sequence, view.terms)) if sequence else rows


def _select(call: Unit4Call, view: ListView) -> Callable[[Row], Row] | None:
    text = call.query.get("$select", "").strip()
    if not text or text == "*":
        return None
    written = [name.strip() for name in text.split(",")]
    if unknown := [name for name in written if name not in view.names]:
        raise BadQuery(f"no property {unknown[0]!r}")
    as_written = call.switch("select_casing") == "pascal"
    members = [(name if as_written else view.names[name], view.names[name]) for name in written]
    return lambda record: {shown: record[name] for shown, name in members}


def combination(call: Unit4Call, path: str, *combinations: tuple[str, ...]) -> dict[str, str]:
    """Return the route parameters that were sent, which must be one whole combination (contract 4)."""
    known = {name.lower(): name for names in combinations for name in names}
    parameters = {known[name]: value.strip() for name, value in call.query.items() if name in known}
    if not parameters or any(set(parameters) == set(names) for names in combinations):
        return parameters
    choice = call.switch("partial_combination")
    if choice == "refuse":
        raise single_error(404, f"{path} kent deze combinatie van parameters niet.", "NotFound")
    return parameters if choice == "apply" else {}
