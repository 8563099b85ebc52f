"""Carrying a plan out, unattended, by the same steps that a person takes; interrupted, the next time goes on."""

from dataclasses import replace

from include.access.connect import connect, needs_connecting
from include.connectors import registry
from include.context import Context
from include.errors import InvalidInput
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.deactivation import deactivate, pause, reactivate, resume
from include.lifecycle.manifest.load import DesiredState
from include.lifecycle.manifest.plan import TenantPlan, find, parts_of
from include.settings import drafts
from include.settings.check_result import error_sentences
from include.settings.checks import check_settings
from include.settings.live_package import LivePackage
from include.store import tenants as tenants_table
from include.tenants.register import register
from include.tenants.states import RUNNING
from include.tenants.tenant import Tenant, load


def carry_out(context: Context, planned: TenantPlan, by: str) -> Tenant | None:
    """One tenant to where its file wants it; None when it is not there and need not be.

    Raises WrongInput, NotNow, ChangedSince, IntegrationError; what was done until then stays, and is not done again.
    """
    wanted = planned.wanted
    tenant = find(context, wanted.slug)
    if wanted.state == "inactive":
        if tenant is not None and planned.steps:
            deactivate(context, tenant, by)
        return find(context, wanted.slug)
    tenant = tenant or register(context, wanted.slug, wanted.described.company, wanted.described.package.name, by)
    if tenant.company != wanted.described.company:
        with context.store.begin() as tx:
            tenants_table.rename(tx, tenant.id, wanted.described.company)
    if wanted.state == "paused" and tenant.status != "inactive":
        pause(context, tenant, by)
    tenant = _running(context, planned, load(context, wanted.slug), by)
    return pause(context, tenant, by) if wanted.state == "paused" else resume(context, tenant, by)


def _running(context: Context, planned: TenantPlan, tenant: Tenant, by: str) -> Tenant:
    """Step by step, each of which is noted, until the first import is on its way."""
    wanted = planned.wanted
    if tenant.status == "inactive":
        tenant = reactivate(context, tenant, by)
    _connect(context, wanted, tenant)
    if tenant.status == "new":
        _begin(context, planned, tenant, by)
        tenant = load(context, tenant.slug)
    if tenant.status == "wiping":
        wipe_step.carry_out(context, tenant)
        tenant = load(context, tenant.slug)
    if tenant.status == "connecting":
        tenant = choose(context, tenant, wanted.described.settings.administration, by)
    _save(context, wanted, tenant, by)
    tenant = load(context, tenant.slug)
    return tenant if tenant.status in RUNNING else start_import(context, tenant, by)


def _connect(context: Context, wanted: DesiredState, tenant: Tenant) -> None:
    given, simon = wanted.described, registry.field_service()
    for system, one in ((simon, given.simon_access), (given.package, given.package_access)):
        if one is not None and needs_connecting(context, tenant, system, one):
            connect(context, tenant, system, one)


def _begin(context: Context, planned: TenantPlan, tenant: Tenant, by: str) -> None:
    """Nothing is wiped for settings that turn out to be wrong."""
    settings = planned.wanted.described.settings
    if problems := error_sentences(check_settings(LivePackage(context, replace(tenant, settings=settings)))):
        raise InvalidInput(problems)
    parts = parts_of(planned.wanted, tenant)
    if parts:
        wipe_step.confirm(context, tenant, planned.shown, parts=parts, by=by)
    else:
        wipe_step.keep(context, tenant, by)


def _save(context: Context, wanted: DesiredState, tenant: Tenant, by: str) -> None:
    """The settings of the file, checked and saved; nothing when they are saved already."""
    settings = wanted.described.settings
    if tenant.settings_version and tenant.settings == settings:
        return
    drafts.change(context, tenant, settings.model_dump(mode="json"), by)
    drafts.check(context, tenant, by)
    drafts.save(context, tenant, by)
