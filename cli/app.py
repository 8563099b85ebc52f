"""Puts the command line together. Each command prints a table, or JSON with --json.

A command is imported when it is given: most of what a command takes is the import of what others need.
"""

import os
import sys
import traceback
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from include import __version__

# command, or noun with verbs of its own -> the module that has it as ``app``, and what the list of commands says of it
COMMANDS: dict[str, tuple[str, str]] = {
    "tenants": ("cli.tenants", "The companies that are coupled, and the life of each coupling."),
    "settings": ("cli.settings", "What a tenant has set: show, set, check, save."),
    "access": ("cli.access", "A tenant's access to Simple-Simon and to its package."),
    "work-orders": ("cli.work_orders", "Archived work orders and their documents."),
    "cleanup": ("cli.cleanup", "What is gone from the package goes from Simple-Simon; and back."),
    "log": ("cli.log", "What happened, and what to do about it."),
    "problems": ("cli.problems", "Warnings and errors that are not settled yet, once each."),
    "alerts": ("cli.alerts", "Who is told what is wrong, and what they were told."),
    "keys": ("cli.keys", "The keys that encrypt the tenants' credentials."),
    "apply": ("cli.apply", "Bring tenants to where files want them: shows the plan first."),
    "reconcile": ("cli.reconcile", "Compare work orders, documents and records with what is believed; ends with 1"),
    "sync-now": ("cli.sync", "Synchronise here and now, in this process."),
    "fleet": ("cli.fleet", "Show what is wrong over all couplings, and which need somebody first."),
    "health": ("cli.health", "Look at everything once; the exit code says whether all is well."),
    "migrate": ("cli.migrate", "Make or upgrade the store's tables."),
    "sandbox": ("cli.sandbox", "Serve local stand-ins of Simple-Simon, Rompslomp and Unit4 Multivers."),
}
REPORT = (
    "This is a fault of Koppel, not of what you typed. Report it to whoever maintains Koppel, with the lines above"
    ' and what you typed; docs/operating.md, "Reporting a fault", says how.'
)


class Commands(TyperGroup):
    """Knows the names of all commands, and imports the one that is given."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, in the order of the help."""
        return [*COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """Return what the list of commands and the completion of names need to know of one."""
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is given, as it is."""
        name, known, rest = super().resolve_command(ctx, args)
        return (name, load(name), rest) if name and known else (name, known, rest)


def load(name: str) -> Any:
    """Import and return a command, or a noun with its verbs."""
    group = typer.main.get_group(import_module(COMMANDS[name][0]).app)
    command = group.commands.get(name, group)
    command.name = name
    return command


app = typer.Typer(
    name="koppel",
    cls=Commands,
    help="Koppel couples Simple-Simon to accounting packages. A command is a noun and a verb.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # it would show the values of variables, which may be secrets
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"koppel {__version__}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # standard output is for the answer


def main() -> None:
    """Run the command line. A fault of Koppel ends with its trace and another exit code than a user's mistake."""
    try:
        app(prog_name="koppel")
    except Exception:  # noqa: BLE001 - shown whole, and never taken for a mistake of the user
        from cli.common import fail

        traceback.print_exc()
        fail(REPORT, code=os.EX_SOFTWARE)
