"""koppel reconcile: both sides of a tenant against what is believed."""

from typing import Annotated

import typer

from cli.common import AsJson, TenantName, explained, new_run_key, print_json, print_line, print_table, who
from include.context import Context
from include.reconciliation.reconcile import DAYS, reconcile
from include.tenants.tenant import load

app = typer.Typer()


@app.command("reconcile")
def reconcile_now(
    slug: TenantName,
    *,
    days: Annotated[int, typer.Option(help="Work orders that were archived in so many days.")] = DAYS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what differs; report nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare work orders, documents and records with what is believed; ends with 1 when something differs."""
    with explained():
        context = Context.from_environment()
        by = None if dry_run else who()
        outcome = reconcile(context, load(context, slug), new_run_key(), days=days, dry_run=dry_run, by=by)
    if as_json:
        print_json(outcome.as_json())
        raise typer.Exit(1 if outcome.differences else 0)
    print_line(
        f"Compared {outcome.work_orders} work orders, {outcome.documents} documents, {outcome.records} records: "
        + (f"{outcome.differences} differences" if outcome.differences else "no differences")
        + (f"; {outcome.left} documents are left for the next time" if outcome.left else "")
    )
    rows = [("work order", number, "not seen before") for number in outcome.unseen]
    rows += [("document", number, each.code.rpartition("_")[2]) for number, each in outcome.differing.items()]
    rows += [("records", str(count), kind.replace("_", " ")) for kind, count in outcome.differing_records.items()]
    if rows:
        print_table("Differences", ("what", "which, or how many", "difference"), rows)
    raise typer.Exit(1 if outcome.differences else 0)
