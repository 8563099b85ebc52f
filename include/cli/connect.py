"""koppel connect: a tenant's access to one of its systems, by consent in a browser or typed in a file."""

import json
import secrets
import sys
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import typer

from include.access.credentials import credential_status
from include.access.oauth_flow import ConnectionResult, begin, finish, put_access
from include.cli.common import AsJson, TenantName, explained, out, print_json, problems, show
from include.cli.returning import Returning, brought, redirect_uri
from include.context import Context
from include.errors import IntegrationError, InvalidInput, TenantNotActive
from include.tenants.tenant import Tenant, load

app = typer.Typer()
PORT = 8765
Outcome = ConnectionResult | IntegrationError | TenantNotActive


@app.command("connect")
def connect(
    tenant: TenantName,
    system: Annotated[
        str, typer.Argument(help="rompslomp, unit4 or simple_simon; without it, what is connected.", metavar="[SYSTEM]")
    ] = "",
    file: Annotated[
        Path | None, typer.Option(help="JSON with the access, where it is typed; - reads it from standard input.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the browser returns to, on this machine; 0 picks a free one.")
    ] = PORT,
    paste: Annotated[
        bool, typer.Option("--paste", help="Where the browser cannot reach this machine: paste where it ended.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Connect a tenant to a system: prints the address of its log-in page and waits for the browser to return."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        if not system:
            _show_standing(context, found, as_json)
            return
        by_file = file and _by_file(context, found, system, file)
        connected = by_file or by_consent(context, found, system, port, paste)
    _show(connected, as_json)


def _by_file(context: Context, tenant: Tenant, system: str, file: Path) -> ConnectionResult:
    """Secrets come in a file, never in an argument."""
    try:
        given = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput([f"{file}: {error.strerror}"]) from error
    except ValueError:  # its text could repeat a secret
        raise InvalidInput([f"{file}: not JSON"]) from None
    if not isinstance(given, dict):
        raise InvalidInput([f"{file}: use a JSON object"])
    return put_access(context, tenant, system, given)


def by_consent(context: Context, tenant: Tenant, system: str, port: int, paste: bool) -> ConnectionResult:
    """Raises IntegrationError as ``finish`` does."""
    returning = None if paste else Returning(port)
    asked = begin(context, tenant, system, returning.redirect_uri if returning else redirect_uri(port))
    # apart from the answer, so that --json stays readable for a program
    problems.print(f"Open this address in a browser, before {asked.expires_at:%H:%M} UTC:")
    print(asked.address, file=sys.stderr, flush=True)
    outcome: list[Outcome] = []

    def answered(given: dict[str, str]) -> tuple[int, str]:
        if not secrets.compare_digest(given.get("state", "").encode(), asked.state.encode()):
            return 400, "Dit antwoord hoort niet bij deze koppeling. Begin opnieuw."
        try:
            outcome.append(finish(context, asked.state, code=given.get("code", ""), error=given.get("error", "")))
        except IntegrationError as error:
            outcome.append(error)
            return 400, f"{error.text()} {error.action()}"
        except TenantNotActive as error:
            outcome.append(error)
            return 400, str(error)
        return 200, "De koppeling is gelukt. U kunt dit venster sluiten."

    if returning:
        came = returning.wait((asked.expires_at - context.now()).total_seconds(), answered)
    else:
        problems.print("Paste the address that it ends at, which it cannot show, and press Enter:")
        came = bool(answered(brought(sys.stdin.readline())))
    return _ended(system, outcome, came)


def _ended(system: str, outcome: list[Outcome], came: bool) -> ConnectionResult:
    if not outcome:
        why = "what came back belongs to another consent" if came else "nobody came back in time"
        raise InvalidInput([f"{system}: {why}; nothing has changed, start again"])
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _show(connected: ConnectionResult, as_json: bool) -> None:
    administrations = [{"number": one.number, "name": one.name} for one in connected.administrations]
    if as_json:
        print_json({"tenant": connected.tenant, "system": connected.system, "administrations": administrations})
        return
    out.print(f"{connected.tenant} is connected to {connected.system}.", highlight=False, markup=False)
    if administrations:
        show("It can open", ("number", "name"), [tuple(one.values()) for one in administrations], as_json=False)


def _show_standing(context: Context, tenant: Tenant, as_json: bool) -> None:
    rows: list[tuple[Any, ...]] = []
    for one in credential_status(context, tenant.id):
        state = "connect again" if one.dead_since else "connected"
        known = (one.changed_at, one.dead_since, one.renewing_since)
        rows.append((one.system, state, *(at and at.astimezone(UTC).isoformat(timespec="seconds") for at in known)))
    columns = ("system", "state", "changed", "dead_since", "renewing_since")
    show(f"{tenant.slug} is connected to (UTC)", columns, rows, as_json)
