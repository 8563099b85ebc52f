"""What is read from Simon: the archived work orders."""

from collections.abc import Iterator
from datetime import datetime

from include.connectors.simple_simon import mapping
from include.connectors.simple_simon.dialect import ApiDialect
from include.connectors.simple_simon.transports import Transport
from include.records import WorkOrder, WorkOrderRef


def archived(transport: Transport, dialect: ApiDialect, since: datetime) -> Iterator[WorkOrderRef]:
    """Yield the archived work orders that changed at or after a moment, oldest change first (contract, section 10)."""
    for row in transport.changed_since("work_orders", since, dialect.archived):
        yield mapping.work_order_ref(row, dialect)


def ready(transport: Transport, dialect: ApiDialect) -> Iterator[int]:
    """Yield the work orders that a field user has finished and the office has to look at (contract, section 8)."""
    for row in transport.matching("work_orders", "status", [dialect.ready]):
        yield dialect.id_of("work_orders", row)


def work_order(transport: Transport, dialect: ApiDialect, id: int) -> WorkOrder | None:
    """Return the whole work order; None when it is gone or not archived.

    Its parts are read one by one: nothing is known of how far the real service expands them.
    """
    row = transport.get("work_orders", id)
    fields = dialect.entities["work_orders"].fields
    if row is None or row.get(fields["status"]) != dialect.archived:
        return None
    address = transport.get("work_addresses", row[fields["work_address_id"]])
    used = list(transport.matching("used_articles", "work_order_id", [id]))
    times = list(transport.matching("times", "work_order_id", [id]))
    return mapping.work_order(row, address, used=used, times=times, dialect=dialect)
