"""Opening the two systems of a tenant: with its stored credentials, or with access that is not stored yet."""

from typing import Any

from include.access.credentials import StoredCredentials, UnstoredCredentials
from include.connectors import registry
from include.connectors.access import Access
from include.connectors.field_service import FieldService
from include.connectors.package import PackageConnection
from include.context import Context
from include.http import TimeBudget
from include.tenants.tenant import Tenant


def open_package(
    context: Context, tenant: Tenant, access: Access | None = None, *, budget: TimeBudget | None = None
) -> PackageConnection:
    """Open the tenant's administration. Raises Misconfigured when there are no credentials."""
    credentials: Any = UnstoredCredentials(access) if access else StoredCredentials(context, tenant.id, tenant.package)
    return tenant.package.open(credentials, tenant.settings, context.http(access is None, budget))


def open_app(
    context: Context, tenant: Tenant, patient: bool = True, *, budget: TimeBudget | None = None
) -> FieldService:
    """Open the tenant's Simple-Simon. Raises Misconfigured when there are no credentials."""
    simon = registry.field_service()
    return simon.open(StoredCredentials[Any](context, tenant.id, simon), context.http(patient, budget))


def open_app_with(context: Context, access: Access) -> FieldService:
    """Open a Simple-Simon with access that is not stored."""
    return registry.field_service().open(UnstoredCredentials(access), context.http(patient=False))
