"""koppel sandbox: local stand-ins of the three services."""

from typing import Annotated

import typer

from include.cli.common import AsJson, explained, show

app = typer.Typer()


@app.command("sandbox")
def sandbox(
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
    as_json: AsJson = False,
) -> None:
    """Serve local stand-ins of Simple-Simon, Rompslomp and Unit4 Multivers on one port."""
    from include.sandbox import server  # only this command needs the web server
    from include.sandbox.size import Size

    if list_switches and as_json:
        rows = [(s.name, s.default, s.allows, s.sentence) for s in server.switches()]
        show("Switches", ("name", "default", "allowed", "meaning"), rows, as_json)
        return
    if list_switches:
        for known in server.switches():  # no table, which would cut names short in a narrow terminal
            print(f"{known.name}={known.written}  ({known.allows})\n    {known.sentence}")
        return
    with explained():
        size = Size(tenants, customers, articles, work_orders, seed)
        settings = dict(_pair(text) for text in switch or [])
        listener = server.listen(port, host)  # before any data are made, as this is what goes wrong most
        server.serve(server.Server(size, settings), listener, as_json, root)


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise ValueError(f"--set {text!r}: use NAME=VALUE")
    return name, value
