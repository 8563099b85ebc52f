"""Changing a tenant's settings: a draft is changed, every setting of it is checked, and then it is saved (R4.1, R4.3).

A draft is one for all who work on a tenant: of two changes the last one counts. Each change makes all checks void.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.connectors.settings import PackageSettings
from include.context import Context
from include.errors import DraftNotSavable, InvalidInput
from include.log.writer import IntegrationLog
from include.settings.check_result import CheckResult, worst
from include.settings.resolve import resolve_settings_problems
from include.settings.versions import differences, whole
from include.store import Transaction, sync_state
from include.store import drafts as draft_rows
from include.store import tenants as tenants_table
from include.store.drafts import DraftRow
from include.tenants.register import validated
from include.tenants.tenant import Tenant

BEGIN = "settings: nothing was changed since the last save; change something first"


@dataclass(frozen=True)
class Draft:
    """Settings to be. ``verdicts`` are those of its checks since its last change, by setting."""

    settings: PackageSettings
    base_version: int
    mark: str
    verdicts: Mapping[str, list[CheckResult]]
    changed_by: str
    changed_at: datetime

    @property
    def unchecked(self) -> list[str]:
        """The settings that were not checked since the last change of any of them."""
        return [name for name in type(self.settings).model_fields if name not in self.verdicts]

    @property
    def wrong(self) -> list[str]:
        """The settings whose check found an error."""
        return [name for name, verdicts in self.verdicts.items() if worst(verdicts) == "error"]


def find(context: Context, tenant: Tenant) -> Draft | None:
    """The draft that is open, if there is one."""
    with context.store.begin() as tx:
        row = draft_rows.get(tx, tenant.id)
    return _draft(tenant, row) if row else None


def begin(context: Context, tenant: Tenant, by: str) -> Draft:
    """The open draft, or one of the saved settings. Raises WrongInput when there are neither."""
    return change(context, tenant, {}, by)


def change(context: Context, tenant: Tenant, changes: Mapping[str, Any], by: str) -> Draft:
    """The draft with these settings changed. Raises WrongInput; then nothing is changed."""
    with context.store.begin() as tx:
        tenants_table.hold(tx, tenant.id)
        version, saved = _saved(tx, tenant)
        row = draft_rows.get(tx, tenant.id)
        if row and row.base_version != version:
            raise InvalidInput([_overtaken(row, version)])
        before = row.body if row else saved
        body = _valid(tenant, saved, {**before, **changes})
        if row is None or body != before:
            draft_rows.put(tx, tenant.id, body, version, secrets.token_hex(8), by)
        found = draft_rows.get(tx, tenant.id)
    assert found is not None, "put a moment ago"  # noqa: S101
    return _draft(tenant, found)


def note(context: Context, tenant: Tenant, mark: str, verdicts: Iterable[CheckResult]) -> Draft:
    """Keep what checks of the draft with this mark found. Raises WrongInput when it was changed meanwhile."""
    by_setting: dict[str, list[dict[str, Any]]] = {}
    for one in verdicts:
        by_setting.setdefault(one.setting, []).append(one.stored())
    with context.store.begin() as tx:
        kept = draft_rows.note(tx, tenant.id, mark, by_setting)
        row = draft_rows.get(tx, tenant.id)
    if not kept or row is None:
        raise InvalidInput(["settings: they were changed while they were being checked; check again"])
    return _draft(tenant, row)


def save(context: Context, tenant: Tenant, by: str, base: int | None = None) -> int:
    """The number of the new version. ``base`` is the version that was looked at; without it the draft's own counts.

    Raises NotSaved when something is unchecked or wrong, or when another version was saved meanwhile.
    """
    with context.store.begin() as tx:
        tenants_table.hold(tx, tenant.id)
        version, saved = _saved(tx, tenant)
        row = draft_rows.get(tx, tenant.id)
        if row is None:
            raise DraftNotSavable([BEGIN if base in (None, version) else _saved_meanwhile(version, base)])
        if problems := _in_the_way(tenant, row, saved, version, base):
            raise DraftNotSavable(problems)
        made = tenants_table.save_settings(tx, tenant.id, row.body, by)
        draft_rows.remove(tx, tenant.id)
        _look_again(tx, tenant, saved, row.body)
    _tell(context, tenant, made, by, saved, _draft(tenant, row))
    return made


def discard(context: Context, tenant: Tenant) -> bool:
    """Drop the draft; False when there was none."""
    with context.store.begin() as tx:
        return draft_rows.remove(tx, tenant.id)


def _saved(tx: Transaction, tenant: Tenant) -> tuple[int, dict[str, Any]]:
    """Version and whole body: a setting that did not exist when it was saved has its default."""
    version, body = tenants_table.current_settings(tx, tenant.id)
    return version, whole(tenant, body) if version else {}


def _valid(tenant: Tenant, saved: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The whole body as it is stored. Raises WrongInput."""
    problems: list[str] = []
    settings = validated("settings", _kind(tenant), given, problems)
    if settings is None:
        raise InvalidInput(problems)
    body: dict[str, Any] = settings.model_dump(mode="json")
    if problem := _moves(tenant, saved, body):
        raise InvalidInput([problem])
    return body


