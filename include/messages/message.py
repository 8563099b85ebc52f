"""What a message of the catalogue consists of, and how its text is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from include.messages.words import Vocabulary
from include.streams import STREAMS, Label
from include.visible_text import visible

Language = Literal["nl", "en"]
# what a message can be about
TABLES: tuple[str, ...] = ("work_order", *(stream.table for stream in STREAMS.values()), "settings", "connection")
INSTALLATION = "installation"  # what a message is about that belongs to no tenant


class Severity(StrEnum):
    """Says how much a message matters."""

    # It happened, and nobody needs to do anything.
    INFO = "info"
    # It went well.
    SUCCESS = "success"
    # It may go wrong or went half wrong; it is an open problem until it is resolved.
    WARNING = "warning"
    # It went wrong, and a person must act; it is an open problem until it is resolved.
    ERROR = "error"

    @property
    def is_problem(self) -> bool:
        """Whether a message of this severity opens a problem (R7.5)."""
        return self in (Severity.WARNING, Severity.ERROR)


class ClosedBy(StrEnum):
    """Says what closes an open problem (R7.6)."""

    # A synchronisation of its stream that ended and did not meet it again.
    SYNC = "sync"
    # Its record was written to Simple-Simon since, as it should be.
    WRITING = "writing"
    # Its record left Simple-Simon.
    REMOVAL = "removal"
    # A clean-up that ended and did not meet it again.
    CLEANUP = "cleanup"
    # The clean-up proposal was decided, or another took its place.
    DECISION = "decision"
    # The other system answered as it should.
    ANSWER = "answer"
    # A later run of the same kind ended well.
    RUN = "run"
    # The row could be read.
    READING = "reading"
    # A check of the settings did not find it again.
    CHECK = "check"
    # The work order was booked, or need not be any more.
    WORK_ORDER = "work_order"
    # A look at the installation found it well again.
    HEALTH = "health"
    # A reconciliation that does not find it; or a person, if it is meant to be so.
    RECONCILIATION = "reconciliation"
    # Only a person can tell that it is over.
    PERSON = "person"

    def text(self, language: Language) -> str:
        """Return it as a sentence for whoever reads the problem."""
        return CLOSED_BY[self].text(language)


CLOSED_BY: Mapping[ClosedBy, Label] = {
    ClosedBy.SYNC: Label(
        "Sluit vanzelf na een synchronisatie waarin het niet meer voorkomt.",
        "Closes by itself after a synchronisation that does not meet it.",
    ),
    ClosedBy.WRITING: Label(
        "Sluit vanzelf zodra het goed in Simple-Simon staat.",
        "Closes by itself once Simple-Simon holds it as it should.",
    ),
    ClosedBy.REMOVAL: Label(
        "Sluit vanzelf zodra het oude gegeven uit Simple-Simon is.",
        "Closes by itself once the old record has left Simple-Simon.",
    ),
    ClosedBy.CLEANUP: Label(
        "Sluit vanzelf na een schoonmaak waarin het niet meer voorkomt.",
        "Closes by itself after a clean-up that does not meet it.",
    ),
    ClosedBy.DECISION: Label(
        "Sluit vanzelf zodra over het voorstel is besloten.", "Closes by itself once the proposal is decided."
    ),
    ClosedBy.ANSWER: Label(
        "Sluit vanzelf zodra het andere systeem weer antwoordt.",
        "Closes by itself once the other system answers again.",
    ),
    ClosedBy.RUN: Label(
        "Sluit vanzelf zodra een volgende run goed eindigt.", "Closes by itself once a later run ends well."
    ),
    ClosedBy.READING: Label("Sluit vanzelf zodra het te lezen is.", "Closes by itself once it can be read."),
    ClosedBy.CHECK: Label(
        "Sluit vanzelf na een controle die het niet meer vindt.",
        "Closes by itself after a check that does not find it.",
    ),
    ClosedBy.WORK_ORDER: Label(
        "Sluit vanzelf zodra de werkbon is geboekt of niet meer hoeft.",
        "Closes by itself once the work order is booked or need not be.",
    ),
    ClosedBy.HEALTH: Label("Sluit vanzelf zodra het weer in orde is.", "Closes by itself once it is well again."),
    ClosedBy.RECONCILIATION: Label(
        "Sluit vanzelf na een vergelijking die het niet meer vindt. Is het zo bedoeld, sluit u het zelf.",
        "Closes by itself after a comparison that does not find it. If it is meant to be so, you close it yourself.",
    ),
    ClosedBy.PERSON: Label("Sluit u zelf, als u ernaar gekeken hebt.", "You close it yourself, once you have looked."),
}


@dataclass(frozen=True)
class Text:
    """What happened, and what the reader is to do about it; both with ``{names}`` for the values."""

    message: str
    action: str = ""


@dataclass(frozen=True)
class Message:
    """Holds an entry of the catalogue. ``table`` is what it concerns when the writer does not say.

    ``closed_by`` is what closes the problem that it opens, where it opens one. ``words`` says which of its values
    are names of ours, and in which vocabulary they are translated. All others are
    what people or other systems wrote, and stay as they are.
    """

    code: str
    severity: Severity
    table: str
    nl: Text
    en: Text
    words: Mapping[str, Vocabulary]
    closed_by: ClosedBy | None = None

    def text(self, values: Mapping[str, object], language: Language = "nl") -> Text:
        """Fill the values in; one that was not given shows as a question mark."""
        text = self.nl if language == "nl" else self.en
        filled = _Filled({name: visible(str(self._value(name, value, language))) for name, value in values.items()})
        return Text(text.message.format_map(filled), text.action.format_map(filled))

    def _value(self, name: str, value: object, language: Language) -> object:
        """Translate a value that is a word or several with commas between them, or that has a text in each language."""
        if isinstance(value, Mapping):
            return value[language]
        if name not in self.words:
            return value
        labels = self.words[name]
        words = str(value).split(", ")
        return ", ".join(getattr(labels[word], language) if word in labels else word for word in words)


def stored_values(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of a text as they are stored: as texts, but for one that has a text for each language."""
    return {name: dict(value) if isinstance(value, Mapping) else _storable(value) for name, value in values.items()}


def record_title(record: str, values: Mapping[str, Any], language: Language) -> str:
    """Return what a record is called for people: a setting by its title, anything else as it is."""
    titles = values.get("setting")
    return str(titles[language]) if isinstance(titles, Mapping) and titles.get("name") == record else record


def _storable(value: object) -> str:
    return str(value).replace("\x00", "")  # which no database takes, and which may come from anywhere


class _Filled(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "?"
