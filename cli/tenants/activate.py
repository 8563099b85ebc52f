"""koppel tenants activate: leads a person through the steps of a coupling; left at any point, it goes on there."""

import getpass
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

import typer
from pydantic import SecretStr

from cli.access import connect_by_consent
from cli.common import TenantName, explained, print_line
from cli.loopback import PORT
from cli.settings import parse_pairs, print_check_results
from cli.tenants.preview import Parts, chosen_parts, print_activation
from include.access import credentials
from include.access.connect import connect_typed, is_connected
from include.connectors import registry
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import InvalidInput, TenantNotFound
from include.lifecycle import wipe_step
from include.lifecycle.activation import administrations, choose, start_import
from include.lifecycle.activation_preview import preview_activation
from include.lifecycle.wipe_step import PARTS
from include.settings import drafts
from include.settings.check_result import CheckLevel
from include.tenants.register import register
from include.tenants.tenant import Tenant, load

app = typer.Typer()


@app.command("activate")
def tenants_activate(
    slug: TenantName,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what is in Simple-Simon instead of wiping it.")] = False,
    parts: Parts = ",".join(PARTS),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the browser returns to, on this machine.")] = PORT,
) -> None:
    """Lead through the activation of a tenant at a prompt. It can be left, and goes on where it was."""
    with explained():
        context = Context.from_environment()
        tenant = _load_or_register(context, slug)
        to_wipe = [] if keep else chosen_parts(parts)
        steps: Mapping[str, Callable[[Tenant], None]] = {
            "new": lambda tenant: _wipe(context, tenant, to_wipe),
            "wiping": lambda tenant: _go_on_wiping(context, tenant),
            "connecting": lambda tenant: _connect(context, tenant, port),
            "settings": lambda tenant: _save_settings(context, tenant),
        }
        while step := steps.get(tenant.status):
            step(tenant)
            tenant = load(context, slug)
    if tenant.status == "inactive":
        print_line(f"{slug} is inactive; begin with: koppel tenants reactivate {slug}")
        raise typer.Exit(1)
    print_line(f"{slug} is {tenant.status}.")
    if tenant.status == "importing":
        print_line(f"The first import starts by itself: koppel tenants status {slug} --watch")


def _load_or_register(context: Context, slug: str) -> Tenant:
    try:
        return load(context, slug)
    except TenantNotFound:
        _explain(f"{slug} is not there yet. Its name becomes part of the names of its workflows, and stays.")
        company = typer.prompt("Name of the company")
        package = typer.prompt(f"Accounting package ({' or '.join(registry.packages())})")
        return register(context, slug, company, package, by=getpass.getuser())


def _wipe(context: Context, tenant: Tenant, parts: list[str]) -> None:
    """Connect Simple-Simon, show what goes from it, and have that confirmed."""
    simon = registry.field_service()
    if not is_connected(context, tenant, simon):
        _explain("First the access to Simple-Simon: licence code, office user, password and API key.")
        typed = [name for name in simon.access.model_fields if name not in simon.access.kept]
        connect_typed(context, tenant, simon.name, _prompt_access(simon, typed))
    activation = preview_activation(context, tenant, parts)
    print_activation(activation)
    if not parts:
        _explain("Nothing is wiped. What is in Simple-Simon stays beside what the package brings.")
        typer.confirm("Keep what is in Simple-Simon?", abort=True)
        wipe_step.keep(context, tenant, getpass.getuser())
        return
    _explain("What is wiped is exported first and can be put back for 30 days. Work orders are never wiped.")
    typer.confirm("Wipe these records?", abort=True)
    wipe_step.confirm(context, tenant, activation.in_simon, parts=parts, by=getpass.getuser())


def _go_on_wiping(context: Context, tenant: Tenant) -> None:
    _explain("Wiping. It may be interrupted: the same command goes on with it.")
    report = wipe_step.carry_out(context, tenant)
    command = f"koppel cleanup restore {tenant.slug} {report.run_id}"
    print_line(f"Wiped in run {report.run_id}; {command} puts it back.")


def _connect(context: Context, tenant: Tenant, port: int) -> None:
    package = tenant.package
    if not is_connected(context, tenant, package):
        _explain(f"Now the access to {package.title}.")
        typed = list(package.oauth.typed) if package.oauth else []
        if typed and credentials.missing_variables(context, package.name):
            connect_typed(context, tenant, package.name, _prompt_access(package, typed))
        else:
            connect_by_consent(context, tenant, package.name, port=port)
    _explain("The administration that it is coupled to. It stays, as links and documents are there.")
    for administration in administrations(context, tenant):
        print_line(f"  {administration.number}  {administration.name}")
    choose(context, tenant, typer.prompt("Number of the administration"), getpass.getuser())


def _save_settings(context: Context, tenant: Tenant) -> None:
    """Have settings set and checked until nothing is wrong, save them, and start the first import."""
    _explain("The settings, as NAME=VALUE; an empty line checks and saves them. koppel settings show lists them.")
    while True:
        while pair := typer.prompt("Setting", default="", show_default=False):
            try:
                drafts.change(context, tenant, parse_pairs(tenant, [pair]), getpass.getuser())
            except InvalidInput as error:
                print_line("\n".join(error.problems))
        draft = drafts.check(context, tenant, getpass.getuser())
        not_ok = [result for results in draft.results.values() for result in results if result.level != CheckLevel.OK]
        if not_ok:
            print_check_results("What the checks found", not_ok)
        if not draft.wrong:
            break
    if draft.settings == tenant.settings and tenant.settings_version:
        drafts.discard(context, tenant)
    else:
        drafts.save(context, tenant, getpass.getuser())
    start_import(context, load(context, tenant.slug), getpass.getuser())


def _prompt_access(system: RemoteSystem, names: list[str]) -> dict[str, Any]:
    """Ask for the fields of an access, secrets unseen; what is left empty is left out."""
    access = {}
    for name in names:
        field = system.access.model_fields[name]
        secret = field.annotation is SecretStr or SecretStr in get_args(field.annotation)
        default = "" if field.is_required() or field.default is None else str(field.default)
        value = typer.prompt(name, default=default, hide_input=secret, show_default=bool(default) and not secret)
        if value:
            access[name] = value
    return access


def _explain(text: str) -> None:
    print_line(f"\n{text}")
