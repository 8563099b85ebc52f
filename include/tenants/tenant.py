"""One tenant with its present settings."""

from dataclasses import dataclass
from datetime import datetime

from include.connectors import registry
from include.connectors.package import Package
from include.connectors.settings import PackageSettings
from include.context import Context
from include.errors import TenantNotFound
from include.store import Transaction
from include.store import tenants as tenants_table

ACTIVE, IMPORTING = "active", "importing"


@dataclass(frozen=True)
class Tenant:
    """A tenant as it is at this moment; ``settings_version`` is what documents are made with (R4.3).

    Version 0 means that no settings were saved yet.
    """

    id: int
    slug: str
    company: str
    status: str
    active_since: datetime | None
    package: Package
    settings: PackageSettings
    settings_version: int
    paused: bool = False

    @property
    def active(self) -> bool:
        """Whether everything may be done for it."""
        return self.status == ACTIVE and not self.paused

    @property
    def synchronises(self) -> bool:
        """Whether its master data may be brought to Simon: that is how it becomes active."""
        return self.status in (ACTIVE, IMPORTING) and not self.paused

    @property
    def standing(self) -> str:
        """Its state in a word, for whoever is told that nothing is done."""
        return "paused" if self.paused and self.status in (ACTIVE, IMPORTING) else self.status


def load(context: Context, slug: str) -> Tenant:
    """Raises UnknownTenant."""
    with context.store.begin() as tx:
        return read(tx, slug)


def read(tx: Transaction, slug: str) -> Tenant:
    """Raises UnknownTenant."""
    row = tenants_table.find(tx, slug)
    if row is None:
        known = ", ".join(tenant.slug for tenant in tenants_table.listing(tx)) or "none yet"
        raise TenantNotFound(f"tenant: {slug!r} does not exist; there is {known}")
    package = registry.package(row.package)
    version, body = tenants_table.current_settings(tx, row.id)
    kind = package.settings
    settings = kind.model_validate(body) if version else kind.model_construct(administration="")
    paused = row.paused_at is not None
    return Tenant(row.id, row.slug, row.company, row.status, row.active_since, package, settings, version, paused)
