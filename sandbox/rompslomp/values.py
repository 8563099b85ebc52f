"""Single values on the wire: how they are read from a body or a query and how they are written (contract 7)."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from sandbox.clock import AMSTERDAM
from sandbox.rompslomp.errors import invalid_value

Parser = Callable[[Any, str], Any]

# wide enough for the product of any two numbers that are let in
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
CENT = Decimal("0.01")
_FINEST = Decimal("1e-10")
_LARGEST = Decimal(10) ** 10
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_SPACED = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)", re.ASCII)


def text(value: Any, name: str) -> str | None:
    """Read a string; a whole number is taken for its digits, as R2 sends order numbers for references."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise invalid_value(name)


def boolean(value: Any, name: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise invalid_value(name)


def whole(value: Any, name: str) -> int | None:
    """Read a whole number or a numeric string; blank means none."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return value
    raise invalid_value(name)


def decimal(value: Any, name: str) -> Decimal | None:
    """Read a decimal from a string or a JSON number; blank means none. More than ten decimals are rounded away."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid_value(name)
    number = Decimal(str(value)) if not isinstance(value, str) or _NUMBER.fullmatch(value) else None
    if number is None or abs(number) >= _LARGEST:
        raise invalid_value(name)
    return number if number == number.to_integral_value() else number.quantize(_FINEST, context=EXACT)


def day(value: Any, name: str) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            parsed = date.fromisoformat(value)
        except ValueError:
            raise invalid_value(name) from None
        if parsed.year < 9000:  # so that a payment period always fits behind it
            return parsed
    raise invalid_value(name)


def moment(value: Any, name: str) -> datetime | None:
    """Read a moment in one of the two written forms, or a bare date for midnight in Amsterdam."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and _DATE.fullmatch(value):
        value = f"{value}T00:00:00"
    elif isinstance(value, str) and (spaced := _SPACED.fullmatch(value)):
        value = f"{spaced[1]}T{spaced[2]}{spaced[3]}:{spaced[4]}"
    elif not isinstance(value, str) or not _ISO.fullmatch(value):
        raise invalid_value(name)
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise invalid_value(name) from None
    if not 1900 <= parsed.year < 9000:
        raise invalid_value(name)
    return parsed.replace(tzinfo=parsed.tzinfo or AMSTERDAM).astimezone(AMSTERDAM)


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half up, as every amount (contract 9.5)."""
    return amount.quantize(CENT, context=EXACT)


def times(number: Decimal, factor: Decimal) -> Decimal:
    return EXACT.multiply(number, factor)


def dec(amount: Decimal | None) -> str | None:
    """Write at least one decimal and no zeros behind it: ``300.0``, ``12.1``."""
    if amount is None:
        return None
    if not amount:
        return "0.0"
    written = f"{amount:f}"
    if "." not in written:
        return f"{written}.0"
    written = written.rstrip("0")
    return f"{written}0" if written.endswith(".") else written


def iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def iso_moment(value: datetime | None) -> str | None:
    return value.astimezone(AMSTERDAM).isoformat(timespec="milliseconds") if value else None


def blank(value: str | None) -> bool:
    return value is None or not value.strip()
