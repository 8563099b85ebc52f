"""What a message consists of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from include.streams import STREAMS

Severity = Literal["info", "success", "warning", "error"]
Language = Literal["nl", "en"]
# what a message can be about
TABLES: tuple[str, ...] = ("work_order", *(stream.table for stream in STREAMS.values()), "settings", "connection")

# what our own names are called in a sentence; (Dutch, English)
WORDS: Mapping[str, tuple[str, str]] = {
    **{stream.name: (stream.plural.nl, stream.plural.en) for stream in STREAMS.values()},
    "work_orders": ("werkbonnen", "work orders"),
    "sync": ("synchronisatie", "synchronisation"),
    "cleanup": ("schoonmaak", "clean-up"),
    "proposal": ("schoonmaak", "clean-up"),
    "restore": ("terugzetten", "putting back"),
    "wipe": ("leegmaken", "emptying"),
    "name": ("naam", "name"),
    "number": ("nummer", "number"),
    "street": ("straat", "street"),
    "postal_code": ("postcode", "postal code"),
    "city": ("plaats", "city"),
    "country_code": ("land", "country"),
    "phone": ("telefoon", "phone"),
    "mobile": ("mobiel", "mobile"),
    "email": ("e-mailadres", "e-mail address"),
    "vat_number": ("btw-nummer", "VAT number"),
    "chamber_of_commerce_number": ("KvK-nummer", "chamber of commerce number"),
    "contact_name": ("contactpersoon", "contact person"),
    "code": ("code", "code"),
    "description": ("omschrijving", "description"),
    "unit": ("eenheid", "unit"),
    "vat_code": ("btw-code", "VAT code"),
}


@dataclass(frozen=True)
class Text:
    """What happened, and what the reader is to do about it; both with ``{names}`` for the values."""

    message: str
    action: str = ""


@dataclass(frozen=True)
class Message:
    """One entry of the catalogue. ``table`` is what it concerns when the writer does not say."""

    code: str
    severity: Severity
    table: str
    nl: Text
    en: Text

    def text(self, values: Mapping[str, object], language: Language = "nl") -> Text:
        """The text with its values filled in; a value that was not given shows as a question mark."""
        text = self.nl if language == "nl" else self.en
        filled = _Filled({name: _word(value, language) for name, value in values.items()})
        return Text(text.message.format_map(filled), text.action.format_map(filled))


def _word(value: object, language: Language) -> object:
    words = WORDS.get(value) if isinstance(value, str) else None
    return value if words is None else words[language == "en"]


class _Filled(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "?"


def message(code: str, severity: Severity, table: str, nl: tuple[str, str], en: tuple[str, str]) -> Message:
    """An entry of the catalogue; ``nl`` and ``en`` are (message, action)."""
    return Message(code, severity, table, Text(*nl), Text(*en))
