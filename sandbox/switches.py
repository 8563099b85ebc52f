"""Named switches: everything a contract assumes rather than documents, with the contract's default."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Value = str | int | bool
MOST = 10**9


@dataclass(frozen=True)
class Switch:
    """One assumption of a contract that can be set otherwise.

    ``name`` starts with its service (``simon.page_size``). The type of ``default`` is the type of the value;
    ``allowed`` empty means any value of that type.
    """

    name: str
    default: Value
    sentence: str
    allowed: tuple[Value, ...] = ()

    def parse(self, raw: object) -> Value:
        """Return the value that was meant. Raises ValueError that names the switch and what it allows."""
        value = _as_type(raw, type(self.default))
        if value is None or (self.allowed and value not in self.allowed):
            raise ValueError(f"{self.name}: {raw!r} is not allowed; use {self.allows}")
        return value

    @property
    def written(self) -> str:
        """The default as it is written after ``--set NAME=``."""
        return str(self.default).lower() if isinstance(self.default, bool) else str(self.default)

    @property
    def allows(self) -> str:
        """What can be set, in words."""
        if isinstance(self.default, bool):
            return "true, false"
        if self.allowed:
            return ", ".join(str(value) for value in self.allowed)
        return f"a whole number from 0 to {MOST}" if isinstance(self.default, int) else "any text"


def _as_type(raw: object, kind: type) -> Value | None:
    if kind is bool:
        return {"true": True, "false": False}.get(str(raw).lower())
    if kind is int:
        whole = re.fullmatch(r"[0-9]{1,10}", str(raw))
        return int(whole[0]) if whole and int(whole[0]) <= MOST else None
    return str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else None


class Switches:
    """The switches of every service and their present values."""

    def __init__(self, known: Iterable[Switch]) -> None:
        self.known: Mapping[str, Switch] = {switch.name: switch for switch in known}
        self._set: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        return self._set.get(name, self.known[name].default)

    def set(self, name: str, value: object) -> None:
        """Set a switch. Raises ValueError for an unknown name or a value that is not allowed; then nothing changes."""
        self.set_all({name: value})

    def set_all(self, values: Mapping[str, object]) -> None:
        """Set all of these switches, or none. Raises ValueError as ``set`` does."""
        if unknown := sorted(set(values) - set(self.known)):
            raise ValueError(f"{', '.join(unknown)}: no such switch; see koppel sandbox --list-switches")
        self._set |= {name: self.known[name].parse(value) for name, value in values.items()}

    def reset(self, keep: Mapping[str, Value] | None = None) -> None:
        """Reset to the defaults, or to the values the process was started with."""
        self._set = dict(keep or {})

    def values(self) -> dict[str, Value]:
        return {name: self[name] for name in self.known}
