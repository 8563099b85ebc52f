"""The settings that every accounting package has (requirements, section 4); a package adds its own in its folder."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class PackageSettings(BaseModel):
    """What a tenant can set for any accounting package (requirements, section 4)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    administration: str = Field(title="Administratie", min_length=1, description="Number of the administration.")
    travel_article: str = Field(
        "", title="Artikel reistijd", description="Article code for travel time; empty: not booked."
    )
    work_article: str = Field(
        "", title="Artikel werktijd", description="Article code for work time; empty: not booked."
    )
    default_article: str = Field(
        "", title="Standaardartikel", description="Article code that is on every document, once."
    )
    work_description: bool = Field(False, title="Werkomschrijving", description="Work description as the first line.")
    filter_word: str = Field("", title="Filterwoord", description="Work orders with this word are not sent.")

    sync_at: str = Field(
        "",
        title="Tijd van de dagelijkse synchronisatie",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="HH:MM, Dutch time; empty: a minute of its own for each tenant.",
    )
    cleanup_days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        ("mon", "wed", "fri"), title="Dagen van de schoonmaak", description="In the night of these days; empty: never."
    )
    cleanup_at: str = Field(
        "",
        title="Tijd van de schoonmaak",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="HH:MM, Dutch time; empty: a minute of its own between 0:00 and 6:00 for each tenant.",
    )
    cleanup_most: int = Field(
        50, title="Schoonmaak: hoogstens", ge=0, description="Records of a kind that go without a person's approval."
    )
    cleanup_share: int = Field(
        10, title="Schoonmaak: hoogstens %", ge=0, le=100, description="The same, as a percentage of what Simon holds."
    )
    simon_at_once: int = Field(
        1, title="Gelijktijdige verzoeken", ge=1, le=8, description="Requests to Simple-Simon at the same time."
    )

    @field_validator("*")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        texts = value if isinstance(value, tuple) else (value,)
        if not all(text.isprintable() for text in texts if isinstance(text, str)):
            raise ValueError("use one line of readable characters")
        return value

    @property
    def watch_minutes(self) -> int | None:
        """How often to look whether the package's lists changed; None where looking costs as much as reading."""
        return None

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the article groups to fetch; empty means all (R1.6)."""
        return ()

    @property
    def type_keys(self) -> tuple[str, ...]:
        """Keys of the article types to fetch; empty means all (R1.7)."""
        return ()

    @property
    def memo_parts(self) -> tuple[str, ...]:
        """What goes into the document's memo: ``work_address``, ``work_description`` (R3.8)."""
        return ()
