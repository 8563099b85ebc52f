"""koppel cleanup: removes what the package no longer has, decides on proposals, and restores what was removed."""

from dataclasses import asdict
from datetime import UTC
from typing import Annotated

import typer

from cli.common import (
    AsJson,
    TenantName,
    explained,
    new_run_key,
    print_json,
    print_line,
    print_result,
    print_table,
    who,
)
from include.cleanup import proposals
from include.cleanup.dry_run import dry_run
from include.cleanup.pipeline import clean_up
from include.cleanup.report import CleanupReport, open_proposal_id
from include.context import Context
from include.errors import ProposalClosed
from include.lifecycle.pending import approve_proposal, carry_out, request_restore
from include.tenants.tenant import load

COLUMNS = ("stream", "label", "key", "reason", "simon_id")
STATES = ("deleted", "inactive", "in_use", "skipped", "proposed")

app = typer.Typer(help="What is gone from the package goes from Simple-Simon; and back.", no_args_is_help=True)
ProposalNumber = Annotated[
    int, typer.Argument(help="Its number in koppel cleanup proposal TENANT.", metavar="PROPOSAL")
]


@app.command("run")
def cleanup_run(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Remove from Simple-Simon what the accounting package no longer has, here and now."""
    with explained():
        context = Context.from_environment()
        report = clean_up(context, load(context, slug), new_run_key())
    _print_report(slug, report, as_json=as_json)


@app.command("preview")
def cleanup_preview(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Show what a clean-up would remove, and why; remove nothing."""
    with explained():
        context = Context.from_environment()
        removals, issues = dry_run(context, load(context, slug), new_run_key())
    if as_json:
        codes = {stream: issue.code for stream, issue in issues.items()}
        print_json({"records": [asdict(removal) for removal in removals], "issues": codes})
        return
    rows = [(each.stream, each.label, each.reason, each.effect, each.work_order) for each in removals]
    print_table(f"What a clean-up of {slug} would do", ("stream", "record", "reason", "would be", "work order"), rows)
    for stream, issue in issues.items():
        print_line(f"{stream}: {issue.text(stream)}")


@app.command("proposal")
def cleanup_proposal(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Show the proposal that waits for a decision, with every record it is about."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        if (number := open_proposal_id(context, tenant)) is None:
            raise ProposalClosed(f"proposal: none waits for a decision for {slug}")
        proposal, removals = proposals.shown(context, tenant, number)
    rows = [[getattr(removal, column) for column in COLUMNS] for removal in removals]
    if as_json:
        records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        print_json({"proposal": number, "expires_at": proposal.expires_at, "records": records})
        return
    until = proposal.expires_at.astimezone(UTC)
    print_table(f"Proposal {number}, until {until:%Y-%m-%d %H:%M} UTC", COLUMNS, rows)


@app.command("approve")
def cleanup_approve(slug: TenantName, proposal: ProposalNumber, *, as_json: AsJson = False) -> None:
    """Approve a proposal, and remove exactly the records it is about."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        operation = approve_proposal(context, tenant, proposal, by=who(), carried_out_here=True)
        report = carry_out(context, tenant, operation.id)
    _print_report(slug, report, as_json=as_json)


@app.command("refuse")
def cleanup_refuse(slug: TenantName, proposal: ProposalNumber, *, as_json: AsJson = False) -> None:
    """Refuse a proposal: the records it is about stay."""
    with explained():
        context = Context.from_environment()
        proposals.refuse(context, load(context, slug), proposal, by=who())
    print_result({"refused": proposal}, f"Proposal {proposal} is refused; its records stay.", as_json=as_json)


@app.command("restore")
def cleanup_restore(
    slug: TenantName,
    run: Annotated[int, typer.Argument(help="The number of a clean-up or a wipe.", metavar="RUN")],
    *,
    as_json: AsJson = False,
) -> None:
    """Put back what a clean-up or a wipe took."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        operation = request_restore(context, tenant, run, by=who(), carried_out_here=True)
        report = carry_out(context, tenant, operation.id)
    restored = {stream: ended["restored"] for stream, ended in report.ended.items()}
    counts = ", ".join(f"{count} {stream}" for stream, count in restored.items())
    print_result(restored, f"Put back: {counts}", as_json=as_json)


def _print_report(slug: str, report: CleanupReport, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    rows = [(stream, *(counts.get(state, 0) for state in STATES)) for stream, counts in report.ended.items()]
    print_table(f"Clean-up {report.run_id} of {slug}", ("stream", *STATES), rows)
    if report.proposal is not None:
        print_line(f"Proposal {report.proposal} waits for a decision: koppel cleanup proposal {slug}")
