"""The messages of several tenants as a person reads them: filtered, in pages, newest first (R7.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from include.context import Context
from include.log.query import LogQuery, resolve_query
from include.messages import Language, lookup, record_title
from include.store import log_search
from include.store.log import LogRow
from include.store.log_search import LogCursor
from include.store.tenants import TenantRow

__all__ = ["LogCursor", "LogMessage", "LogPage", "LogQuery", "newer_messages", "older_messages", "search_messages"]

BATCH_SIZE = 2_000  # rows of a download that one query reads


@dataclass(frozen=True)
class LogMessage:
    """Shows a message of the log in the reader's language."""

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
    def cursor(self) -> LogCursor:
        """Its place in the log."""
        return LogCursor(self.time, self.id)


@dataclass(frozen=True)
class LogPage:
    """Holds some messages. ``further`` is where to go on: behind the last row, or where the search stopped looking."""

    rows: list[LogMessage]
    further: LogCursor | None


def older_messages(context: Context, query: LogQuery, before: LogCursor | None = None, limit: int = 50) -> LogPage:
    """Return the next messages before a place in the log, or the latest."""
    with context.store.begin() as tx:
        tenants, row_filter = resolve_query(tx, query)
        rows, further = log_search.older(tx, row_filter, before, limit)
    messages = [_message(row, tenants[row.tenant_id], query.language) for row in rows if row.tenant_id in tenants]
    return LogPage(messages, further)


def newer_messages(context: Context, query: LogQuery, after: LogCursor, limit: int = 200) -> list[LogMessage]:
    """Return the messages after a place in the log, newest first."""
    with context.store.begin() as tx:
        tenants, row_filter = resolve_query(tx, query)
        rows = log_search.newer(tx, row_filter, after, limit)
    return [_message(row, tenants[row.tenant_id], query.language) for row in rows if row.tenant_id in tenants]


def search_messages(context: Context, query: LogQuery, batch_size: int = BATCH_SIZE) -> Iterator[LogMessage]:
    """Yield all messages, newest first; each batch is a query of its own, so that nothing is held open meanwhile."""
    before: LogCursor | None = None
    while True:
        page = older_messages(context, query, before, batch_size)
        yield from page.rows
        if (before := page.further) is None:
            return


def _message(row: LogRow, tenant: TenantRow, language: Language) -> LogMessage:
    text = lookup(row.code).text({"record": row.record, **row.values}, language)
    return LogMessage(
        id=row.id,
        time=row.at,
        tenant=tenant.slug,
        company=tenant.company,
        table=row.table,
        record=record_title(row.record, row.values, language),
        type=row.severity,
        message=text.message,
        action=text.action,
        code=row.code,
        run=row.run,
    )
