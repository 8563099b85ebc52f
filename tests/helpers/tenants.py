"""Tenants that are coupled to the sandboxes, and calls to their Simple-Simon as people at the office make them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess, SimonClient
from include.context import Context
from include.http import Http
from include.log.problems import LogQuery, OpenProblem, open_problems
from include.store import log_search
from include.store import tenants as tenants_table
from include.store.log import LogRow
from include.store.log_search import LogRowFilter
from include.store.tenants import TransitionRow
from include.tenants.register import parse_spec, register
from include.tenants.states import TenantState
from include.tenants.tenant import Tenant, load
from local.sandbox import SandboxControl
from sandbox.server import Server
from tests.helpers.documents import BookedDocument
from tests.helpers.packages import AccountingPackage, accounting_package

SETTINGS = {
    "travel_article": "REIS",
    "work_article": "UREN",
    "default_article": "VOORRIJ",
    "work_description": True,
    "cleanup_days": [],  # no clean-up by itself, should the tests run at night
}


@dataclass
class CoupledTenant:
    """A tenant that is coupled to the sandboxes, with an empty Simple-Simon of its own."""

    context: Context
    control: SandboxControl
    slug: str
    package: str
    key: str  # its Simon's licence
    server: Server | None = None  # of the sandboxes, where they run in this process

    @property
    def tenant(self) -> Tenant:
        return load(self.context, self.slug)

    @property
    def accounting(self) -> AccountingPackage:
        """Return its administration in the package's sandbox."""
        return accounting_package(self.package, self.control, self.server)

    def simon(self, entity: str) -> list[dict[str, Any]]:
        """Return all records of this kind in its Simon."""
        return self.control.simon(self.key)[entity]

    def documents(self) -> list[BookedDocument]:
        """Return all documents of its administration."""
        return self.accounting.documents()

    def archive(self, **work_order: Any) -> dict[str, Any]:
        """Make, work on and archive a work order as people do, and return it."""
        return self.control.archive_work_order(self.key, work_order)

    def log(self, severity: str | None = None) -> list[LogRow]:
        """Return the latest messages of the integration log."""
        with self.context.store.begin() as tx:
            return log_search.older(tx, LogRowFilter(tenants=(self.tenant.id,), severity=severity), None, 1000)[0]

    def open_problems(self) -> list[OpenProblem]:
        """Return the open problems, the one that was reported last first."""
        return open_problems(self.context, LogQuery({self.slug}), 1000)


def call_simon(coupled: CoupledTenant, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Make a call to its Simon as the program of a person at the office does."""
    simon = registry.field_service()
    vault = StoredCredentials[SimonAccess](coupled.context, coupled.tenant.id, simon)
    return SimonClient(vault, Http()).call(method, path, json=body)


CoupleTenant = Callable[..., CoupledTenant]


def couple_tenant(
    context: Context, control: SandboxControl, package: str, slug: str, *, server: Server | None = None, **settings: Any
) -> CoupledTenant:
    """Add an active tenant on the seeded administration, with an empty Simon of its own."""
    company = f"Bedrijf {slug} & Zn"
    simon = control.new_simon(company)
    description = {
        "company": company,
        "package": package,
        "settings": {"administration": control.administration(package), **SETTINGS, **settings},
        "package_access": control.package_access(package),
        "simon_access": simon,
    }
    activate_at_once(context, slug, description, "test")
    return CoupledTenant(context, control, slug, package, simon["key"], server)


def activate_at_once(context: Context, slug: str, description: Mapping[str, Any], by: str) -> Tenant:
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
