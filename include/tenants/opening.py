"""Opening the two systems of a tenant."""

from typing import Any

from include.connectors import registry
from include.connectors.base import Connector, FieldService, PackageConnection
from include.koppel import Koppel
from include.tenants.credentials import StoredVault
from include.tenants.tenant import Tenant


def open_package(koppel: Koppel, tenant: Tenant) -> PackageConnection:
    """The tenant's administration. Raises Misconfigured when there are no credentials."""
    assert tenant.package.open_package is not None, f"{tenant.package.name} is not an accounting package"  # noqa: S101
    return tenant.package.open_package(_vault(koppel, tenant, tenant.package), tenant.settings, koppel.http())


def open_app(koppel: Koppel, tenant: Tenant, patient: bool = True) -> FieldService:
    """The tenant's Simple-Simon. Raises Misconfigured when there are no credentials."""
    simon = registry.connector(registry.FIELD_SERVICE)
    assert simon.open_app is not None, f"{simon.name} is not a field service app"  # noqa: S101
    return simon.open_app(_vault(koppel, tenant, simon), koppel.http(patient))


def _vault(koppel: Koppel, tenant: Tenant, system: Connector) -> StoredVault[Any]:
    return StoredVault(koppel, tenant.id, system.name, system.title, system.access)
