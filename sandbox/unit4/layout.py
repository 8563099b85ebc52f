"""The layout of a record: its members in order, their types, longest lengths and empty values (contract 3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.unit4.dates import parse
from sandbox.unit4.errors import Validation

Row = dict[str, Any]

# the empty value of each type; those with a question mark are nullable
_EMPTY: dict[str, Any] = {
    "text": "", "text?": None, "int": 0, "int?": None, "number": 0.0, "bool": False, "date": "",
    "list": [], "list?": None, "object": {}, "object?": None,
}  # fmt: skip
_LARGEST = 10**9  # far above any price or quantity, and small enough to multiply without loss


@dataclass(frozen=True)
class Field:
    """One member of a record; ``size`` is the longest text, 0 without end."""

    name: str
    kind: str
    size: int
    empty: Any


class Layout:
    """Members from a specification: ``name`` is text, ``name:8`` text of 8 at most, ``name=int`` another type.

    ``computed`` are set by the server: what a client sends for them is not read.
    """

    def __init__(self, specification: str, computed: str = "", **empty: Any) -> None:
        self.fields = {field.name: field for field in map(_field, specification.split())}
        self.blank: Row = {name: empty.get(name, field.empty) for name, field in self.fields.items()}
        hidden = computed.split()
        self._readable = {name.lower(): field for name, field in self.fields.items() if name not in hidden}
        self._known = {name.lower() for name in self.fields}

    def read(self, body: object, validation: Validation, path: str = "") -> Row:
        """Read the members that were sent, converted; names in any casing, null is the empty value."""
        values: Row = {}
        if not isinstance(body, Mapping):
            validation.problem(path.rstrip("."), "Unreadable", "Er is een object verwacht.")
            return values
        for name, value in body.items():
            field = self._readable.get(name.lower())
            if field is not None:
                values[field.name] = self._converted(field, value, validation, path)
            elif name.lower() not in self._known and validation.world.switches["unit4.unknown_members"] == "refuse":
                validation.problem(path + name, "UnknownMember", f"Het veld {name} is onbekend.")
        return values

    def _converted(self, field: Field, value: Any, validation: Validation, path: str) -> Any:
        if value is None:
            return self.blank[field.name]
        try:
            converted = _CONVERT[field.kind](value)
        except (ValueError, TypeError, InvalidOperation):
            validation.problem(path + field.name, "Unreadable", f"De waarde van {field.name} is niet leesbaar.")
            return self.blank[field.name]
        if field.size and len(converted) > field.size:
            if validation.world.switches["unit4.long_text"] == "cut":
                return converted[: field.size]
            text = f"{field.name} mag hoogstens {field.size} tekens lang zijn."
            validation.problem(path + field.name, "TooLong", text)
        return converted


def _field(written: str) -> Field:
    name, _, kind = written.partition("=")
    name, _, size = name.partition(":")
    return Field(name, kind or "text", int(size or 0), _EMPTY[kind or "text"])


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return str(value)


def _text_or_none(value: Any) -> str | None:
    return _text(value) or None


def _int(value: Any) -> int:
    number = int(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or int(number) != number:
        raise TypeError
    if abs(number) >= 2**31:
        raise ValueError
    return int(number)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError
    return number.quantize(Decimal("0.000001")).normalize() + 0


def _bool(value: Any) -> bool:
    text = str(value).lower()
    if text not in ("true", "false", "1", "0"):
        raise ValueError
    return text in ("true", "1")


def _date(value: Any) -> date | str:
    text = _text(value).strip()
    return parse(text) if text else ""


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "text": _text, "text?": _text_or_none, "int": _int, "int?": _int, "number": _number, "bool": _bool, "date": _date,
    "list": _list, "list?": _list, "object": _object, "object?": _object,
}  # fmt: skip
