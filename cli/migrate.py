"""koppel migrate: the store's tables."""

import typer

from cli.common import explained, print_line
from include.context import migrate_store

app = typer.Typer()


@app.command("migrate")
def migrate() -> None:
    """Make or upgrade the store's tables."""
    with explained():
        migrate_store()
        print_line("The store is up to date.")
