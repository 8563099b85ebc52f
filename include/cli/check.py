"""koppel check: the nightly checks of access and saved settings, now."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from include.cli.common import AsJson, explained, out, print_json, show
from include.cli.settings import show_verdicts
from include.context import Context
from include.errors import ChecksFailed, InvalidInput
from include.settings.nightly import TenantCheckReport, check_fleet, check_tenant
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("check")
def check(
    tenant: Annotated[str | None, typer.Argument(help="The tenant's short name.", metavar="[TENANT]")] = None,
    all_tenants: Annotated[bool, typer.Option("--all-tenants", help="Every active tenant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check access and saved settings now, and report in the integration log; ends with 1 when there is an error."""
    key = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}__{os.getpid()}"
    with explained():
        if (tenant is None) != all_tenants:
            raise InvalidInput("name one TENANT, or use --all-tenants")
        context = Context.from_environment()
        if tenant is None:
            wrong = _fleet(context, key, as_json)
        else:
            wrong = _one(check_tenant(context, _active(context, tenant), key), as_json)
    if wrong:
        raise typer.Exit(1)


def _active(context: Context, slug: str) -> Tenant:
    """Nothing is asked or reported on behalf of a tenant that is not active (R5.5)."""
    tenant = load(context, slug)
    if not tenant.active:
        raise InvalidInput(
            f"{slug} is {tenant.status}; koppel settings check {slug} checks settings that are not saved yet"
        )
    return tenant


def _fleet(context: Context, key: str, as_json: bool) -> bool:
    try:
        found = check_fleet(context, key)
    except ChecksFailed as error:
        raise InvalidInput(f"not checked, because of an unforeseen fault: {error}; all others were") from error
    if as_json:
        print_json(found)
    else:
        show("Active tenants", ("level", "tenants"), list(found.items()), as_json=False)
    return found["error"] > 0


def _one(report: TenantCheckReport, as_json: bool) -> bool:
    troubles = [{"code": e.code, "message": e.text("nl"), "action": e.action("nl")} for e in report.troubles]
    if as_json:
        verdicts = [
            one.stored() | {"message": one.text().message, "action": one.text().action} for one in report.verdicts
        ]
        print_json({"tenant": report.tenant, "level": report.level, "access": troubles, "settings": verdicts})
        return report.level == "error"
    for trouble in troubles:
        out.print(f"✗ {trouble['message']}\n→ {trouble['action']}", markup=False, highlight=False)
    show_verdicts(f"Checks of {report.tenant}", report.verdicts, as_json=False)
    return report.level == "error"
