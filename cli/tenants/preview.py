"""koppel tenants preview: shows what an activation would do."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.common import AsJson, TenantName, explained, parse_day, print_json, print_line, print_table
from include.cleanup.wipe import along_sentences
from include.context import Context
from include.lifecycle.activation_preview import ActivationPreview, preview_activation
from include.lifecycle.wipe_step import PARTS
from include.tenants.tenant import load

app = typer.Typer()
Parts = Annotated[str, typer.Option("--parts", help="What to wipe, by commas; all when left out.")]


@app.command("preview")
def tenants_preview(
    slug: TenantName,
    *,
    parts: Parts = ",".join(PARTS),
    administration: Annotated[str, typer.Option(help="Its number, when none was chosen yet.")] = "",
    start: Annotated[
        str, typer.Option("--from", help="Count the work orders of a backfill from this day on, as YYYY-MM-DD.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what an activation would do: what goes, what comes, what matches, how long it takes. Changes nothing."""
    with explained():
        context = Context.from_environment()
        tenant, since = load(context, slug), parse_day(start) if start else None
        activation = preview_activation(
            context, tenant, chosen_parts(parts), administration=administration, since=since
        )
    if as_json:
        print_json(asdict(activation))
    else:
        print_activation(activation)


def chosen_parts(parts: str) -> list[str]:
    """Return the parts that an option names."""
    return [part for part in parts.split(",") if part]


def print_activation(activation: ActivationPreview) -> None:
    """Print a row for each kind of record, and what else is to be known before the wipe."""
    incoming = activation.incoming
    rows: list[tuple[Any, ...]] = []
    for part in PARTS:
        comes, matches = (incoming.counts.get(part), incoming.matching.get(part)) if incoming else (None, None)
        wiped = activation.wiped.get(part, 0)
        rows.append((part.replace("_", " "), activation.in_simon[part], wiped, comes, matches))
    columns = ("records", "in Simple-Simon", "wiped", "come in", "same number")
    print_table(f"Preview of the activation of {activation.tenant}", columns, rows)
    for sentence in along_sentences(activation.along, list(activation.wiped)):
        print_line(sentence)
    for part, label, number in activation.on_open_work_orders:
        print_line(f"{part}: {label} stays, as it is on open work order {number}")
    calls = ", ".join(f"{count} to {system}" for system, count in activation.calls.items())
    print_line(f"Requests: {calls}; about {_duration(activation.seconds)}.")
    since = f" since {activation.work_orders_since}" if activation.work_orders_since else ""
    print_line(f"Archived work orders that would be sent{since}: {activation.work_orders}")
    if incoming is None:
        print_line("What comes in is not known before the package is connected and its administration is known.")


def _duration(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"
