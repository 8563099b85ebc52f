"""koppel activate: leads a person through a coupling's first steps; left at any point, it goes on there."""

import getpass
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

import typer
from pydantic import SecretStr

from include.access import credentials, unstored
from include.access.oauth_flow import put_access
from include.cli.common import TenantName, explained, out
from include.cli.connect import PORT, by_consent
from include.cli.life import Parts, show_rehearsal
from include.cli.settings import given_pairs, show_verdicts
from include.connectors import registry
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import InvalidInput, TenantNotFound
from include.lifecycle import wipe_step
from include.lifecycle.activation import administrations, choose, start_import
from include.lifecycle.activation_preview import preview_activation
from include.lifecycle.wipe_step import PARTS
from include.settings import drafts
from include.settings.check_draft import check_draft
from include.tenants.register import register
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("activate")
def activate(
    tenant: TenantName,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what is in Simple-Simon instead of wiping it.")] = False,
    parts: Parts = ",".join(PARTS),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the browser returns to, on this machine.")] = PORT,
) -> None:
    """Lead through the activation of a tenant at a prompt. It can be left, and goes on where it was."""
    with explained():
        context = Context.from_environment()
        found = _found(context, tenant)
        chosen = [] if keep else [part for part in parts.split(",") if part]
        steps: Mapping[str, Callable[[Tenant], None]] = {
            "new": lambda one: _wipe(context, one, chosen),
            "wiping": lambda one: _go_on(context, one),
            "connecting": lambda one: _connect(context, one, port),
            "settings": lambda one: _settings(context, one),
        }
        while step := steps.get(found.status):
            step(found)
            found = load(context, tenant)
    if found.status == "inactive":
        out.print(f"{tenant} is inactive; begin with: koppel reactivate {tenant}", highlight=False)
        raise typer.Exit(1)
    said = {"importing": f"the first import starts by itself; koppel status {tenant} --watch"}
    out.print(f"{tenant} is {found.status}. {said.get(found.status, '')}", highlight=False, markup=False)


def _found(context: Context, slug: str) -> Tenant:
    try:
        return load(context, slug)
    except TenantNotFound:
        _explain(f"{slug} is not there yet. Its name becomes part of the names of its workflows, and stays.")
        company = typer.prompt("Name of the company")
        package = typer.prompt(f"Accounting package ({' or '.join(registry.packages())})")
        return register(context, slug, company, package, getpass.getuser())


def _wipe(context: Context, tenant: Tenant, parts: list[str]) -> None:
    """Simon first: the wipe needs it, and shows what goes before anything does."""
    simon = registry.field_service()
    if not unstored.has(context, tenant, simon):
        _explain("First the access to Simple-Simon: licence code, office user, password and API key.")
        put_access(context, tenant, simon.name, _typed(simon, list(simon.access.model_fields)))
    shown = preview_activation(context, tenant, parts)
    show_rehearsal(shown)
    if not parts:
        _explain("Nothing is wiped. What is in Simple-Simon stays beside what the package brings.")
        typer.confirm("Keep what is in Simple-Simon?", abort=True)
        wipe_step.keep(context, tenant, getpass.getuser())
        return
    _explain("What is wiped is exported first and can be put back for 30 days. Work orders are never wiped.")
    typer.confirm("Wipe these records?", abort=True)
    wipe_step.confirm(context, tenant, shown.in_simon, parts, getpass.getuser())


def _go_on(context: Context, tenant: Tenant) -> None:
    _explain("Wiping. It may be interrupted: the same command goes on with it.")
    report = wipe_step.carry_out(context, tenant)
    out.print(f"Wiped in run {report.run_id}; koppel cleanup {tenant.slug} --undo {report.run_id} puts it back.")


def _connect(context: Context, tenant: Tenant, port: int) -> None:
    package = tenant.package
    if not unstored.has(context, tenant, package):
        _explain(f"Now the access to {package.title}.")
        typed = list(package.oauth.typed) if package.oauth else []
        if typed and credentials.missing_variables(context, package.name):
            put_access(context, tenant, package.name, _typed(package, typed))
        else:
            by_consent(context, tenant, package.name, port, paste=False)
    _explain("The administration that it is coupled to. It stays, as links and documents are there.")
    for one in administrations(context, tenant):
        out.print(f"  {one.number}  {one.name}", highlight=False, markup=False)
    choose(context, tenant, typer.prompt("Number of the administration"), getpass.getuser())


def _settings(context: Context, tenant: Tenant) -> None:
    """Set, check and save, until nothing is wrong."""
    _explain("The settings, as NAME=VALUE; an empty line checks and saves them. koppel settings show lists them.")
    while True:
        while pair := typer.prompt("Setting", default="", show_default=False):
            try:
                drafts.change(context, tenant, given_pairs(tenant, [pair]), getpass.getuser())
            except InvalidInput as error:
                out.print("\n".join(error.problems), highlight=False, markup=False)
        draft = check_draft(context, tenant, getpass.getuser())
        said = [one for found in draft.verdicts.values() for one in found if one.level != "ok"]
        if said:
            show_verdicts("What the checks found", said, as_json=False)
        if not draft.wrong:
            break
    if draft.settings == tenant.settings and tenant.settings_version:
        drafts.discard(context, tenant)
    else:
        drafts.save(context, tenant, getpass.getuser())
    start_import(context, load(context, tenant.slug), getpass.getuser())


def _typed(system: RemoteSystem, names: list[str]) -> dict[str, Any]:
    """What a person types, secrets unseen; what is left empty is left out."""
    given = {}
    for name in names:
        field = system.access.model_fields[name]
        secret = field.annotation is SecretStr or SecretStr in get_args(field.annotation)
        default = "" if field.is_required() or field.default is None else str(field.default)
        value = typer.prompt(f"{name}", default=default, hide_input=secret, show_default=bool(default) and not secret)
        if value.strip():
            given[name] = value.strip()
    return given


def _explain(text: str) -> None:
    out.print(f"\n{text}", highlight=False, markup=False)
