"""koppel rehearse, deactivate, reactivate, pause, resume, forget: a coupling's life, one step at a time."""

import getpass
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from include.cli.common import AsJson, TenantName, explained, out, print_json, show
from include.context import Context
from include.lifecycle import deactivation
from include.lifecycle.activation_preview import ActivationPreview
from include.lifecycle.activation_preview import preview_activation as look_ahead
from include.lifecycle.deletion import count_rows
from include.lifecycle.deletion import delete_tenant as remove
from include.lifecycle.wipe_step import PARTS
from include.tenants.tenant import Tenant, load

app = typer.Typer()
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
Parts = Annotated[str, typer.Option("--parts", help="What to wipe, by commas; all when left out.")]


@app.command("rehearse")
def rehearse(
    tenant: TenantName,
    parts: Parts = ",".join(PARTS),
    administration: Annotated[str, typer.Option(help="Its number, when none was chosen yet.")] = "",
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Count work orders of a backfill.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What an activation would do: what goes from Simple-Simon, what comes, what matches, how long. Changes nothing."""
    with explained():
        context = Context.from_environment()
        chosen = [part for part in parts.split(",") if part]
        found = look_ahead(context, load(context, tenant), chosen, administration, start.date() if start else None)
    if as_json:
        print_json(asdict(found))
    else:
        show_rehearsal(found)


def show_rehearsal(found: ActivationPreview) -> None:
    """A line for each kind of record, and what is to know beside it."""
    incoming = found.incoming
    rows: list[tuple[Any, ...]] = []
    for part in PARTS:
        comes, matches = (incoming.counts.get(part), incoming.matching.get(part)) if incoming else (None, None)
        rows.append((part.replace("_", " "), found.in_simon[part], found.wiped.get(part, 0), comes, matches))
    show(f"Rehearsal of {found.tenant}", ("records", "in Simple-Simon", "wiped", "come in", "same number"), rows, False)
    for part, label, number in found.on_open_work_orders:
        out.print(f"{part}: {label} stays, as it is on open work order {number}", markup=False, highlight=False)
    calls = ", ".join(f"{count} to {system}" for system, count in found.calls.items())
    out.print(f"Requests: {calls}; about {_minutes(found.seconds)}.", highlight=False)
    since = f" since {found.work_orders_since}" if found.work_orders_since else ""
    out.print(f"Archived work orders that would be sent{since}: {found.work_orders}", highlight=False)
    if incoming is None:
        out.print("What comes in is not known before the package is connected and its administration is known.")


def _minutes(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 90 else f"{round(seconds / 60)} minutes"


@app.command("deactivate")
def deactivate(tenant: TenantName, yes: Yes = False, as_json: AsJson = False) -> None:
    """Stop a coupling at once and destroy its access; links, ledger, log and settings stay."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        if not yes:
            count = deactivation.count_unsent(context, found)
            text = (
                f"No master data and no documents from now on, and its access is destroyed. {count} work orders wait."
            )
            out.print(text, highlight=False)
            typer.confirm(f"Deactivate {tenant}?", abort=True)
        ended = deactivation.deactivate(context, found, getpass.getuser())
    _say({"tenant": tenant, **asdict(ended)}, f"{tenant} is inactive.", as_json)


@app.command("reactivate")
def reactivate(
    tenant: TenantName,
    start_afresh: Annotated[
        bool, typer.Option("--start-afresh", help="Another administration or licence: ends all links, not the ledger.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Set a deactivated coupling up again; koppel activate leads through the rest. Nothing old is sent."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        if start_afresh and not yes:
            typer.confirm("All links to the former records end; they are not made again. Start afresh?", abort=True)
        done = deactivation.reactivate(context, found, getpass.getuser(), start_afresh)
    _say(_state(done), f"{tenant} is being set up again; go on with: koppel activate {tenant}", as_json)


@app.command("pause")
def pause(tenant: TenantName, as_json: AsJson = False) -> None:
    """Start nothing for a tenant until it is resumed; what is archived meanwhile goes out then."""
    with explained():
        context = Context.from_environment()
        done = deactivation.pause(context, load(context, tenant), getpass.getuser())
    _say(_state(done), f"{tenant} is paused.", as_json)


@app.command("resume")
def resume(tenant: TenantName, as_json: AsJson = False) -> None:
    """Go on with a paused tenant."""
    with explained():
        context = Context.from_environment()
        done = deactivation.resume(context, load(context, tenant), getpass.getuser())
    _say(_state(done), f"{tenant} goes on; it is {done.standing}.", as_json)


@app.command("forget")
def forget(
    tenant: TenantName,
    confirmed: Annotated[str, typer.Option("--confirm", help="Its name again, instead of typing it when asked.")] = "",
    as_json: AsJson = False,
) -> None:
    """Remove an inactive tenant for good, with its ledger and its log. Shows what goes, and asks for its name."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        if not confirmed:
            _show_what_goes(found, count_rows(context, found))
            confirmed = typer.prompt("Type its name to remove all of it")
        gone = remove(context, found, confirmed)
    _say({"tenant": tenant, "removed": gone}, f"{tenant} is removed.", as_json)


def _show_what_goes(tenant: Tenant, counted: Mapping[str, int]) -> None:
    show(f"What is removed of {tenant.slug}, for good", ("table", "rows"), list(counted.items()), as_json=False)


def _state(tenant: Tenant) -> dict[str, Any]:
    return {"tenant": tenant.slug, "status": tenant.status, "paused": tenant.paused}


def _say(value: Mapping[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(dict(value))
    else:
        out.print(text, highlight=False, markup=False)
