"""The steps from the choice of an administration to the first import; each says when it may not be taken."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from include.checks.live import Live
from include.checks.settings import check
from include.connectors.base import Administration
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.store import links, runs, watched
from include.tenants import drafts
from include.tenants.adding import WrongInput
from include.tenants.claims import claim_administration
from include.tenants.states import NotNow, move, refuse
from include.tenants.tenant import Tenant, load
from include.tenants.verdict import Verdict

__all__ = ["Administration", "administrations", "choose", "start_import", "wrong_in"]


def administrations(koppel: Koppel, tenant: Tenant) -> Sequence[Administration]:
    """Those that the tenant's access reaches. Raises IntegrationError."""
    return Live(koppel, tenant).administrations


def choose(koppel: Koppel, tenant: Tenant, number: str, by: str) -> Tenant:
    """Couple to this administration; refused by name when it cannot be, or is another tenant's.

    Raises NotNow, WrongInput, IntegrationError.
    """
    refuse(tenant, "to choose an administration", "connecting", "settings")
    if problem := _elsewhere(tenant, number):
        raise WrongInput([problem])
    wanted = replace(tenant, settings=tenant.settings.model_copy(update={"administration": number}))
    if problems := wrong_in(check(Live(koppel, wanted), "administration")):
        raise WrongInput(problems)
    if tenant.settings.administration != number:
        drafts.change(koppel, tenant, {"administration": number}, by)
    with koppel.store.begin() as tx:
        claim_administration(koppel, tx, tenant, number)
        if tenant.status == "connecting":
            move(koppel, tx, tenant, ("connecting",), "settings", by)
    return load(koppel, tenant.slug)


def _elsewhere(tenant: Tenant, number: str) -> str | None:
    """Links and documents of a coupling that was active are in its own administration (R5.6)."""
    before = tenant.settings.administration
    if tenant.active_since is None or before in ("", number):
        return None
    return (
        f"administration: {number!r} is not allowed; {tenant.slug} is coupled to {before!r}, where its links and "
        "documents are. To begin with another one, deactivate it and use: "
        f"koppel reactivate {tenant.slug} --start-afresh"
    )


def start_import(koppel: Koppel, tenant: Tenant, by: str) -> Tenant:
    """Let the first import begin: the watcher starts it, and its end makes the coupling active (R5.3).

    Raises NotNow, WrongInput when a saved setting is wrong, IntegrationError.
    """
    if tenant.status in ("importing", "active"):
        return tenant
    refuse(tenant, "to start the first import", "settings")
    if tenant.settings_version == 0:
        raise NotNow(f"{tenant.slug}: its settings were not saved yet; check and save them first")
    if (draft := drafts.find(koppel, tenant)) and draft.settings != tenant.settings:
        raise NotNow(f"{tenant.slug}: settings were changed and not saved; save or discard them first")
    live = Live(koppel, tenant)
    if problems := wrong_in(one for name in type(tenant.settings).model_fields for one in check(live, name)):
        raise WrongInput(problems)
    with koppel.store.begin() as tx:
        claim_administration(koppel, tx, tenant, tenant.settings.administration)
        move(koppel, tx, tenant, ("settings",), "importing", by)
        runs.supersede_open(tx, tenant.id)
        watched.forget(tx, tenant.id)
        links.stale_all(tx, tenant.id)  # people may have changed anything in Simon while nothing ran
    IntegrationLog(koppel.store, tenant.id, tenant.slug, "life").write("life.importing", tenant.slug, by=by)
    return load(koppel, tenant.slug)


def wrong_in(verdicts: Iterable[Verdict]) -> list[str]:
    """The errors among them: field, what is wrong, and what to do."""
    found = [(one.setting, one.text("en")) for one in verdicts if one.level == "error"]
    return [f"settings.{name}: {text.message} {text.action}".rstrip() for name, text in found]
