"""koppel access: shows a tenant's access to its systems, and connects one, by consent in a browser or from a file."""

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.common import AsJson, TenantName, err, explained, print_json, print_line, print_rows, print_table, who
from cli.loopback import PORT, LoopbackServer, callback_parameters, redirect_uri
from include.access.connect import ConnectionResult, connect_typed, system_of
from include.access.credentials import credential_status
from include.access.oauth_flow import ConsentRequest, finish_consent, require_consent_page, start_consent
from include.context import Context
from include.errors import IntegrationError, InvalidInput, TenantNotActive
from include.tenants.tenant import Tenant, load

app = typer.Typer(help="A tenant's access to Simple-Simon and to its package.", no_args_is_help=True)
Paste = Annotated[
    bool, typer.Option("--paste", help="Where the browser cannot reach this machine: paste where it ended.")
]


@app.command("show")
def access_show(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Show to which systems a tenant is connected, and which have to be connected again."""
    with explained():
        context = Context.from_environment()
        credentials = credential_status(context, load(context, slug).id)
    rows: list[tuple[Any, ...]] = []
    for each in credentials:
        state = "connect again" if each.dead_since else "connected"
        moments = (each.changed_at, each.dead_since, each.renewing_since)
        rows.append((each.system, state, *map(_as_utc, moments)))
    columns = ("system", "state", "changed", "dead_since", "renewing_since")
    print_rows(f"{slug} is connected to (UTC)", columns, rows, as_json=as_json)


def _as_utc(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


@app.command("connect")
def access_connect(
    slug: TenantName,
    system: Annotated[str, typer.Argument(help="rompslomp, unit4 or simple_simon.", metavar="SYSTEM")],
    *,
    file: Annotated[
        Path | None, typer.Option(help="JSON with the access, where it is typed; - reads it from standard input.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the browser returns to, on this machine; 0 picks a free one.")
    ] = PORT,
    paste: Paste = False,
    as_json: AsJson = False,
) -> None:
    """Connect a tenant to a system: prints the address of its log-in page and waits for the browser to return."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if file:
            connection = connect_typed(context, tenant, system, _read_access(file), by=who())
        else:
            connection = connect_by_consent(context, tenant, system, port=port, paste=paste)
    _print_connection(connection, as_json=as_json)


def _read_access(file: Path) -> dict[str, Any]:
    """Read access from a file, as secrets never come in an argument. Raises InvalidInput."""
    try:
        access = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput([f"{file}: {error.strerror}"]) from error
    except ValueError:  # its text could repeat a secret
        raise InvalidInput([f"{file}: not JSON"]) from None
    if not isinstance(access, dict):
        raise InvalidInput([f"{file}: use a JSON object"])
    return access


class ConsentCallback:
    """Takes what a browser brings back, finishes the consent with it, and keeps how that ended."""

    def __init__(self, context: Context, request: ConsentRequest) -> None:
        self._context, self._request = context, request
        self.outcome: ConnectionResult | IntegrationError | TenantNotActive | None = None

    def __call__(self, parameters: dict[str, str]) -> tuple[int, str, bool]:
        """Return the status and the sentence that the person sees in the browser, and whether this was the answer."""
        state = parameters.get("state", "")
        if not secrets.compare_digest(state.encode(), self._request.state.encode()):
            return 400, "Dit antwoord hoort niet bij deze koppeling.", False
        code, error = parameters.get("code", ""), parameters.get("error", "")
        try:
            self.outcome = finish_consent(self._context, self._request.state, by=who(), code=code, error=error)
        except IntegrationError as problem:
            self.outcome = problem
            return 400, f"{problem.text()} {problem.action()}", True
        except TenantNotActive as problem:
            self.outcome = problem
            return 400, str(problem), True
        return 200, "De koppeling is gelukt. U kunt dit venster sluiten.", True


def connect_by_consent(
    context: Context, tenant: Tenant, system: str, *, port: int, paste: bool = False
) -> ConnectionResult:
    """Send a person to the system's own log-in page, and connect with what their browser brings back.

    Raises InvalidInput when it brought nothing in time or something else, and as ``finish_consent`` does.
    """
    require_consent_page(tenant, system)  # before a port is taken
    server = None if paste else LoopbackServer(port)
    request = start_consent(context, tenant, system, server.redirect_uri if server else redirect_uri(port))
    callback = ConsentCallback(context, request)
    if help_text := system_of(tenant, system).login_help:
        err.print(help_text.text("en"), highlight=False)
    # on standard error, so that --json stays readable for a program
    err.print(f"Open this address in a browser, before {request.expires_at:%H:%M} UTC:")
    print(request.address, file=sys.stderr, flush=True)
    returned = True
    if server:
        returned = server.wait((request.expires_at - context.now()).total_seconds(), callback)
    else:
        err.print("Paste the address that it ends at, which it cannot show, and press Enter:")
        callback(callback_parameters(sys.stdin.readline()))
    if callback.outcome is None:
        reason = "what came back belongs to another consent" if returned else "nobody came back in time"
        raise InvalidInput([f"{system}: {reason}; nothing has changed, start again"])
    if isinstance(callback.outcome, Exception):
        raise callback.outcome
    return callback.outcome


def _print_connection(connection: ConnectionResult, *, as_json: bool) -> None:
    administrations = [{"number": each.number, "name": each.name} for each in connection.administrations]
    if as_json:
        print_json({"tenant": connection.tenant, "system": connection.system, "administrations": administrations})
        return
    print_line(f"{connection.tenant} is connected to {connection.system}.")
    if administrations:
        print_table("It can open", ("number", "name"), [tuple(each.values()) for each in administrations])
