"""Values of an API's rows as ours, in whatever way they are written; and long lists in pieces."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

T = TypeVar("T")
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 18  # of a price; what is more is a mistake


def to_text(value: Any) -> str:
    """Return the text without the NULs that no database takes, and without blanks around it."""
    return "" if value is None else str(value).replace("\x00", "").strip()


def to_number(value: Any) -> Decimal:
    """Return a number, 0 for none. Raises ValueError for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise ValueError(f"{value!r} is no number")
    number = Decimal(str(value or 0))
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(f"{value!r} is no amount")
    return number


def number_or_none(value: Any) -> Decimal | None:
    """Return a number, None where there is none. Raises ValueError for what is none."""
    return None if value is None or value == "" else to_number(value)


def whole_or_none(value: Any) -> int | None:
    """Return a whole number, None where there is none. Raises ValueError for what is none."""
    number = number_or_none(value)
    if number is not None and number != number.to_integral():
        raise ValueError(f"{value!r} is no whole number")
    return None if number is None else int(number)


def to_cents(amount: Decimal) -> Decimal:
    """Return an amount rounded half up to cents."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def batched(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the values in groups of this size, the last one smaller."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
