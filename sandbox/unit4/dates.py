"""Dates as Multivers writes and reads them: Dutch text, without a time zone (contract 3)."""

import re
from datetime import date
from functools import lru_cache

_DUTCH = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")


@lru_cache(maxsize=8192)
def dutch(day: date) -> str:
    """Write a day in the short Dutch form without leading zeros: ``24-2-2012``."""
    return f"{day.day}-{day.month}-{day.year:04d}"


def iso(day: date) -> str:
    """Write a day in the form of custom date fields and of the CustomerInfo exception."""
    return f"{day.isoformat()}T00:00:00"


def parse(text: str) -> date:
    """Parse the day meant by any form that clients send. Raises ValueError."""
    text = text.strip()
    if match := _DUTCH.fullmatch(text):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if match := _ISO.fullmatch(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    raise ValueError(f"{text!r} is not a date")
