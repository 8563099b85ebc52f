"""koppel apply: tenants as YAML files describe them, for people who keep configuration in git."""

import getpass
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from include.cli.common import AsJson, explained, out, print_json, problems
from include.context import Context
from include.errors import IntegrationError, InvalidInput, UserError
from include.lifecycle.manifest.apply import carry_out
from include.lifecycle.manifest.load import read
from include.lifecycle.manifest.plan import TenantPlan, plan

app = typer.Typer()


@app.command("apply")
def apply(
    files: Annotated[list[Path], typer.Argument(help="YAML; docs/tenants.md shows its form.", metavar="FILES...")],
    yes: Annotated[bool, typer.Option("--yes", help="Carry the plan out without asking.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Print the plan and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring tenants to where files want them: shows the plan first. Applied twice, the second time changes nothing."""
    with explained():
        context = Context.from_environment()
        planned = plan(context, read(context, files, os.environ))
        if not as_json:
            _show(planned)
        if dry or not any(one.steps for one in planned):
            _end(planned, {}, as_json)
            return
        if not yes:
            if as_json:
                raise InvalidInput("--json asks nothing: use it with --yes or --dry-run")
            typer.confirm("Carry this out?", abort=True)
        failed = _carry_out(context, planned)
        _end(planned, failed, as_json)
    if failed:
        raise typer.Exit(1)


def _carry_out(context: Context, planned: list[TenantPlan]) -> dict[str, str]:
    """Why a tenant did not get there; the others do (R3.13)."""
    failed = {}
    for one in planned:
        if not one.steps:
            continue
        try:
            done = carry_out(context, one, getpass.getuser())
        except IntegrationError as error:
            failed[one.wanted.slug] = f"{error.text('en')} {error.action('en')}"
        except UserError as error:
            failed[one.wanted.slug] = str(error)
        else:
            one.status = done.standing if done else one.status
    return failed


def _show(planned: list[TenantPlan]) -> None:
    for one in planned:
        out.print(f"{one.wanted.slug} ({one.status}, wanted {one.wanted.state}):", markup=False, highlight=False)
        for step in one.steps or ["nothing to do"]:
            out.print(f"  · {step}", markup=False, highlight=False)


def _end(planned: list[TenantPlan], failed: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json([_as_json(one, failed.get(one.wanted.slug)) for one in planned])
        return
    for slug, why in failed.items():
        problems.print(f"✗ {slug}: {why}", markup=False, highlight=False)
    for one in planned:
        if one.steps and one.status == "importing":
            text = f"{one.wanted.slug}: the first import starts by itself; koppel status {one.wanted.slug} --watch"
            out.print(text, markup=False, highlight=False)


def _as_json(one: TenantPlan, why: str | None) -> dict[str, Any]:
    return {
        "tenant": one.wanted.slug,
        "status": one.status,
        "wanted": one.wanted.state,
        "steps": one.steps,
        "failed": why,
    }
