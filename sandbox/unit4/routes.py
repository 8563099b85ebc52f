"""Finding the handler of a path: literal segments in any casing, ``{name}`` for keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.unit4.errors import Unit4Error, not_allowed

Handler = Callable[..., Any]


@dataclass(frozen=True)
class _ApiRoute:
    method: str
    template: tuple[str, ...]
    handler: Handler

    def keys(self, segments: list[str]) -> list[str] | None:
        """Return the keys in the path, or None when it is another path."""
        if len(segments) != len(self.template):
            return None
        keys = []
        for expected, segment in zip(self.template, segments, strict=True):
            if expected.startswith("{"):
                keys.append(segment)
            elif expected != segment.lower():
                return None
        return keys


class Routes:
    """Knows the routes of the API; those with more literal segments go first."""

    def __init__(self) -> None:
        self._of: dict[str, list[_ApiRoute]] = {}  # by resource

    def add(self, handlers: dict[str, Handler]) -> None:
        """Add routes, written as ``"GET {database}/Customer/{customerId}"``."""
        for written, handler in handlers.items():
            method, _, path = written.partition(" ")
            template = tuple(s if s.startswith("{") else s.lower() for s in path.split("/"))
            resource = next(s for s in template if not s.startswith("{"))
            routes = self._of.setdefault(resource, [])
            routes.append(_ApiRoute(method, template, handler))
            routes.sort(key=lambda route: sum(s.startswith("{") for s in route.template))

    def find(self, method: str, segments: list[str]) -> tuple[Handler, str | None, list[str]]:
        """Find the handler, the database and the keys. Raises Unit4Error 404 or 405 (contract 5)."""
        offered: set[str] = set()
        for segment in segments[:2]:
            for route in self._of.get(segment.lower(), []):
                keys = route.keys(segments)
                if keys is not None and route.method == method:
                    with_database = route.template[0] == "{database}"
                    return route.handler, keys[0] if with_database else None, keys[1:] if with_database else keys
                if keys is not None:
                    offered.add(route.method)
        if offered:
            raise not_allowed(method, *offered)
        raise Unit4Error(404, {"Message": "Deze route bestaat niet.", "MessageDetail": "/".join(segments)})
