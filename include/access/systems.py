"""Opening the two systems of a tenant."""

from typing import Any

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.field_service import FieldService
from include.connectors.package import Connector, PackageConnection
from include.context import Context
from include.tenants.tenant import Tenant


def open_package(context: Context, tenant: Tenant) -> PackageConnection:
    """The tenant's administration. Raises Misconfigured when there are no credentials."""
    assert tenant.package.open_package is not None, f"{tenant.package.name} is not an accounting package"  # noqa: S101
    return tenant.package.open_package(_vault(context, tenant, tenant.package), tenant.settings, context.http())


def open_app(context: Context, tenant: Tenant, patient: bool = True) -> FieldService:
    """The tenant's Simple-Simon. Raises Misconfigured when there are no credentials."""
    simon = registry.connector(registry.FIELD_SERVICE)
    assert simon.open_app is not None, f"{simon.name} is not a field service app"  # noqa: S101
    return simon.open_app(_vault(context, tenant, simon), context.http(patient))


def _vault(context: Context, tenant: Tenant, system: Connector) -> StoredCredentials[Any]:
    return StoredCredentials(context, tenant.id, system.name, system.title, system.access)
