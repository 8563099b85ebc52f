"""koppel cleanup: what should go from Simple-Simon, what a person has to decide, and the way back."""

import getpass
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from include.cleanup.dry_run import dry_run
from include.cleanup.pipeline import CleanupReport, clean_up, open_proposal_id
from include.cleanup.proposals import carry_out, decide, shown
from include.cleanup.restore import restore
from include.cli.common import AsJson, TenantName, explained, out, print_json, show
from include.context import Context
from include.errors import InvalidInput, ProposalClosed
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("cleanup")
def cleanup(
    tenant: TenantName,
    dry: Annotated[bool, typer.Option("--dry-run", help="Show what would go, and why; remove nothing.")] = False,
    show_proposal: Annotated[bool, typer.Option("--show", help="Show the proposal that waits for a decision.")] = False,
    approve: Annotated[int | None, typer.Option(help="Number of a proposal: remove exactly that set.")] = None,
    refuse: Annotated[int | None, typer.Option(help="Number of a proposal: keep exactly that set.")] = None,
    undo_run: Annotated[int | None, typer.Option("--undo", help="Number of a clean-up: put back what it took.")] = None,
    as_json: AsJson = False,
) -> None:
    """Remove from Simple-Simon what the accounting package no longer has, here and now; or decide, or undo."""
    with explained():
        chosen = [dry, show_proposal, approve is not None, refuse is not None, undo_run is not None]
        if sum(chosen) > 1:
            raise InvalidInput("use one of --dry-run, --show, --approve, --refuse and --undo at a time")
        context = Context.from_environment()
        found = load(context, tenant)
        key = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}__{os.getpid()}"
        if dry:
            _dry_run(context, found, key, as_json)
        elif show_proposal:
            _show(context, found, as_json)
        elif approve is not None:
            decide(context, found, approve, "approve", getpass.getuser())
            _report(found, carry_out(context, found, approve, key), as_json)
        elif refuse is not None:
            decide(context, found, refuse, "refuse", getpass.getuser())
            _say(f"Proposal {refuse} is refused; its records stay.", {"refused": refuse}, as_json)
        elif undo_run is not None:
            _report_undo(restore(context, found, undo_run, key), as_json)
        else:
            _report(found, clean_up(context, found, key), as_json)


def _dry_run(context: Context, tenant: Tenant, key: str, as_json: bool) -> None:
    outcomes, doubts = dry_run(context, tenant, key)
    if as_json:
        print_json({"records": [asdict(one) for one in outcomes], "doubts": {k: d.code for k, d in doubts.items()}})
        return
    rows = [(one.stream, one.label, one.reason, one.what, one.work_order) for one in outcomes]
    columns = ("stream", "record", "reason", "would be", "work order")
    show(f"What a clean-up of {tenant.slug} would do", columns, rows, as_json=False)
    for stream, doubt in doubts.items():
        out.print(f"{stream}: {doubt.text(stream)}", markup=False)


def _show(context: Context, tenant: Tenant, as_json: bool) -> None:
    if (number := open_proposal_id(context, tenant)) is None:
        raise ProposalClosed(f"proposal: none waits for a decision for {tenant.slug}")
    proposal, removals = shown(context, tenant, number)
    columns = ("stream", "label", "key", "reason", "simon_id")
    rows: Sequence[Sequence[Any]] = [[getattr(one, column) for column in columns] for one in removals]
    if as_json:
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        print_json({"proposal": number, "expires_at": proposal.expires_at, "records": found})
        return
    until = proposal.expires_at.astimezone(UTC)
    show(f"Proposal {number}, until {until:%Y-%m-%d %H:%M} UTC", columns, rows, as_json=False)


def _report(tenant: Tenant, report: CleanupReport, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    states = ("deleted", "inactive", "in_use", "spared", "proposed")
    rows = [(stream, *(counts.get(state, 0) for state in states)) for stream, counts in report.ended.items()]
    show(f"Clean-up {report.run_id} of {tenant.slug}", ("stream", *states), rows, as_json=False)
    if report.proposal is not None:
        out.print(f"Proposal {report.proposal} waits for a decision: koppel cleanup {tenant.slug} --show")


def _report_undo(restored: dict[str, int], as_json: bool) -> None:
    _say("Put back: " + ", ".join(f"{count} {stream}" for stream, count in restored.items()), restored, as_json)


def _say(text: str, value: object, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        out.print(text, markup=False)
