"""koppel problems: lists what is not resolved yet, and resolves what cannot close by itself."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import UTC
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.common import AsJson, TenantName, explained, out, print_line, print_rows, who
from cli.log import Most, Only, Reader, message_and_action
from include.context import Context
from include.log.problems import LogQuery, OpenProblem, open_problems, resolve_by_hand
from include.tenants.tenant import load
from include.visible_text import visible

app = typer.Typer(help="Warnings and errors that are not settled yet, once each.", no_args_is_help=True)


@app.command("list")
def problems_list(
    slug: TenantName, *, severity: Only = None, limit: Most = 50, language: Reader = "nl", as_json: AsJson = False
) -> None:
    """List the open problems of a tenant, each once, with first and last time and count."""
    with explained():
        context = Context.from_environment()
        query = LogQuery({load(context, slug).slug}, severity=severity, language=language)
        problems = open_problems(context, query, limit)
    if as_json:
        columns = [field.name for field in fields(OpenProblem)]
        print_rows("", columns, [astuple(problem) for problem in problems], as_json=True)
    else:
        _print_problems(slug, problems)


def _print_problems(slug: str, problems: Sequence[OpenProblem]) -> None:
    table = Table(title=f"Open problems of {slug}", title_justify="left", show_lines=True)
    for column in ("problem", "first, last (UTC), times", "record", "message, and what to do"):
        table.add_column(column)
    for problem in problems:
        period = "\n".join(f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" for at in (problem.first, problem.last))
        table.add_row(
            str(problem.id),
            f"{period}\n{problem.count} ×",
            Text(f"{problem.table}\n{visible(problem.record)}"),
            message_and_action(problem.message, problem.action),
        )
    out.print(table)


@app.command("resolve")
def problems_resolve(
    slug: TenantName, problem: Annotated[int, typer.Argument(help="Its number in koppel problems list TENANT.")]
) -> None:
    """Close an open problem that you have settled and that cannot close by itself."""
    with explained():
        context = Context.from_environment()
        resolve_by_hand(context, load(context, slug), problem, who())
    print_line(f"Problem {problem} is closed.")
