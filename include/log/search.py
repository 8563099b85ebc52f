"""The integration log of several tenants as a person reads it: filtered, in pages, newest first (R7.3, R7.5)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from include.context import Context
from include.messages import Language, Severity, catalogue, lookup
from include.store import Transaction, log_search
from include.store import tenants as tenant_rows
from include.store.log_search import LogCursor, LogRowFilter, LogSearchRow, ProblemSearchRow
from include.store.tenants import TenantRow

__all__ = ["LogCursor", "LogMessage", "LogPage", "LogQuery", "OpenProblem", "everything", "newer", "page", "unsettled"]

AT_ONCE = 2_000  # rows of a download


@dataclass(frozen=True)
class LogQuery:
    """What to show of the tenants in ``visible``; what is left out does not matter."""

    visible: Collection[str]
    tenant: str = ""
    severity: Severity | None = None
    table: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    language: Language = "nl"


@dataclass(frozen=True)
class LogMessage:
    """One row of the log."""

    id: int
    time: datetime
    tenant: str
    company: str
    table: str
    record: str
    type: str
    message: str
    action: str
    code: str
    run: str

    @property
    def mark(self) -> LogCursor:
        return LogCursor(self.time, self.id)


@dataclass(frozen=True)
class OpenProblem:
    """What is not settled, once for each tenant, code and record."""

    id: int
    tenant: str
    company: str
    table: str
    record: str
    type: str
    message: str
    action: str
    code: str
    first: datetime
    last: datetime
    count: int
    run: str


@dataclass(frozen=True)
class LogPage:
    """``further`` is where to go on: behind the last row, or where the search stopped looking."""

    rows: list[LogMessage]
    further: LogCursor | None


def page(context: Context, choice: LogQuery, before: LogCursor | None = None, limit: int = 50) -> LogPage:
    """The next rows before a mark, or the latest."""
    with context.store.begin() as tx:
        known, wanted = _wanted(tx, choice)
        found, further = log_search.older(tx, wanted, before, limit)
    return LogPage([_message(row, known, choice.language) for row in found if row.tenant_id in known], further)


def newer(context: Context, choice: LogQuery, after: LogCursor, limit: int = 200) -> list[LogMessage]:
    """What was said since a mark, newest first."""
    with context.store.begin() as tx:
        known, wanted = _wanted(tx, choice)
        found = log_search.newer(tx, wanted, after, limit)
    return [_message(row, known, choice.language) for row in found if row.tenant_id in known]


def everything(context: Context, choice: LogQuery) -> Iterator[LogMessage]:
    """All rows, newest first; each part is a query of its own, so that nothing is held open meanwhile."""
    before: LogCursor | None = None
    while True:
        part = page(context, choice, before, AT_ONCE)
        yield from part.rows
        if (before := part.further) is None:
            return


def unsettled(context: Context, choice: LogQuery, limit: int = 50) -> list[OpenProblem]:
    """The open problems, the one that was said last first."""
    with context.store.begin() as tx:
        known, wanted = _wanted(tx, choice)
        found = log_search.open_problems(tx, wanted, limit)
    return [_problem(row, known, choice.language) for row in found if row.tenant_id in known]


def columns() -> list[str]:
    """The names of what a message has."""
    return [field.name for field in fields(LogMessage)]


def _wanted(tx: Transaction, choice: LogQuery) -> tuple[dict[int, TenantRow], LogRowFilter]:
    """The tenants by id, and the filter; without tenants in it when all of them are meant, which is cheaper."""
    all_of_them = tenant_rows.listing(tx)
    chosen = {choice.tenant} & set(choice.visible) if choice.tenant else set(choice.visible)
    known = {row.id: row for row in all_of_them if row.slug in chosen}
    ids = None if len(known) == len(all_of_them) else tuple(known)
    what = (choice.severity, choice.table or None, choice.text, _said(choice), choice.since, choice.until)
    return known, LogRowFilter(ids, *what)


def _said(choice: LogQuery) -> tuple[str, ...]:
    """The codes in whose sentences the text occurs, as the reader sees them."""
    if not choice.text:
        return ()
    sought, dutch = choice.text.casefold(), choice.language == "nl"
    texts = {code: message.nl if dutch else message.en for code, message in catalogue().items()}
    return tuple(code for code, text in texts.items() if sought in f"{text.message}\n{text.action}".casefold())


def _message(row: LogSearchRow, known: Mapping[int, TenantRow], language: Language) -> LogMessage:
    text, tenant = lookup(row.code).text({"record": row.record, **row.values}, language), known[row.tenant_id]
    what = (row.table, row.record, row.severity, text.message, text.action, row.code, row.run)
    return LogMessage(row.id, row.at, tenant.slug, tenant.company, *what)


def _problem(row: ProblemSearchRow, known: Mapping[int, TenantRow], language: Language) -> OpenProblem:
    text, tenant = lookup(row.code).text({"record": row.record, **row.values}, language), known[row.tenant_id]
    what = (row.table, row.record, row.severity, text.message, text.action, row.code)
    return OpenProblem(row.id, tenant.slug, tenant.company, *what, row.first_at, row.last_at, row.count, row.run)
