"""What it takes to bring tenants to where files want them: found out before anything is done, and shown as a plan.

Whatever can be asked of the systems beforehand is asked, so that one wrong tenant keeps all of them as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from include.access import ownership
from include.access.connect import is_connected, is_exchanged, needs_connecting, try_access
from include.access.ownership import Owned
from include.access.systems import open_app_with, open_package
from include.cleanup.wipe import PARTS, contents, contents_of
from include.connectors import registry
from include.connectors.access import Access
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import IntegrationError, InvalidInput, TenantNotFound
from include.lifecycle.manifest.load import DesiredState
from include.settings.check_result import error_sentences
from include.settings.checks import check_settings
from include.settings.live_package import LivePackage
from include.settings.versions import differences
from include.tenants.states import RUNNING, TenantState
from include.tenants.tenant import Tenant, load


@dataclass
class TenantPlan:
    """The steps of one tenant in words, and how many records of each part a wipe was shown to take."""

    wanted: DesiredState
    status: str = "not there"
    steps: list[str] = field(default_factory=list)
    shown: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def plan(context: Context, wanted: Sequence[DesiredState]) -> list[TenantPlan]:
    """Reads only. Raises WrongInput with the problems of all tenants."""
    planned = [_planned(context, one) for one in wanted]
    _note_taken(context, planned)
    if problems := [f"{one.wanted.file}: {one.wanted.slug}: {said}" for one in planned for said in one.problems]:
        raise InvalidInput(problems)
    return planned


def _note_taken(context: Context, planned: Sequence[TenantPlan]) -> None:
    """A licence or an administration that another tenant has, in the store or in these files."""
    seen: dict[Owned, str] = {}
    for one in planned:
        given, slug = one.wanted.described, one.wanted.slug
        owned = [Owned.administration(given.package, given.settings.administration)]
        if given.simon_access is not None:
            owned.append(Owned.licence(given.simon_access))
        for each in owned:
            other = ownership.owner(context, each) or seen.setdefault(each, slug)
            if other != slug:
                one.problems.append(f"{each.kind}: tenant {other!r} has it already; each is one tenant's")


def find(context: Context, slug: str) -> Tenant | None:
    try:
        return load(context, slug)
    except TenantNotFound:
        return None


def _planned(context: Context, wanted: DesiredState) -> TenantPlan:
    tenant, one = find(context, wanted.slug), TenantPlan(wanted)
    if tenant is not None:
        one.status = tenant.effective_state
        if tenant.package.name != wanted.described.package.name:
            one.problems.append(
                f"package: {wanted.described.package.name!r} is not allowed; it is coupled to {tenant.package.name!r}, "
                "and stays with it"
            )
            return one
    if wanted.state == "inactive":
        one.steps += ["deactivate"] if tenant is not None and tenant.status != "inactive" else []
        return one
    try:
        _to_run(context, wanted, tenant, one)
    except IntegrationError as error:
        one.problems.append(f"{error.text('en')} {error.action('en')}")
    return one


def _to_run(context: Context, wanted: DesiredState, tenant: Tenant | None, one: TenantPlan) -> None:
    """What it takes until it runs, or waits for somebody to resume it."""
    if tenant is None:
        one.steps.append("add the tenant")
    elif tenant.company != wanted.described.company:
        one.steps.append(f"company: {tenant.company} → {wanted.described.company}")
    if tenant is not None and tenant.status == "inactive":
        one.steps.append("reactivate")
    for part, system, given in _accesses(wanted):
        _access(context, tenant, part, system, given, one)
    if one.problems:
        return
    _wipe(context, wanted, tenant, one)
    _settings(context, wanted, tenant, one)
    if tenant is None or tenant.status not in RUNNING:
        one.steps += [f"choose administration {wanted.described.settings.administration}", "start the first import"]
    paused = tenant is not None and tenant.paused
    if (wanted.state == "paused") != paused:
        one.steps.append("pause" if wanted.state == "paused" else "resume")


def _accesses(wanted: DesiredState) -> list[tuple[str, RemoteSystem, Access | None]]:
    simon = registry.field_service()
    given = wanted.described
    return [("simon_access", simon, given.simon_access), ("package_access", given.package, given.package_access)]


def _access(
    context: Context, tenant: Tenant | None, part: str, system: RemoteSystem, given: Access | None, one: TenantPlan
) -> None:
    if given is None:
        if tenant is None or not is_connected(context, tenant, system):
            one.problems.append(f"{part}: missing; it is not connected to {system.title} yet")
        return
    if tenant is not None and not needs_connecting(context, tenant, system, given):
        return
    one.steps.append(f"connect {system.title}")
    if not is_exchanged(given):
        try_access(context, system, given)


def _wipe(context: Context, wanted: DesiredState, tenant: Tenant | None, one: TenantPlan) -> None:
    if tenant is not None and tenant.status not in ("new", "inactive"):
        if tenant.status == "wiping":
            one.steps.append("go on wiping Simple-Simon")
        return
    if not (parts := parts_of(wanted, tenant)):
        one.steps.append("keep what is in Simple-Simon")
        return
    if first(tenant) and set(parts) != set(PARTS):
        one.problems.append("wipe: a first activation takes all or none")
        return
    given = wanted.described.simon_access
    if given is not None:
        held = contents_of(open_app_with(context, given))
    elif tenant is not None:
        held = contents(context, tenant)
    else:
        return  # without access it is a problem already
    one.shown = {part: held.counts[part] for part in parts}
    listed = ", ".join(f"{count} {part.replace('_', ' ')}" for part, count in one.shown.items())
    one.steps.append(f"wipe Simple-Simon: {listed}")


def first(tenant: Tenant | None) -> bool:
    """Whether it was never active, or starts afresh."""
    return tenant is None or tenant.active_since is None


def parts_of(wanted: DesiredState, tenant: Tenant | None) -> tuple[str, ...]:
    """What is to be wiped: at first all of it, later nothing, unless the file says otherwise."""
    if wanted.wipe is not None:
        return wanted.wipe
    return PARTS if first(tenant) else ()


def _settings(context: Context, wanted: DesiredState, tenant: Tenant | None, one: TenantPlan) -> None:
    """The differences; checked live when the package can be asked without spending a token."""
    settings, given = wanted.described.settings, wanted.described.package_access
    before = tenant.settings.model_dump(mode="json") if tenant is not None and tenant.settings_version else {}
    changed = differences(before, settings.model_dump(mode="json"))
    if before and "administration" in changed and not first(tenant):
        one.problems.append(
            f"settings.administration: {settings.administration!r} is not allowed; it is coupled to "
            f"{before['administration']!r}; starting afresh is done by hand: koppel tenants reactivate --reset"
        )
        return
    if before:
        one.steps += [f"settings.{name}: {old!r} → {new!r}" for name, (old, new) in changed.items()]
    else:
        one.steps.append("save the settings")
    if tenant is not None and not changed:
        return
    if tenant is not None and is_connected(context, tenant, tenant.package):
        one.problems += _checked(LivePackage(context, replace(tenant, settings=settings)))
    elif given is not None and not is_exchanged(given):
        asked = replace(tenant or _stand_in(wanted), settings=settings)
        one.problems += _checked(LivePackage(context, asked, open_package(context, asked, given)))


def _stand_in(wanted: DesiredState) -> Tenant:
    """For checks of a tenant that is not there yet; nothing of it is stored."""
    given = wanted.described
    return Tenant(
        id=0,
        slug=given.slug,
        company=given.company,
        status=TenantState.NEW,
        active_since=None,
        package=given.package,
        settings=given.settings,
        settings_version=0,
    )


def _checked(live: LivePackage) -> list[str]:
    return error_sentences(check_settings(live))
