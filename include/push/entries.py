"""What there is to see of the ledger."""

from include.koppel import Koppel
from include.store import ledger
from include.store.ledger import Entry
from include.tenants.tenant import Tenant

__all__ = ["Entry", "entries"]


def entries(koppel: Koppel, tenant: Tenant, limit: int) -> list[Entry]:
    """The latest archived work orders and what became of each."""
    with koppel.store.begin() as tx:
        return ledger.listing(tx, tenant.id, limit)
