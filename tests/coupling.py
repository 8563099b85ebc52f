"""A tenant that is active at once: what the steps of a coupling leave behind, without going through them."""

from collections.abc import Mapping
from typing import Any

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.context import Context
from include.store import tenants as tenants_table
from include.store.tenants import TransitionRow
from include.tenants.register import parse_spec, register
from include.tenants.states import TenantState
from include.tenants.tenant import Tenant, load


def couple_at_once(context: Context, slug: str, given: Mapping[str, Any], by: str) -> Tenant:
    """``given`` is described as in ``adding.described``. Nothing is asked of any system."""
    wanted = parse_spec(context, slug, given)
    assert wanted.package_access is not None
    assert wanted.simon_access is not None
    tenant = register(context, slug, wanted.company, wanted.package.name, by)
    with context.store.begin() as tx:
        tenants_table.save_settings(tx, tenant.id, wanted.settings.model_dump(mode="json"), by)
        StoredCredentials(context, tenant.id, wanted.package).put(tx, wanted.package_access)
        StoredCredentials(context, tenant.id, registry.field_service()).put(tx, wanted.simon_access)
        tenants_table.set_status(tx, tenant.id, TenantState.ACTIVE, active_since=context.now())
        active = TransitionRow(at=context.now(), by=by, before=TenantState.NEW, after=TenantState.ACTIVE)
        tenants_table.add_transition(tx, tenant.id, active)
    return load(context, slug)
