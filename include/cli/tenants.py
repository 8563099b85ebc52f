"""koppel tenants: the companies that are coupled."""

from dataclasses import astuple, fields
from typing import Any

import typer

from include.cli.common import AsJson, TenantName, explained, print_json, show
from include.context import Context
from include.tenants.overview import TenantLine, about, overview
from include.tenants.tenant import Tenant, load

app = typer.Typer(help="The companies that are coupled.", no_args_is_help=True)


@app.command("list")
def tenants_list(as_json: AsJson = False) -> None:
    """All tenants."""
    with explained():
        found = [astuple(line) for line in overview(Context.from_environment())]
    show("Tenants", [field.name for field in fields(TenantLine)], found, as_json)


@app.command("show")
def tenants_show(tenant: TenantName, as_json: AsJson = False) -> None:
    """One tenant with its settings and what is linked; never its secrets."""
    with explained():
        _print(load(Context.from_environment(), tenant), as_json)


def _print(tenant: Tenant, as_json: bool) -> None:
    found = about(Context.from_environment(), tenant)
    if as_json:
        print_json(found)
        return
    rows: list[tuple[str, Any]] = []
    for name, value in found.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        rows += [(f"{name}.{part}" if part else name, inner) for part, inner in parts]
    show(tenant.company, ("field", "value"), rows, as_json=False)
