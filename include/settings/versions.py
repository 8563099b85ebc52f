"""The saved versions of a tenant's settings: who, when and what (R4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.connectors.settings import PackageSettings
from include.context import Context
from include.errors import InvalidInput
from include.store import tenants as tenants_table
from include.tenants.tenant import Tenant

Difference = tuple[Any, Any]


@dataclass(frozen=True)
class SettingsVersion:
    """``changed`` has what it was and what it became, by setting; of the first version, what is not a default."""

    version: int
    saved_by: str
    saved_at: datetime
    body: Mapping[str, Any]
    changed: Mapping[str, Difference]


def history(context: Context, tenant: Tenant) -> list[SettingsVersion]:
    """All versions, the latest first."""
    with context.store.begin() as tx:
        saved = tenants_table.versions(tx, tenant.id)
    bodies = [whole(tenant, row.body) for row in saved]
    found = [
        SettingsVersion(row.version, row.saved_by, row.saved_at, body, differences(before, body))
        for before, body, row in zip([whole(tenant, {}), *bodies], bodies, saved, strict=False)
    ]
    return found[::-1]


def version(context: Context, tenant: Tenant, number: int) -> SettingsVersion:
    """Raises WrongInput when there is no such version."""
    found = history(context, tenant)
    for one in found:
        if one.version == number:
            return one
    known = f"use 1 to {len(found)}" if found else "nothing was saved yet"
    raise InvalidInput([f"version: {number} does not exist; {known}"])


def whole(tenant: Tenant, body: Mapping[str, Any]) -> dict[str, Any]:
    """A stored body with the defaults of settings that did not exist yet when it was saved."""
    kind = tenant.package.settings or PackageSettings
    return {**kind.model_construct(administration="").model_dump(mode="json"), **body}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Difference]:
    """Setting -> (before, after), of those that differ; what a version does not have is None."""
    names = dict.fromkeys((*before, *after))
    return {name: pair for name in names if (pair := (before.get(name), after.get(name)))[0] != pair[1]}
