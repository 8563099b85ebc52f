"""koppel sync-now: synchronises a tenant in this process, or shows what that would do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from cli.common import AsJson, TenantName, explained, new_run_key, print_json, print_table
from include.cleanup.pipeline import clean_up
from include.context import Context
from include.errors import InvalidInput
from include.push.worker import push
from include.sync.dry_run import Effect, SyncPreviewRow, dry_run
from include.sync.pipeline import sync
from include.tenants.tenant import load

COUNTS = ("read", "new", "changed", "same", "corrected", "left_out", "rejected")

app = typer.Typer()


@app.command("sync-now")
def sync_now(
    slug: TenantName,
    *,
    what: Annotated[str, typer.Option(help="Streams, comma separated; empty is all. Also: work_orders, cleanup.")] = "",
    dry: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Synchronise here and now, in this process."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        chosen = [name.strip() for name in what.split(",") if name.strip()]
        if what and not chosen:
            raise InvalidInput(f"what: {what!r} names nothing; leave it out for everything")
        key = new_run_key()
        if dry:
            _print_preview(slug, dry_run(context, tenant, key, chosen), as_json=as_json)
            return
        streams = [name for name in chosen if name not in ("work_orders", "cleanup")]
        counts = sync(context, tenant, key, streams) if streams or not chosen else {}
        pushed = push(context, tenant, key) if "work_orders" in chosen else {}
        removed = clean_up(context, tenant, key).ended if "cleanup" in chosen else {}
    rows = [(stream, *(numbers[name] for name in COUNTS)) for stream, numbers in counts.items()]
    if as_json:
        objects = [dict(zip(("stream", *COUNTS), row, strict=True)) for row in rows]
        print_json({"streams": objects, "work_orders": pushed, "cleanup": removed})
        return
    if counts:
        print_table(f"Synchronised {slug}", ("stream", *COUNTS), rows)
    if "work_orders" in chosen:
        print_table(f"Work orders of {slug}", ("state", "work orders"), list(pushed.items()))
    if "cleanup" in chosen:
        print_table(f"Clean-up of {slug}", ("stream", "state", "records"), _flat(removed))


def _flat(removed: Mapping[str, Mapping[str, int]]) -> Sequence[tuple[str, str, int]]:
    return [(stream, state, count) for stream, states in removed.items() for state, count in states.items()]


def _print_preview(slug: str, preview: Iterable[SyncPreviewRow], *, as_json: bool) -> None:
    """Print the differences one by one, and how many of each stream would be made, changed, left as is or left out."""
    counts: dict[str, Counter[str]] = {}
    differing = []
    for row in preview:
        counts.setdefault(row.stream, Counter())[row.effect] += 1
        if row.effect in ("create", "change"):
            differing.append(row)
    if as_json:
        print_json({"differences": [asdict(row) for row in differing], "counts": counts})
        return
    lines = []
    for row in differing:
        fields = "; ".join(f"{name}: {old!r} → {new!r}" for name, (old, new) in row.fields.items())
        lines.append((row.stream, row.effect, row.label, fields))
    print_table(f"What a sync of {slug} would do", ("stream", "effect", "record", "fields"), lines)
    totals = [(stream, *(of_stream[effect] for effect in Effect)) for stream, of_stream in counts.items()]
    print_table("In all", ("stream", *Effect), totals)
