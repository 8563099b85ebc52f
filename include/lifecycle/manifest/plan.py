"""What it takes to bring tenants to where manifests want them: found out before anything is done, and shown as a plan.

Whatever can be asked of the systems beforehand is asked, so that one wrong tenant keeps all of them as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from include.access import ownership
from include.access.connect import is_connected, is_exchanged, needs_connecting, try_access
from include.access.ownership import Owned
from include.access.systems import open_app_with, open_package
from include.cleanup.wipe import PARTS, Contents, along_sentences, contents, contents_of
from include.connectors import registry
from include.connectors.access import Access
from include.connectors.system import RemoteSystem
from include.context import Context
from include.errors import IntegrationError, InvalidInput, TenantNotFound
from include.lifecycle.manifest.load import DesiredState, DesiredStatus
from include.lifecycle.terms import agreement, check_version
from include.settings.check_result import error_sentences
from include.settings.checks import check_settings
from include.settings.live_package import LivePackage
from include.settings.versions import differences
from include.tenants.states import ENDED, RUNNING, TenantState
from include.tenants.tenant import Tenant, load


@dataclass
class TenantPlan:
    """The steps of one tenant in words; ``wiped`` is how many records of each part a wipe was shown to take."""

    desired: DesiredState
    status: str = "not there"
    steps: list[str] = field(default_factory=list)
    wiped: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def plan(context: Context, states: Sequence[DesiredState]) -> list[TenantPlan]:
    """Return the plans of all tenants; writes nothing. Raises InvalidInput with the problems of all."""
    plans = [_Planner(context, desired).plan() for desired in states]
    _add_ownership_problems(context, plans)
    problems = [f"{each.desired.file}: {each.desired.slug}: {problem}" for each in plans for problem in each.problems]
    if problems:
        raise InvalidInput(problems)
    return plans


def find_tenant(context: Context, slug: str) -> Tenant | None:
    """Return the tenant of this name, if there is one."""
    try:
        return load(context, slug)
    except TenantNotFound:
        return None


def parts_to_wipe(desired: DesiredState, tenant: Tenant | None) -> tuple[str, ...]:
    """Return what is to be wiped: at first all of it, later nothing, unless the manifest says otherwise."""
    if desired.wipe is not None:
        return desired.wipe
    return PARTS if _is_first_activation(tenant) else ()


def _is_first_activation(tenant: Tenant | None) -> bool:
    """Return whether a tenant was never active, or is to begin as if it never was."""
    return tenant is None or tenant.active_since is None


def _add_ownership_problems(context: Context, plans: Sequence[TenantPlan]) -> None:
    """Add a problem for what another tenant has, in the store or in these manifests."""
    planned_owner: dict[Owned, str] = {}
    for each in plans:
        spec, slug = each.desired.spec, each.desired.slug
        wanted = [Owned.administration(spec.package, spec.settings.administration)]
        if spec.simon_access is not None:
            wanted.append(Owned.licence(spec.simon_access))
        for owned in wanted:
            other = ownership.owner(context, owned) or planned_owner.setdefault(owned, slug)
            if other != slug:
                each.problems.append(f"{owned.kind}: tenant {other!r} has it already; each is one tenant's")


class _Planner:
    """Finds out what it takes to bring one tenant to its desired state."""

    def __init__(self, context: Context, desired: DesiredState) -> None:
        self._context, self._desired, self._spec = context, desired, desired.spec
        self._tenant = find_tenant(context, desired.slug)
        self._plan = TenantPlan(desired)

    def plan(self) -> TenantPlan:
        """Return the plan, with what is in its way as problems."""
        tenant = self._tenant
        if tenant is not None:
            self._plan.status = tenant.effective_state
            if tenant.package.name != self._spec.package.name:
                self._problem(
                    f"package: {self._spec.package.name!r} is not allowed; it is coupled to {tenant.package.name!r}, "
                    "and stays with it"
                )
                return self._plan
        if self._desired.status == DesiredStatus.INACTIVE:
            if tenant is not None and tenant.status not in ENDED:
                self._step("deactivate")
            return self._plan
        try:
            self._plan_running()
        except IntegrationError as error:
            self._problem(f"{error.text('en')} {error.action('en')}")
        return self._plan

    def _step(self, step: str) -> None:
        self._plan.steps.append(step)

    def _problem(self, problem: str) -> None:
        self._plan.problems.append(problem)

    def _plan_running(self) -> None:
        """Plan what it takes until it runs, or waits for somebody to resume it."""
        tenant, spec = self._tenant, self._spec
        if tenant is None:
            self._step("add the tenant")
        elif tenant.company != spec.company:
            self._step(f"company: {tenant.company} → {spec.company}")
        if tenant is not None and tenant.status in ENDED:
            self._step("reactivate")
        self._plan_terms()
        self._plan_access("simon_access", registry.field_service(), spec.simon_access)
        self._plan_access("package_access", spec.package, spec.package_access)
        if self._plan.problems:
            return
        self._plan_wipe()
        self._plan_settings()
        if tenant is None or tenant.status not in RUNNING:
            self._step(f"choose administration {spec.settings.administration}")
            self._step("start the first import")
        pauses = self._desired.status == DesiredStatus.PAUSED
        if pauses != (tenant is not None and tenant.paused):
            self._step("pause" if pauses else "resume")

    def _plan_terms(self) -> None:
        """Plan that whoever carries the plan out agrees to the terms, where an activation begins (R5.7)."""
        tenant, terms, version = self._tenant, self._context.terms, self._desired.terms
        begins = tenant is None or tenant.status in (TenantState.NEW, *ENDED)
        if not begins or (tenant is not None and agreement(self._context, tenant) is not None):
            return
        try:
            check_version(terms, terms.version if version is None else version)
        except InvalidInput as error:
            self._plan.problems += error.problems
        else:
            self._step(f"agree to the terms of the integration, version {terms.version}: {terms.link}")

    def _plan_access(self, part: str, system: RemoteSystem, access: Access | None) -> None:
        if access is None:
            if self._tenant is None or not is_connected(self._context, self._tenant, system):
                self._problem(f"{part}: missing; it is not connected to {system.title}. {self._how_to_connect(system)}")
            return
        if self._tenant is not None and not needs_connecting(self._context, self._tenant, system, access):
            return
        self._step(f"connect {system.title}")
        if not is_exchanged(access):
            try_access(self._context, system, access)

    def _how_to_connect(self, system: RemoteSystem) -> str:
        if self._tenant is None or self._tenant.status in ENDED:  # then nobody connects it by hand
            return "Describe it here"
        return f"Describe it here, or use: koppel access connect {self._tenant.slug} {system.name}"

    def _plan_wipe(self) -> None:
        tenant = self._tenant
        if tenant is not None and tenant.status not in (TenantState.NEW, *ENDED):
            if tenant.status == TenantState.WIPING:
                self._step("go on wiping Simple-Simon")
            return
        parts = parts_to_wipe(self._desired, tenant)
        if not parts:
            self._step("keep what is in Simple-Simon")
            return
        if _is_first_activation(tenant) and set(parts) != set(PARTS):
            self._problem("wipe: a first activation takes all or none")
            return
        if (present := self._simon_contents()) is not None:
            self._plan.wiped = {part: present.counts[part] for part in parts}
            listed = ", ".join(f"{count} {part.replace('_', ' ')}" for part, count in self._plan.wiped.items())
            along = "".join(f"; {sentence}" for sentence in along_sentences(present.along, parts))
            self._step(f"wipe Simple-Simon: {listed}{along}")

    def _simon_contents(self) -> Contents | None:
        """Return what is in Simon now; None without any access, which is a problem already."""
        if self._spec.simon_access is not None:
            return contents_of(open_app_with(self._context, self._spec.simon_access))
        return contents(self._context, self._tenant) if self._tenant is not None else None

    def _plan_settings(self) -> None:
        """Plan what differs; it is checked live when the package can be asked without spending a token."""
        tenant, settings = self._tenant, self._spec.settings
        saved = tenant.settings.model_dump(mode="json") if tenant is not None and tenant.settings_version else {}
        changes = differences(saved, settings.model_dump(mode="json"))
        if saved and "administration" in changes and not _is_first_activation(tenant):
            self._problem(
                f"settings.administration: {settings.administration!r} is not allowed; it is coupled to "
                f"{saved['administration']!r}; starting afresh is done by hand: koppel tenants reactivate --reset"
            )
            return
        if not saved:
            self._step("save the settings")
        for name, (before, after) in changes.items() if saved else ():
            self._step(f"settings.{name}: {before!r} → {after!r}")
        if tenant is None or changes:
            self._check_settings()

    def _check_settings(self) -> None:
        tenant, access = self._tenant, self._spec.package_access
        subject = replace(tenant or self._unregistered(), settings=self._spec.settings)
        if tenant is not None and is_connected(self._context, tenant, tenant.package):
            package = LivePackage(self._context, subject)
        elif access is not None and not is_exchanged(access):
            package = LivePackage(self._context, subject, open_package(self._context, subject, access))
        else:
            return
        self._plan.problems += error_sentences(check_settings(package))

    def _unregistered(self) -> Tenant:
        """Return a tenant for checks of one that is not there yet; nothing of it is stored."""
        return Tenant(
            id=0,
            slug=self._spec.slug,
            company=self._spec.company,
            status=TenantState.NEW,
            active_since=None,
            package=self._spec.package,
            settings=self._spec.settings,
            settings_version=0,
        )
