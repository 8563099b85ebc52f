"""The one rule by which a record is the same thing as another (R1.14). Pure functions."""

from collections.abc import Iterable

from include.records import MasterRecord
from include.typed_text import fold


def is_same_under_another_key(before: MasterRecord, now: MasterRecord) -> bool:
    """Tell whether a thing got another key: its identity, and its name or its address, are what they were."""
    return before.identity == now.identity != "" and any(_agreeing(before, now))


def is_another_under_the_same_key(before: MasterRecord, now: MasterRecord) -> bool:
    """Tell whether a key that people give, and may give again, was given to another thing.

    Its identity is another; and not all that people know it by is what it was, as when a company file is made anew.
    """
    return (
        before.identity != now.identity
        and "" not in (before.identity, now.identity)
        and not all(_agreeing(before, now))
    )


def _agreeing(before: MasterRecord, now: MasterRecord) -> Iterable[bool]:
    """Yield of each thing that people know a record by whether it is the same; what both lack says nothing."""
    for name in ("title", "place"):
        texts = fold(getattr(before, name)), fold(getattr(now, name))
        if any(texts):
            yield texts[0] == texts[1]
