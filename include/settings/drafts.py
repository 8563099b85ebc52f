"""Changing a tenant's settings: a draft is changed, every setting of it is checked, and then it is saved (R4.1, R4.3).

A draft is one for all who work on a tenant: of two changes the last one counts. Each change makes all checks void; a
check is valid for a day, and a save makes older ones again (R4.5).
"""

import itertools
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from include.connectors.settings import PackageSettings, setting_text
from include.context import Context
from include.errors import Conflict, DraftNotSavable, InvalidInput
from include.log.writer import IntegrationLog
from include.messages import Language
from include.settings import checks
from include.settings.check_result import CheckLevel, CheckResult, checked_values, worst
from include.settings.live_package import LivePackage
from include.settings.problems import resolve_problems
from include.settings.versions import differences, with_defaults
from include.store import Transaction, sync_state
from include.store import drafts as drafts_table
from include.store import tenants as tenants_table
from include.store.drafts import DraftRow
from include.tenants.register import validated
from include.tenants.tenant import Tenant

NOTHING_CHANGED = "settings: nothing was changed since the last save; change something first"
RUN = "settings"
VALID = timedelta(days=1)  # a check: in the package, articles and groups go their own way
LANGUAGES: tuple[Language, ...] = ("nl", "en")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Settings to be. ``results`` are those of the checks since its last change, by setting, made at ``checked_at``."""

    settings: PackageSettings
    base_version: int
    revision: str
    results: Mapping[str, list[CheckResult]]
    checked_at: Mapping[str, datetime]
    changed_by: str
    changed_at: datetime

    @property
    def unchecked(self) -> list[str]:
        """The settings that were not checked since the last change of any of them."""
        return [name for name in type(self.settings).model_fields if name not in self.results]

    @property
    def wrong(self) -> list[str]:
        """The settings whose check found an error."""
        return [name for name, results in self.results.items() if worst(results) == CheckLevel.ERROR]

    def aged(self, now: datetime) -> list[str]:
        """Return the settings whose check is too old to be saved on."""
        return [name for name in self.results if name not in self.checked_at or now - self.checked_at[name] >= VALID]


@dataclass(frozen=True)
class SavedSettings:
    """The latest version: its number, 0 before there is one, and its whole body."""

    version: int
    body: dict[str, Any]


def find(context: Context, tenant: Tenant) -> Draft | None:
    """Return the draft that is open, if there is one."""
    with context.store.begin() as tx:
        row = drafts_table.get(tx, tenant.id)
    return _draft(tenant, row) if row else None


def differs(context: Context, tenant: Tenant) -> bool:
    """Return whether something was changed since the last save."""
    return (draft := find(context, tenant)) is not None and draft.settings != tenant.settings


def open_draft(context: Context, tenant: Tenant, by: str) -> Draft:
    """Return the open draft, or open one of the saved settings. Raises InvalidInput when there are neither."""
    return change(context, tenant, {}, by)


def change(context: Context, tenant: Tenant, changes: Mapping[str, Any], by: str) -> Draft:
    """Change settings of the draft and return it. Raises InvalidInput, Conflict; then nothing is changed."""
    with context.store.begin() as tx:
        tenants_table.lock(tx, tenant.id)
        saved = _saved(tx, tenant)
        row = drafts_table.get(tx, tenant.id)
        if row and row.base_version != saved.version:
            raise Conflict(_overtaken(row, saved))
        before = row.body if row else saved.body
        body = _valid_body(tenant, saved, {**before, **changes})
        if row is None or body != before:
            row = drafts_table.put(
                tx,
                tenant.id,
                body,
                base_version=saved.version,
                revision=secrets.token_hex(8),
                changed_by=by,
            )
    return _draft(tenant, row)


def check(context: Context, tenant: Tenant, by: str, names: Sequence[str] | None = None) -> Draft:
    """Check all settings of the open draft, or these, and return it; without a draft, check the saved settings.

    Raises InvalidInput for a name that is no setting, Conflict when the draft was changed meanwhile.
    """
    fields = type(tenant.settings).model_fields
    if unknown := [name for name in names or () if name not in fields]:
        raise InvalidInput([f"settings.{name}: unknown; use {', '.join(fields)}" for name in unknown])
    draft = _check(context, tenant, open_draft(context, tenant, by), names or list(fields))
    log = IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
    log.write("settings.checked", **checked_values(by, itertools.chain(*draft.results.values())))
    return draft


def _check(context: Context, tenant: Tenant, draft: Draft, names: Sequence[str]) -> Draft:
    package = LivePackage(context, replace(tenant, settings=draft.settings))
    results = [result for name in names for result in checks.check(package, name)]
    package.store_articles()
    return store_results(context, tenant, draft.revision, results)


def store_results(context: Context, tenant: Tenant, revision: str, results: Iterable[CheckResult]) -> Draft:
    """Store what checks of a revision of the draft found. Raises Conflict when it was changed meanwhile."""
    by_setting: dict[str, list[dict[str, Any]]] = {}
    moment = {"checked_at": context.now().isoformat()}
    for result in results:
        by_setting.setdefault(result.setting, []).append(result.stored() | moment)
    with context.store.begin() as tx:
        row = drafts_table.add_results(tx, tenant.id, revision, by_setting)
    if row is None:
        raise Conflict("settings: they were changed while they were being checked; check again")
    return _draft(tenant, row)


def save(context: Context, tenant: Tenant, by: str, base: int | None = None) -> int:
    """Save the draft and return the number of the new version.

    Checks older than a day are made again. ``base`` is the version that was looked at; without it the draft's own
    counts. Raises DraftNotSavable when something is unchecked or wrong, or when another version was saved meanwhile.
    """
    _check_again(context, tenant)
    with context.store.begin() as tx:
        tenants_table.lock(tx, tenant.id)
        saved = _saved(tx, tenant)
        row = drafts_table.get(tx, tenant.id)
        if row is None:
            raise DraftNotSavable(NOTHING_CHANGED if base in (None, saved.version) else _saved_meanwhile(saved, base))
        if problems := _obstacles(tenant, row, saved, base):
            raise DraftNotSavable(problems)
        version = tenants_table.save_settings(tx, tenant.id, row.body, by)
        drafts_table.remove(tx, tenant.id)
        _sync_again_if_filters_differ(tx, tenant, saved.body, row.body)
    draft = _draft(tenant, row)
    log = IntegrationLog(context.store, tenant.id, tenant.slug, f"settings {version}")
    changed = _titles(draft.settings, differences(saved.body, row.body))
    log.write("settings.saved", str(version), by=by, changed=changed)
    resolve_problems(log, [result for results in draft.results.values() for result in results])
    return version


def _check_again(context: Context, tenant: Tenant) -> None:
    """Check what was checked too long ago, unless nothing will be saved anyway. Raises Conflict."""
    draft = find(context, tenant)
    if draft and not draft.unchecked and (aged := draft.aged(context.now())):
        _check(context, tenant, draft, aged)


def discard(context: Context, tenant: Tenant, by: str) -> bool:
    """Drop the draft; return False when there was none."""
    log = IntegrationLog(context.store, tenant.id, tenant.slug, RUN)
    with context.store.begin() as tx:
        dropped = drafts_table.remove(tx, tenant.id)
        if dropped:
            log.add(tx, "settings.discarded", by=by)
    return dropped


def _saved(tx: Transaction, tenant: Tenant) -> SavedSettings:
    """Return the saved settings: a setting that did not exist when they were saved has its default."""
    version, body = tenants_table.current_settings(tx, tenant.id)
    return SavedSettings(version, with_defaults(tenant, body) if version else {})


def _valid_body(tenant: Tenant, saved: SavedSettings, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole body as it is stored. Raises InvalidInput."""
    problems: list[str] = []
    settings = validated("settings", tenant.package.settings, values, problems)
    if settings is None:
        raise InvalidInput(problems)
    body: dict[str, Any] = settings.model_dump(mode="json")
    if problem := _another_administration(tenant, saved, body):
        raise InvalidInput(problem)
    return body


