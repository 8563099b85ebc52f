"""koppel keys: makes and rotates the keys that encrypt the tenants' credentials."""

import typer

from cli.common import AsJson, explained, fail, print_result
from include.access.keys import fingerprint, new_key, rotate
from include.context import Context
from include.errors import InvalidInput
from include.installation import Installation

app = typer.Typer(help="The keys that encrypt the tenants' credentials.", no_args_is_help=True)


@app.command("new")
def keys_new() -> None:
    """Print a fresh key, to put before the others in KOPPEL_KEYS; nothing is stored."""
    print(new_key())


@app.command("rotate")
def keys_rotate(*, as_json: AsJson = False) -> None:
    """Encrypt all that is sealed with the first of KOPPEL_KEYS. May be interrupted and repeated."""
    with explained():
        installation = Installation.from_environment()
        first, *others = [fingerprint(key.strip()) for key in installation.keys]
        if not others:
            raise InvalidInput(
                f"KOPPEL_KEYS: it holds one key, {first}; put a new one before it (koppel keys new), so that there is"
                " something to go over from"
            )
        rotation = rotate(Context.from_environment(installation))
    result = {"encrypted": rotation.encrypted, "unreadable": rotation.unreadable, "key": first, "former": others}
    print_result(
        result,
        f"{rotation.encrypted} encrypted with key {first}; {', '.join(others)} can go once nothing is unreadable.",
        as_json=as_json,
    )
    if rotation.unreadable:
        names = ", ".join(rotation.unreadable)
        fail(f"None of KOPPEL_KEYS decrypts: {names}. Put the key that encrypted them back, after the new one.")
