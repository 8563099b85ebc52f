"""The message catalogue holds each code with its severity, and text and action in Dutch and English (R7.2)."""

from include.messages.catalogue import catalogue, codes_closed_by, lookup
from include.messages.message import ClosedBy, Language, Message, Severity, Text, record_title, stored_values

__all__ = [
    "ClosedBy",
    "Language",
    "Message",
    "Severity",
    "Text",
    "catalogue",
    "codes_closed_by",
    "lookup",
    "record_title",
    "stored_values",
]
