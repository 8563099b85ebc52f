"""Carrying a plan out, unattended, by the same steps that a person takes; interrupted, the next time goes on."""

from dataclasses import replace

from include.access.connect import connect, needs_connecting
from include.connectors import registry
from include.context import Context
from include.errors import InvalidInput
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.deactivation import deactivate, pause, reactivate, resume
from include.lifecycle.manifest.load import DesiredStatus
from include.lifecycle.manifest.plan import TenantPlan, find_tenant, parts_to_wipe
from include.lifecycle.terms import agree, agreement
from include.settings import drafts
from include.settings.check_result import error_sentences
from include.settings.checks import check_settings
from include.settings.live_package import LivePackage
from include.store import tenants as tenants_table
from include.tenants.register import TenantSpec, register
from include.tenants.states import ENDED, RUNNING, TenantState
from include.tenants.tenant import Tenant, load


def apply_plan(context: Context, plan: TenantPlan, by: str) -> Tenant | None:
    """Bring one tenant to where its manifest wants it, and return it; None when it is not there and need not be.

    Raises UserError, IntegrationError; what was done until then stays, and is not done again.
    """
    desired, spec = plan.desired, plan.desired.spec
    tenant = find_tenant(context, desired.slug)
    if desired.status == DesiredStatus.INACTIVE:
        if tenant is not None and plan.steps:
            deactivate(context, tenant, by)
        return find_tenant(context, desired.slug)
    tenant = tenant or register(context, desired.slug, spec.company, spec.package.name, by=by)
    if tenant.company != spec.company:
        with context.store.begin() as tx:
            tenants_table.rename(tx, tenant.id, spec.company)
    pauses = desired.status == DesiredStatus.PAUSED
    if pauses and tenant.status not in ENDED:
        pause(context, tenant, by)
    tenant = _start(context, plan, load(context, desired.slug), by)
    return pause(context, tenant, by) if pauses else resume(context, tenant, by)


def _start(context: Context, plan: TenantPlan, tenant: Tenant, by: str) -> Tenant:
    """Take step after step, each of which is stored, until the first import is on its way."""
    spec = plan.desired.spec
    if tenant.status in ENDED:
        tenant = reactivate(context, tenant, by)
    if tenant.status == TenantState.NEW:
        _agree(context, plan, tenant, by)
    _connect(context, spec, tenant, by)
    if tenant.status == TenantState.NEW:
        _decide_on_wipe(context, plan, tenant, by)
        tenant = load(context, tenant.slug)
    if tenant.status == TenantState.WIPING:
        wipe_step.carry_out(context, tenant)
        tenant = load(context, tenant.slug)
    if tenant.status == TenantState.CONNECTING:
        tenant = choose(context, tenant, spec.settings.administration, by)
    _save_settings(context, spec, tenant, by)
    tenant = load(context, tenant.slug)
    return tenant if tenant.status in RUNNING else start_import(context, tenant, by)


def _agree(context: Context, plan: TenantPlan, tenant: Tenant, by: str) -> None:
    """Note who carries the plan out, and so agrees; nothing when somebody agreed to this version before."""
    if agreement(context, tenant) is None:
        agree(context, tenant, by, plan.desired.terms)


def _connect(context: Context, spec: TenantSpec, tenant: Tenant, by: str) -> None:
    for system, access in ((registry.field_service(), spec.simon_access), (spec.package, spec.package_access)):
        if access is not None and needs_connecting(context, tenant, system, access):
            connect(context, tenant, system, access, by=by)


def _decide_on_wipe(context: Context, plan: TenantPlan, tenant: Tenant, by: str) -> None:
    """Confirm or decline the wipe; nothing is wiped for settings that turn out to be wrong. Raises InvalidInput."""
    settings = plan.desired.spec.settings
    if problems := error_sentences(check_settings(LivePackage(context, replace(tenant, settings=settings)))):
        raise InvalidInput(problems)
    if parts := parts_to_wipe(plan.desired, tenant):
        wipe_step.confirm(context, tenant, plan.wiped, parts=parts, by=by)
    else:
        wipe_step.keep(context, tenant, by)


def _save_settings(context: Context, spec: TenantSpec, tenant: Tenant, by: str) -> None:
    """Check and save the settings of the manifest; nothing when they are saved already."""
    if tenant.settings_version and tenant.settings == spec.settings:
        return
    drafts.change(context, tenant, spec.settings.model_dump(mode="json"), by)
    drafts.check(context, tenant, by)
    drafts.save(context, tenant, by)
