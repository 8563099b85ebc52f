"""koppel tenants check: checks access and saved settings now, as the nightly checks do."""

from typing import Annotated

import typer

from cli.common import AllTenants, AsJson, explained, new_run_key, print_json, print_line, print_table, who
from cli.settings import print_check_results, results_as_json
from include.context import Context
from include.errors import InvalidInput
from include.settings.nightly import TenantCheckReport, check_fleet, check_tenant
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("check")
def tenants_check(
    slug: Annotated[str, typer.Argument(help="The tenant's short name.", metavar="[TENANT]")] = "",
    *,
    all_tenants: AllTenants = False,
    as_json: AsJson = False,
) -> None:
    """Check access and saved settings now, and report in the integration log; ends with 1 when there is an error."""
    with explained():
        if bool(slug) == all_tenants:
            raise InvalidInput("name one TENANT, or use --all-tenants")
        context = Context.from_environment()
        if all_tenants:
            counts = check_fleet(context, new_run_key())
        else:
            report = check_tenant(context, _active(context, slug), new_run_key(), who())
    if all_tenants:
        _print_counts(counts, as_json=as_json)
    else:
        _print_report(report, as_json=as_json)
    if (counts["error"] > 0) if all_tenants else (report.level == "error"):
        raise typer.Exit(1)


def _active(context: Context, slug: str) -> Tenant:
    """Load a tenant. Raises InvalidInput when it is not active: then nothing is asked or reported for it (R5.5)."""
    tenant = load(context, slug)
    if not tenant.active:
        raise InvalidInput(
            f"{slug} is {tenant.status}; koppel settings check {slug} checks settings that are not saved yet"
        )
    return tenant


def _print_counts(counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json(counts)
    else:
        print_table("Active tenants", ("level", "tenants"), list(counts.items()))


def _print_report(report: TenantCheckReport, *, as_json: bool) -> None:
    troubles = [{"code": e.code, "message": e.text("nl"), "action": e.action("nl")} for e in report.troubles]
    if as_json:
        settings = results_as_json(report.results)
        print_json({"tenant": report.tenant, "level": report.level, "access": troubles, "settings": settings})
        return
    for trouble in troubles:
        print_line(f"✗ {trouble['message']}\n→ {trouble['action']}")
    print_check_results(f"Checks of {report.tenant}", report.results)
