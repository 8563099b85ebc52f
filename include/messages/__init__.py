"""The message catalogue holds each code with its severity, and text and action in Dutch and English (R7.2)."""

from include.messages.catalogue import catalogue, lookup
from include.messages.message import Language, Message, Severity, Text, record_title, stored_values

__all__ = ["Language", "Message", "Severity", "Text", "catalogue", "lookup", "record_title", "stored_values"]
