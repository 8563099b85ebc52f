"""What earlier clean-ups and wipes took from Simon, and whether it can be put back still."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from include.context import Context
from include.store import cleanup, history
from include.store.cleanup import Proposal, Removal
from include.store.history import CleanedRow
from include.tenants.tenant import Tenant

__all__ = ["PastRemovals", "Proposal", "Removal", "past_removals", "waiting"]

TAKEN = ("deleted", "inactive", "restoring")  # of which something may be put back
SHOWN = 20


@dataclass(frozen=True)
class PastRemovals:
    """One run; ``ended`` counts by stream and state. ``undoable``: records that can be put back."""

    run_id: int
    kind: str
    key: str
    started_at: datetime
    ended_at: datetime | None
    ended: dict[str, dict[str, int]] = field(default_factory=dict)
    undoable: int = 0


def past_removals(context: Context, tenant: Tenant) -> list[PastRemovals]:
    """The latest runs that removed something, the last one first."""
    with context.store.begin() as tx:
        rows = history.cleaned(tx, tenant.id, SHOWN)
    by_run: dict[int, list[CleanedRow]] = {}
    for row in rows:
        by_run.setdefault(row.id, []).append(row)
    return [_run(found) for found in by_run.values()]


def _run(rows: Sequence[CleanedRow]) -> PastRemovals:
    ended: dict[str, dict[str, int]] = {}
    for row in rows:
        ended.setdefault(row.stream, {})[row.state] = row.count
    first, undoable = rows[0], sum(row.kept for row in rows if row.state in TAKEN)
    return PastRemovals(first.id, first.kind, first.key, first.started_at, first.ended_at, ended, undoable)


def waiting(context: Context, tenant: Tenant) -> tuple[Proposal, list[Removal]] | None:
    """The proposal that waits for a person or is being carried out, and exactly its set."""
    with context.store.begin() as tx:
        found = cleanup.latest_proposal(tx, tenant.id, "open", "approved")
        if found is None or (found.state == "open" and found.expires_at <= context.now()):
            return None
        return found, cleanup.of_proposal(tx, found.id)
