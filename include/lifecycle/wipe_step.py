"""The first step: Simon is wiped, after a person confirmed the numbers that were shown, or deliberately kept (R5.2)."""

from collections.abc import Mapping, Sequence

from include.cleanup.report import CleanupReport
from include.cleanup.wipe import PARTS, Contents, contents
from include.context import Context
from include.errors import ContentsChanged, InvalidInput, InvalidState
from include.lifecycle import pending
from include.lifecycle.pending import OperationKind, OperationState, PendingOperation
from include.lifecycle.terms import agree
from include.log.writer import IntegrationLog
from include.tenants.states import Step, TenantState, take_step
from include.tenants.tenant import Tenant, load

__all__ = ["PARTS", "carry_out", "confirm", "keep"]

FEW = 10  # records that people may have added since the numbers were shown; more has to be shown first


def confirm(context: Context, tenant: Tenant, shown: Mapping[str, int], *, parts: Sequence[str], by: str) -> None:
    """Queue a wipe of these parts, of as many records as a person was shown and agreed to.

    Raises InvalidState, InvalidInput, ContentsChanged, IntegrationError.
    """
    tenant.require_state("to wipe", TenantState.NEW)
    chosen = _chosen(tenant, parts)
    _compare(shown, contents(context, tenant), chosen)
    agree(context, tenant, by)  # the first step that is taken means so (R5.7)
    with context.store.begin() as tx:
        take_step(tx, tenant.id, Step.CONFIRM_WIPE, by=by, at=context.now())
        pending.queue(context, tx, tenant, OperationKind.WIPE, by=by, parts=chosen)
    log = IntegrationLog(context.store, tenant.id, tenant.slug, "life")
    log.write("coupling.wipe_confirmed", tenant.slug, parts=", ".join(chosen), by=by)


def _chosen(tenant: Tenant, parts: Sequence[str]) -> list[str]:
    """Return the parts in the order in which they go. Raises InvalidInput."""
    if unknown := [part for part in parts if part not in PARTS]:
        raise InvalidInput(f"parts: {', '.join(unknown)} is not allowed; use {', '.join(PARTS)}")
    if not parts:
        raise InvalidInput(f"parts: none; use {', '.join(PARTS)}, or keep what is in Simple-Simon")
    if tenant.active_since is None and set(parts) != set(PARTS):
        raise InvalidInput(
            "parts: a first activation wipes all of them; a choice is for a coupling that was active before"
        )
    return [part for part in PARTS if part in parts]


def _compare(shown: Mapping[str, int], now: Contents, parts: Sequence[str]) -> None:
    """Raise ContentsChanged when what goes, or what goes along with it, is not what was shown."""
    along = [kind for part in parts for kind in now.along[part] if kind in shown and kind in now.counts]
    for part in dict.fromkeys([*parts, *along]):
        before, present = shown.get(part), now.counts[part]
        if before is None or not before <= present <= before + FEW:
            said = "no number was" if before is None else f"{before} were"
            raise ContentsChanged(f"wipe: {said} shown for {part}, and there are {present} now; look again and confirm")


def carry_out(context: Context, tenant: Tenant) -> CleanupReport:
    """Carry out the wipe that was confirmed, or go on with it; who comes second gets the report of the first.

    Raises InvalidState, and as ``wipe`` does.
    """
    report: CleanupReport = pending.carry_out(context, tenant, go_on(context, tenant).id)
    return report


def go_on(context: Context, tenant: Tenant) -> PendingOperation:
    """Return the wipe that was confirmed; one that another run put an end to is queued again. Raises InvalidState."""
    tenant.require_state("to go on wiping", TenantState.WIPING)
    operation = pending.latest(context, tenant, OperationKind.WIPE)
    if operation is None:
        again = f"koppel tenants deactivate {tenant.slug}, then koppel tenants activate {tenant.slug}"
        raise InvalidState(f"{tenant.slug}: no wipe was confirmed; begin again: {again}")
    if operation.state is not OperationState.FAILED:
        return operation
    by, parts = operation.requested_by, list(operation.parts)
    with context.store.begin() as tx:
        return pending.queue(context, tx, tenant, OperationKind.WIPE, by=by, parts=parts)


def keep(context: Context, tenant: Tenant, by: str) -> Tenant:
    """Leave what is in Simon. Records of people stay beside those of the package, until a clean-up proposes them."""
    tenant.require_state("to keep what is in Simple-Simon", TenantState.NEW)
    agree(context, tenant, by)
    with context.store.begin() as tx:
        take_step(tx, tenant.id, Step.KEEP, by=by, at=context.now())
    IntegrationLog(context.store, tenant.id, tenant.slug, "life").write("coupling.wipe_declined", tenant.slug, by=by)
    return load(context, tenant.slug)
