"""Reads the body of a write: which members may be there, of what type and how long (contract 5 and 7)."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import invalid
from sandbox.simple_simon.schema import EntitySchema, Member

INT32 = range(-(2**31), 2**31)
_DIGITS = 18  # of a decimal, before and after the point together
_QUANTITY_DECIMALS = 4


def parse_json(body: bytes) -> Any:
    """Parse the value in the body, with decimals as they were written."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise invalid("The body is not valid JSON") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def parse_object(body: bytes) -> dict[str, Any]:
    value = parse_json(body)
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object")
    return value


def writable(
    entity: EntitySchema, body: Mapping[str, Any], dialect: WireDialect, lengths: bool = True
) -> dict[str, Any]:
    """Return the members that can be written, checked one by one; what the server sets itself is skipped."""
    known = {member.name: member for member in dialect.members(entity)}
    plain = {name: value for name, value in body.items() if "@odata." not in name}
    if unknown := [name for name in plain if name not in known]:
        raise invalid(f"{entity.name} has no member {unknown[0][:100]!r}")
    values = {}
    for name, value in plain.items():
        if not known[name].read_only:
            values[name] = None if value is None else _checked(known[name], value, dialect, lengths)
    return values


def _checked(member: Member, value: Any, dialect: WireDialect, lengths: bool) -> Any:
    match member.kind:
        case "text":
            return _text(member, value, dialect, lengths)
        case "bool":
            if not isinstance(value, bool):
                raise invalid(f"{member.name} must be true or false")
            return value
        case "int":
            return _whole(member, value)
        case "decimal":
            return _decimal(member, value)
        case "date":
            return dialect.parse_date(member.name, value)


def _text(member: Member, value: Any, dialect: WireDialect, lengths: bool) -> str:
    if not isinstance(value, str):
        raise invalid(f"{member.name} must be text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise invalid(f"{member.name} holds half a character") from error
    if member.choices:
        return dialect.choice(member, value)
    if lengths and member.length and len(value) > member.length:
        raise invalid(f"{member.name} is too long: {len(value)} characters, at most {member.length}")
    return value


def _whole(member: Member, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in INT32:
        raise invalid(f"{member.name} must be a whole number of 32 bits")
    return value


def _decimal(member: Member, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise invalid(f"{member.name} must be a number")
    amount = Decimal(value)
    _, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or max(len(digits) + max(exponent, 0), -exponent) > _DIGITS:
        raise invalid(f"{member.name} has too many digits")
    if member.name == "Quantity" and amount != round(amount, _QUANTITY_DECIMALS):
        raise invalid(f"{member.name} has more than {_QUANTITY_DECIMALS} decimals")
    return amount if amount else abs(amount)
