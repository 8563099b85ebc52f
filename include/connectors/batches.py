"""Long lists in pieces that a system takes at once."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batched(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the values in groups of this size, the last one smaller."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
