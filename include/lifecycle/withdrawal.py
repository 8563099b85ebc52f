"""Withdrawing a coupling that was begun by mistake, as if nobody had: its licence and administration are free again."""

from include.access.connect import disconnect
from include.context import Context
from include.errors import InvalidState, Misconfigured
from include.lifecycle import pending
from include.log.writer import IntegrationLog
from include.runs import supersede_open
from include.store import Transaction, deletion, links, removals
from include.store import tenants as tenants_table
from include.tenants.states import BEGUN, Step, refusal, take_step
from include.tenants.tenant import Tenant, load


def obstacle(context: Context, tenant: Tenant) -> Misconfigured | None:
    """Return the error that says what would be lost that is still needed, and what to do instead."""
    with context.store.begin() as tx:
        return _obstacle(tx, tenant)


def withdraw(context: Context, tenant: Tenant, by: str) -> Tenant:
    """End a coupling that never was at work, and return it; its log stays, with who did it.

    Raises InvalidState once it is at work, Misconfigured when something would be lost, Transient as ``deactivate``.
    """
    tenant.require_state("to withdraw it", *BEGUN)
    with context.store.begin() as tx:
        row = tenants_table.lock(tx, tenant.id)
        if row is None or row.status not in BEGUN:
            raise InvalidState(refusal(tenant.slug, row.status if row else "removed", "to withdraw it"))
        if problem := _obstacle(tx, tenant):
            raise problem
        take_step(tx, tenant.id, Step.DEACTIVATE, by=by, at=context.now())
        supersede_open(tx, tenant.id)
        pending.end_all(context, tx, tenant)
        deletion.ties(tx, tenant.id)
    IntegrationLog(context.store, tenant.id, tenant.slug, "life").write("coupling.withdrawn", tenant.slug, by=by)
    disconnect(context, tenant)
    return load(context, tenant.slug)


def _obstacle(tx: Transaction, tenant: Tenant) -> Misconfigured | None:
    if tenant.active_since is not None:
        return Misconfigured("coupling.was_active", tenant.slug)
    if linked := sum(links.counts(tx, tenant.id).values()):
        return Misconfigured("coupling.has_links", tenant.slug, count=linked)
    for run_id, count in removals.restorable_by_run(tx, tenant.id).items():
        return Misconfigured("coupling.has_removals", tenant.slug, count=count, wipe=run_id)
    return None
