"""koppel tenants activate: leads a person through the steps of a coupling; left at any point, it goes on there."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

import typer
from pydantic import SecretStr

from cli.access import Paste, connect_by_consent
from cli.common import TenantName, explained, print_line, who
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
from include.lifecycle.deactivation import reactivate
from include.lifecycle.steps import ActivationStep, current_step
from include.lifecycle.terms import agreement
from include.lifecycle.wipe_step import PARTS
from include.settings import drafts
from include.settings.check_result import CheckLevel
from include.tenants.register import register
from include.tenants.states import ENDED, RUNNING, TenantState
from include.tenants.tenant import Tenant, load

app = typer.Typer()
EXPLANATION = """What will happen, step by step; it can be left at any point, and goes on there:
  1. Simple-Simon is connected, and what is in it is shown. You confirm that it is wiped, or keep it. Work orders stay.
  2. You log in at {package} and choose the administration. From then on {package} leads: customers and articles are
     changed there, and Simple-Simon follows.
  3. You set which articles stand for hours and what goes on a document; each setting is checked.
  4. The first import brings everything over. Then work orders archived from that moment on become documents."""


@app.command("activate")
def tenants_activate(
    slug: TenantName,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Leave what is in Simple-Simon instead of wiping it.")] = False,
    parts: Parts = ",".join(PARTS),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the browser returns to, on this machine.")] = PORT,
    paste: Paste = False,
) -> None:
    """Lead through the activation of a tenant at a prompt. It can be left, and goes on where it was."""
    with explained():
        context = Context.from_environment()
        tenant = _load_or_register(context, slug)
        to_wipe = [] if keep else chosen_parts(parts)
        steps: Mapping[ActivationStep, Callable[[Tenant], None]] = {
            ActivationStep.INACTIVE: lambda tenant: _reactivate(context, tenant),
            ActivationStep.SIMON: lambda tenant: _connect_simon(context, tenant),
            ActivationStep.WIPE: lambda tenant: _wipe(context, tenant, to_wipe),
            ActivationStep.PACKAGE: lambda tenant: _connect_package(context, tenant, port, paste=paste),
            ActivationStep.ADMINISTRATION: lambda tenant: _choose(context, tenant),
            ActivationStep.SETTINGS: lambda tenant: _save_settings(context, tenant),
            ActivationStep.IMPORT: lambda tenant: _save_settings(context, tenant),
        }
        _explain_all(context, tenant)
        while (step := current_step(context, tenant, starts_apart=False)) in steps and not (
            step is ActivationStep.IMPORT and tenant.status in RUNNING
        ):
            steps[step](tenant)
            tenant = load(context, slug)
    print_line(f"{slug} is {tenant.status}.")
    if tenant.paused:
        print_line(f"It is paused: nothing starts before koppel tenants resume {slug}")
    if tenant.status == "importing":
        print_line(f"The first import starts by itself: koppel tenants status {slug} --watch")


def _load_or_register(context: Context, slug: str) -> Tenant:
    try:
        return load(context, slug)
    except TenantNotFound:
        _explain(f"{slug} is not there yet. Its name becomes part of the names of its workflows, and stays.")
        company = typer.prompt("Name of the company")
        package = typer.prompt(f"Accounting package ({' or '.join(registry.packages())})")
        return register(context, slug, company, package, by=who())


def _reactivate(context: Context, tenant: Tenant) -> None:
    _explain(
        f"{tenant.slug} is inactive. Set up again, it is with the same licence and administration, and needs access to "
        f"both systems; nothing is sent twice. For others: koppel tenants reactivate {tenant.slug} --reset"
    )
    typer.confirm("Set it up again?", abort=True)
    reactivate(context, tenant, who())


def _explain_all(context: Context, tenant: Tenant) -> None:
    """Explain what will happen, and what is agreed to by it, before anything is asked (R5.1, R5.7)."""
    if tenant.status not in (TenantState.NEW, *ENDED):
        return
    _explain(EXPLANATION.format(package=tenant.package.title))
    for system in (registry.field_service(), tenant.package):
        if system.login_help:
            print_line(f"  {system.title}: {system.login_help.text('en')}")
    _explain(f"The terms of the integration, version {context.terms.version}: {context.terms.link}")


def _with_terms(context: Context, tenant: Tenant, question: str) -> str:
    """Return the question of the first step, which means agreeing to the terms unless somebody did before."""
    if agreement(context, tenant) is not None:
        return f"{question}?"
    return f"{question}, and agree to version {context.terms.version} of the terms of the integration?"


def _connect_simon(context: Context, tenant: Tenant) -> None:
    simon = registry.field_service()
    _explain("The access to Simple-Simon: licence code, office user, password and API key.")
    typed = [name for name in simon.access.model_fields if name not in simon.access.kept]
    connect_typed(context, tenant, simon.name, _prompt_access(simon, typed), by=who())


def _wipe(context: Context, tenant: Tenant, parts: list[str]) -> None:
    """Show what goes from Simple-Simon and all that goes along with it, have that confirmed, and carry it out."""
    if tenant.status == TenantState.WIPING:
        _go_on_wiping(context, tenant)
        return
    activation = preview_activation(context, tenant, parts)
    print_activation(activation)
    if not parts:
        _explain("Nothing is wiped. What is in Simple-Simon stays beside what the package brings.")
        typer.confirm(_with_terms(context, tenant, "Keep what is in Simple-Simon"), abort=True)
        wipe_step.keep(context, tenant, who())
        return
    _explain("What is wiped is exported first and can be put back for 30 days. Work orders are never wiped.")
    typer.confirm(_with_terms(context, tenant, "Wipe these records"), abort=True)
    wipe_step.confirm(context, tenant, activation.in_simon, parts=parts, by=who())


def _go_on_wiping(context: Context, tenant: Tenant) -> None:
    _explain("Wiping. It may be interrupted: the same command goes on with it.")
    report = wipe_step.carry_out(context, tenant)
    command = f"koppel cleanup restore {tenant.slug} {report.run_id}"
    for kind, count in report.along.items():
        print_line(f"{count} {kind.replace('_', ' ')} went along.")
    print_line(f"Wiped in run {report.run_id}; {command} puts it back.")


def _connect_package(context: Context, tenant: Tenant, port: int, *, paste: bool) -> None:
    package = tenant.package
    _explain(f"The access to {package.title}.")
    typed = list(package.oauth.typed) if package.oauth else []
    if typed and credentials.missing_variables(context, package.name):
        connect_typed(context, tenant, package.name, _prompt_access(package, typed), by=who())
    else:
        connect_by_consent(context, tenant, package.name, port=port, paste=paste)


def _choose(context: Context, tenant: Tenant) -> None:
    _explain("The administration that it is coupled to. It stays, as links and documents are there.")
    for administration in administrations(context, tenant):
        print_line(f"  {administration.number}  {administration.name}")
    choose(context, tenant, typer.prompt("Number of the administration"), who())


def _save_settings(context: Context, tenant: Tenant) -> None:
    """Have settings set and checked until nothing is wrong, save them, and start the first import."""
    _explain("The settings, as NAME=VALUE; an empty line checks and saves them. koppel settings show lists them.")
    while True:
        while pair := typer.prompt("Setting", default="", show_default=False):
            try:
                drafts.change(context, tenant, parse_pairs(tenant, [pair]), who())
            except InvalidInput as error:
                print_line("\n".join(error.problems))
        draft = drafts.check(context, tenant, who())
        not_ok = [result for results in draft.results.values() for result in results if result.level != CheckLevel.OK]
        if not_ok:
            print_check_results("What the checks found", not_ok)
        if not draft.wrong:
            break
        if not is_connected(context, tenant, tenant.package):
            return  # its access turned out to be dead: connecting it is the next step
    if draft.settings == tenant.settings and tenant.settings_version:
        drafts.discard(context, tenant, who())
    else:
        drafts.save(context, tenant, who())
    start_import(context, load(context, tenant.slug), who())


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
