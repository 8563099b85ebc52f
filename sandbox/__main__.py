"""The sandboxes as a program: ``python -m sandbox``, which ``koppel sandbox`` starts."""

import json
import sys
from typing import Annotated

import typer

from sandbox import server
from sandbox.data_size import DataSize
from sandbox.sandboxes import switches

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on the loopback address; 0 picks a free one.")
    ] = 8900,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    root: Annotated[str, typer.Option(help="How others reach it, when not by that address and port.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of the data.")] = 1,
    tenants: Annotated[int, typer.Option(help="Companies of their own, each with an account in every service.")] = 0,
    customers: Annotated[int, typer.Option(help="Customers in each tenant's package administration.")] = 0,
    articles: Annotated[int, typer.Option(help="Articles in each tenant's package administration.")] = 0,
    work_orders: Annotated[int, typer.Option(help="Work orders in each tenant's Simple-Simon; 0 leaves it empty.")] = 0,
    switch: Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE of a switch; may be repeated.")] = None,
    list_switches: Annotated[bool, typer.Option("--list-switches", help="Print all switches and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Serve local stand-ins of Simple-Simon, Rompslomp and Unit4 Multivers on one port."""
    if list_switches:
        _print_switches(as_json)
        return
    try:
        size = DataSize(tenants, customers, articles, work_orders, seed)
        settings = dict(_pair(text) for text in switch or [])
        listener = server.listen(port, host)  # before any data are made, as this is what goes wrong most
        sandboxes = server.Server(size, settings)
    except ValueError as error:  # a number, a switch or a port that cannot be had; the text names it
        print(f"✗ {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    server.serve(sandboxes, listener, as_json, root)


def _print_switches(as_json: bool) -> None:
    """Print each switch with its default, what it allows and what it means."""
    known = switches()
    if as_json:
        rows = [{"name": s.name, "default": s.default, "allowed": s.allows, "meaning": s.sentence} for s in known]
        print(json.dumps(rows, default=str, ensure_ascii=False))
        return
    for switch in known:  # no table, which would cut names short in a narrow terminal
        print(f"{switch.name}={switch.written}  ({switch.allows})\n    {switch.sentence}")


def _pair(text: str) -> tuple[str, str]:
    """Split NAME=VALUE. Raises ValueError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set {text!r}: use NAME=VALUE")
    return name, value


app(prog_name="koppel sandbox")
