"""What a person asks of the integration logs of several tenants, and which rows that is (R7.3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from include.messages import Language, Severity, catalogue
from include.store import Transaction
from include.store import tenants as tenants_table
from include.store.log_search import LogRowFilter
from include.store.tenants import TenantRow


@dataclass(frozen=True)
class LogQuery:
    """What to show of the tenants in ``visible``; a field that is left out lets all through."""

    visible: Collection[str]
    tenant: str = ""
    severity: Severity | None = None
    table: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    language: Language = "nl"


def resolve_query(tx: Transaction, query: LogQuery) -> tuple[Mapping[int, TenantRow], LogRowFilter]:
    """Return the tenants of a query by their id, and the filter of its rows.

    The filter names no tenants when all of them are meant, which is cheaper.
    """
    every_tenant = tenants_table.listing(tx)
    slugs = {query.tenant} & set(query.visible) if query.tenant else set(query.visible)
    tenants = {row.id: row for row in every_tenant if row.slug in slugs}
    row_filter = LogRowFilter(
        tenants=None if len(tenants) == len(every_tenant) else tuple(tenants),
        severity=query.severity,
        table=query.table or None,
        text=query.text,
        codes=_codes_of(query.text, query.language),
        since=query.since,
        until=query.until,
    )
    return tenants, row_filter


def _codes_of(text: str, language: Language) -> tuple[str, ...]:
    """Return the codes in whose sentences a text occurs, as the reader sees them."""
    if not text:
        return ()
    sentences = {code: message.nl if language == "nl" else message.en for code, message in catalogue().items()}
    return tuple(
        code for code, each in sentences.items() if text.casefold() in f"{each.message}\n{each.action}".casefold()
    )
