"""koppel alerts: lists what people were told, tells them something as a test, and sets where an office is told."""

import sys
from datetime import UTC
from typing import Annotated

import typer

from cli.common import AsJson, TenantName, explained, fail, print_line, print_rows, who
from include.context import Context
from include.health.alerts import latest
from include.health.channels import Alert, Channels
from include.health.offices import set_addresses
from include.installation import Installation
from include.tenants.tenant import load

app = typer.Typer(help="Who is told what is wrong, and what they were told.", no_args_is_help=True)


@app.command("list")
def alerts_list(*, limit: Annotated[int, typer.Option(min=1, max=1000)] = 50, as_json: AsJson = False) -> None:
    """List what people were told, what is still wrong first."""
    with explained():
        rows = latest(Context.from_environment(), limit)
    columns = ("cause", "code", "since", "told", "over")
    moments = [(row.opened_at, row.told_at, row.closed_at) for row in rows]
    shown = [[at.astimezone(UTC).isoformat(timespec="seconds") if at else None for at in each] for each in moments]
    print_rows(
        "Alerts (UTC)", columns, [(r.cause, r.code, *m) for r, m in zip(rows, shown, strict=True)], as_json=as_json
    )


@app.command("test")
def alerts_test() -> None:
    """Tell everybody of the installation that this is a test."""
    with explained():
        context, settings = Context.from_environment(), Installation.from_environment().alerting
        if not settings.addresses:
            fail("KOPPEL_ALERTS is not set: nobody is told anything")
        channels = Channels(context, settings.addresses, settings.secret, settings.language)
        text = {"nl": "Dit is een proefmelding.", "en": "This is a test."}[settings.language]
        failed = channels.send(Alert("test", "test", "test", "Koppel", text, context.now()))
    if failed:
        fail(f"not taken by {', '.join(failed)}")
    print_line("Everybody was told.")


@app.command("tell")
def alerts_tell(slug: TenantName) -> None:
    """Set where a tenant's office is told of its problems: addresses of Apprise on standard input, none to end it."""
    with explained():
        context = Context.from_environment()
        addresses = sys.stdin.read().split()
        stored = set_addresses(context, load(context, slug), addresses, who())
    print_line(f"{slug}: {', '.join(stored) or 'nobody is told'}")
