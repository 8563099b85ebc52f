"""The steps from the choice of an administration to the first import; each says when it may not be taken."""

from collections.abc import Sequence
from dataclasses import replace

from include.access.ownership import take_administration
from include.connectors.system import Administration
from include.context import Context
from include.errors import InvalidInput, InvalidState
from include.log.writer import IntegrationLog
from include.runs import supersede_open
from include.settings import drafts
from include.settings.check_result import error_sentences
from include.settings.checks import check, check_settings
from include.settings.live_package import LivePackage
from include.store import links, sync_state
from include.tenants.states import RUNNING, Step, TenantState, take_step
from include.tenants.tenant import Tenant, load

__all__ = ["Administration", "administrations", "choose", "start_import"]

RUN = "life"


def administrations(context: Context, tenant: Tenant) -> Sequence[Administration]:
    """Return those that the tenant's access reaches. Raises IntegrationError."""
    return LivePackage(context, tenant).administrations


def choose(context: Context, tenant: Tenant, number: str, by: str) -> Tenant:
    """Couple a tenant to an administration, and return it.

    Raises InvalidInput when the administration cannot be used, AlreadyCoupled, InvalidState, IntegrationError.
    """
    tenant.require_state("to choose an administration", TenantState.CONNECTING, TenantState.SETTINGS)
    _require_same_administration(tenant, number)
    changed = replace(tenant, settings=tenant.settings.model_copy(update={"administration": number}))
    if problems := error_sentences(check(LivePackage(context, changed), "administration")):
        raise InvalidInput(problems)
    if tenant.settings.administration != number:
        drafts.change(context, tenant, {"administration": number}, by)
    with context.store.begin() as tx:
        take_administration(context, tx, tenant, number)
        if tenant.status == TenantState.CONNECTING:
            take_step(tx, tenant.id, Step.CHOOSE_ADMINISTRATION, by=by, at=context.now())
    return load(context, tenant.slug)


def _require_same_administration(tenant: Tenant, number: str) -> None:
    """Raise InvalidInput for another administration than links and documents of a former activation are in (R5.6)."""
    before = tenant.settings.administration
    if tenant.active_since is None or before in ("", number):
        return
    raise InvalidInput(
        f"administration: {number!r} is not allowed; {tenant.slug} is coupled to {before!r}, where its links and "
        "documents are. To begin with another one, deactivate it and use: "
        f"koppel tenants reactivate {tenant.slug} --reset"
    )


def start_import(context: Context, tenant: Tenant, by: str) -> Tenant:
    """Let the first import begin, and return the tenant: the watcher starts it, its end makes it active (R5.3).

    Raises InvalidState, InvalidInput when a saved setting is wrong, IntegrationError.
    """
    if tenant.status in RUNNING:
        return tenant
    tenant.require_state("to start the first import", TenantState.SETTINGS)
    if tenant.settings_version == 0:
        raise InvalidState(f"{tenant.slug}: its settings were not saved yet; check and save them first")
    if drafts.differs(context, tenant):
        raise InvalidState(f"{tenant.slug}: settings were changed and not saved; save or discard them first")
    if problems := error_sentences(check_settings(LivePackage(context, tenant))):
        raise InvalidInput(problems)
    with context.store.begin() as tx:
        take_administration(context, tx, tenant, tenant.settings.administration)
        take_step(tx, tenant.id, Step.START_IMPORT, by=by, at=context.now())
        supersede_open(tx, tenant.id)
        sync_state.reset(tx, tenant.id)
        links.mark_all_dirty(tx, tenant.id)  # people may have changed anything in Simon while nothing ran
    IntegrationLog(context.store, tenant.id, tenant.slug, RUN).write("coupling.import_started", tenant.slug, by=by)
    return load(context, tenant.slug)
