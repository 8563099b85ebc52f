"""What a check says of a setting: in order, a warning, or an error, in words of the message catalogue (R4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from include.errors import IntegrationError
from include.messages import Language, Text, lookup

CheckLevel = Literal["ok", "warning", "error"]
_LEVELS: Mapping[str, CheckLevel] = {"warning": "warning", "error": "error"}


@dataclass(frozen=True)
class CheckResult:
    """``record`` is what the message is about: the setting's title, or the one thing in it that is wrong."""

    setting: str
    level: CheckLevel
    code: str
    record: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: Language = "nl") -> Text:
        """What was found, and what to do about it."""
        return lookup(self.code).text({"record": self.record, **self.values}, language)

    def stored(self) -> dict[str, Any]:
        """As JSON, for the store."""
        return {
            "setting": self.setting,
            "level": self.level,
            "code": self.code,
            "record": self.record,
            "values": dict(self.values),
        }


def check_result(setting: str, code: str, record: str, **values: object) -> CheckResult:
    """With the level that the catalogue gives the code."""
    level = _LEVELS.get(lookup(code).severity, "ok")
    return CheckResult(setting, level, code, record, {name: str(value) for name, value in values.items()})


def failed_check(setting: str, error: IntegrationError, title: str) -> CheckResult:
    """Of a setting that could not be checked: always an error, however short the trouble may be."""
    values = {name: str(value) for name, value in error.values.items()}
    return CheckResult(setting, "error", error.code, error.record or title, values)


def worst(verdicts: list[CheckResult]) -> CheckLevel:
    """The level of all together."""
    levels = {one.level for one in verdicts}
    return "error" if "error" in levels else "warning" if "warning" in levels else "ok"
