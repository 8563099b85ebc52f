"""How far a tenant's sync is, and how long it will take: from the measured rate (R5.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.context import Context
from include.runs import RunKind
from include.store import links, runs, sync_state, watermarks
from include.store.runs import Progress, RunRow
from include.store.sync_state import SyncState
from include.streams import STREAMS, with_followers
from include.tenants.tenant import Tenant

__all__ = ["Progress", "SyncStatus", "remaining", "share", "status"]


@dataclass(frozen=True)
class SyncStatus:
    """``streams`` are those of the latest run, in the order in which they began; ``seen`` as in R1.11."""

    run: RunRow | None
    streams: dict[str, Progress]
    linked: dict[str, int]
    watched: SyncState
    seen: dict[tuple[str, str], datetime]


def status(context: Context, tenant: Tenant) -> SyncStatus:
    """As it is at this moment."""
    with context.store.begin() as tx:
        run = runs.latest(tx, tenant.id, RunKind.SYNC)
        streams = runs.progress_by_stream(tx, run.id) if run else {}
        return SyncStatus(
            run,
            {name: at for name, at in streams.items() if name in STREAMS},
            links.counts(tx, tenant.id),
            sync_state.get(tx, tenant.id),
            watermarks.all_of(tx, tenant.id),
        )


def share(found: SyncStatus, tenant: Tenant) -> float:
    """How much of the latest run is done, from 0 to 1: of each stream reading counts for half, and writing for half."""
    if found.run is None:
        return 0.0
    if found.run.ended_at is not None:
        return 1.0
    names = [name for chosen in tenant.package.choices for name in with_followers(chosen)]
    return sum(_share(found.streams.get(name, Progress())) for name in names) / len(names)


def _share(at: Progress) -> float:
    if not at.complete:
        return 0.5 * min(1.0, at.read / at.announced) if at.announced else 0.0
    if at.due is None:
        return 0.5
    return 0.5 + 0.5 * min(1.0, (at.new + at.changed + at.rejected) / at.due if at.due else 1.0)


def remaining(at: Progress, now: datetime) -> timedelta | None:
    """How long the reading or writing that is going on will take at the rate so far; None when nobody can tell."""
    if at.started_at is None:
        return None
    written = at.new + at.changed + at.rejected
    done, total = (written, at.due) if at.complete else (at.read, at.announced)
    if not total or not done or done >= total:
        return None
    passed = max(timedelta(0), now - at.started_at)  # it was the store's clock that noted the start
    return passed * ((total - done) / done)
