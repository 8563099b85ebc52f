"""What is read from Simon: the archived work orders."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from include.connectors import responses
from include.connectors.field_service import ArchivedWorkOrders, UnreadableRow
from include.connectors.simple_simon import mapping
from include.connectors.simple_simon.client import SYSTEM
from include.connectors.simple_simon.dialect import ApiDialect
from include.connectors.simple_simon.transports import Transport
from include.errors import Transient
from include.records import Raw, WorkOrder

MOST_READS = 3  # of a work order that is changed while it is read


def archived(transport: Transport, dialect: ApiDialect, since: datetime) -> ArchivedWorkOrders:
    """Return the archived work orders that changed at or after a moment, oldest change first (contract, section 10).

    A row that cannot be read is named; the others are not held up by it (R3.13).
    """
    listing = ArchivedWorkOrders([], [])
    for row in transport.changed_since("work_orders", since, dialect.archived):
        try:
            listing.refs.append(mapping.work_order_ref(row, dialect))
        except responses.UNREADABLE as error:
            id = str(row.get(dialect.entities["work_orders"].fields["id"]) or "?")[:40]
            listing.unreadable.append(UnreadableRow(id, str(error)[:200] or type(error).__name__))
    return listing


def ready(transport: Transport, dialect: ApiDialect) -> Iterator[int]:
    """Yield the work orders that a field user has finished and the office has to look at (contract, section 8).

    One that cannot be read is reported once it is archived.
    """
    for row in transport.matching("work_orders", "status", [dialect.ready]):
        with suppress(*responses.UNREADABLE):
            yield dialect.id_of("work_orders", row)


def work_order(transport: Transport, dialect: ApiDialect, id: int) -> WorkOrder | None:
    """Return the whole work order; None when it is gone or not archived.

    Its parts are read one by one: nothing is known of how far the real service expands them. So the work order itself
    is read again last: what was changed or taken out of the archive meanwhile is read anew.
    """
    row = _archived_row(transport, dialect, id)
    for _ in range(MOST_READS):
        if row is None:
            return None
        address = transport.get("work_addresses", row[dialect.entities["work_orders"].fields["work_address_id"]])
        used = list(transport.matching("used_articles", "work_order_id", [id]))
        times = list(transport.matching("times", "work_order_id", [id]))
        before, row = row, _archived_row(transport, dialect, id)
        if row == before:
            return mapping.work_order(row, address, used=used, times=times, dialect=dialect)
    raise Transient("connection.moving", system=SYSTEM)


def _archived_row(transport: Transport, dialect: ApiDialect, id: int) -> Raw | None:
    row = transport.get("work_orders", id)
    fields = dialect.entities["work_orders"].fields
    return row if row is not None and row.get(fields["status"]) == dialect.archived else None
