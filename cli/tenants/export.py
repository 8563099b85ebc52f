"""koppel tenants export: one tenant's data as files."""

from pathlib import Path
from typing import Annotated

import typer

from cli.common import AsJson, TenantName, explained, print_json, print_line, print_table, who
from include.context import Context
from include.lifecycle.export import export_tenant
from include.tenants.tenant import load

app = typer.Typer()


@app.command("export")
def tenants_export(
    slug: TenantName,
    folder: Annotated[Path, typer.Argument(help="An empty folder, or one that does not exist yet.", metavar="FOLDER")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write all that is stored of a tenant to files, one for each table; never its access to other systems."""
    with explained():
        context = Context.from_environment()
        counts = export_tenant(context, load(context, slug), folder, by=who())
    if as_json:
        print_json(counts)
        return
    print_table(f"Written to {folder}", ("table", "rows"), [*counts.items()])
    print_line("These files hold names and addresses of people. Remove them when they are no longer needed.")
