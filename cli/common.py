"""Holds what all commands share: how a refusal is explained, how tables and JSON are printed, arguments that recur."""

import getpass
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from include.context import NoTables, StoreAway, why_away
from include.errors import IntegrationError, InvalidInput, Superseded, UserError
from include.installation import named_user
from include.visible_text import visible

out, err = Console(), Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
TenantName = Annotated[str, typer.Argument(help="The tenant's short name.", metavar="TENANT")]
AllTenants = Annotated[bool, typer.Option("--all-tenants", help="All active tenants, instead of a name.")]
Day = Annotated[str, typer.Option("--from", help="First day, as YYYY-MM-DD, Dutch time.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def fail(*sentences: str, code: int = 1) -> NoReturn:
    """Print why nothing more is done, on standard error, and end with an exit code; with --json as JSON."""
    if "--json" in sys.argv:
        print(json.dumps({"errors": sentences}, ensure_ascii=False), file=sys.stderr)
        sys.exit(code)
    for sentence in sentences:
        err.print(Text("✗ ", style="red").append(visible(sentence), style="default"), highlight=False)
    sys.exit(code)


@contextmanager
def explained() -> Iterator[None]:
    """Explain what a person did wrong, or has to do, and end with 1; anything else is a fault of ours and passes."""
    try:
        yield
    except UserError as error:
        fail(*error.problems)
    except IntegrationError as error:
        fail(error.text("nl"), error.action("nl"))
    except Superseded:
        fail("another run of this tenant took over; nothing more was written by this one")
    except StoreAway as error:
        fail(why_away(error))
    except NoTables:
        fail("the store has no tables yet, or older ones; run: koppel migrate")


def who() -> str:
    """Return who gives the command, for the log: KOPPEL_USER, or who is logged in at this terminal.

    Raises InvalidInput: in a container, or from a program, the name of the account says nothing.
    """
    if name := named_user():
        return name
    if not sys.stdin.isatty():
        raise InvalidInput("KOPPEL_USER: not set, and this is no terminal; set it to who gives the command")
    return getpass.getuser()


def new_run_key() -> str:
    """Return the key of a run that this process starts by hand."""
    return f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}__{os.getpid()}"


def parse_day(text: str) -> date:
    """Return the day that an option names. Raises InvalidInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"from: {text!r} is not allowed; use a day as YYYY-MM-DD") from None


def print_rows(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, as_json: bool) -> None:
    """Print rows as a table, or as a list of JSON objects."""
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(title, columns, rows)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as a table; nothing in them is read as markup."""
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else visible(str(value))) for value in row))
    out.print(table)


def print_result(result: Mapping[str, Any], sentence: str, *, as_json: bool) -> None:
    """Print what a command did, as a sentence or as JSON."""
    if as_json:
        print_json(dict(result))
    else:
        print_line(sentence)


def print_line(text: str) -> None:
    """Print text as it is, without markup or colours; its lines stay."""
    text = "\n".join(visible(line) for line in text.split("\n"))
    out.print(text, highlight=False, markup=False)


def print_json(value: Any) -> None:
    """Print one line of JSON, with moments and the like as text."""
    print(json.dumps(value, default=str, ensure_ascii=False))
