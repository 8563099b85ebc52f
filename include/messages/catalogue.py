"""Reads the message catalogue from the files beside this one: each code of a subject with its texts (R7.2)."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from include.messages.message import ClosedBy, Message, Severity, Text
from include.messages.words import VOCABULARIES

FOLDER = Path(__file__).parent


@cache
def catalogue() -> Mapping[str, Message]:
    """Return all messages by their code. A code is for ever; its texts may be improved."""
    return {message.code: message for file in sorted(FOLDER.glob("*.yaml")) for message in _messages(file)}


def lookup(code: str) -> Message:
    """Return the message of a code. Raises KeyError for a code that is not in the catalogue."""
    return catalogue()[code]


def codes_closed_by(closed_by: ClosedBy, prefix: str = "") -> tuple[str, ...]:
    """Return the codes of the problems that this closes, of one subject or of all."""
    return tuple(
        code for code, message in catalogue().items() if message.closed_by is closed_by and code.startswith(prefix)
    )


def _messages(file: Path) -> Iterator[Message]:
    for code, entry in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
        yield Message(
            code=code,
            severity=Severity(entry["severity"]),
            table=entry["table"],
            nl=_text(entry["nl"]),
            en=_text(entry["en"]),
            closed_by=ClosedBy(entry["closed_by"]) if Severity(entry["severity"]).is_problem else None,
            words={name: VOCABULARIES[vocabulary] for name, vocabulary in entry.get("words", {}).items()},
        )


def _text(entry: Mapping[str, Any]) -> Text:
    return Text(entry["message"], entry.get("action", ""))
