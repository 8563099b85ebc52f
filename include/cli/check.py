"""koppel check: the nightly checks of access and saved settings, now."""

import os
from datetime import UTC, datetime
from typing import Annotated

import typer

from include.checks.nightly import ChecksFailed, Report, check_fleet, check_tenant
from include.cli.common import AsJson, explained, out, print_json, show
from include.cli.settings import show_verdicts
from include.koppel import Koppel
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
            raise ValueError("name one TENANT, or use --all-tenants")
        koppel = Koppel.installed()
        if tenant is None:
            wrong = _fleet(koppel, key, as_json)
        else:
            wrong = _one(check_tenant(koppel, _active(koppel, tenant), key), as_json)
    if wrong:
        raise typer.Exit(1)


def _active(koppel: Koppel, slug: str) -> Tenant:
    """Nothing is asked or reported on behalf of a tenant that is not active (R5.5)."""
    tenant = load(koppel, slug)
    if not tenant.active:
        raise ValueError(
            f"{slug} is {tenant.status}; koppel settings check {slug} checks settings that are not saved yet"
        )
    return tenant


def _fleet(koppel: Koppel, key: str, as_json: bool) -> bool:
    try:
        found = check_fleet(koppel, key)
    except ChecksFailed as error:
        raise ValueError(f"not checked, because of an unforeseen fault: {error}; all others were") from error
    if as_json:
        print_json(found)
    else:
        show("Active tenants", ("level", "tenants"), list(found.items()), as_json=False)
    return found["error"] > 0


def _one(report: Report, as_json: bool) -> bool:
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
