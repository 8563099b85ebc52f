"""koppel tenants pause, resume, deactivate, reactivate, withdraw, delete: changes the state of a coupling."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.common import AsJson, TenantName, Yes, explained, print_line, print_result, print_table, who
from include.context import Context
from include.lifecycle import deactivation
from include.lifecycle.deletion import count_rows, delete_tenant
from include.lifecycle.withdrawal import obstacle, withdraw
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("pause")
def tenants_pause(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Start nothing for a tenant until it is resumed; what is archived meanwhile goes out then."""
    with explained():
        context = Context.from_environment()
        tenant = deactivation.pause(context, load(context, slug), who())
    print_result(_state(tenant), f"{slug} is paused.", as_json=as_json)


@app.command("resume")
def tenants_resume(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Go on with a paused tenant."""
    with explained():
        context = Context.from_environment()
        tenant = deactivation.resume(context, load(context, slug), who())
    print_result(_state(tenant), f"{slug} goes on; it is {tenant.effective_state}.", as_json=as_json)


@app.command("deactivate")
def tenants_deactivate(slug: TenantName, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Stop a coupling at once and destroy its access; links, ledger, log and settings stay."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if not yes:
            count = deactivation.count_unsent(context, tenant)
            print_line("No master data and no documents from now on, and its access is destroyed.")
            print_line(f"{count} work orders wait, and are not sent any more.")
            typer.confirm(f"Deactivate {slug}?", abort=True)
        result = deactivation.deactivate(context, tenant, who())
    print_result({"tenant": slug, **asdict(result)}, f"{slug} is inactive.", as_json=as_json)


@app.command("reactivate")
def tenants_reactivate(
    slug: TenantName,
    *,
    reset: Annotated[
        bool, typer.Option("--reset", help="For another administration or licence: ends all links, not the ledger.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Set a deactivated coupling up again; koppel tenants activate leads through the rest. Nothing old is sent."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if reset and not yes:
            typer.confirm("All links to the former records end; they are not made again. Reset it?", abort=True)
        tenant = deactivation.reactivate(context, tenant, who(), reset=reset)
    sentence = f"{slug} is being set up again; go on with: koppel tenants activate {slug}"
    print_result(_state(tenant), sentence, as_json=as_json)


@app.command("withdraw")
def tenants_withdraw(slug: TenantName, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """Withdraw a coupling that was begun by mistake: its licence and administration are free again; its log stays."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if not yes and not obstacle(context, tenant):
            print_line("Its access is destroyed, and what was set is dropped. Its log stays.")
            typer.confirm(f"Withdraw {slug}?", abort=True)
        tenant = withdraw(context, tenant, who())
    print_result(_state(tenant), f"{slug} is withdrawn.", as_json=as_json)


@app.command("delete")
def tenants_delete(
    slug: TenantName,
    *,
    confirmed: Annotated[str, typer.Option("--confirm", help="Its name again, instead of typing it when asked.")] = "",
    as_json: AsJson = False,
) -> None:
    """Delete an inactive tenant for good, with its ledger and its log. Shows what goes, and asks for its name."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if not confirmed:
            counts = count_rows(context, tenant)
            print_table(f"What is deleted of {slug}, for good", ("table", "rows"), list(counts.items()))
            confirmed = typer.prompt("Type its name to delete all of it")
        deleted = delete_tenant(context, tenant, confirmed)
    print_result({"tenant": slug, "deleted": deleted}, f"{slug} is deleted.", as_json=as_json)


def _state(tenant: Tenant) -> dict[str, Any]:
    return {"tenant": tenant.slug, "status": tenant.status, "paused": tenant.paused}
