"""A tenant that is active at once: what the steps of a coupling leave behind, without going through them."""

from collections.abc import Mapping
from typing import Any

from include.access import credentials
from include.context import Context
from include.store import tenants as tenants_table
from include.tenants.register import parse_spec, register
from include.tenants.tenant import Tenant, load


def couple_at_once(context: Context, slug: str, given: Mapping[str, Any], by: str) -> Tenant:
    """``given`` is described as in ``adding.described``. Nothing is asked of any system."""
    wanted = parse_spec(context, slug, given)
    assert wanted.package_access is not None
    assert wanted.simon_access is not None
    tenant = register(context, slug, wanted.company, wanted.package.name, by)
    with context.store.begin() as tx:
        tenants_table.save_settings(tx, tenant.id, wanted.settings.model_dump(mode="json"), by)
        credentials.put(context, tx, tenant.id, wanted.package.name, wanted.package_access)
        credentials.put(context, tx, tenant.id, "simple_simon", wanted.simon_access)
        tenants_table.move(tx, tenant.id, ("new",), "active", by, context.now(), active_since=context.now())
    return load(context, slug)
