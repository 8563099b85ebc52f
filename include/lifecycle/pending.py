"""What people decided and takes longer than a request: a wipe, an approved proposal, a restore (R2.5, R5.2), a
reconciliation.

An operation is queued in the transaction of the decision, and carried out once, by whoever comes first: the command
line at once, else the watcher's runner. It is in the store, so whoever comes next goes on where the first broke off.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from include.cleanup.states import move_proposal
from include.context import Context
from include.errors import IntegrationError, InvalidState, NotFound, Superseded, TenantNotActive, UserError
from include.log.writer import IntegrationLog
from include.store import Transaction, pending
from include.store import tenants as tenants_table
from include.store.advisory_lock import advisory_lock, try_advisory_lock
from include.store.pending import OPEN, OperationKind, OperationState, PendingOperation
from include.store.proposals import ProposalState
from include.tenants.states import Step, require_not_ended, take_step
from include.tenants.tenant import Tenant, load

__all__ = ["TRANSITIONS", "OperationKind", "OperationState", "PendingOperation"]

TRANSITIONS: Mapping[OperationState, frozenset[OperationState]] = {
    OperationState.QUEUED: frozenset(
        {OperationState.RUNNING, OperationState.FAILED}
    ),  # taken; or its coupling was deactivated
    OperationState.RUNNING: frozenset(
        {OperationState.RUNNING, OperationState.QUEUED, OperationState.DONE, OperationState.FAILED}
    ),  # taken again after a crash; to be tried again; ended
    OperationState.DONE: frozenset(),
    OperationState.FAILED: frozenset(),
}
LOCK = "operation"  # a tenant's operations are carried out one at a time
HEAD_START = timedelta(seconds=5)  # of who carries out what he decided, before the runner does
RETRY_AFTER = timedelta(minutes=1)


def queue(
    context: Context, tx: Transaction, tenant: Tenant, kind: OperationKind, *, by: str, **values: Any
) -> PendingOperation:
    """Queue an operation with its ``target`` or ``parts``, and return it; one that is open already is not repeated."""
    tenants_table.lock(tx, tenant.id)
    require_not_ended(tx, tenant.id)
    if known := pending.latest(tx, tenant.id, kind, values.get("target"), states=OPEN):
        return known
    return pending.add(tx, tenant.id, kind, requested_by=by, requested_at=context.now(), **values)


def approve_proposal(
    context: Context, tenant: Tenant, proposal_id: int, *, by: str, carried_out_here: bool = False
) -> PendingOperation:
    """Approve a proposal, queue the removal of its set, and return that operation. Raises ProposalClosed.

    Who is to call ``carry_out`` himself says so with ``carried_out_here``, and gets a head start on the runner.
    """
    from include.cleanup import proposals  # pandas is needed here alone, and takes its time to import

    with context.store.begin() as tx:
        tenants_table.lock(tx, tenant.id)
        proposals.approve(context, tx, tenant, proposal_id, by=by)
        if known := pending.latest(tx, tenant.id, OperationKind.REMOVAL, proposal_id):
            return known  # approved before, by the same person
        not_before = _head_start(context, carried_out_here)
        return queue(context, tx, tenant, OperationKind.REMOVAL, by=by, target=proposal_id, not_before=not_before)


def request_restore(
    context: Context, tenant: Tenant, run_id: int, *, by: str, carried_out_here: bool = False
) -> PendingOperation:
    """Queue that what a clean-up or a wipe took is put back, and return the operation. Raises NothingToRestore."""
    from include.cleanup import restore  # as above

    with context.store.begin() as tx:
        restore.restorable(context, tx, tenant, run_id)
        if known := pending.latest(tx, tenant.id, OperationKind.RESTORE, run_id, states=OPEN):
            return known
        log = IntegrationLog(context.store, tenant.id, tenant.slug, "decision")
        log.add(tx, "cleanup.restore_asked", str(run_id), by=by)
        not_before = _head_start(context, carried_out_here)
        return queue(context, tx, tenant, OperationKind.RESTORE, by=by, target=run_id, not_before=not_before)


def request_reconciliation(context: Context, tenant: Tenant, *, by: str) -> PendingOperation:
    """Queue that both sides are compared with what is believed, and return the operation."""
    with context.store.begin() as tx:
        return queue(context, tx, tenant, OperationKind.RECONCILE, by=by)


def _head_start(context: Context, carried_out_here: bool) -> datetime | None:
    return context.now() + HEAD_START if carried_out_here else None


def latest(context: Context, tenant: Tenant, kind: OperationKind) -> PendingOperation | None:
    """Return the tenant's last operation of a kind, whatever its state."""
    with context.store.begin() as tx:
        return pending.latest(tx, tenant.id, kind)


