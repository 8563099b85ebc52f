"""How values look on the wire under the present switches: dates, numbers, status texts, members (contract 3)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from sandbox.odata import Term
from sandbox.simple_simon.errors import invalid
from sandbox.simple_simon.schema import ENTITIES, STATUSES, TIME_TYPES, USER_TYPES, EntitySchema, Member, Row
from sandbox.switches import Switches

_MS_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMED = {
    "Status": ("status_values", STATUSES),
    "TimeType": ("time_types", TIME_TYPES),
    "UserType": ("user_types", USER_TYPES),
}
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class WireDialect:
    """The switches of one request, applied to values on their way in and out."""

    def __init__(self, switches: Switches) -> None:
        self.style = str(switches["simon.date_style"])
        self.zone = ZoneInfo(str(switches["simon.local_zone"]))
        self.plural = switches["simon.entity_set"] == "plural"
        self.slash_keys = switches["simon.key_style"] == "slash"
        self.hidden = frozenset() if switches["simon.external_id"] else frozenset({"ExternalId"})
        self.choices = {
            member: _renamed(own, str(switches[f"simon.{switch}"])) for member, (switch, own) in _NAMED.items()
        }
        self.renamed = any(own != wire for names in self.choices.values() for own, wire in names.items())
        self.no_prices = not switches["simon.prices"]
        self.plain = not (self.hidden or self.renamed or self.no_prices)

    @property
    def signature(self) -> tuple[Any, ...]:
        """Equal for dialects that read a query in the same way."""
        words = tuple(tuple(names.values()) for names in self.choices.values())
        return self.style, self.zone.key, self.hidden, words, self.no_prices

    def members(self, entity: EntitySchema) -> list[Member]:
        return [member for member in entity.members if member.name not in self.hidden]

    def record(self, entity: EntitySchema, row: Row) -> dict[str, Any]:
        """Return a record as it is shown; ``dump`` writes its values."""
        record = dict(zip(entity.names, row, strict=True))
        if self.plain:
            return record
        for member in self.hidden & record.keys():
            del record[member]
        for member in self.choices.keys() & record.keys():
            record[member] = self.choices[member].get(record[member])
        if self.no_prices and "Price" in record:
            record["Price"] = None
        return record

    def terms(self, entity: EntitySchema) -> Mapping[str, Term]:
        """Return how a query reads each member from a row."""
        return {member.name: self._term(entity, member.name) for member in self.members(entity)}

    def _term(self, entity: EntitySchema, name: str) -> Term:
        read = itemgetter(entity.at[name])
        if name in self.choices:
            return lambda row: self.choices[name].get(read(row))
        if name == "Price" and self.no_prices:
            return lambda row: None
        return read

    def dump(self, value: Any) -> bytes:
        return orjson.dumps(value, default=self._written, option=orjson.OPT_PASSTHROUGH_DATETIME)

    def _written(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self.date(value)
        if isinstance(value, Decimal):
            return orjson.Fragment(number(value))
        raise TypeError(f"cannot write {type(value).__name__}")

    def date(self, moment: datetime) -> str:
        """Write a moment in the style of dates that is set (contract 11)."""
        if self.style == "iso_z":
            return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"
        local = moment.astimezone(self.zone)
        if self.style == "iso_naive_local":
            return local.replace(tzinfo=None).isoformat(timespec="milliseconds")
        milliseconds = (moment - _EPOCH) // (datetime.resolution * 1000)
        offset = f"{local:%z}"[:5]  # offsets of long ago have seconds, for which this form has no place
        return f"/Date({milliseconds}{offset})/"

    def parse_date(self, name: str, text: object) -> datetime:
        """Read the moment that was written: ISO 8601 with a zone, or in the style of dates that is set."""
        if not isinstance(text, str):
            raise invalid(f"{name} must be a date")
        try:
            return self.moment(text)
        except (ValueError, OverflowError) as error:
            raise invalid(f"{name} is not a date with a time zone: {text[:40]!r}") from error

    def moment(self, text: str) -> datetime:
        """Read a moment in milliseconds. Raises ValueError or OverflowError."""
        if self.style == "ms_date" and (match := _MS_DATE.fullmatch(text)):
            moment = _EPOCH + datetime.resolution * 1000 * int(match[1])
        elif "T" not in text:
            raise ValueError("a date without a time")
        else:
            moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            if self.style != "iso_naive_local":
                raise ValueError("a date without a zone")
            moment = moment.replace(tzinfo=self.zone)
        moment = moment.astimezone(UTC)
        if not _EARLIEST <= moment <= _LATEST:
            raise ValueError("a date that other zones cannot show")
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def choice(self, member: Member, text: str) -> str:
        """Return our own word for a status or type that was sent."""
        for own, wire in self.choices[member.name].items():
            if wire == text:
                return own
        raise invalid(f"{member.name} must be one of {', '.join(self.choices[member.name].values())}")

    def set_name(self, entity: EntitySchema) -> str:
        """Return what the entity set is called in addresses."""
        return entity.name + "s" if self.plural else entity.name

    def entity(self, set_name: str) -> EntitySchema | None:
        name = set_name.removesuffix("s") if self.plural and set_name.endswith("s") else set_name
        entity = ENTITIES.get(name)
        return entity if entity and self.set_name(entity) == set_name else None

    def address(self, entity: EntitySchema, id: int) -> str:
        """Return the address of a record below the base address."""
        return f"{self.set_name(entity)}/{id}" if self.slash_keys else f"{self.set_name(entity)}({id})"


def number(value: Decimal) -> str:
    """Write a decimal as a JSON number with exactly its own digits, at least one of them after the point."""
    text = f"{value:f}"
    return text if "." in text else f"{text}.0"


def _renamed(own: tuple[str, ...], wire: str) -> dict[str, str]:
    names = [name.strip() for name in wire.split(",")]
    return dict(zip(own, names if len(names) == len(own) else own, strict=True))
