"""Stopping a coupling and beginning again: deactivate, reactivate, pause, resume (R5.5, R5.6)."""

from contextlib import suppress
from dataclasses import dataclass

from include.connectors import registry
from include.connectors.base import Access
from include.connectors.registry import FIELD_SERVICE
from include.errors import Misconfigured
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.store import cleanup, forgetting, ledger, runs
from include.store import tenants as rows
from include.tenants import claims
from include.tenants.connecting import disconnect
from include.tenants.credentials import StoredVault
from include.tenants.states import STATES, State, move, refuse
from include.tenants.tenant import Tenant, load

RUN = "life"
SOMEWHERE: tuple[State, ...] = tuple(state for state in STATES if state != "inactive")


@dataclass(frozen=True)
class Ended:
    """``waiting`` work orders are not sent any more; ``destroyed`` is the access to these systems."""

    waiting: int
    destroyed: list[str]


def waiting(koppel: Koppel, tenant: Tenant) -> int:
    """How many work orders a deactivation would leave unsent: for whoever is to confirm it."""
    with koppel.store.begin() as tx:
        return ledger.under_way(tx, tenant.id)


def deactivate(koppel: Koppel, tenant: Tenant, by: str) -> Ended:
    """Stop at once: nothing is begun, what runs stops at its next record, and access is destroyed.

    Links, ledger, log and settings stay. Done again, it finishes what was interrupted. Raises Transient when access is
    just being renewed: then everything has stopped, and the access is still to be destroyed.
    """
    left = waiting(koppel, tenant)
    if tenant.status != "inactive":
        access = _licence(koppel, tenant)
        with koppel.store.begin() as tx:
            rows.hold(tx, tenant.id)
            with suppress(Misconfigured):  # a key that is lost must not keep anybody from stopping
                claims.note(koppel, tx, tenant, access)
            move(koppel, tx, tenant, SOMEWHERE, "inactive", by, wiping=None)
            runs.supersede_open(tx, tenant.id)
            cleanup.withdraw(tx, tenant.id)
            left = ledger.under_way(tx, tenant.id)
        _log(koppel, tenant).write("life.deactivated", tenant.slug, by=by, count=left)
    return Ended(left, disconnect(koppel, tenant))


def _licence(koppel: Koppel, tenant: Tenant) -> Access | None:
    """The access to Simon, to know its licence again by; None when there is none that can be read."""
    simon = registry.connector(FIELD_SERVICE)
    try:
        return StoredVault(koppel, tenant.id, simon.name, simon.title, simon.access).read()
    except Misconfigured:
        return None


def reactivate(koppel: Koppel, tenant: Tenant, by: str, start_afresh: bool = False) -> Tenant:
    """Begin again, with the same licence and administration; or ``start_afresh``, with any.

    Starting afresh ends links, records and baselines, never the ledger: what was sent is not sent again.
    """
    refuse(tenant, "to reactivate", "inactive")
    with koppel.store.begin() as tx:
        rows.hold(tx, tenant.id)
        if start_afresh:
            forgetting.ties(tx, tenant.id)
        since = None if start_afresh else tenant.active_since
        move(koppel, tx, tenant, ("inactive",), "new", by, active_since=since)
    log = _log(koppel, tenant)
    log.write("life.reactivated", tenant.slug, by=by)
    if start_afresh:
        log.write("life.started_afresh", tenant.slug, by=by)
    return load(koppel, tenant.slug)


def pause(koppel: Koppel, tenant: Tenant, by: str) -> Tenant:
    """Nothing is started for it until somebody resumes it, whatever else happens to it meanwhile."""
    refuse(tenant, "to pause", *SOMEWHERE)
    with koppel.store.begin() as tx:
        rows.require_not(tx, tenant.id, "inactive")
        changed = rows.pause(tx, tenant.id, koppel.now(), by)
    if changed:
        _log(koppel, tenant).write("life.paused", tenant.slug, by=by)
    return load(koppel, tenant.slug)


def resume(koppel: Koppel, tenant: Tenant, by: str) -> Tenant:
    """Go on where it was; work orders that were archived meanwhile go out."""
    with koppel.store.begin() as tx:
        changed = rows.resume(tx, tenant.id)
    if changed:
        _log(koppel, tenant).write("life.resumed", tenant.slug, by=by)
    return load(koppel, tenant.slug)


def _log(koppel: Koppel, tenant: Tenant) -> IntegrationLog:
    return IntegrationLog(koppel.store, tenant.id, tenant.slug, RUN)
