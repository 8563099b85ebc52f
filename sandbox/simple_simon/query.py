"""The query options of the odata interface, and the token that resumes a listing (contract 5)."""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import bad_query, not_implemented
from sandbox.simple_simon.schema import EntitySchema, Navigation

LISTING = ("$filter", "$orderby", "$top", "$skip", "$select", "$expand", "$count", "$skiptoken")
RECORD = ("$select", "$expand")
_UNOFFERED = ("$apply", "$search", "$deltatoken")


@dataclass(frozen=True)
class OdataQuery:
    """What one listing asks for.

    ``after`` holds the sort values and the id of the row before this page, as text.
    """

    filter: str = ""
    orderby: str = ""
    top: int | None = None
    skip: int = 0
    select: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()
    count: bool = False
    after: tuple[str | None, ...] = ()

    @property
    def steps(self) -> list[tuple[str, bool]]:
        """The pairs (member, descending) to sort by; ties are broken by Id, which need not be named."""
        parts = [part.split() for part in self.orderby.split(",")] if self.orderby else []
        return [(words[0], words[1:] == ["desc"]) for words in parts if words]


def parse(options: Sequence[tuple[str, str]], allowed: Sequence[str] = ()) -> OdataQuery:
    """Parse the options of one request. Raises SimonError for any that is not allowed here."""
    named: dict[str, str] = {}
    for name, value in options:
        if name in _UNOFFERED:
            raise not_implemented(name)
        if name not in allowed:
            raise bad_query(f"The option {name!r} cannot be used here")
        if name in named:
            raise bad_query(f"The option {name} is given twice")
        if not value.strip():
            raise bad_query(f"{name} is empty")
        named[name] = value.strip()
    if "$skiptoken" in named:
        return _resume(named)
    return OdataQuery(
        filter=named.get("$filter", ""),
        orderby=named.get("$orderby", ""),
        top=_whole("$top", named["$top"]) if "$top" in named else None,
        skip=_whole("$skip", named.get("$skip", "0")),
        select=_names(named.get("$select")),
        expand=_names(named.get("$expand")),
        count=_flag("$count", named.get("$count", "false")),
    )


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise bad_query(f"{name} must be a whole number, not {text[:40]!r}")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise bad_query(f"{name} must be true or false")
    return text == "true"


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(","))) if text else ()


def skip_token(query: OdataQuery, taken: int, after: Sequence[str | None]) -> str:
    """Return what resumes this query after a page of ``taken`` rows: opaque to the caller."""
    top = None if query.top is None else query.top - taken
    state = [query.filter, query.orderby, top, query.select, query.expand, query.count, after]
    return base64.urlsafe_b64encode(json.dumps(state, separators=(",", ":")).encode()).decode().rstrip("=")


def _resume(options: dict[str, str]) -> OdataQuery:
    if len(options) > 1:
        raise bad_query("$skiptoken goes alone")
    text = options["$skiptoken"]
    try:
        filter, orderby, top, select, expand, count, after = json.loads(base64.urlsafe_b64decode(text + "=="))
        query = OdataQuery(filter, orderby, top, 0, tuple(select), tuple(expand), count, tuple(after))
    except (ValueError, TypeError, RecursionError) as error:
        raise bad_query("The $skiptoken is not one of ours") from error
    if not _is_sound(query):
        raise bad_query("The $skiptoken is not one of ours")
    return query


def _is_sound(query: OdataQuery) -> bool:
    texts: list[Any] = [query.filter, query.orderby, *query.select, *query.expand, *filter(None, query.after)]
    top = query.top
    return (
        all(isinstance(text, str) for text in texts)
        and (top is None or (isinstance(top, int) and top > 0))
        and len(query.after) == len(query.steps) + 1
    )


def check_select(entity: EntitySchema, query: OdataQuery, dialect: WireDialect) -> tuple[str, ...]:
    """Return the members to show, empty for all; names of navigation may be there and add nothing."""
    shown = {member.name for member in dialect.members(entity)}
    linked = {navigation.name for navigation in entity.navigation}
    for name in query.select:
        if name not in shown and name not in linked and name != "*":
            raise bad_query(f"$select: no property {name!r}")
    return () if "*" in query.select else tuple(name for name in query.select if name in shown)


def check_expand(entity: EntitySchema, query: OdataQuery, offered: bool) -> list[Navigation]:
    """Return what to add to each record: names of navigation only, one level, no options."""
    if query.expand and not offered:
        raise bad_query("$expand is not offered")
    known = {navigation.name: navigation for navigation in entity.navigation}
    for name in query.expand:
        if name not in known:
            raise bad_query(f"$expand: no navigation property {name!r}; options and paths are not offered")
    return [known[name] for name in query.expand]
