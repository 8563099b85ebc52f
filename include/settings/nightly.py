"""Saved settings and access of active tenants, checked again: drift is reported before a work order meets it."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import structlog

from include.access.systems import open_app
from include.connectors import registry
from include.context import Context
from include.errors import ChecksFailed, IntegrationError
from include.log.writer import IntegrationLog
from include.settings.check_result import CheckLevel, CheckResult, worst
from include.settings.checks import check
from include.settings.live_package import LivePackage
from include.settings.resolve import OURS, resolve_settings_problems
from include.tenants.overview import overview
from include.tenants.tenant import ACTIVE, Tenant, load

T = TypeVar("T")
AT_ONCE = 8  # tenants checked together; they mostly wait
# what an answer to any question disproves; a right that lacks for one thing is not there because another one is
ACCESS = tuple(f"connection.{word}" for word in ("refused", "token_revoked", "no_credentials", "unavailable", "busy"))


@dataclass(frozen=True)
class TenantCheckReport:
    """What was found of one tenant. ``troubles`` are systems that cannot be reached with its access."""

    tenant: str
    troubles: tuple[IntegrationError, ...] = ()
    verdicts: tuple[CheckResult, ...] = ()

    @property
    def level(self) -> CheckLevel:
        return "error" if self.troubles else worst(list(self.verdicts))


def check_fleet(context: Context, run: str) -> dict[str, int]:
    """Check every active tenant; how many are of which level. Raises ChecksFailed when all the others are done."""
    slugs = [line.tenant for line in overview(context) if line.status == ACTIVE]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check") as threads:
        under_way = {slug: threads.submit(_check_active, context, slug, run) for slug in slugs}
    reports = [found.result() for found in under_way.values() if found.exception() is None]
    _raise_unforeseen(context, run, under_way)
    levels = [report.level for report in reports if report]
    return {"tenants": len(levels), **{level: levels.count(level) for level in ("ok", "warning", "error")}}


def check_tenant(context: Context, tenant: Tenant, run: str) -> TenantCheckReport:
    """Check one tenant's access and saved settings, and bring its integration log in line with what was found."""
    log = IntegrationLog(context.store, tenant.id, tenant.slug, run)
    live = LivePackage(context, tenant)
    simon = _reached(log, registry.field_service().title, lambda: open_app(context, tenant).find("customers", ["0"]))
    package = _reached(log, tenant.package.title, lambda: live.administrations)
    troubles = tuple(error for error in (simon, package) if error is not None)
    if package is not None:
        return TenantCheckReport(tenant.slug, troubles)
    verdicts = tuple(one for name in type(tenant.settings).model_fields for one in check(live, name))
    live.keep()
    _note(tenant, log, verdicts)
    return TenantCheckReport(tenant.slug, troubles, verdicts)


def _check_active(context: Context, slug: str, run: str) -> TenantCheckReport | None:
    """None when it is not active any more now that it is its turn."""
    tenant = load(context, slug)
    return check_tenant(context, tenant, run) if tenant.active else None


def _reached(log: IntegrationLog, system: str, ask: Callable[[], object]) -> IntegrationError | None:
    """One cheap question to a system: what is wrong, None when it answered."""
    try:
        ask()
    except IntegrationError as error:
        log.error(error)
        return error
    log.resolve_connection(system, *ACCESS)
    return None


def _note(tenant: Tenant, log: IntegrationLog, verdicts: Iterable[CheckResult]) -> None:
    """What is wrong is said; what was said before and is in order again is closed."""
    bad = [one for one in verdicts if one.level != "ok" and one.code != "settings.administration_first"]
    said: dict[tuple[str, str], CheckResult] = {(one.code, one.record): one for one in bad if one.code.startswith(OURS)}
    # a list that could not be read is trouble with the package, and the same for every setting that needs it
    said |= {(one.code, ""): one for one in bad if not one.code.startswith(OURS)}
    for (code, record), one in said.items():
        log.write(code, record, **one.values)
    if all(one.code.startswith(OURS) for one in bad):
        log.resolve_connection(tenant.package.title)
        resolve_settings_problems(log, bad)


def _raise_unforeseen(context: Context, run: str, ended: dict[str, "Future[T]"]) -> None:
    failed = {slug: error for slug, done in ended.items() if (error := done.exception()) is not None}
    for slug, error in failed.items():
        structlog.get_logger("koppel").error("check failed", tenant=slug, exc_info=error)
        tenant = load(context, slug)
        IntegrationLog(context.store, tenant.id, slug, run).write("run.failed", reason=type(error).__name__)
    if failed:
        raise ChecksFailed(", ".join(failed)) from next(iter(failed.values()))
