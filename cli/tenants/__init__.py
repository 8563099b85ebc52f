"""koppel tenants: the companies that are coupled, and the life of each coupling."""

import typer

from cli.tenants import activate, check, export, lifecycle, preview, show, status

app = typer.Typer(help="The companies that are coupled, and the life of each coupling.", no_args_is_help=True)
for module in (show, status, check, preview, activate, lifecycle, export):
    app.add_typer(module.app)
