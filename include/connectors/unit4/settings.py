"""What a tenant can set for Unit4 on top of what holds for any package."""

from typing import Literal

from pydantic import Field

from include.connectors.settings import PackageSettings


class Unit4Settings(PackageSettings):
    article_groups: tuple[str, ...] = Field(
        (), title="Artikelgroepen", description="Names of the groups to fetch, exactly as in Unit4; empty: all."
    )
    article_types: tuple[Literal[0, 1, 2, 3, 4], ...] = Field(
        (), title="Artikeltypen", description="Numbers of the article types to fetch; empty: all."
    )
    memo: Literal["none", "work_address", "work_description", "both"] = Field(
        "none", title="Inhoud memo", description="What goes into the order's remarks."
    )
    memo_field: str = Field(
        "",
        title="Memoveld",
        pattern=r"^([^.]+\.[^.]+)?$",
        description="Own field of type Memo as GROUP.FIELD; empty: the memo becomes text lines at the end.",
    )
    payment_condition: str = Field(
        "", title="Betalingsconditie", max_length=3, description="For customers that have none of their own."
    )
    vat_scenario: int | None = Field(
        None, title="BTW-scenario", description="For customers that have none of their own."
    )

    watch_every_minutes: int = Field(
        5, title="Kijken naar wijzigingen", ge=1, le=1440, description="Minutes between two looks at Unit4's lists."
    )

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
