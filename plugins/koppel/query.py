"""What may be asked for in an address: filters, order and place, the same for pages and JSON."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.log.search import LogCursor, LogQuery
from include.messages import Language, Severity
from include.messages.message import TABLES
from include.push.stats import ZONE
from include.tenants.overview import SORTS, OverviewQuery
from plugins.koppel import flash
from plugins.koppel.security import SLUG

SEVERITIES: tuple[str, ...] = tuple(Severity)
ORDERS = (*SORTS, *(f"-{name}" for name in SORTS))
PAGE_SIZE = 50
CURSOR_TIME = "%Y%m%dT%H%M%S%f"


def read_cursor(text: str) -> LogCursor:
    """Return the place in the log that an address holds. Raises ValueError."""
    moment, _, number = text.partition("-")
    return LogCursor(datetime.strptime(moment, CURSOR_TIME).replace(tzinfo=UTC), int(number))


def write_cursor(cursor: LogCursor) -> str:
    """Return a place in the log as an address holds it."""
    return f"{cursor.at.astimezone(UTC):{CURSOR_TIME}}-{cursor.id}"


def _readable(text: str) -> str:
    read_cursor(text)
    return text


def _one_of(allowed: Sequence[str]) -> tuple[Any, ...]:
    """Return the rule that a text is one of these; who sends another reads which they are."""

    def check(text: str) -> str:
        if text not in allowed:
            raise PydanticCustomError("not_allowed", "Input should be {expected}", {"expected": ", ".join(allowed)})
        return text

    return Field(json_schema_extra={"enum": list(allowed)}), AfterValidator(check)


Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Cursor = Annotated[str, Field(pattern=r"^[12]\d{7}T\d{12}-\d{1,18}$"), AfterValidator(_readable)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


class AddressQuery(BaseModel):
    """The part of an address behind the question mark.

    An empty field of a form is one that was not filled in; the message of a form that was sent is no part of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value != "" and name != flash.PARAMETER}


class LogAddressQuery(AddressQuery):
    """Filters of the log; days are those of Amsterdam, both included."""

    tenant: Annotated[str, Field(pattern=SLUG)] | None = None
    type: Severity | None = None
    table: Annotated[str, *_one_of(TABLES)] | None = None
    text: Text = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = None
    before: Cursor | None = None

    def log_query(self, visible: frozenset[str], language: Language) -> LogQuery:
        """Return the filters as the application takes them."""
        return LogQuery(
            visible=visible,
            tenant=self.tenant or "",
            severity=self.type,
            table=self.table or "",
            text=self.text,
            since=datetime.combine(self.since, time(), ZONE) if self.since else None,
            until=datetime.combine(self.until + timedelta(days=1), time(), ZONE) if self.until else None,
            language=language,
        )

    @property
    def cursor(self) -> LogCursor | None:
        """Where to go on, which is the top when it is None."""
        return read_cursor(self.before) if self.before else None

    def parameters(self) -> dict[str, Any]:
        """Return what an address with the same filters holds."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"before", "after"})


class LogAfterQuery(LogAddressQuery):
    """Filters of the log, and the message after which newer ones are asked for."""

    after: Cursor


class OverviewAddressQuery(AddressQuery):
    """Search, filter, order and page of the couplings; ``-`` before a column is the other way round."""

    text: Text = ""
    package: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")] | None = None
    status: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None
    troubled: bool = False
    sort: Annotated[str, *_one_of(ORDERS)] = "company"
    page: Annotated[int, Field(ge=1, le=10_000)] = 1

    def overview_query(self, visible: frozenset[str]) -> OverviewQuery:
        """Return search, filter and order as the application takes them."""
        return OverviewQuery(
            slugs=visible,
            text=self.text,
            package=self.package or "",
            status=self.status or "",
            troubled=self.troubled,
            sort=self.sort.removeprefix("-"),
            descending=self.sort.startswith("-"),
        )

    @property
    def offset(self) -> int:
        """How many couplings come before this page."""
        return (self.page - 1) * PAGE_SIZE

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return what an address holds that differs in these; the first page is not named."""
        values = {**self.model_dump(mode="json", exclude_defaults=True, exclude={"page"}), **changes}
        return {name: value for name, value in values.items() if (name, value) != ("page", 1)}
