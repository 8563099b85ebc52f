"""What all commands share: words for what went wrong, tables and JSON, the arguments that recur."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from include.context import NoTables, StoreAway
from include.errors import IntegrationError, Superseded, UserError

out, problems = Console(), Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
TenantName = Annotated[str, typer.Argument(help="The tenant's short name.", metavar="TENANT")]


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        problems.print(Text("✗ ", style="red").append(line, style="default"), highlight=False)
    raise typer.Exit(1)


@contextmanager
def explained() -> Iterator[None]:
    """What a person did wrong, or has to do, in words; anything else is a fault of ours and shows its trace."""
    try:
        yield
    except UserError as error:
        _fail(*error.problems)
    except IntegrationError as error:
        _fail(error.text("nl"), error.action("nl"))
    except Superseded:
        _fail("another run of this tenant took over; nothing more was written by this one")
    except StoreAway as error:
        _fail(f"the store cannot be reached: {str(error.orig).strip()}")
    except NoTables:
        _fail("the store has no tables yet, or older ones; run: koppel migrate")


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], as_json: bool) -> None:
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))  # text, never markup
    out.print(table)


def print_json(value: Any) -> None:
    """One line of JSON; moments and the like as text."""
    print(json.dumps(value, default=str, ensure_ascii=False))
