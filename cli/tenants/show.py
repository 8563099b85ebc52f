"""koppel tenants list, show: prints what there is."""

from dataclasses import astuple, fields
from typing import Any

import typer

from cli.common import AsJson, TenantName, explained, print_json, print_rows, print_table
from include.context import Context
from include.tenants.overview import TenantLine, about, overview
from include.tenants.tenant import load

app = typer.Typer()


@app.command("list")
def tenants_list(*, as_json: AsJson = False) -> None:
    """List all tenants."""
    with explained():
        lines = overview(Context.from_environment())
    columns = [field.name for field in fields(TenantLine)]
    print_rows("Tenants", columns, [astuple(line) for line in lines], as_json=as_json)


@app.command("show")
def tenants_show(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Show one tenant with its settings and what is linked; never its secrets."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        facts = about(context, tenant)
    if as_json:
        print_json(facts)
        return
    rows: list[tuple[str, Any]] = []
    for name, value in facts.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        rows += [(f"{name}.{part}" if part else name, inner) for part, inner in parts]
    print_table(tenant.company, ("field", "value"), rows)
