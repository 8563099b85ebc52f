"""What every resource inside a company offers to the API, and the parts that are the same for all."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic

from sandbox.rompslomp.call import Caller, RompslompCall
from sandbox.rompslomp.errors import invalid, invalid_value
from sandbox.rompslomp.rows import R
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable

ListQuery = Mapping[str, list[str]]
RowTest = Callable[[R], bool]


class Readable(ABC, Generic[R]):
    """A resource with a list and single records."""

    singular: ClassVar[str]
    plural: ClassVar[str]
    model: ClassVar[str]  # the name in refusals
    scope: ClassVar[str]
    selections: ClassVar[tuple[str, ...]] = ()  # the default first; without any the key is unknown
    searches: ClassVar[tuple[str, ...]] = ()  # query keys that narrow a list
    oldest_first: ClassVar[bool] = False
    narrowed: ClassVar[bool] = False  # whether rights can hide some of its records

    def needs(self, caller: Caller) -> str:
        """Return the scope that opens the resource."""
        return self.scope

    @abstractmethod
    def table(self, call: RompslompCall) -> RompslompTable[R]: ...

    def sees(self, call: RompslompCall, row: R) -> bool:
        """Return whether the user may see this record."""
        return not self.narrowed or call.company.visibility.sees(row.id)

    @abstractmethod
    def render(self, call: RompslompCall, row: R) -> dict[str, Any]: ...

    def selected(self, call: RompslompCall, selection: str) -> RowTest[R] | None:
        """Return the test behind a selection; None lets everything through."""
        return None

    def search(self, call: RompslompCall, key: str, values: list[str]) -> RowTest[R]:
        """Return the test behind one of ``searches``."""
        raise NotImplementedError

    def complete(self, call: RompslompCall, query: ListQuery) -> ListQuery:
        """Return the query with what the resource adds to it."""
        return query


class Writable(Readable[R]):
    """A resource whose records can be made, changed and deleted; each step checks all before it changes anything."""

    shape: ClassVar[BodyShape]

    @abstractmethod
    def blank(self, call: RompslompCall) -> R:
        """Return a record with the defaults, without id."""

    @abstractmethod
    def fill(self, call: RompslompCall, draft: R, payload: dict[str, Any]) -> list[str]:
        """Put what was sent into the draft and return what is wrong with the result; change nothing else."""

    @abstractmethod
    def keep(self, call: RompslompCall, draft: R, payload: dict[str, Any]) -> None:
        """Make a checked draft final: ids, numbers, and what else in the company changes with it."""

    def forget(self, call: RompslompCall, row: R) -> None:
        """Refuse the deletion, or undo what the record has caused elsewhere."""

    def check_keys(self, call: RompslompCall, payload: dict[str, Any]) -> None:
        """Refuse keys that need a scope or a switch of their own; the values are not checked yet."""

    def refuse_if(self, problems: list[str]) -> None:
        if problems:
            raise invalid(self.model, problems)


def put(draft: Any, payload: dict[str, Any], names: tuple[str, ...]) -> None:
    """Set the named attributes that were sent."""
    for name in names:
        if name in payload:
            setattr(draft, name, payload[name])


def whole_number(key: str, values: list[str]) -> int:
    """Read a number from a query."""
    if not values[-1].isascii() or not values[-1].isdigit() or len(values[-1]) > 18:
        raise invalid_value(key)
    return int(values[-1])
