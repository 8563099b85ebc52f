"""The saved versions of a tenant's settings: who, when and what (R4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.connectors.base import PackageSettings
from include.koppel import Koppel
from include.store import tenants as rows
from include.tenants.adding import WrongInput
from include.tenants.tenant import Tenant

Difference = tuple[Any, Any]


@dataclass(frozen=True)
class Version:
    """``changed`` has what it was and what it became, by setting; of the first version, what is not a default."""

    version: int
    saved_by: str
    saved_at: datetime
    body: Mapping[str, Any]
    changed: Mapping[str, Difference]


def history(koppel: Koppel, tenant: Tenant) -> list[Version]:
    """All versions, the latest first."""
    with koppel.store.begin() as tx:
        saved = rows.versions(tx, tenant.id)
    bodies = [whole(tenant, row.body) for row in saved]
    found = [
        Version(row.version, row.saved_by, row.saved_at, body, differences(before, body))
        for before, body, row in zip([whole(tenant, {}), *bodies], bodies, saved, strict=False)
    ]
    return found[::-1]


def version(koppel: Koppel, tenant: Tenant, number: int) -> Version:
    """Raises WrongInput when there is no such version."""
    found = history(koppel, tenant)
    for one in found:
        if one.version == number:
            return one
    known = f"use 1 to {len(found)}" if found else "nothing was saved yet"
    raise WrongInput([f"version: {number} does not exist; {known}"])


def whole(tenant: Tenant, body: Mapping[str, Any]) -> dict[str, Any]:
    """A stored body with the defaults of settings that did not exist yet when it was saved."""
    kind = tenant.package.settings or PackageSettings
    return {**kind.model_construct(administration="").model_dump(mode="json"), **body}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Difference]:
    """Setting -> (before, after), of those that differ; what a version does not have is None."""
    names = dict.fromkeys((*before, *after))
    return {name: pair for name in names if (pair := (before.get(name), after.get(name)))[0] != pair[1]}