def _obstacles(tenant: Tenant, row: DraftRow, saved: SavedSettings, base: int | None) -> list[str]:
    """Return why a draft cannot be saved."""
    if row.base_version != saved.version:
        return [_overtaken(row, saved)]
    if base is not None and base != saved.version:
        return [_saved_meanwhile(saved, base)]
    if row.body == saved.body:
        return [NOTHING_CHANGED]
    draft = _draft(tenant, row)
    problems = [f"settings.{name}: not checked since the last change" for name in draft.unchecked]
    problems += [f"settings.{name}: {_errors(draft.results[name])}" for name in draft.wrong]
    return problems + [problem for problem in [_another_administration(tenant, saved, row.body)] if problem]


def _another_administration(tenant: Tenant, saved: SavedSettings, body: Mapping[str, Any]) -> str | None:
    """Return why the administration cannot change: once active, its links and documents are there (R5.6)."""
    before, after = saved.body.get("administration"), body["administration"]
    if tenant.active_since is None or before in (None, after):
        return None
    return f"settings.administration: {after!r} is not allowed; this coupling is with {before!r} and stays with it"


def _sync_again_if_filters_differ(
    tx: Transaction, tenant: Tenant, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Have the lists read again: another filter lets other records through, though the lists are the same."""
    if not before:
        return
    old, new = (tenant.package.settings.model_validate(body) for body in (before, after))
    if (old.group_names, old.type_keys) != (new.group_names, new.type_keys):
        sync_state.put(tx, tenant.id, synced_fingerprint=None)


def _titles(settings: PackageSettings, names: Iterable[str]) -> dict[Language, str]:
    """Return what settings are called, in each language, as a value of a message."""
    texts = [setting_text(type(settings), name) for name in names]
    return {language: ", ".join(text.title(language) for text in texts) for language in LANGUAGES}


def _draft(tenant: Tenant, row: DraftRow) -> Draft:
    settings = tenant.package.settings.model_validate(row.body)
    results = {name: row.results[name] for name in type(settings).model_fields if name in row.results}
    return Draft(
        settings=settings,
        base_version=row.base_version,
        revision=row.revision,
        results={name: [CheckResult.restored(result) for result in each] for name, each in results.items()},
        checked_at={
            name: min(datetime.fromisoformat(result["checked_at"]) for result in each)
            for name, each in results.items()
            if all("checked_at" in result for result in each)
        },
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )


def _errors(results: Iterable[CheckResult]) -> str:
    return " ".join(result.text().message for result in results if result.level == CheckLevel.ERROR)


def _overtaken(row: DraftRow, saved: SavedSettings) -> str:
    return (
        f"settings: this draft was begun from version {row.base_version}, and version {saved.version} was saved "
        "meanwhile; discard it and make the change again"
    )


def _saved_meanwhile(saved: SavedSettings, base: int | None) -> str:
    return (
        f"settings: you looked at version {base}, but version {saved.version} is the latest; look again before saving"
    )
