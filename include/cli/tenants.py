"""koppel tenants: the companies that are coupled."""

from dataclasses import astuple, fields
from typing import Any

import typer

from include.cli.common import AsJson, TenantName, explained, print_json, show
from include.koppel import Koppel
from include.tenants.overview import Line, about, overview
from include.tenants.tenant import Tenant, load

app = typer.Typer(help="The companies that are coupled.", no_args_is_help=True)


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
