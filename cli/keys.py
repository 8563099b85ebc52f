"""koppel keys: makes and rotates the keys that encrypt the tenants' credentials."""

import typer

from cli.common import AsJson, explained, fail, print_result
from include.access.keys import new_key, rotate
from include.context import Context

app = typer.Typer(help="The keys that encrypt the tenants' credentials.", no_args_is_help=True)


@app.command("new")
def keys_new() -> None:
    """Print a fresh key, to put before the others in KOPPEL_KEYS; nothing is stored."""
    print(new_key())


@app.command("rotate")
def keys_rotate(*, as_json: AsJson = False) -> None:
    """Encrypt all credentials with the first of KOPPEL_KEYS. May be interrupted and repeated."""
    with explained():
        rotation = rotate(Context.from_environment())
    result = {"encrypted": rotation.encrypted, "unreadable": rotation.unreadable}
    print_result(result, f"{rotation.encrypted} encrypted with the first key.", as_json=as_json)
    if rotation.unreadable:
        names = ", ".join(rotation.unreadable)
        fail(f"None of KOPPEL_KEYS decrypts: {names}. Put the key that encrypted them back, after the new one.")
