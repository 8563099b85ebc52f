"""koppel keys: the keys that seal the tenants' credentials."""

import typer

from include.access.keys import new_key, rotate
from include.cli.common import AsJson, explained, out, print_json, problems
from include.context import Context

app = typer.Typer(help="The keys that seal the tenants' credentials.", no_args_is_help=True)


@app.command("new")
def keys_new() -> None:
    """Print a fresh key, to put before the others in KOPPEL_KEYS; nothing is stored."""
    print(new_key())


@app.command("rotate")
def keys_rotate(as_json: AsJson = False) -> None:
    """Seal all credentials with the first of KOPPEL_KEYS. May be interrupted and repeated."""
    with explained():
        done = rotate(Context.from_environment())
    if as_json:
        print_json({"sealed": done.sealed, "unreadable": done.unreadable})
    else:
        out.print(f"{done.sealed} sealed with the first key.", highlight=False)
    if done.unreadable:
        names = ", ".join(done.unreadable)
        problems.print(f"✗ None of KOPPEL_KEYS opens: {names}. Put the key that sealed them back, after the new one.")
        raise typer.Exit(1)
