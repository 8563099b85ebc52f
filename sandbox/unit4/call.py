"""One API request, taken apart for the handlers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.errors import Validation, single_error
from sandbox.world import World


def whole(text: str) -> int | None:
    """Read a whole number of 0 or more from a path or query; None when it is not one."""
    return int(text) if text.isdecimal() and len(text) <= 9 else None


@dataclass(frozen=True)
class Unit4User:
    """A Multivers user: what the tokens stand for (contract 2.2)."""

    name: str
    databases: tuple[str, ...]


@dataclass
class Unit4Call:
    """What a handler is given.

    ``query`` has lower-case names; ``administration`` is there on routes with a database.
    """

    world: World
    user: Unit4User
    version: str
    query: Mapping[str, str]
    body: bytes
    administrations: Mapping[str, Unit4Administration]
    _administration: Unit4Administration | None = None
    cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def administration(self) -> Unit4Administration:
        if self._administration is None:
            raise RuntimeError("the route has no database")
        return self._administration

    def switch(self, name: str) -> Any:
        return self.world.switches[f"unit4.{name}"]

    def validation(self) -> Validation:
        return Validation(self.world)

    def json(self) -> Any:
        """Parse the body; Unit4Error 400 when it cannot be read (contract 5)."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise single_error(400, "De inhoud van de aanvraag is geen leesbare JSON.", "Unreadable") from error
