"""What a check says of a setting: in order, a warning, or an error, in words of the message catalogue (R4.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from include.messages import Language, Severity, Text, lookup


class CheckLevel(StrEnum):
    """How bad it is what a check found."""

    # The setting can be saved, and nothing has to be done.
    OK = "ok"
    # The setting can be saved, but its owner should know something.
    WARNING = "warning"
    # The setting cannot be saved.
    ERROR = "error"

    @classmethod
    def of(cls, code: str) -> "CheckLevel":
        """Return the level that the catalogue gives a message."""
        return _LEVELS.get(lookup(code).severity, cls.OK)


_LEVELS: Mapping[Severity, CheckLevel] = {Severity.WARNING: CheckLevel.WARNING, Severity.ERROR: CheckLevel.ERROR}


@dataclass(frozen=True)
class CheckResult:
    """One thing that a check found; ``record`` is what the message is about: the setting, or a part of its value."""

    setting: str
    level: CheckLevel
    code: str
    record: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language = "nl") -> Text:
        """Return what was found, and what to do about it."""
        return lookup(self.code).text({"record": self.record, **self.values}, language)

    def stored(self) -> dict[str, Any]:
        """Return it as JSON, for the store."""
        return {
            "setting": self.setting,
            "level": self.level.value,
            "code": self.code,
            "record": self.record,
            "values": dict(self.values),
        }

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "CheckResult":
        """Return what was stored as JSON."""
        fields = {name: stored[name] for name in cls.__dataclass_fields__}
        return cls(**{**fields, "level": CheckLevel(stored["level"])})


def worst(results: Iterable[CheckResult]) -> CheckLevel:
    """Return the level of all together."""
    levels = {result.level for result in results}
    return next((level for level in (CheckLevel.ERROR, CheckLevel.WARNING) if level in levels), CheckLevel.OK)


def error_sentences(results: Iterable[CheckResult]) -> list[str]:
    """Return a sentence for each error: the setting, what is wrong with it, and what to do."""
    errors = [(result.setting, result.text("en")) for result in results if result.level == CheckLevel.ERROR]
    return [f"settings.{name}: {text.message} {text.action}".rstrip() for name, text in errors]


def checked_values(by: str, results: Iterable[CheckResult]) -> dict[str, Any]:
    """Return the values of the message that somebody had settings checked."""
    levels = [result.level for result in results]
    return {"by": by, "errors": levels.count(CheckLevel.ERROR), "warnings": levels.count(CheckLevel.WARNING)}
