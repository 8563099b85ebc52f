"""What may be asked for in an address: filters, order and place, the same for pages and JSON."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from include.log.search import LogCursor, LogQuery
from include.messages import Language, Severity
from include.messages.message import TABLES
from include.push.stats import ZONE
from include.tenants.overview import SORTS, OverviewQuery
from plugins.koppel.security import SLUG

SEVERITIES: tuple[str, ...] = get_args(Severity)
PAGE_SIZE = 50
MARK = "%Y%m%dT%H%M%S%f"


def _mark(text: str) -> str:
    read_cursor(text)
    return text


def read_cursor(text: str) -> LogCursor:
    """Raises ValueError."""
    moment, _, number = text.partition("-")
    return LogCursor(datetime.strptime(moment, MARK).replace(tzinfo=UTC), int(number))


def write_cursor(mark: LogCursor) -> str:
    """As it stands in an address."""
    return f"{mark.at.astimezone(UTC):{MARK}}-{mark.id}"


def _known_table(table: str) -> str:
    if table not in TABLES:
        raise ValueError(f"use one of {', '.join(TABLES)}")
    return table


Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Place = Annotated[str, Field(pattern=r"^[12]\d{7}T\d{12}-\d{1,18}$"), AfterValidator(_mark)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


class AddressQuery(BaseModel):
    """An empty field of a form is one that was not filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: Any) -> Any:
        return {name: value for name, value in given.items() if value != ""} if isinstance(given, dict) else given


class LogAddressQuery(AddressQuery):
    """Filters of the log; days are those of Amsterdam, both included."""

    tenant: Annotated[str, Field(pattern=SLUG)] | None = None
    type: Severity | None = None
    table: Annotated[str, AfterValidator(_known_table)] | None = None
    text: Text = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = None
    before: Place | None = None

    def choice(self, visible: frozenset[str], language: Language) -> LogQuery:
        """For the application."""
        since = datetime.combine(self.since, time(), ZONE) if self.since else None
        until = datetime.combine(self.until + timedelta(days=1), time(), ZONE) if self.until else None
        return LogQuery(visible, self.tenant or "", self.type, self.table or "", self.text, since, until, language)

    @property
    def mark(self) -> LogCursor | None:
        return read_cursor(self.before) if self.before else None

    def kept(self) -> dict[str, Any]:
        """For an address with the same filters."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"before", "after"})


class LogAfter(LogAddressQuery):
    """The filters, and since when."""

    after: Place


class OverviewAddressQuery(AddressQuery):
    """Search, filter, order and page of the couplings; ``-`` before a column is the other way round."""

    text: Text = ""
    package: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")] | None = None
    status: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None
    troubled: bool = False
    sort: Literal[tuple(sorted((*SORTS, *(f"-{name}" for name in SORTS))))] = "company"  # type: ignore[valid-type]
    page: Annotated[int, Field(ge=1, le=10_000)] = 1

    def wanted(self, visible: frozenset[str]) -> OverviewQuery:
        """For the application."""
        sort = str(self.sort)
        named = (self.text, self.package or "", self.status or "", self.troubled)
        return OverviewQuery(visible, *named, sort.removeprefix("-"), sort.startswith("-"))

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    def kept(self, **changes: Any) -> dict[str, Any]:
        """For an address that differs in these; the first page is not named."""
        found = {**self.model_dump(mode="json", exclude_defaults=True, exclude={"page"}), **changes}
        return {name: value for name, value in found.items() if (name, value) != ("page", 1)}
