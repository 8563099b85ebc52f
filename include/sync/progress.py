"""How far a tenant's sync is, and how long it will take: from the measured rate (R5.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.context import Context
from include.errors import TenantNotFound
from include.runs import RunKind
from include.store import links, runs, sync_state, watermarks
from include.store.runs import Progress, RunRow
from include.store.sync_state import SyncState
from include.streams import STREAMS, with_followers
from include.tenants.tenant import Tenant, load

__all__ = ["Progress", "SyncStatus", "latest_changes", "remaining", "share", "status"]


@dataclass(frozen=True)
class SyncStatus:
    """How master data stands: ``streams`` are those of the latest run, in the order in which they began.

    ``latest_changes`` has the latest change seen by (system, stream) (R1.11).
    """

    run: RunRow | None
    streams: dict[str, Progress]
    linked: dict[str, int]
    state: SyncState
    latest_changes: dict[tuple[str, str], datetime]


def status(context: Context, tenant: Tenant) -> SyncStatus:
    """Return how a tenant's master data stands at this moment."""
    with context.store.begin() as tx:
        run = runs.latest(tx, tenant.id, RunKind.SYNC)
        streams = runs.progress_by_stream(tx, run.id) if run else {}
        return SyncStatus(
            run=run,
            streams={name: progress for name, progress in streams.items() if name in STREAMS},
            linked=links.counts(tx, tenant.id),
            state=sync_state.get(tx, tenant.id),
            latest_changes=watermarks.by_side(tx, tenant.id),
        )


def latest_changes(context: Context, slug: str) -> dict[tuple[str, str], datetime]:
    """Return the latest change seen by (system, stream) of a tenant; nothing for one that does not exist (R1.11)."""
    try:
        tenant = load(context, slug)
    except TenantNotFound:
        return {}
    with context.store.begin() as tx:
        return watermarks.by_side(tx, tenant.id)


def share(sync: SyncStatus, tenant: Tenant) -> float:
    """Return how much of the latest run is done, from 0 to 1: of each stream reading is one half, writing the other."""
    if sync.run is None:
        return 0.0
    if not sync.run.open:
        return 1.0
    names = [name for chosen in tenant.package.choices for name in with_followers(chosen)]
    return sum(_share(sync.streams.get(name, Progress())) for name in names) / len(names)


def _share(progress: Progress) -> float:
    if not progress.complete:
        return 0.5 * min(1.0, progress.read / progress.announced) if progress.announced else 0.0
    if progress.due is None:
        return 0.5
    return 0.5 + 0.5 * min(1.0, _written(progress) / progress.due if progress.due else 1.0)


def remaining(progress: Progress, now: datetime) -> timedelta | None:
    """Return how long reading or writing will take still, at the rate so far; None when nobody can tell."""
    if progress.started_at is None:
        return None
    read = (progress.read, progress.announced)
    done, total = (_written(progress), progress.due) if progress.complete else read
    if not total or not done or done >= total:
        return None
    passed = max(timedelta(0), now - progress.started_at)  # it was the store's clock that noted the start
    return passed * ((total - done) / done)


def _written(progress: Progress) -> int:
    return progress.new + progress.changed + progress.corrected + progress.rejected
