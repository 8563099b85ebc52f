"""Opening the two systems of a tenant."""

from typing import Any

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.field_service import FieldService
from include.connectors.package import PackageConnection
from include.connectors.system import RemoteSystem
from include.context import Context
from include.tenants.tenant import Tenant


def open_package(context: Context, tenant: Tenant) -> PackageConnection:
    """The tenant's administration. Raises Misconfigured when there are no credentials."""
    return tenant.package.open(_vault(context, tenant, tenant.package), tenant.settings, context.http())


def open_app(context: Context, tenant: Tenant, patient: bool = True) -> FieldService:
    """The tenant's Simple-Simon. Raises Misconfigured when there are no credentials."""
    simon = registry.field_service()
    return simon.open(_vault(context, tenant, simon), context.http(patient))


def _vault(context: Context, tenant: Tenant, system: RemoteSystem) -> StoredCredentials[Any]:
    return StoredCredentials(context, tenant.id, system.name, system.title, system.access)
