"""koppel sandbox: starts the local stand-ins of the three services, which are a program of their own."""

import importlib.util
import os
import sys

import typer

from cli.common import explained
from include.errors import NotFound

app = typer.Typer()
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command("sandbox", context_settings=PASSED_ON)
def sandbox(arguments: typer.Context) -> None:
    """Serve local stand-ins of Simple-Simon, Rompslomp and Unit4 Multivers; koppel sandbox --help lists the options."""
    with explained():
        if importlib.util.find_spec("sandbox") is None:
            raise NotFound("sandbox: it is no part of this installation; start it from a checkout of Koppel")
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *arguments.args])  # noqa: S606 - our own program
