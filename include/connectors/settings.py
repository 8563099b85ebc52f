"""The settings that every accounting package has (requirements, section 4); a package adds its own in its folder.

A setting is declared here alone: its type, its default, and what it is called and is for, in Dutch and in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from include.messages import Language

LONGEST_TEXT, MOST_CHOICES = 200, 500  # of one value, and of the values of one setting
TIME_OF_DAY = r"^(([01]\d|2[0-3]):[0-5]\d)?$"


@dataclass(frozen=True)
class SettingText:
    """What a setting is called and what it is for: (title, help) in Dutch and in English.

    ``choices`` has what the values of a fixed set are called: (Dutch, English).
    """

    nl: tuple[str, str]
    en: tuple[str, str]
    choices: Mapping[object, tuple[str, str]] = field(default_factory=dict)

    def title(self, language: Language) -> str:
        """Return what the setting is called."""
        return self.nl[0] if language == "nl" else self.en[0]

    def help(self, language: Language) -> str:
        """Return what the setting is for."""
        return self.nl[1] if language == "nl" else self.en[1]

    def choice(self, value: object, language: Language) -> str:
        """Return what a value of the setting is called; one without a name of its own is shown as it is."""
        names = self.choices.get(value)
        return str(value) if names is None else names[language == "en"]


def setting_text(settings: type[BaseModel], name: str) -> SettingText:
    """Return the text of a setting. Raises StopIteration for a field that has none."""
    return next(item for item in settings.model_fields[name].metadata if isinstance(item, SettingText))


def setting_titles(settings: type[BaseModel], name: str) -> dict[str, str]:
    """Return a setting's title in each language, with its name, as a value of a message."""
    text = setting_text(settings, name)
    return {"name": name, "nl": text.title("nl"), "en": text.title("en")}


class PackageSettings(BaseModel):
    """What a tenant can set for any accounting package; the properties say what the loops need to know of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    administration: Annotated[
        str,
        SettingText(
            nl=("Administratie", "Het nummer. Het blijft hetzelfde zodra de koppeling actief is geweest."),
            en=("Administration", "Its number. It stays the same once the coupling was active."),
        ),
    ] = Field(min_length=1)
    travel_article: Annotated[
        str,
        SettingText(
            nl=("Artikel reistijd", "Artikelcode voor reistijd, in uren. Leeg: reistijd wordt niet geboekt."),
            en=("Article for travel time", "Article code for travel time, in hours. Empty: travel time is not booked."),
        ),
    ] = ""
    work_article: Annotated[
        str,
        SettingText(
            nl=("Artikel werktijd", "Artikelcode voor werktijd, in uren. Leeg: werktijd wordt niet geboekt."),
            en=("Article for work time", "Article code for work time, in hours. Empty: work time is not booked."),
        ),
    ] = ""
    default_article: Annotated[
        str,
        SettingText(
            nl=("Standaardartikel", "Artikelcode die op elk document staat, eenmaal, zoals voorrijkosten."),
            en=("Default article", "Article code that is on every document, once, such as a call-out charge."),
        ),
    ] = ""
    work_description: Annotated[
        bool,
        SettingText(
            nl=("Werkomschrijving op het document", "De werkomschrijving wordt de eerste regel."),
            en=("Work description on the document", "The work description becomes the first line."),
        ),
    ] = False
    filter_word: Annotated[
        str,
        SettingText(
            nl=(
                "Filterwoord",
                "Een werkbon met dit woord in de omschrijving wordt niet verstuurd. Leeg: alle worden verstuurd.",
            ),
            en=("Filter word", "A work order with this word in its description is not sent. Empty: all are sent."),
        ),
    ] = ""

    sync_at: Annotated[
        str,
        SettingText(
            nl=("Tijd van de dagelijkse synchronisatie", "UU:MM, Nederlandse tijd. Leeg: een eigen minuut."),
            en=("Time of the daily synchronisation", "HH:MM, Dutch time. Empty: a minute of its own."),
        ),
    ] = Field("", pattern=TIME_OF_DAY)
    cleanup_days: Annotated[
        tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...],
        SettingText(
            nl=("Dagen van de schoonmaak", "In de nacht van deze dagen. Geen: nooit."),
            en=("Days of the clean-up", "In the night of these days. None: never."),
            choices={
                "mon": ("Maandag", "Monday"),
                "tue": ("Dinsdag", "Tuesday"),
                "wed": ("Woensdag", "Wednesday"),
                "thu": ("Donderdag", "Thursday"),
                "fri": ("Vrijdag", "Friday"),
                "sat": ("Zaterdag", "Saturday"),
                "sun": ("Zondag", "Sunday"),
            },
        ),
    ] = ("mon", "wed", "fri")
    cleanup_at: Annotated[
        str,
        SettingText(
            nl=("Tijd van de schoonmaak", "UU:MM, Nederlandse tijd. Leeg: een eigen minuut, vóór zes uur."),
            en=("Time of the clean-up", "HH:MM, Dutch time. Empty: a minute of its own, before six."),
        ),
    ] = Field("", pattern=TIME_OF_DAY)
    cleanup_most: Annotated[
        int,
        SettingText(
            nl=(
                "Schoonmaak zonder goedkeuring: hoogstens",
                "Meer records van een soort dan dit wachten op goedkeuring.",
            ),
            en=("Clean-up without approval: at most", "More records of a kind than this wait for approval."),
        ),
    ] = Field(50, ge=0)
    cleanup_share: Annotated[
        int,
        SettingText(
            nl=(
                "Schoonmaak zonder goedkeuring: hoogstens, percentage",
                "Hetzelfde, als percentage van wat er in Simple-Simon staat.",
            ),
            en=(
                "Clean-up without approval: at most, percentage",
                "The same, as a percentage of what Simple-Simon holds.",
            ),
        ),
    ] = Field(10, ge=0, le=100)
    simon_at_once: Annotated[
        int,
        SettingText(
            nl=("Gelijktijdige verzoeken aan Simple-Simon", "Meer gaat sneller en vraagt meer van Simple-Simon."),
            en=("Requests to Simple-Simon at once", "More is faster and asks more of Simple-Simon."),
        ),
    ] = Field(1, ge=1, le=8)

    @field_validator("*", mode="before")
    @classmethod
    def _no_yes_or_no_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        field = cls.model_fields[info.field_name or ""]
        if isinstance(value, bool) and field.annotation is int:
            raise ValueError("use a number")
        return value

    @field_validator("*")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        texts = value if isinstance(value, tuple) else (value,)
        if len(texts) > MOST_CHOICES:
            raise ValueError(f"use at most {MOST_CHOICES} values")
        if any(len(text) > LONGEST_TEXT for text in texts if isinstance(text, str)):
            raise ValueError(f"use at most {LONGEST_TEXT} characters")
        if not all(text.isprintable() for text in texts if isinstance(text, str)):
            raise ValueError("use one line of readable characters")
        return value

    @property
    def watch_minutes(self) -> int | None:
        """Minutes between two looks at the package's lists; None where looking costs as much as reading."""
        return None

    @property
    def group_names(self) -> tuple[str, ...]:
        """The names of the article groups to fetch; empty means all (R1.6)."""
        return ()

    @property
    def type_keys(self) -> tuple[str, ...]:
        """The keys of the article types to fetch; empty means all (R1.7)."""
        return ()

    @property
    def memo_parts(self) -> tuple[str, ...]:
        """What goes into the document's memo: ``work_address``, ``work_description`` (R3.8)."""
        return ()
