"""Customers, addresses and articles against links and Simple-Simon: what a sync and a clean-up would do now (R1.1)."""

from collections import Counter
from dataclasses import dataclass

from include.context import Context
from include.store.removals import RemovalReason
from include.sync.dry_run import Effect, dry_run
from include.tenants.tenant import Tenant

SHOWN = 5
DIFFERENT = "reconcile.records_differ"
DIFFERENCES = {Effect.CREATE: "missing", Effect.CHANGE: "to_change", Effect.CORRECT: "changed_by_hand"}


@dataclass(frozen=True)
class RecordComparison:
    """``compared`` is the number of records; ``differences`` how many of each kind, ``shown`` some of them by name."""

    compared: int
    differences: dict[str, int]
    shown: tuple[str, ...]


def compare_records(context: Context, tenant: Tenant, key: str) -> RecordComparison:
    """Return what differs; nothing is written on either side. Raises as ``dry_run`` of sync and clean-up do."""
    from include.cleanup.dry_run import dry_run as cleanup_dry_run  # pandas is needed there, and takes its time

    compared, counts, shown = 0, Counter[str](), list[str]()
    for row in dry_run(context, tenant, f"{key} records"):
        compared += row.effect is not Effect.SKIP
        if row.effect in DIFFERENCES:
            counts[DIFFERENCES[row.effect]] += 1
            shown.append(row.label)
    removals, _ = cleanup_dry_run(context, tenant, f"{key} surplus")
    for removal in removals:
        if removal.reason in (RemovalReason.DELETED, RemovalReason.HAND_MADE):
            counts["surplus"] += 1
            shown.append(removal.label)
    return RecordComparison(compared, dict(counts), tuple(shown[:SHOWN]))
