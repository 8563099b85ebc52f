"""The steps from the choice of an administration to the first import; each says when it may not be taken."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from include.access.ownership import claim_administration
from include.connectors.system import Administration
from include.context import Context
from include.errors import InvalidInput, InvalidState
from include.log.writer import IntegrationLog
from include.runs import supersede_open
from include.settings import drafts
from include.settings.check_result import CheckResult
from include.settings.checks import check
from include.settings.live_package import LivePackage
from include.store import links, sync_state
from include.tenants.states import move, require_state
from include.tenants.tenant import Tenant, load

__all__ = ["Administration", "administrations", "choose", "start_import", "wrong_in"]


def administrations(context: Context, tenant: Tenant) -> Sequence[Administration]:
    """Those that the tenant's access reaches. Raises IntegrationError."""
    return LivePackage(context, tenant).administrations


def choose(context: Context, tenant: Tenant, number: str, by: str) -> Tenant:
    """Couple to this administration; refused by name when it cannot be, or is another tenant's.

    Raises NotNow, WrongInput, IntegrationError.
    """
    require_state(tenant, "to choose an administration", "connecting", "settings")
    if problem := _elsewhere(tenant, number):
        raise InvalidInput([problem])
    wanted = replace(tenant, settings=tenant.settings.model_copy(update={"administration": number}))
    if problems := wrong_in(check(LivePackage(context, wanted), "administration")):
        raise InvalidInput(problems)
    if tenant.settings.administration != number:
        drafts.change(context, tenant, {"administration": number}, by)
    with context.store.begin() as tx:
        claim_administration(context, tx, tenant, number)
        if tenant.status == "connecting":
            move(context, tx, tenant, ("connecting",), "settings", by)
    return load(context, tenant.slug)


def _elsewhere(tenant: Tenant, number: str) -> str | None:
    """Links and documents of a coupling that was active are in its own administration (R5.6)."""
    before = tenant.settings.administration
    if tenant.active_since is None or before in ("", number):
        return None
    return (
        f"administration: {number!r} is not allowed; {tenant.slug} is coupled to {before!r}, where its links and "
        "documents are. To begin with another one, deactivate it and use: "
        f"koppel tenants reactivate {tenant.slug} --reset"
    )


def start_import(context: Context, tenant: Tenant, by: str) -> Tenant:
    """Let the first import begin: the watcher starts it, and its end makes the coupling active (R5.3).

    Raises NotNow, WrongInput when a saved setting is wrong, IntegrationError.
    """
    if tenant.status in ("importing", "active"):
        return tenant
    require_state(tenant, "to start the first import", "settings")
    if tenant.settings_version == 0:
        raise InvalidState(f"{tenant.slug}: its settings were not saved yet; check and save them first")
    if (draft := drafts.find(context, tenant)) and draft.settings != tenant.settings:
        raise InvalidState(f"{tenant.slug}: settings were changed and not saved; save or discard them first")
    live = LivePackage(context, tenant)
    if problems := wrong_in(one for name in type(tenant.settings).model_fields for one in check(live, name)):
        raise InvalidInput(problems)
    with context.store.begin() as tx:
        claim_administration(context, tx, tenant, tenant.settings.administration)
        move(context, tx, tenant, ("settings",), "importing", by)
        supersede_open(tx, tenant.id)
        sync_state.reset(tx, tenant.id)
        links.mark_all_dirty(tx, tenant.id)  # people may have changed anything in Simon while nothing ran
    IntegrationLog(context.store, tenant.id, tenant.slug, "life").write("coupling.import_started", tenant.slug, by=by)
    return load(context, tenant.slug)


def wrong_in(verdicts: Iterable[CheckResult]) -> list[str]:
    """The errors among them: field, what is wrong, and what to do."""
    found = [(one.setting, one.text("en")) for one in verdicts if one.level == "error"]
    return [f"settings.{name}: {text.message} {text.action}".rstrip() for name, text in found]
