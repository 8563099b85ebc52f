"""Saved settings and access of active tenants, checked again: drift is reported before a work order meets it."""

from collections.abc import Callable
from dataclasses import dataclass

from include.access.systems import open_app
from include.connectors import registry
from include.context import Context
from include.errors import IntegrationError
from include.fleet import for_each_active
from include.log.writer import IntegrationLog
from include.settings.check_result import CheckLevel, CheckResult, checked_values, worst
from include.settings.checks import check_settings
from include.settings.live_package import LivePackage
from include.settings.problems import report_problems
from include.tenants.tenant import Tenant

# what an answer to any question disproves; a right that is missing for one thing is not there because another one is
ACCESS_CODES = tuple(
    f"connection.{word}" for word in ("refused", "token_revoked", "no_credentials", "unavailable", "busy")
)


@dataclass(frozen=True)
class TenantCheckReport:
    """What was found of one tenant. ``troubles`` are of systems that cannot be reached with its access."""

    tenant: str
    troubles: tuple[IntegrationError, ...] = ()
    results: tuple[CheckResult, ...] = ()

    @property
    def level(self) -> CheckLevel:
        """How bad it is altogether."""
        return CheckLevel.ERROR if self.troubles else worst(self.results)


def check_fleet(context: Context, run: str) -> dict[str, int]:
    """Check every active tenant and count them by level. Raises as ``for_each_active``."""
    reports = for_each_active(context, run, lambda tenant: check_tenant(context, tenant, run))
    levels = [report.level for report in reports]
    return {"tenants": len(levels), **{level.value: levels.count(level) for level in CheckLevel}}


def check_tenant(context: Context, tenant: Tenant, run: str, by: str = "") -> TenantCheckReport:
    """Check one tenant's access and saved settings, and bring its integration log in line with what was found.

    ``by`` is the person who asked for it, if one did.
    """
    log = IntegrationLog(context.store, tenant.id, tenant.slug, run)
    package = LivePackage(context, tenant)
    simon_title = registry.field_service().title
    simon_trouble = _trouble(log, simon_title, lambda: open_app(context, tenant).find("customers", ["0"]))
    package_trouble = _trouble(log, tenant.package.title, lambda: package.administrations)
    troubles = tuple(error for error in (simon_trouble, package_trouble) if error is not None)
    if package_trouble is not None:
        return TenantCheckReport(tenant.slug, troubles)
    results = tuple(check_settings(package))
    package.store_articles()
    report_problems(log, results, tenant.package.title)
    if by:
        log.write("settings.checked", **checked_values(by, results))
    return TenantCheckReport(tenant.slug, troubles, results)


def _trouble(log: IntegrationLog, system: str, ask: Callable[[], object]) -> IntegrationError | None:
    """Ask a system one cheap thing; return and report what is wrong, None when it answered."""
    try:
        ask()
    except IntegrationError as error:
        log.error(error)
        return error
    log.resolve_connection(system, *ACCESS_CODES)
    return None
