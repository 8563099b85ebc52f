"""koppel sync-now, koppel status: master data now, a look at what it would do, and how far it is."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from include.cleanup.pipeline import clean_up
from include.cli.common import AsJson, TenantName, explained, out, print_json, show
from include.context import Context
from include.errors import InvalidInput
from include.push.worker import push
from include.sync.dry_run import SyncPreviewRow, dry_run
from include.sync.pipeline import sync
from include.sync.progress import Progress, SyncStatus, remaining, status
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("sync-now")
def sync_now(
    tenant: TenantName,
    what: Annotated[str, typer.Option(help="Streams, comma separated; empty is all. Also: work_orders, cleanup.")] = "",
    dry: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Synchronise here and now, in this process."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        chosen = [name.strip() for name in what.split(",") if name.strip()]
        if what and not chosen:
            raise InvalidInput(f"what: {what!r} names nothing; leave it out for everything")
        key = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}__{os.getpid()}"
        if dry:
            _show_dry_run(tenant, dry_run(context, found, key, chosen), as_json)
            return
        streams = [name for name in chosen if name not in ("work_orders", "cleanup")]
        counts = sync(context, found, key, streams) if streams or not chosen else {}
        sent = push(context, found, key) if "work_orders" in chosen else {}
        removed = clean_up(context, found, key).ended if "cleanup" in chosen else {}
    columns = ("stream", "read", "new", "changed", "same", "left_out", "rejected")
    rows = [(stream, *(numbers[name] for name in columns[1:])) for stream, numbers in counts.items()]
    if as_json:
        print_json(
            {"streams": [dict(zip(columns, row, strict=True)) for row in rows], "work_orders": sent, "cleanup": removed}
        )
        return
    if counts:
        show(f"Synchronised {tenant}", columns, rows, as_json)
    if "work_orders" in chosen:
        show(f"Work orders of {tenant}", ("state", "work orders"), list(sent.items()), as_json)
    if "cleanup" in chosen:
        rows = [(stream, state, count) for stream, states in removed.items() for state, count in states.items()]
        show(f"Clean-up of {tenant}", ("stream", "state", "records"), rows, as_json)


def _show_dry_run(tenant: str, outcomes: Iterable[SyncPreviewRow], as_json: bool) -> None:
    """The differences one by one, and how many of each stream would be made, changed, left as they are or left out."""
    counts: dict[str, Counter[str]] = {}
    differing = []
    for one in outcomes:
        counts.setdefault(one.stream, Counter())[one.verdict] += 1
        if one.verdict in ("create", "change"):
            differing.append(one)
    if as_json:
        print_json({"differences": [asdict(one) for one in differing], "counts": counts})
        return
    rows = []
    for one in differing:
        fields = "; ".join(f"{name}: {old!r} → {new!r}" for name, (old, new) in one.fields.items())
        rows.append((one.stream, one.verdict, one.label, fields))
    show(f"What a sync of {tenant} would do", ("stream", "verdict", "record", "fields"), rows, as_json=False)
    verdicts = ("create", "change", "same", "skip")
    totals = [(stream, *(of[verdict] for verdict in verdicts)) for stream, of in counts.items()]
    show("In all", ("stream", *verdicts), totals, as_json=False)


@app.command("status")
def show_status(
    tenant: TenantName,
    watch: Annotated[bool, typer.Option("--watch", help="Follow the run that is under way.")] = False,
    as_json: AsJson = False,
) -> None:
    """How far the tenant's sync is, what is linked, and the latest changes seen."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        if watch:
            _follow(context, found)
        _show_status(tenant, status(context, found), context.now(), as_json)


def _show_status(tenant: str, now_is: SyncStatus, now: datetime, as_json: bool) -> None:
    columns = ("stream", "read", "of", "new", "changed", "same", "left_out", "rejected", "remaining", "linked", "seen")
    seen: dict[str, datetime] = {}
    for (_, stream), change in now_is.seen.items():
        seen[stream] = max(change, seen.get(stream, change))
    rows = []
    for stream in dict.fromkeys((*now_is.streams, *now_is.linked, *seen)):
        at = now_is.streams.get(stream, Progress())
        counts = (at.read, at.announced, at.new, at.changed, at.same, at.left_out, at.rejected)
        left = remaining(at, now) if now_is.run and now_is.run.ended_at is None else None
        latest = seen[stream].isoformat(timespec="seconds") if stream in seen else None
        rows.append((stream, *counts, left, now_is.linked.get(stream), latest))
    run = now_is.run
    about = f"{run.key}, {'ended' if run.ended_at else 'under way'}" if run else "no run yet"
    if as_json:
        show("", columns, rows, as_json)
        return
    # what fits in 80 columns
    short = ("stream", "read", "of", "new", "changed", "same", "out", "refused", "to go", "linked", "latest")
    fitting = [(*row[:8], row[8] and str(row[8]).split(".")[0], row[9], row[10] and row[10][:10]) for row in rows]
    whole = now_is.watched.synced_at
    about += f"; last whole sync {whole.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if whole else ""
    show(f"{tenant}: {about}", short, fitting, as_json=False)


def _follow(context: Context, tenant: Tenant) -> None:
    """Progress bars until the run ends; the rate and what is left are measured."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=out) as bars:
        tasks: dict[str, TaskID] = {}
        while (now_is := status(context, tenant)).run and now_is.run and now_is.run.ended_at is None:
            for stream, at in now_is.streams.items():
                for phase, done, total in (
                    (f"read {stream}", at.read, at.read if at.complete else at.announced),
                    (f"write {stream}", at.new + at.changed + at.rejected, at.due),
                ):
                    if phase not in tasks:
                        tasks[phase] = bars.add_task(phase, total=None)
                    bars.update(tasks[phase], completed=done, total=total)
            context.sleep(0.5)