def tenants_with_due(context: Context) -> list[str]:
    """Return the slugs of the tenants that have an operation to be carried out now."""
    with context.store.begin() as tx:
        return pending.tenants_with_due(tx, context.now())


def carry_out(context: Context, tenant: Tenant, operation_id: int) -> Any:
    """Carry an operation out, or go on with it, and return what became of it; wait for whoever is at it.

    That is a CleanupReport, or a Reconciliation.

    Raises InvalidState when it had failed, and as the functions do that carry it out.
    """
    with advisory_lock(context.store, tenant.id, LOCK):
        return _carry_out(context, load(context, tenant.slug), operation_id)


def carry_out_next(context: Context, slug: str) -> PendingOperation | None:
    """Carry out the first operation that is due, or go on with it, and return it with its new state.

    Return None when none is due, or somebody else is at it. What goes wrong is noted with the operation.
    """
    tenant = load(context, slug)
    with try_advisory_lock(context.store, tenant.id, LOCK) as locked:
        if not locked:
            return None
        with context.store.begin() as tx:
            operation = pending.due(tx, tenant.id, context.now())
        if operation is None:
            return None
        # what goes wrong is noted with the operation, and logged for the tenant where a person can act
        with suppress(IntegrationError, Superseded, UserError):
            _carry_out(context, tenant, operation.id)
        with context.store.begin() as tx:
            return pending.find(tx, tenant.id, operation.id)


def end_all(context: Context, tx: Transaction, tenant: Tenant) -> None:
    """End every operation of a tenant that is being deactivated."""
    for operation_id in pending.open_ids(tx, tenant.id):
        if operation := pending.find(tx, tenant.id, operation_id):
            _fail(context, tx, operation, TenantNotActive.__name__)


def _carry_out(context: Context, tenant: Tenant, operation_id: int) -> Any:
    with context.store.begin() as tx:
        operation = pending.find(tx, tenant.id, operation_id)
        if operation is None:
            raise NotFound(f"operation: {operation_id} does not exist for {tenant.slug}")
        if operation.state is OperationState.FAILED:
            raise InvalidState(f"operation: {operation_id} has ended: {operation.error_code}")
        if operation.state is not OperationState.DONE:  # of one that is done, the report is made again
            _move(tx, operation, OperationState.RUNNING, started_at=operation.started_at or context.now())
    try:
        report = _perform(context, tenant, operation)
    except (IntegrationError, TenantNotActive) as error:  # the other side may come back, a pause will end
        not_before = context.now() + RETRY_AFTER
        with context.store.begin() as tx:
            _move(tx, operation, OperationState.QUEUED, not_before=not_before, error_code=_code(error))
        raise
    except (Superseded, UserError) as error:
        with context.store.begin() as tx:
            _fail(context, tx, operation, _code(error))
        raise
    if operation.state is not OperationState.DONE:
        _finish(context, tenant, operation)
    return report


def _finish(context: Context, tenant: Tenant, operation: PendingOperation) -> None:
    """Note the end; a wipe takes its coupling to the next step. Raises InvalidState when that was deactivated."""
    with context.store.begin() as tx:
        if operation.kind is OperationKind.WIPE:
            take_step(tx, tenant.id, Step.FINISH_WIPE, by=operation.run_key, at=context.now())
        _move(tx, operation, OperationState.DONE, ended_at=context.now(), error_code=None)


def _perform(context: Context, tenant: Tenant, operation: PendingOperation) -> Any:
    from include.cleanup import proposals, restore, wipe  # as above
    from include.reconciliation.reconcile import reconcile

    key, target, by = operation.run_key, operation.target or 0, operation.requested_by
    match operation.kind:
        case OperationKind.WIPE:
            return wipe.wipe(context, tenant, key, operation.parts, requested_by=by)
        case OperationKind.REMOVAL:
            return proposals.carry_out(context, tenant, target, key, requested_by=by)
        case OperationKind.RESTORE:
            return restore.restore(context, tenant, target, key, requested_by=by)
        case OperationKind.RECONCILE:
            return reconcile(context, tenant, key, by=by)


def _move(tx: Transaction, operation: PendingOperation, after: OperationState, **values: Any) -> bool:
    """Bring an operation to another state, with more fields; return False when there is no way from where it is now."""
    before = [state for state, next_states in TRANSITIONS.items() if after in next_states]
    return pending.move(tx, operation.id, before, state=after, **values)


def _fail(context: Context, tx: Transaction, operation: PendingOperation, code: str) -> None:
    """End an operation that cannot be carried out; so is the approval that it came from."""
    if (
        _move(tx, operation, OperationState.FAILED, ended_at=context.now(), error_code=code)
        and operation.kind is OperationKind.REMOVAL
    ):
        move_proposal(tx, operation.target or 0, ProposalState.EXPIRED)


def _code(error: Exception) -> str:
    return error.code if isinstance(error, IntegrationError) else type(error).__name__
