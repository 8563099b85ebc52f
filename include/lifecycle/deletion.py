"""Removing a tenant for good: everything there is of it, ledger and log included. It cannot be undone."""

from include.context import Context
from include.errors import InvalidInput, InvalidState
from include.store import deletion
from include.store import tenants as tenants_table
from include.tenants.states import ENDED, refusal
from include.tenants.tenant import Tenant


def count_rows(context: Context, tenant: Tenant) -> dict[str, int]:
    """Return how many rows there are of a tenant, by table."""
    with context.store.begin() as tx:
        return {**deletion.counts(tx, tenant.id), "tenants": 1}


def delete_tenant(context: Context, tenant: Tenant, confirmed: str) -> dict[str, int]:
    """Remove all of a tenant, or nothing, and return how many rows that were. ``confirmed`` is its name as typed.

    Its DAGs disappear with it. Raises InvalidState unless it is inactive, InvalidInput for another name.
    """
    tenant.require_state("to forget it", *ENDED)
    if confirmed != tenant.slug:
        raise InvalidInput(f"tenant: {confirmed!r} was typed, not {tenant.slug!r}; nothing was removed")
    with context.store.begin() as tx:
        now = tenants_table.lock(tx, tenant.id)
        if now is None or now.status not in ENDED:
            raise InvalidState(refusal(tenant.slug, now.status if now else "removed", "to forget it"))
        gone = {**deletion.counts(tx, tenant.id), "tenants": 1}
        deletion.everything(tx, tenant.id)
    return gone
