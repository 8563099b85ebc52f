"""Carrying a plan out, unattended, by the same steps that a person takes; interrupted, the next time goes on."""

from dataclasses import replace

from include.checks.draft import check_draft
from include.checks.live import Live
from include.checks.settings import check
from include.connectors import registry
from include.koppel import Koppel
from include.life import access, wiping
from include.life.ending import deactivate, pause, reactivate, resume
from include.life.files import Wanted
from include.life.plan import RUNNING, Planned, find, parts_of
from include.life.steps import choose, start_import, wrong_in
from include.store import tenants as rows
from include.tenants import drafts
from include.tenants.adding import WrongInput, register
from include.tenants.tenant import Tenant, load


def carry_out(koppel: Koppel, planned: Planned, by: str) -> Tenant | None:
    """One tenant to where its file wants it; None when it is not there and need not be.

    Raises WrongInput, NotNow, ChangedSince, IntegrationError; what was done until then stays, and is not done again.
    """
    wanted = planned.wanted
    tenant = find(koppel, wanted.slug)
    if wanted.state == "inactive":
        if tenant is not None and planned.steps:
            deactivate(koppel, tenant, by)
        return find(koppel, wanted.slug)
    tenant = tenant or register(koppel, wanted.slug, wanted.described.company, wanted.described.package.name, by)
    if tenant.company != wanted.described.company:
        with koppel.store.begin() as tx:
            rows.rename(tx, tenant.id, wanted.described.company)
    if wanted.state == "paused" and tenant.status != "inactive":
        pause(koppel, tenant, by)
    tenant = _running(koppel, planned, load(koppel, wanted.slug), by)
    return pause(koppel, tenant, by) if wanted.state == "paused" else resume(koppel, tenant, by)


def _running(koppel: Koppel, planned: Planned, tenant: Tenant, by: str) -> Tenant:
    """Step by step, each of which is noted, until the first import is on its way."""
    wanted = planned.wanted
    if tenant.status == "inactive":
        tenant = reactivate(koppel, tenant, by)
    _connect(koppel, wanted, tenant)
    if tenant.status == "new":
        _begin(koppel, planned, tenant, by)
        tenant = load(koppel, tenant.slug)
    if tenant.status == "wiping":
        wiping.carry_out(koppel, tenant)
        tenant = load(koppel, tenant.slug)
    if tenant.status == "connecting":
        tenant = choose(koppel, tenant, wanted.described.settings.administration, by)
    _save(koppel, wanted, tenant, by)
    tenant = load(koppel, tenant.slug)
    return tenant if tenant.status in RUNNING else start_import(koppel, tenant, by)


def _connect(koppel: Koppel, wanted: Wanted, tenant: Tenant) -> None:
    given, simon = wanted.described, registry.connector(registry.FIELD_SERVICE)
    for system, one in ((simon, given.simon_access), (given.package, given.package_access)):
        if one is not None and access.needed(koppel, tenant, system, one):
            access.store(koppel, tenant, system, one)


def _begin(koppel: Koppel, planned: Planned, tenant: Tenant, by: str) -> None:
    """Nothing is wiped for settings that turn out to be wrong."""
    settings = planned.wanted.described.settings
    live = Live(koppel, replace(tenant, settings=settings))
    if problems := wrong_in(one for name in type(settings).model_fields for one in check(live, name)):
        raise WrongInput(problems)
    parts = parts_of(planned.wanted, tenant)
    if parts:
        wiping.confirm(koppel, tenant, planned.shown, parts, by)
    else:
        wiping.keep(koppel, tenant, by)


def _save(koppel: Koppel, wanted: Wanted, tenant: Tenant, by: str) -> None:
    """The settings of the file, checked and saved; nothing when they are saved already."""
    settings = wanted.described.settings
    if tenant.settings_version and tenant.settings == settings:
        return
    drafts.change(koppel, tenant, settings.model_dump(mode="json"), by)
    check_draft(koppel, tenant, by)
    drafts.save(koppel, tenant, by)
