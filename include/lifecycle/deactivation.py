"""Stopping a coupling and beginning again: deactivate, reactivate, pause, resume (R5.5, R5.6)."""

from dataclasses import dataclass

from include.access.connect import disconnect
from include.cleanup.states import withdraw_open_proposal
from include.context import Context
from include.lifecycle import pending
from include.log.writer import IntegrationLog
from include.runs import supersede_open
from include.store import deletion, ledger
from include.store import tenants as tenants_table
from include.tenants.states import ENDED, NOT_ENDED, Step, require_not_ended, take_step
from include.tenants.tenant import Tenant, load

RUN = "life"


@dataclass(frozen=True)
class DeactivationResult:
    """How many ``waiting`` work orders are not sent any more, and to which systems the access was ``destroyed``."""

    waiting: int
    destroyed: list[str]


def count_unsent(context: Context, tenant: Tenant) -> int:
    """Return how many work orders a deactivation would leave unsent: for whoever is to confirm it."""
    with context.store.begin() as tx:
        return ledger.count_open(tx, tenant.id)


def deactivate(context: Context, tenant: Tenant, by: str) -> DeactivationResult:
    """Stop a coupling at once: nothing is begun, what runs stops at its next record, and access is destroyed.

    Links, ledger, log and settings stay. Done again, it finishes what was interrupted. Raises Transient when access is
    just being renewed: then everything has stopped, and the access is still to be destroyed.
    """
    unsent = count_unsent(context, tenant)
    if tenant.status not in ENDED:
        with context.store.begin() as tx:
            take_step(tx, tenant.id, Step.DEACTIVATE, by=by, at=context.now())
            supersede_open(tx, tenant.id)
            withdraw_open_proposal(tx, tenant.id)
            pending.end_all(context, tx, tenant)
            unsent = ledger.count_open(tx, tenant.id)
        _log(context, tenant).write("coupling.deactivated", tenant.slug, by=by, count=unsent)
    return DeactivationResult(unsent, disconnect(context, tenant))


def reactivate(context: Context, tenant: Tenant, by: str, *, reset: bool = False) -> Tenant:
    """Begin again, with the same licence and administration, and return the tenant; after a ``reset``, with any.

    A reset ends links, records and baselines, never the ledger: what was sent is not sent again.
    """
    tenant.require_state("to reactivate", *ENDED)
    with context.store.begin() as tx:
        tenants_table.lock(tx, tenant.id)
        if reset:
            deletion.ties(tx, tenant.id)
        since = None if reset else tenant.active_since
        take_step(tx, tenant.id, Step.REACTIVATE, by=by, at=context.now(), active_since=since)
    log = _log(context, tenant)
    log.write("coupling.reactivated", tenant.slug, by=by)
    if reset:
        log.write("coupling.reset", tenant.slug, by=by)
    return load(context, tenant.slug)


def pause(context: Context, tenant: Tenant, by: str) -> Tenant:
    """Start nothing for a tenant until somebody resumes it, whatever else happens to it meanwhile; return it."""
    tenant.require_state("to pause", *NOT_ENDED)
    with context.store.begin() as tx:
        require_not_ended(tx, tenant.id)
        changed = tenants_table.pause(tx, tenant.id, context.now(), by)
    if changed:
        _log(context, tenant).write("coupling.paused", tenant.slug, by=by)
    return load(context, tenant.slug)


def resume(context: Context, tenant: Tenant, by: str) -> Tenant:
    """Go on with a paused tenant where it was, and return it; work orders that were archived meanwhile go out."""
    with context.store.begin() as tx:
        changed = tenants_table.resume(tx, tenant.id)
    if changed:
        _log(context, tenant).write("coupling.resumed", tenant.slug, by=by)
    return load(context, tenant.slug)


def _log(context: Context, tenant: Tenant) -> IntegrationLog:
    return IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
