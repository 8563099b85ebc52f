"""Where rows are kept: ids that never come back, and tables that give a page without walking through everything."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from typing import Generic

from sandbox.rompslomp.rows import R

_LISTINGS_KEPT = 8


class RompslompIds:
    """Scrambled 31-bit numbers, the same ones in the same order for the same seed (contract 7, 13)."""

    def __init__(self, seed: int, taken: frozenset[int]) -> None:
        self._next, self._taken = seed * 7919, taken

    def __call__(self) -> int:
        while True:
            self._next += 1
            # an odd factor makes every number come by once before the first one returns
            number = (self._next * 1_640_531_527 + 374_761_393) % 2**31
            if number >= 100_000_000 and number not in self._taken:
                return number


class RompslompTable(Generic[R]):
    """Rows in order of creation."""

    def __init__(self) -> None:
        self.rows: list[R] = []
        self.born: dict[int, datetime] = {}  # filled only while searches lag behind
        self._by_id: dict[int, R] = {}
        self._listings: OrderedDict[Hashable, list[R]] = OrderedDict()

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, row_id: int | None) -> R | None:
        return self._by_id.get(row_id) if row_id is not None else None

    def add(self, row: R) -> None:
        self.rows.append(row)
        self._by_id[row.id] = row
        self.touch()

    def remove(self, row: R) -> None:
        self.rows.remove(row)
        del self._by_id[row.id]
        self.born.pop(row.id, None)
        self.touch()

    def touch(self) -> None:
        """Forget what was selected before, as a row changed."""
        self._listings.clear()

    def select(self, key: Hashable, matches: Callable[[R], bool]) -> list[R]:
        """Select the rows that match, in order of creation; they are remembered under the key until a row changes."""
        if key not in self._listings:
            self._listings[key] = [row for row in self.rows if matches(row)]
            if len(self._listings) > _LISTINGS_KEPT:
                self._listings.popitem(last=False)
        return self._listings[key]
