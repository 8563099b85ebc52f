"""What a tenant can set for Unit4 on top of what holds for any package."""

from typing import Annotated, Literal

from pydantic import Field

from include.connectors.settings import PackageSettings, SettingText


class Unit4Settings(PackageSettings):
    """The settings of a tenant whose accounting package is Unit4 Multivers."""

    article_groups: Annotated[
        tuple[str, ...],
        SettingText(
            nl=(
                "Op te halen artikelgroepen",
                "Eén naam per regel, precies zoals in het pakket, ook de hoofdletters. Leeg: alle.",
            ),
            en=(
                "Article groups to fetch",
                "One name on each line, exactly as in the package, capitals included. Empty: all.",
            ),
        ),
    ] = ()
    article_types: Annotated[
        tuple[Literal[0, 1, 2, 3, 4], ...],
        SettingText(
            nl=("Op te halen artikeltypen", "Geen: alle typen."),
            en=("Article types to fetch", "None: all types."),
            choices={
                0: ("0 – geen voorraad", "0 – no stock"),
                1: ("1 – tekst", "1 – text"),
                2: ("2 – voorraad", "2 – stock"),
                3: ("3 – samenstelling", "3 – constellation"),
                4: ("4 – assemblage", "4 – assembly"),
            },
        ),
    ] = ()
    memo: Annotated[
        Literal["none", "work_address", "work_description", "both"],
        SettingText(
            nl=("Inhoud memo", "Wat in de opmerkingen van de order komt."),
            en=("Content of the memo", "What goes into the remarks of the order."),
            choices={
                "none": ("niets", "nothing"),
                "work_address": ("het werkadres", "the work address"),
                "work_description": ("de werkomschrijving", "the work description"),
                "both": ("beide", "both"),
            },
        ),
    ] = "none"
    memo_field: Annotated[
        str,
        SettingText(
            nl=("Memoveld", "Eigen veld als GROEP.VELD. Leeg: tekstregels aan het eind van de order."),
            en=("Memo field", "Own field as GROUP.FIELD. Empty: text lines at the end of the order."),
        ),
    ] = Field("", pattern=r"^([^.]+\.[^.]+)?$")
    payment_condition: Annotated[
        str,
        SettingText(
            nl=("Betalingsconditie", "Voor klanten die er zelf geen hebben."),
            en=("Payment condition", "For customers that have none of their own."),
        ),
    ] = Field("", max_length=3)
    vat_scenario: Annotated[
        int | None,
        SettingText(
            nl=("Btw-scenario", "Nummer, voor klanten die er zelf geen hebben."),
            en=("VAT scenario", "Its number, for customers that have none of their own."),
        ),
    ] = None

    watch_every_minutes: Annotated[
        int,
        SettingText(
            nl=(
                "Minuten tussen twee keer kijken naar wijzigingen",
                "Hoe vaak wordt gekeken of de lijsten van het pakket zijn gewijzigd.",
            ),
            en=("Minutes between two looks for changes", "How often it is looked whether the package's lists changed."),
        ),
    ] = Field(5, ge=1, le=1440)

    @property
    def watch_minutes(self) -> int | None:
        return self.watch_every_minutes

    @property
    def group_names(self) -> tuple[str, ...]:
        return self.article_groups

    @property
    def type_keys(self) -> tuple[str, ...]:
        return tuple(str(number) for number in self.article_types)

    @property
    def memo_parts(self) -> tuple[str, ...]:
        return {"none": (), "both": ("work_address", "work_description")}.get(self.memo, (self.memo,))
