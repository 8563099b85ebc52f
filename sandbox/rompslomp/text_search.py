"""How search[q] matches the texts of a record (contract 8: a substring of one of them, whatever the case)."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from sandbox.rompslomp.call import RompslompCall


class Searchable(Protocol):
    sought: str | None  # the searched texts, one a line; made at the first search, None after a change


S = TypeVar("S", bound=Searchable)


def matcher(call: RompslompCall, query: str, texts: Callable[[S], Iterable[str | None]]) -> Callable[[S], bool]:
    """Return which records match; ``texts`` gives what is searched of a record."""
    sought, how = query.lower(), call.switch("search_match")

    def matches(row: S) -> bool:
        if row.sought is None:
            row.sought = "\n".join(text.lower() for text in texts(row) if text)
        if how == "substring":
            return sought in row.sought
        lines = row.sought.split("\n")
        return sought in lines if how == "exact" else any(line.startswith(sought) for line in lines)

    return matches
