"""What there is to see of the ledger."""

from include.context import Context
from include.store import ledger
from include.store.ledger import LedgerEntry
from include.tenants.tenant import Tenant

__all__ = ["entries"]


def entries(context: Context, tenant: Tenant, limit: int) -> list[LedgerEntry]:
    """The latest archived work orders and what became of each."""
    with context.store.begin() as tx:
        return ledger.listing(tx, tenant.id, limit)
