"""What has been kept for long enough goes, every night, for all tenants together. The ledger is kept for ever,
but for what its finished work orders say of people.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from include.access.connect import disconnect
from include.context import Context
from include.store import Store, retention
from include.store import tenants as tenants_table
from include.tenants.states import ENDED
from include.tenants.tenant import load

Remove = Callable[[Store, datetime], int]


def retain(context: Context) -> dict[str, int]:
    """Remove what is old enough, and return how many rows went, by kind. It may be interrupted at any time."""
    keep, now = context.retention, context.now()
    kinds: dict[str, tuple[Remove, int]] = {
        "log": (retention.old_log, keep.log_days),
        "problems": (retention.settled_problems, keep.problem_days),
        "exports": (retention.old_exports, keep.export_days),
        "left_over": (retention.left_over, 0),
        "runs": (retention.old_runs, keep.run_days),
        "reconciliations": (retention.old_reconciliations, keep.run_days),
        "operations": (retention.old_operations, keep.run_days),
        "ledger_steps": (retention.old_steps, keep.step_days),
        "work_orders": (retention.old_work_orders, keep.work_order_days),
    }
    gone = {kind: remove(context.store, now - timedelta(days=days)) for kind, (remove, days) in kinds.items()}
    return gone | {"credentials": _destroy(context)}


def _destroy(context: Context) -> int:
    """Destroy the access that a deactivation left, because it was interrupted; return how many there were."""
    with context.store.begin() as tx:
        ended = [row.slug for row in tenants_table.listing(tx) if row.status in ENDED]
    return sum(len(disconnect(context, load(context, slug))) for slug in ended)
