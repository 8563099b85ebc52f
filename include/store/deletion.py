"""Letting go of a tenant: of what ties it to one administration and licence, or of all that there is of it."""

from sqlalchemy import ColumnElement, Table, delete, func, select

from include.store import ownership
from include.store.engine import Transaction
from include.store.tables import ledger, ledger_steps, metadata, runs, staged, tenants

TIES = (
    "links",
    "records",
    "baselines",
    "exemptions",
    "sync_state",
    "watermarks",
    "circuit_breakers",
    "drafts",
    "looks",
)


def ties(tx: Transaction, tenant_id: int) -> None:
    """Delete what belongs to one administration and one licence; never the ledger (R5.6)."""
    for name in TIES:
        table = metadata.tables[name]
        tx.execute(delete(table).where(table.c.tenant_id == tenant_id))
    ownership.release(tx, tenant_id)


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Return how many rows there are of a tenant, by table; those without any are left out."""
    numbers = {}
    for table, where in tables_of(tenant_id):
        if number := int(tx.execute(select(func.count()).select_from(table).where(where)).scalar_one()):
            numbers[table.name] = number
    return numbers


def everything(tx: Transaction, tenant_id: int) -> None:
    """Delete all that there is of a tenant, itself included."""
    for table, where in tables_of(tenant_id):
        tx.execute(delete(table).where(where))
    tx.execute(delete(tenants).where(tenants.c.id == tenant_id))


def tables_of(tenant_id: int) -> list[tuple[Table, ColumnElement[bool]]]:
    """Return every table that holds something of a tenant, those that point at others first."""
    own_runs = select(runs.c.id).where(runs.c.tenant_id == tenant_id)
    entries = select(ledger.c.id).where(ledger.c.tenant_id == tenant_id)
    without_tenant: list[tuple[Table, ColumnElement[bool]]] = [
        (staged, staged.c.run_id.in_(own_runs)),
        (ledger_steps, ledger_steps.c.ledger_id.in_(entries)),
    ]
    tables = [table for table in reversed(metadata.sorted_tables) if "tenant_id" in table.c]
    return without_tenant + [(table, table.c.tenant_id == tenant_id) for table in tables]
