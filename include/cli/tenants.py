"""koppel tenants: the companies that are coupled."""

import getpass
import json
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from include.cli.common import AsJson, TenantName, explained, print_json, show
from include.koppel import Koppel
from include.tenants.adding import WrongInput, add
from include.tenants.overview import Line, about, overview
from include.tenants.tenant import Tenant, load

app = typer.Typer(help="The companies that are coupled.", no_args_is_help=True)


@app.command("add")
def tenants_add(
    tenant: TenantName,
    file: Annotated[Path, typer.Argument(help="JSON description; - reads it from standard input.")],
    as_json: AsJson = False,
) -> None:
    """Add a tenant. Secrets come in the file, never in an argument; docs/operating.md shows its form."""
    with explained():
        text = sys.stdin.read() if str(file) == "-" else _read(file)
        try:
            given = json.loads(text)
        except ValueError as error:
            raise WrongInput([f"{file}: not JSON: {error}"]) from error
        if not isinstance(given, dict):
            raise WrongInput([f"{file}: use a JSON object"])
        _print(add(Koppel.installed(), tenant, given, getpass.getuser()), as_json)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WrongInput([f"{file}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise WrongInput([f"{file}: not UTF-8 text"]) from error


@app.command("list")
def tenants_list(as_json: AsJson = False) -> None:
    """All tenants."""
    with explained():
        found = [astuple(line) for line in overview(Koppel.installed())]
    show("Tenants", [field.name for field in fields(Line)], found, as_json)


@app.command("show")
def tenants_show(tenant: TenantName, as_json: AsJson = False) -> None:
    """One tenant with its settings and what is linked; never its secrets."""
    with explained():
        _print(load(Koppel.installed(), tenant), as_json)


def _print(tenant: Tenant, as_json: bool) -> None:
    found = about(Koppel.installed(), tenant)
    if as_json:
        print_json(found)
        return
    rows: list[tuple[str, Any]] = []
    for name, value in found.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        rows += [(f"{name}.{part}" if part else name, inner) for part, inner in parts]
    show(tenant.company, ("field", "value"), rows, as_json=False)
