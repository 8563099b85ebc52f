"""koppel log, koppel solve, koppel work-orders: what happened, what is open, and what became of each work order."""

import getpass
from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import UTC
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from include.cli.common import AsJson, TenantName, explained, out, show
from include.context import Context
from include.log.writer import LogLine, Problem, dismiss, latest, open_problems
from include.push.operations import LedgerEntry
from include.push.stats import entries
from include.tenants.tenant import load

app = typer.Typer()
JSON_FIELDS = (
    *("number", "work_order_id", "archived_at", "state", "reference"),
    *("document_id", "document_number", "code", "attempts"),
)


class Severity(StrEnum):
    info = "info"
    success = "success"
    warning = "warning"
    error = "error"


class Language(StrEnum):
    nl = "nl"
    en = "en"


@app.command("log")
def show_log(
    tenant: TenantName,
    severity: Annotated[Severity | None, typer.Option(help="Only messages of this severity.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 50,
    language: Annotated[Language, typer.Option(help="Language of messages and actions.")] = Language.nl,
    only_open: Annotated[bool, typer.Option("--open", help="Only what is not settled yet, once each.")] = False,
    as_json: AsJson = False,
) -> None:
    """The integration log of a tenant: what happened, and what to do about it."""
    with explained():
        context = Context.from_environment()
        tenant_id = load(context, tenant).id
        if only_open:
            unsettled = open_problems(
                context.store, tenant_id, limit, severity.value if severity else None, language.value
            )
            _show_open(tenant, unsettled, as_json)
            return
        found = latest(context.store, tenant_id, limit, severity.value if severity else None, language.value)
    if as_json:
        show("", [field.name for field in fields(LogLine)], [astuple(line) for line in found], as_json)
    else:
        _print_log(tenant, found)


def _print_log(tenant: str, found: Sequence[LogLine]) -> None:
    """Made for a terminal: what to do stands under what happened."""
    colours = {"info": "blue", "success": "green", "warning": "yellow", "error": "red"}
    shown = Table(title=f"Integration log of {tenant}", title_justify="left", show_lines=True)
    for column in ("time (UTC)", "type", "record", "message, and what to do"):
        shown.add_column(column)
    for line in found:
        what = Text(line.message)
        if line.action:
            what.append(f"\n→ {line.action}", style="bold")
        kind = Text(line.type, style=colours[line.type])
        shown.add_row(
            f"{line.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}", kind, Text(f"{line.table}\n{line.record}"), what
        )
    out.print(shown)


def _show_open(tenant: str, found: Sequence[Problem], as_json: bool) -> None:
    if as_json:
        show("", [field.name for field in fields(Problem)], [astuple(one) for one in found], as_json)
        return
    shown = Table(title=f"Open problems of {tenant}", title_justify="left", show_lines=True)
    for column in ("problem", "first, last (UTC), times", "record", "message, and what to do"):
        shown.add_column(column)
    for one in found:
        when = "\n".join(f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" for at in (one.first, one.last))
        what = Text(one.message).append(f"\n→ {one.action}", style="bold")
        shown.add_row(str(one.id), f"{when}\n{one.count} ×", Text(f"{one.table}\n{one.record}"), what)
    out.print(shown)


@app.command("solve")
def solve(
    tenant: TenantName, problem: Annotated[int, typer.Argument(help="Its number in koppel log TENANT --open.")]
) -> None:
    """Close an open problem that you have settled and that cannot close by itself."""
    with explained():
        context = Context.from_environment()
        dismiss(context.store, load(context, tenant).id, problem, getpass.getuser())
        out.print(f"Problem {problem} is closed.")


@app.command("work-orders")
def work_orders(
    tenant: TenantName, limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50, as_json: AsJson = False
) -> None:
    """The push ledger of a tenant: each archived work order and what became of it."""
    with explained():
        context = Context.from_environment()
        found = entries(context, load(context, tenant), limit)
    if as_json:
        columns = (
            "number",
            "work_order_id",
            "archived_at",
            "state",
            "reference",
            "document_id",
            "document_number",
            "code",
        )
        show("", columns, [[getattr(entry, column) for column in columns] for entry in found], as_json)
        return
    rows = [
        (e.number, e.archived_at.astimezone(UTC).strftime("%d-%m %H:%M"), e.state, _document(e), e.code) for e in found
    ]
    show(f"Work orders of {tenant}", ("work order", "archived (UTC)", "state", "document", "code"), rows, as_json=False)


def _document(entry: LedgerEntry) -> str | None:
    return entry.document_number or entry.document_id
