"""The saved versions of a tenant's settings: who saved them, when, and what changed (R4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.context import Context
from include.errors import NotFound
from include.store import tenants as tenants_table
from include.tenants.tenant import Tenant

Difference = tuple[Any, Any]


@dataclass(frozen=True, kw_only=True)
class SettingsVersion:
    """``changed`` has what it was and what it became, by setting; of the first version, what is not a default."""

    version: int
    saved_by: str
    saved_at: datetime
    body: Mapping[str, Any]
    changed: Mapping[str, Difference]


def history(context: Context, tenant: Tenant) -> list[SettingsVersion]:
    """Return all versions, the latest first."""
    with context.store.begin() as tx:
        rows = tenants_table.versions(tx, tenant.id)
    versions, before = [], with_defaults(tenant, {})
    for row in rows:
        body = with_defaults(tenant, row.body)
        versions.append(
            SettingsVersion(
                version=row.version,
                saved_by=row.saved_by,
                saved_at=row.saved_at,
                body=body,
                changed=differences(before, body),
            )
        )
        before = body
    return versions[::-1]


def find_version(context: Context, tenant: Tenant, number: int) -> SettingsVersion:
    """Return a saved version. Raises NotFound when there is no such version."""
    versions = history(context, tenant)
    for version in versions:
        if version.version == number:
            return version
    known = f"use 1 to {len(versions)}" if versions else "nothing was saved yet"
    raise NotFound(f"version: {number} does not exist; {known}")


def with_defaults(tenant: Tenant, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored body with the defaults of settings that did not exist yet when it was saved."""
    defaults = tenant.package.settings.model_construct(administration="").model_dump(mode="json")
    return {**defaults, **body}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Difference]:
    """Return (before, after) of the settings that differ, by name; a setting that one of them has not is None there."""
    names = dict.fromkeys((*before, *after))
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
