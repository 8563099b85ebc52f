"""Removing a tenant for good: everything there is of it, ledger and log included. It cannot be undone."""

from include.koppel import Koppel
from include.store import forgetting
from include.store import tenants as rows
from include.tenants.states import NotNow, refuse, sentence
from include.tenants.tenant import Tenant


def what_goes(koppel: Koppel, tenant: Tenant) -> dict[str, int]:
    """By table, how many rows there are of it."""
    with koppel.store.begin() as tx:
        return {**forgetting.counts(tx, tenant.id), "tenants": 1}


def forget(koppel: Koppel, tenant: Tenant, confirmed: str) -> dict[str, int]:
    """Remove all of it, or nothing; what was removed. ``confirmed`` is the tenant's name as a person typed it.

    Its DAGs disappear with it. Raises NotNow unless it is inactive, ValueError for another name.
    """
    refuse(tenant, "to forget it", "inactive")
    if confirmed != tenant.slug:
        raise ValueError(f"tenant: {confirmed!r} was typed, not {tenant.slug!r}; nothing was removed")
    with koppel.store.begin() as tx:
        rows.hold(tx, tenant.id)
        now = rows.find(tx, tenant.slug)
        if now is None or now.status != "inactive":
            raise NotNow(sentence(tenant.slug, now.status if now else "removed", "to forget it"))
        gone = {**forgetting.counts(tx, tenant.id), "tenants": 1}
        forgetting.everything(tx, tenant.id)
    return gone
