"""What a person decides not to have sent, and why (R3.15): it stays visible, and can be taken back by pushing it."""

from include.context import Context
from include.errors import InvalidInput, WorkOrderRefused
from include.log.writer import IntegrationLog
from include.push.ledger import CLAIMED, CONFIRMED, HELD, READY, REJECTED, SKIPPED, override, resolve_problems
from include.push.operations import find_entry
from include.store import ledger
from include.store.ledger import LedgerEntry
from include.tenants.tenant import Tenant

NOT_SENT = "work_order.not_sent"
LONGEST_REASON = 300


def do_not_send(context: Context, tenant: Tenant, work_order: str, reason: str, *, by: str) -> LedgerEntry:
    """Keep a work order from ever being sent; ``koppel work-orders push`` sends it after all.

    Archived again, it is asked about again. Raises NotFound, InvalidInput for a reason that is none, WorkOrderRefused.
    """
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(f"reason: {reason!r} is not allowed; say in 3 to {LONGEST_REASON} characters why not")
    entry = find_entry(context, tenant, work_order)
    if entry.state not in (READY, CLAIMED, REJECTED, HELD):
        raise WorkOrderRefused(_why_not(entry, tenant.package.title))
    with context.store.begin() as tx:
        if not override(tx, entry, SKIPPED, context.now(), by=by, code=NOT_SENT, reason=reason, reported_error=None):
            raise WorkOrderRefused(
                f"work order {entry.number} is being handled at this moment; try again in a few minutes"
            )
        resolve_problems(tx, entry)
        ledger.requeue_siblings(tx, entry, context.now())
    IntegrationLog(context.store, tenant.id, tenant.slug, f"by {by}").write(
        NOT_SENT, entry.number, by=by, reason=reason
    )
    return find_entry(context, tenant, work_order)


def _why_not(entry: LedgerEntry, package: str) -> str:
    if entry.state == CONFIRMED:
        return f"work order {entry.number} is in {package} already, as {entry.document}"
    if entry.state == SKIPPED:
        return f"work order {entry.number} is not sent anyway: {entry.code}"
    return f"work order {entry.number} may be in {package}, which is searched; wait until that is known"
