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


def couple_at_once(context: Context, slug: str, description: Mapping[str, Any], by: str) -> Tenant:
    """Register a tenant that a mapping describes and make it active; nothing is asked of any system."""
    spec = parse_spec(context, slug, description)
    assert spec.package_access is not None
    assert spec.simon_access is not None
    tenant = register(context, slug, spec.company, spec.package.name, by=by)
    with context.store.begin() as tx:
        tenants_table.save_settings(tx, tenant.id, spec.settings.model_dump(mode="json"), by)
        StoredCredentials(context, tenant.id, spec.package).put(tx, spec.package_access)
        StoredCredentials(context, tenant.id, registry.field_service()).put(tx, spec.simon_access)
        tenants_table.set_status(tx, tenant.id, TenantState.ACTIVE, active_since=context.now())
        active = TransitionRow(at=context.now(), by=by, before=TenantState.NEW, after=TenantState.ACTIVE)
        tenants_table.add_transition(tx, tenant.id, active)
    return load(context, slug)
