"""koppel activate: leads a person through a coupling's first steps; left at any point, it goes on there."""

import getpass
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

import typer
from pydantic import SecretStr

from include.checks.draft import check_draft
from include.cli.common import TenantName, explained, out
from include.cli.connect import PORT, by_consent
from include.cli.life import Parts, show_rehearsal
from include.cli.settings import given_pairs, show_verdicts
from include.connectors import registry
from include.connectors.base import Connector
from include.koppel import Koppel
from include.life import access, wiping
from include.life.rehearsal import rehearse
from include.life.steps import administrations, choose, start_import
from include.life.wiping import PARTS
from include.tenants import credentials, drafts
from include.tenants.adding import WrongInput, register
from include.tenants.connecting import put_access
from include.tenants.tenant import Tenant, UnknownTenant, load

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
        koppel = Koppel.installed()
        found = _found(koppel, tenant)
        chosen = [] if keep else [part for part in parts.split(",") if part]
        steps: Mapping[str, Callable[[Tenant], None]] = {
            "new": lambda one: _wipe(koppel, one, chosen),
            "wiping": lambda one: _go_on(koppel, one),
            "connecting": lambda one: _connect(koppel, one, port),
            "settings": lambda one: _settings(koppel, one),
        }
        while step := steps.get(found.status):
            step(found)
            found = load(koppel, tenant)
    if found.status == "inactive":
        out.print(f"{tenant} is inactive; begin with: koppel reactivate {tenant}", highlight=False)
        raise typer.Exit(1)
    said = {"importing": f"the first import starts by itself; koppel status {tenant} --watch"}
    out.print(f"{tenant} is {found.status}. {said.get(found.status, '')}", highlight=False, markup=False)


def _found(koppel: Koppel, slug: str) -> Tenant:
    try:
        return load(koppel, slug)
    except UnknownTenant:
        _explain(f"{slug} is not there yet. Its name becomes part of the names of its workflows, and stays.")
        company = typer.prompt("Name of the company")
        package = typer.prompt(f"Accounting package ({' or '.join(registry.packages())})")
        return register(koppel, slug, company, package, getpass.getuser())


def _wipe(koppel: Koppel, tenant: Tenant, parts: list[str]) -> None:
    """Simon first: the wipe needs it, and shows what goes before anything does."""
    simon = registry.connector(registry.FIELD_SERVICE)
    if not access.has(koppel, tenant, simon):
        _explain("First the access to Simple-Simon: licence code, office user, password and API key.")
        put_access(koppel, tenant, simon.name, _typed(simon, list(simon.access.model_fields)))
    shown = rehearse(koppel, tenant, parts)
    show_rehearsal(shown)
    if not parts:
        _explain("Nothing is wiped. What is in Simple-Simon stays beside what the package brings.")
        typer.confirm("Keep what is in Simple-Simon?", abort=True)
        wiping.keep(koppel, tenant, getpass.getuser())
        return
    _explain("What is wiped is exported first and can be put back for 30 days. Work orders are never wiped.")
    typer.confirm("Wipe these records?", abort=True)
    wiping.confirm(koppel, tenant, shown.in_simon, parts, getpass.getuser())


def _go_on(koppel: Koppel, tenant: Tenant) -> None:
    _explain("Wiping. It may be interrupted: the same command goes on with it.")
    report = wiping.carry_out(koppel, tenant)
    out.print(f"Wiped in run {report.run_id}; koppel cleanup {tenant.slug} --undo {report.run_id} puts it back.")


def _connect(koppel: Koppel, tenant: Tenant, port: int) -> None:
    package = tenant.package
    if not access.has(koppel, tenant, package):
        _explain(f"Now the access to {package.title}.")
        typed = list(package.consent.typed) if package.consent else []
        if typed and credentials.lacking(koppel, package.name):
            put_access(koppel, tenant, package.name, _typed(package, typed))
        else:
            by_consent(koppel, tenant, package.name, port, paste=False)
    _explain("The administration that it is coupled to. It stays, as links and documents are there.")
    for one in administrations(koppel, tenant):
        out.print(f"  {one.number}  {one.name}", highlight=False, markup=False)
    choose(koppel, tenant, typer.prompt("Number of the administration"), getpass.getuser())


def _settings(koppel: Koppel, tenant: Tenant) -> None:
    """Set, check and save, until nothing is wrong."""
    _explain("The settings, as NAME=VALUE; an empty line checks and saves them. koppel settings show lists them.")
    while True:
        while pair := typer.prompt("Setting", default="", show_default=False):
            try:
                drafts.change(koppel, tenant, given_pairs(tenant, [pair]), getpass.getuser())
            except WrongInput as error:
                out.print("\n".join(error.problems), highlight=False, markup=False)
        draft = check_draft(koppel, tenant, getpass.getuser())
        said = [one for found in draft.verdicts.values() for one in found if one.level != "ok"]
        if said:
            show_verdicts("What the checks found", said, as_json=False)
        if not draft.wrong:
            break
    if draft.settings == tenant.settings and tenant.settings_version:
        drafts.discard(koppel, tenant)
    else:
        drafts.save(koppel, tenant, getpass.getuser())
    start_import(koppel, load(koppel, tenant.slug), getpass.getuser())


def _typed(system: Connector, names: list[str]) -> dict[str, Any]:
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
