"""The records of one account: immutable rows in tables, changed all or not at all. It knows no rules."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sandbox.simple_simon.schema import ENTITIES, EntitySchema, Row
from sandbox.world import World, moment_of

MEMO_LIMIT = 16
_MS = timedelta(milliseconds=1)


class SimonIds:
    """Gives out ids, per entity and over all accounts, each only once."""

    def __init__(self, first: Mapping[str, int]) -> None:
        self._next = {name: first.get(name, 1) for name in ENTITIES}

    def take(self, entity: str) -> int:
        self._next[entity] += 1
        return self._next[entity] - 1


class SimonTable:
    """The rows of one entity in the order of their ids, with indexes on what is looked up often.

    ``memo`` keeps answers that were derived from all rows; it is emptied by each change.
    """

    def __init__(self, entity: EntitySchema) -> None:
        self.entity = entity
        self.rows: dict[int, Row] = {}
        self.memo: dict[Any, list[Row]] = {}
        self.indexes: dict[str, dict[Any, list[int]]] = {m.name: {} for m in entity.members if m.indexed}
        self._places = [(entity.at[name], index) for name, index in self.indexes.items()]

    def put(self, row: Row) -> Row | None:
        """Add or replace a row, and return what was there."""
        id, old = row[0], self.rows.get(row[0])
        out_of_order = old is None and bool(self.rows) and id < next(reversed(self.rows))
        self.rows[id] = row
        if out_of_order:  # only when a removal is taken back
            self.rows = dict(sorted(self.rows.items()))
        for place, index in self._places:
            if old is None:
                _enter(index, row[place], id)
            elif old[place] != row[place]:
                _leave(index, old[place], id)
                _enter(index, row[place], id)
        self.memo.clear()
        return old

    def remove(self, id: int) -> Row:
        """Remove a row, and return it."""
        old = self.rows.pop(id)
        for place, index in self._places:
            _leave(index, old[place], id)
        self.memo.clear()
        return old

    def find(self, member: str, value: Any) -> list[Row]:
        """Find the rows with this value of an indexed member, by id."""
        return [self.rows[id] for id in self.indexes[member].get(value, ())]

    def all(self) -> list[Row]:
        """Return every row by id; the caller does not change the list."""
        if None not in self.memo:
            self.memo[None] = list(self.rows.values())
        return self.memo[None]

    def remember(self, key: Any, rows: list[Row]) -> list[Row]:
        if len(self.memo) >= MEMO_LIMIT:
            self.memo.clear()
        self.memo[key] = rows
        return rows


def _enter(index: dict[Any, list[int]], value: Any, id: int) -> None:
    if value is None:
        return
    if value in index:
        insort(index[value], id)
    else:
        index[value] = [id]


def _leave(index: dict[Any, list[int]], value: Any, id: int) -> None:
    if value is None:
        return
    ids = index[value]
    del ids[bisect_left(ids, id)]
    if not ids:
        del index[value]


class SimonAccount:
    """One licence: its API key, the passwords of its office users, and its records."""

    def __init__(self, world: World, ids: SimonIds, key: str, api_key: str) -> None:
        self.world, self.ids, self.key, self.api_key = world, ids, key, api_key
        self.title = "Voorbeeldbedrijf"
        self.passwords: dict[str, str] = {}
        self.tables = {name: SimonTable(entity) for name, entity in ENTITIES.items()}
        self.orders_made = 0
        self.last_moment = datetime.min.replace(tzinfo=world.clock.now().tzinfo)
        self._undo: list[tuple[SimonTable, int, Row | None]] = []
        self._depth = 0  # of changes inside changes

    def get(self, entity: str, id: int) -> Row | None:
        return self.tables[entity].rows.get(id)

    def find(self, entity: str, member: str, value: Any) -> list[Row]:
        return self.tables[entity].find(member, value)

    def moment(self) -> datetime:
        """Return the present moment in milliseconds, but always later than the moment before (contract 11)."""
        now = moment_of(self.world, "simon")
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)
        self.last_moment = max(now, self.last_moment + _MS)
        return self.last_moment

    def mutation(self, moment: datetime) -> datetime:
        """Return what MutationDate becomes for a change at this moment: coarser when ties are asked for."""
        if self.world.switches["simon.tie_mutation_dates"]:
            return moment.replace(second=moment.second // 10 * 10, microsecond=0)
        return moment

    def put(self, entity: str, values: Mapping[str, Any]) -> Row:
        """Store a whole record, inside ``change``."""
        table = self.tables[entity]
        row = tuple(values[name] for name in table.entity.names)
        self._undo.append((table, row[0], table.put(row)))
        return row

    def amend(self, entity: str, row: Row, **changes: Any) -> Row:
        """Store a record with some members changed, inside ``change``."""
        return self.put(entity, {**self.values(entity, row), **changes})

    def remove(self, entity: str, id: int) -> None:
        """Take a record away, inside ``change``."""
        table = self.tables[entity]
        self._undo.append((table, id, table.remove(id)))

    def values(self, entity: str, row: Row) -> dict[str, Any]:
        return dict(zip(ENTITIES[entity].names, row, strict=True))

    @contextmanager
    def change(self) -> Iterator[None]:
        """Keep what is stored inside if all of it succeeds; otherwise nothing of it happened."""
        changes_before, orders_made = len(self._undo), self.orders_made
        self._depth += 1
        try:
            yield
        except BaseException:
            self.orders_made = orders_made
            while len(self._undo) > changes_before:
                table, id, old = self._undo.pop()
                table.remove(id) if old is None else table.put(old)
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()
