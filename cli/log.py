"""koppel log: prints the integration log of a tenant."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import UTC
from itertools import islice
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.common import AsJson, TenantName, explained, out, print_rows
from include.context import Context
from include.log.search import BATCH_SIZE, LogMessage, LogQuery, search_messages
from include.messages import Language, Severity
from include.tenants.tenant import load
from include.visible_text import visible

COLOURS = {"info": "blue", "success": "green", "warning": "yellow", "error": "red"}
app = typer.Typer(help="What happened, and what to do about it.", no_args_is_help=True)

Only = Annotated[Severity | None, typer.Option("--severity", help="Only messages of this severity.")]
Most = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many, the latest first.")]
Reader = Annotated[Language, typer.Option("--language", help="Language of messages and actions.")]


@app.command("list")
def log_list(
    slug: TenantName, *, severity: Only = None, limit: Most = 50, language: Reader = "nl", as_json: AsJson = False
) -> None:
    """List the messages of a tenant's integration log: what happened, and what to do about it."""
    with explained():
        context = Context.from_environment()
        query = LogQuery({load(context, slug).slug}, severity=severity, language=language)
        messages = list(islice(search_messages(context, query, min(limit, BATCH_SIZE)), limit))
    if as_json:
        columns = [field.name for field in fields(LogMessage)]
        print_rows("", columns, [astuple(message) for message in messages], as_json=True)
    else:
        _print_messages(slug, messages)


def _print_messages(slug: str, messages: Sequence[LogMessage]) -> None:
    """Print the messages for a terminal: the action is below the message."""
    table = Table(title=f"Integration log of {slug}", title_justify="left", show_lines=True)
    for column in ("time (UTC)", "type", "record", "message, and what to do"):
        table.add_column(column)
    for message in messages:
        table.add_row(
            f"{message.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            Text(message.type, style=COLOURS[message.type]),
            Text(f"{message.table}\n{visible(message.record)}"),
            message_and_action(message.message, message.action),
        )
    out.print(table)


def message_and_action(message: str, action: str) -> Text:
    """Return the text of a message with what to do below it."""
    text = Text(message)
    return text.append(f"\n→ {action}", style="bold") if action else text
