"""koppel fleet: all couplings together, and those that need somebody first."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.common import AsJson, explained, print_json, print_line, print_table
from include.context import Context
from include.health.freshness import freshness
from include.tenants.overview import Coupling, OverviewQuery, counts, couplings, overview

app = typer.Typer()


@app.command("fleet")
def fleet(
    *,
    most: Annotated[int, typer.Option("--limit", min=1, max=500, help="So many couplings, the worst first.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show what is wrong over all couplings, and which need somebody first."""
    with explained():
        context = Context.from_environment()
        slugs = {line.tenant for line in overview(context)}
        query = OverviewQuery(slugs=slugs, troubled=True, sort="problems", descending=True)
        worst, now = couplings(context, query, limit=most), counts(context)
        fresh, _ = freshness(context)
    if as_json:
        print_json(
            {
                **asdict(now),
                "freshness": asdict(fresh),
                "troubled": worst.total,
                "worst": [asdict(row) for row in worst.rows],
            }
        )
        return
    print_line(f"Couplings: {_counted(now.couplings)}")
    print_line(f"Work orders that are not booked: {_counted(now.work_orders)}")
    print_line(f"Open problems: {_counted(now.problems)}")
    oldest = "none waits" if fresh.oldest_s is None else f"the oldest waits for {fresh.oldest_s / 60:.0f} min"
    share = "–" if fresh.share is None else f"{100 * fresh.share:.2f} %"
    print_line(f"Booked within five minutes, 30 days: {share}; {oldest}")
    if worst.rows:
        columns = ("tenant", "company", "state", "errors", "warnings", "waiting", "oldest (UTC)")
        print_table(f"{worst.total} need somebody", columns, [_row(row) for row in worst.rows])


def _row(row: Coupling) -> tuple[Any, ...]:
    oldest = f"{row.oldest:%Y-%m-%d %H:%M}" if row.oldest else ""
    return row.tenant, row.company, row.status, row.errors, row.warnings, row.waiting, oldest


def _counted(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(numbers.items())) or "none"
