"""A tenant that is active at once: what the steps of a coupling leave behind, without going through them."""

from collections.abc import Mapping
from typing import Any

from include.koppel import Koppel
from include.store import tenants as rows
from include.tenants import credentials
from include.tenants.adding import described, register
from include.tenants.tenant import Tenant, load


def couple_at_once(koppel: Koppel, slug: str, given: Mapping[str, Any], by: str) -> Tenant:
    """``given`` is described as in ``adding.described``. Nothing is asked of any system."""
    wanted = described(koppel, slug, given)
    assert wanted.package_access is not None
    assert wanted.simon_access is not None
    tenant = register(koppel, slug, wanted.company, wanted.package.name, by)
    with koppel.store.begin() as tx:
        rows.save_settings(tx, tenant.id, wanted.settings.model_dump(mode="json"), by)
        credentials.put(koppel, tx, tenant.id, wanted.package.name, wanted.package_access)
        credentials.put(koppel, tx, tenant.id, "simple_simon", wanted.simon_access)
        rows.move(tx, tenant.id, ("new",), "active", by, koppel.now(), active_since=koppel.now())
    return load(koppel, slug)
