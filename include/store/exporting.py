"""All that there is of one tenant, table by table, as it would be handed over; sealed values stay here."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from include.store.deletion import tables_of
from include.store.engine import Transaction
from include.store.tables import tenants

SEALED = ("credentials", "consents", "alert_addresses")  # which hold nothing but what opens something else
ROWS_AT_ONCE = 1000


def rows_of(tx: Transaction, tenant_id: int) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Yield each table with its rows of the tenant, one after the other: read the rows before the next table."""
    chosen = [*tables_of(tenant_id), (tenants, tenants.c.id == tenant_id)]
    for table, where in sorted(chosen, key=lambda pair: pair[0].name):
        if table.name not in SEALED:
            rows = tx.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table).where(where))
            yield table.name, (dict(row._mapping) for row in rows)
