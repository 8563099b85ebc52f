"""koppel tenants status: shows how far the synchronisation of a tenant is."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBars

from cli.common import AsJson, TenantName, explained, out, print_rows, print_table
from include.context import Context
from include.sync.progress import Progress, SyncStatus, remaining, status
from include.tenants.tenant import Tenant, load

COLUMNS = (
    "stream",
    "read",
    "of",
    "new",
    "changed",
    "same",
    "corrected",
    "left_out",
    "rejected",
    "remaining",
    "linked",
    "seen",
)
# fits in 80 columns
NARROW = ("stream", "read", "of", "new", "changed", "same", "out", "refused", "to go", "linked", "latest")

app = typer.Typer()


@app.command("status")
def tenants_status(
    slug: TenantName,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run that is under way.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how far the tenant's sync is, what is linked, and the latest changes seen."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if watch:
            _follow(context, tenant)
        sync_status = status(context, tenant)
        rows = _rows(sync_status, context.now())
    if as_json:
        print_rows("", COLUMNS, rows, as_json=True)
        return
    short = [(*row[:8], row[8] and str(row[8]).split(".")[0], row[9], row[10] and row[10][:10]) for row in rows]
    print_table(f"{slug}: {_summary(sync_status)}", NARROW, short)


def _rows(sync_status: SyncStatus, now: datetime) -> list[tuple[Any, ...]]:
    """Return the values of each stream, in the order of ``COLUMNS``."""
    seen: dict[str, datetime] = {}
    for (_, stream), change in sync_status.latest_changes.items():
        seen[stream] = max(change, seen.get(stream, change))
    under_way = sync_status.run is not None and sync_status.run.ended_at is None
    rows = []
    for stream in dict.fromkeys((*sync_status.streams, *sync_status.linked, *seen)):
        progress = sync_status.streams.get(stream, Progress())
        read = (progress.read, progress.announced)
        written = (
            progress.new,
            progress.changed,
            progress.same,
            progress.corrected,
            progress.left_out,
            progress.rejected,
        )
        time_left = remaining(progress, now) if under_way else None
        latest = seen[stream].isoformat(timespec="seconds") if stream in seen else None
        rows.append((stream, *read, *written, time_left, sync_status.linked.get(stream), latest))
    return rows


def _summary(sync_status: SyncStatus) -> str:
    run, synced_at = sync_status.run, sync_status.state.synced_at
    summary = f"{run.key}, {'ended' if run.ended_at else 'under way'}" if run else "no run yet"
    return summary + (f"; last whole sync {synced_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if synced_at else "")


def _follow(context: Context, tenant: Tenant) -> None:
    """Show progress bars until the run ends; the rate and what is left are measured."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ProgressBars(*columns, console=out) as bars:
        bar_ids: dict[str, TaskID] = {}
        while (run := (sync_status := status(context, tenant)).run) and run.ended_at is None:
            for stream, progress in sync_status.streams.items():
                total_read = progress.read if progress.complete else progress.announced
                written = progress.new + progress.changed + progress.rejected
                for phase, completed, total in (
                    (f"read {stream}", progress.read, total_read),
                    (f"write {stream}", written, progress.due),
                ):
                    if phase not in bar_ids:
                        bar_ids[phase] = bars.add_task(phase, total=None)
                    bars.update(bar_ids[phase], completed=completed, total=total)
            context.sleep(0.5)
