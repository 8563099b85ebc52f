"""One tenant with its present settings."""

from dataclasses import dataclass
from datetime import datetime

from include.connectors import registry
from include.connectors.package import Package
from include.connectors.settings import PackageSettings
from include.context import Context
from include.errors import InvalidState, TenantNotFound
from include.store import Transaction
from include.store import tenants as tenants_table
from include.tenants.states import PAUSED, RUNNING, TenantState, refusal


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """A tenant as it is at this moment; ``settings_version`` is what documents are made with (R4.3).

    Version 0 means that no settings were saved yet.
    """

    id: int
    slug: str
    company: str
    status: TenantState
    active_since: datetime | None
    package: Package
    settings: PackageSettings
    settings_version: int
    paused: bool = False

    @property
    def active(self) -> bool:
        """Whether everything may be done for it."""
        return self.status == TenantState.ACTIVE and not self.paused

    @property
    def synchronises(self) -> bool:
        """Whether its master data may be brought to Simon: that is how it becomes active."""
        return self.status in RUNNING and not self.paused

    @property
    def effective_state(self) -> str:
        """Its state in a word: ``paused`` when it would run if nobody had paused it."""
        return PAUSED if self.paused and self.status in RUNNING else self.status

    def require_state(self, action: str, *allowed: TenantState) -> None:
        """Raise InvalidState unless it is in one of these states."""
        if self.status not in allowed:
            raise InvalidState(refusal(self.slug, self.status, action))


def load(context: Context, slug: str) -> Tenant:
    """Load a tenant by its name. Raises TenantNotFound."""
    with context.store.begin() as tx:
        return read(tx, slug)


def read(tx: Transaction, slug: str) -> Tenant:
    """Load a tenant within a transaction. Raises TenantNotFound."""
    row = tenants_table.find(tx, slug)
    if row is None:
        known = ", ".join(tenant.slug for tenant in tenants_table.listing(tx)) or "none yet"
        raise TenantNotFound(f"tenant: {slug!r} does not exist; there is {known}")
    package = registry.package(row.package)
    version, body = tenants_table.current_settings(tx, row.id)
    kind = package.settings
    return Tenant(
        id=row.id,
        slug=row.slug,
        company=row.company,
        status=TenantState(row.status),
        active_since=row.active_since,
        package=package,
        settings=kind.model_validate(body) if version else kind.model_construct(administration=""),
        settings_version=version,
        paused=row.paused_at is not None,
    )
