"""One tenant with its present settings."""

from dataclasses import dataclass
from datetime import datetime

from include.connectors import registry
from include.connectors.base import Connector, PackageSettings
from include.koppel import Koppel
from include.store import Transaction
from include.store import tenants as rows

ACTIVE = "active"


class UnknownTenant(Exception):
    """There is no tenant of that name; the text says which there are."""


@dataclass(frozen=True)
class Tenant:
    """A tenant as it is at this moment; ``settings_version`` is what documents are made with (R4.3)."""

    id: int
    slug: str
    company: str
    status: str
    active_since: datetime | None
    package: Connector
    settings: PackageSettings
    settings_version: int

    @property
    def active(self) -> bool:
        return self.status == ACTIVE


def load(koppel: Koppel, slug: str) -> Tenant:
    """Raises UnknownTenant."""
    with koppel.store.begin() as tx:
        return read(tx, slug)


def read(tx: Transaction, slug: str) -> Tenant:
    """Raises UnknownTenant."""
    row = rows.find(tx, slug)
    if row is None:
        known = ", ".join(tenant.slug for tenant in rows.listing(tx)) or "none yet"
        raise UnknownTenant(f"tenant: {slug!r} does not exist; there is {known}")
    package = registry.connector(row.package)
    version, body = rows.current_settings(tx, row.id)
    settings = (package.settings or PackageSettings).model_validate(body)
    return Tenant(row.id, row.slug, row.company, row.status, row.active_since, package, settings, version)