def _in_the_way(tenant: Tenant, row: DraftRow, saved: dict[str, Any], version: int, base: int | None) -> list[str]:
    """Why a draft cannot be saved."""
    if row.base_version != version:
        return [_overtaken(row, version)]
    if base is not None and base != version:
        return [_saved_meanwhile(version, base)]
    if row.body == saved:
        return [BEGIN]
    draft = _draft(tenant, row)
    problems = [f"settings.{name}: not checked since the last change" for name in draft.unchecked]
    problems += [f"settings.{name}: {_said(draft.verdicts[name])}" for name in draft.wrong]
    return problems + [problem for problem in [_moves(tenant, saved, row.body)] if problem]


def _moves(tenant: Tenant, saved: dict[str, Any], body: dict[str, Any]) -> str | None:
    """A coupling stays with its administration once it was active: its links and documents are there (R5.6)."""
    before, after = saved.get("administration"), body["administration"]
    if tenant.active_since is None or before in (None, after):
        return None
    return f"settings.administration: {after!r} is not allowed; this coupling is with {before!r} and stays with it"


def _look_again(tx: Transaction, tenant: Tenant, saved: dict[str, Any], body: dict[str, Any]) -> None:
    """Another filter lets other records through, though the package's lists are the same: they are read again."""
    before, after = (_kind(tenant).model_validate(each) if each else None for each in (saved, body))
    if before and after and (before.group_names, before.type_keys) != (after.group_names, after.type_keys):
        sync_state.put(tx, tenant.id, synced_fingerprint=None)


def _tell(context: Context, tenant: Tenant, made: int, by: str, saved: dict[str, Any], draft: Draft) -> None:
    """Who changed what stands in the integration log, and what the checks found in order is over (R7.5)."""
    log = IntegrationLog(context.store, tenant.id, tenant.slug, f"settings {made}")
    changed = ", ".join(differences(saved, draft.settings.model_dump(mode="json")))
    log.write("settings.saved", str(made), by=by, changed=changed)
    resolve_settings_problems(log, [one for found in draft.verdicts.values() for one in found])


def _kind(tenant: Tenant) -> type[PackageSettings]:
    return tenant.package.settings or PackageSettings


def _draft(tenant: Tenant, row: DraftRow) -> Draft:
    settings = _kind(tenant).model_validate(row.body)
    checked = [name for name in type(settings).model_fields if name in row.verdicts]
    verdicts = {name: [CheckResult(**one) for one in row.verdicts[name]] for name in checked}
    return Draft(settings, row.base_version, row.mark, verdicts, row.changed_by, row.changed_at)


def _said(verdicts: list[CheckResult]) -> str:
    return " ".join(one.text().message for one in verdicts if one.level == "error")


def _overtaken(row: DraftRow, version: int) -> str:
    return (
        f"settings: this draft was begun from version {row.base_version}, and version {version} was saved meanwhile; "
        "discard it and make the change again"
    )


def _saved_meanwhile(version: int, base: int) -> str:
    return f"settings: you looked at version {base}, but version {version} is the latest; look again before saving"
