"""koppel apply: brings tenants to what YAML files describe, for people who keep configuration in git."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.common import AsJson, err, explained, print_json, print_line, who
from include.context import Context
from include.errors import IntegrationError, InvalidInput, UserError
from include.lifecycle.manifest.apply import apply_plan
from include.lifecycle.manifest.load import load_manifests
from include.lifecycle.manifest.plan import TenantPlan, plan

app = typer.Typer()


@app.command("apply")
def apply(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="YAML (docs/tenants.md shows its form), folders of it, or - for standard input.", metavar="FILES..."
        ),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Carry the plan out without asking.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Print the plan and do nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring tenants to where files want them: shows the plan first. Applied twice, the second time changes nothing."""
    with explained():
        context = Context.from_environment()
        plans = plan(context, load_manifests(context, files, os.environ))
        if not as_json:
            _print_plans(plans)
        if dry or not any(tenant_plan.steps for tenant_plan in plans):
            _print_results(plans, {}, as_json=as_json)
            return
        if not yes:
            if as_json:
                raise InvalidInput("--json asks nothing: use it with --yes or --dry-run")
            typer.confirm("Carry this out?", abort=True)
        failures = _carry_out(context, plans)
        _print_results(plans, failures, as_json=as_json)
    if failures:
        raise typer.Exit(1)


def _carry_out(context: Context, plans: list[TenantPlan]) -> dict[str, str]:
    """Carry out the plans, and return by tenant why it did not get there; the others do (R3.13)."""
    failures = {}
    for tenant_plan in plans:
        if not tenant_plan.steps:
            continue
        try:
            tenant = apply_plan(context, tenant_plan, who())
        except IntegrationError as error:
            failures[tenant_plan.desired.slug] = f"{error.text('en')} {error.action('en')}"
        except UserError as error:
            failures[tenant_plan.desired.slug] = str(error)
        else:
            tenant_plan.status = tenant.effective_state if tenant else tenant_plan.status
    return failures


def _print_plans(plans: list[TenantPlan]) -> None:
    for tenant_plan in plans:
        print_line(f"{tenant_plan.desired.slug} ({tenant_plan.status}, wanted {tenant_plan.desired.status}):")
        for step in tenant_plan.steps or ["nothing to do"]:
            print_line(f"  · {step}")


def _print_results(plans: list[TenantPlan], failures: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json([_as_json(tenant_plan, failures.get(tenant_plan.desired.slug)) for tenant_plan in plans])
        return
    for slug, reason in failures.items():
        err.print(f"✗ {slug}: {reason}", markup=False, highlight=False)
    for tenant_plan in plans:
        if tenant_plan.steps and tenant_plan.status == "importing":
            slug = tenant_plan.desired.slug
            print_line(f"{slug}: the first import starts by itself; koppel tenants status {slug} --watch")


def _as_json(tenant_plan: TenantPlan, failure: str | None) -> dict[str, Any]:
    return {
        "tenant": tenant_plan.desired.slug,
        "status": tenant_plan.status,
        "wanted": tenant_plan.desired.status,
        "steps": tenant_plan.steps,
        "failed": failure,
    }
