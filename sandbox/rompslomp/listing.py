"""Lists: selection, searches, order and pages (contract 4)."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sandbox.rompslomp.call import Caller, RompslompCall
from sandbox.rompslomp.errors import invalid_value, not_found
from sandbox.rompslomp.resource import ListQuery, Readable, RowTest
from sandbox.rompslomp.rows import R

_DEFAULT_SIZE, _LARGEST_SIZE = 40, 100
# what a remembered list depends on besides the query
_DECIDING = (
    "search_match",
    "search_combination",
    "search_ignores_selection",
    "product_codes_match",
    "rounding",
    "surplus",
    "vat_low_ends",
)


@dataclass(frozen=True)
class Paging:
    """What was asked for, and what a list says about it in its headers."""

    page: int
    size: int

    @classmethod
    def read(cls, caller: Caller, query: ListQuery) -> "Paging":
        page = _positive(caller, query, "page", 1)
        size = _positive(caller, query, "per_page", _DEFAULT_SIZE)
        if size > _LARGEST_SIZE and caller.switch("per_page_over_100") == "refuse":
            raise invalid_value("per_page")
        return cls(page, min(size, _LARGEST_SIZE, int(caller.switch("page_cap"))))

    def cut(self, caller: Caller, rows: list[Any], oldest_first: bool) -> list[Any]:
        """Return the rows of this page; the list itself is in order of creation and stays as it is."""
        start, stop = (self.page - 1) * self.size, self.page * self.size
        if start >= len(rows) and self.page > 1 and caller.switch("page_past_end") == "not_found":
            raise not_found("Pagina")
        if oldest_first:
            return rows[start:stop]
        return rows[max(len(rows) - stop, 0) : max(len(rows) - start, 0)][::-1]

    def headers(self, total: int) -> dict[str, str]:
        return {"X-Page": str(self.page), "X-Per-Page": str(self.size), "X-Total": str(total)}


def _positive(caller: Caller, query: ListQuery, key: str, default: int) -> int:
    text = query.get(key, [str(default)])[-1]
    if text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0:
        return int(text)
    if caller.switch("bad_paging") == "refuse":
        raise invalid_value(key)
    return default


def rows_for(call: RompslompCall, resource: Readable[R], query: ListQuery) -> list[R]:
    """Return all rows that the query asks for, oldest first."""
    query = resource.complete(call, query)
    selection = _selection(call, resource, query)
    searched = {key: query[key] for key in resource.searches if any(query.get(key, ()))}
    tests = [resource.search(call, key, values) for key, values in searched.items()]
    test = _combined(call, resource.selected(call, selection), tests)
    table = resource.table(call)
    if test is None:
        return table.rows
    rows = table.select(_key(call, selection, searched), test)
    lag = timedelta(seconds=int(call.switch("search_lag_s")))
    if searched and lag:
        seen_by = call.world.clock.now() - lag
        return [row for row in rows if row.id not in table.born or table.born[row.id] <= seen_by]
    return rows


def _selection(call: RompslompCall, resource: Readable[R], query: ListQuery) -> str:
    if not resource.selections:
        return ""
    selection = query.get("selection", [resource.selections[0]])[-1]
    if selection in resource.selections:
        return selection
    if call.switch("unknown_selection") == "refuse":
        raise invalid_value("selection")
    return resource.selections[0]


def _combined(call: RompslompCall, selected: RowTest[R] | None, searches: list[RowTest[R]]) -> RowTest[R] | None:
    if not searches:
        return selected
    inside = None if call.switch("search_ignores_selection") else selected
    how = all if call.switch("search_combination") == "and" else any

    def test(row: R) -> bool:
        return (inside is None or inside(row)) and how(matches(row) for matches in searches)

    return searches[0] if inside is None and len(searches) == 1 else test


def _key(call: RompslompCall, selection: str, searched: dict[str, list[str]]) -> Hashable:
    searches = tuple((key, tuple(values)) for key, values in searched.items())
    return selection, searches, call.today, tuple(call.switch(name) for name in _DECIDING)
