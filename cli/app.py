"""Puts the command line together. Each command prints a table, or JSON with --json."""

import os
import sys
import traceback

import structlog
import typer

from cli import (
    access,
    alerts,
    apply,
    cleanup,
    health,
    keys,
    log,
    problems,
    sandbox,
    settings,
    sync,
    tenants,
    work_orders,
)
from cli.common import explained, fail, out
from include.context import migrate_store

REPORT = (
    "This is a fault of Koppel, not of what you typed. Report it to whoever maintains Koppel, with the lines above"
    ' and what you typed; docs/operating.md, "Reporting a fault", says how.'
)

app = typer.Typer(
    name="koppel",
    help="Koppel couples Simple-Simon to accounting packages. A command is a noun and a verb.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # it would show the values of variables, which may be secrets
)
for module in (tenants, settings, access, work_orders, cleanup, log, problems, alerts, keys):
    app.add_typer(module.app, name=module.NOUN)
for module in (apply, sync, health, sandbox):
    app.add_typer(module.app)


@app.callback()
def start() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for the answer


@app.command("migrate")
def migrate() -> None:
    """Make or upgrade the store's tables."""
    with explained():
        migrate_store()
        out.print("The store is up to date.")


def main() -> None:
    """Run the command line. A fault of Koppel ends with its trace and another exit code than a user's mistake."""
    try:
        app(prog_name="koppel")
    except Exception:  # noqa: BLE001 - shown whole, and never taken for a mistake of the user
        traceback.print_exc()
        fail(REPORT, code=os.EX_SOFTWARE)
