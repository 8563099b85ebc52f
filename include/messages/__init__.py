"""The message catalogue: each code with its severity, and its text and action in Dutch and English (R7.2)."""

from include.messages.catalogue import CATALOGUE
from include.messages.message import Language, Message, Severity, Text

__all__ = ["CATALOGUE", "Language", "Message", "Severity", "Text", "lookup"]


def lookup(code: str) -> Message:
    """The message of a code. Raises KeyError for a code that is not in the catalogue."""
    return CATALOGUE[code]
