"""koppel: the command line. Each command is one call of the application and a table, or JSON with --json."""

import sys

import structlog
import typer

from include.cli import (
    activate,
    apply,
    check,
    cleanup,
    connect,
    keys,
    life,
    log,
    push,
    sandbox,
    settings,
    sync,
    tenants,
)
from include.cli.common import explained, out
from include.context import migrate_store

app = typer.Typer(name="koppel", help=__doc__, no_args_is_help=True, add_completion=False)
app.add_typer(tenants.app, name="tenants")
app.add_typer(settings.app, name="settings")
app.add_typer(keys.app, name="keys")
for part in (activate, apply, life, check, cleanup, connect, log, push, sync, sandbox):
    app.add_typer(part.app)


@app.callback()
def start() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for the answer


@app.command("migrate")
def migrate() -> None:
    """Make or upgrade the store's tables."""
    with explained():
        migrate_store()
        out.print("The store is up to date.")
