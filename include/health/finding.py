"""What a look at the installation finds: something that is wrong, with the text of the catalogue for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from include.messages import Language, Text, lookup

SHOWN_TENANTS = 5


@dataclass(frozen=True)
class HealthFinding:
    """Something is wrong now. ``cause`` tells one thing that is wrong from another of the same code.

    ``tenant`` is the only one that it is about; None when it is about the installation, or several.
    """

    code: str
    cause: str
    values: Mapping[str, object] = field(default_factory=dict)
    tenant: str | None = None

    def text(self, language: Language) -> Text:
        """Return what is wrong and what to do about it."""
        return lookup(self.code).text(self.values, language)


def named(slugs: Sequence[str]) -> str:
    """Return the first few of them."""
    shown = ", ".join(sorted(slugs)[:SHOWN_TENANTS])
    return f"{shown}, …" if len(slugs) > SHOWN_TENANTS else shown


def age(seconds: float) -> dict[Language, str]:
    """Return a time that went by, as people say it, in each language."""
    if seconds < 120:
        return {"nl": f"{seconds:.0f} s", "en": f"{seconds:.0f} s"}
    if seconds < 2 * 3600:
        return {"nl": f"{seconds / 60:.0f} min", "en": f"{seconds / 60:.0f} min"}
    return {"nl": f"{seconds / 3600:.0f} uur", "en": f"{seconds / 3600:.0f} h"}
