"""Which keys a body may hold, at any depth, and how their values are read (contract 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.rompslomp.errors import invalid_value, unpermitted
from sandbox.rompslomp.values import Parser


@dataclass(frozen=True)
class BodyShape:
    """An object that may be sent.

    ``fields`` are values, ``objects`` and ``lists`` what is nested. ``on_update`` are fields that only a PATCH may
    hold, ``read_only`` those that are answered but not taken.
    """

    fields: Mapping[str, Parser]
    read_only: frozenset[str] = frozenset()
    objects: Mapping[str, "BodyShape"] | None = None
    lists: Mapping[str, "BodyShape"] | None = None
    on_update: Mapping[str, Parser] | None = None

    def _values(self, updating: bool) -> Mapping[str, Parser]:
        return {**self.fields, **self.on_update} if updating and self.on_update else self.fields

    def permit(self, raw: Any, updating: bool, drop_read_only: bool = False) -> Any:
        """Drop read-only keys where those are overlooked, and refuse the first key that may not be sent."""
        if not isinstance(raw, dict):
            return raw
        values, nested = self._values(updating), {**(self.objects or {}), **(self.lists or {})}
        permitted = {}
        for key, value in raw.items():
            if key in nested:
                permitted[key] = _each(nested[key], value, updating, drop_read_only)
            elif key in values:
                permitted[key] = value
            elif not (drop_read_only and key in self.read_only):
                raise unpermitted(key)
        return permitted

    def read(self, raw: dict[str, Any], updating: bool) -> dict[str, Any]:
        """Read the object with its values parsed. Call ``permit`` first."""
        values, objects, lists = self._values(updating), self.objects or {}, self.lists or {}
        parsed: dict[str, Any] = {}
        for key, value in raw.items():
            if key in values:
                parsed[key] = values[key](value, key)
            elif value is None:
                parsed[key] = None
            elif key in objects:
                parsed[key] = _object(objects[key], value, key, updating)
            else:
                parsed[key] = _list(lists[key], value, key, updating)
        return parsed


def _each(shape: BodyShape, value: Any, updating: bool, drop_read_only: bool) -> Any:
    if isinstance(value, list):
        return [shape.permit(element, updating, drop_read_only) for element in value]
    return shape.permit(value, updating, drop_read_only)


def _object(shape: BodyShape, value: Any, key: str, updating: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid_value(key)
    return shape.read(value, updating)


def _list(shape: BodyShape, value: Any, key: str, updating: bool) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise invalid_value(key)
    return [_object(shape, element, key, updating) for element in value]
