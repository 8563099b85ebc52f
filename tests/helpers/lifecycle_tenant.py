"""A tenant that goes through its life by the steps that people take, on a Simple-Simon where others worked before."""

from itertools import count
from typing import Any

from include.access.connect import connect
from include.connectors import registry
from include.context import Context
from include.errors import TenantNotActive
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.deactivation import reactivate
from include.push.worker import push
from include.settings import drafts
from include.sync.pipeline import sync
from include.tenants.register import parse_spec, register
from include.tenants.states import history
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import SETTINGS, CoupledTenant

BY = "anna"
_KEYS = count(1)


class LifecycleTenant(CoupledTenant):
    """A tenant that goes through its life; ``description`` is what a file would say of it."""

    description: dict[str, Any]

    @property
    def status(self) -> str:
        return self.tenant.status

    def went(self) -> list[str]:
        """Every state it was in, the first one first."""
        return [row.after for row in history(self.context, self.tenant.id)]


def register_new(context: Context, sandbox: Sandbox, package: str, slug: str = "jansen") -> LifecycleTenant:
    """Register a tenant with access to neither system; its Simon holds some records of people."""
    control = sandbox.control
    simon = control.new_simon(slug)
    lifecycle = LifecycleTenant(context, control, slug, package, simon["key"])
    lifecycle.description = {
        "company": f"Bedrijf {slug}",
        "package": package,
        "settings": {"administration": control.administration(package), **SETTINGS},
        "package_access": control.package_access(package),
        "simon_access": simon,
    }
    register(context, slug, lifecycle.description["company"], package, by=BY)
    return lifecycle


def connect_simon(lifecycle: LifecycleTenant, simon: dict[str, Any] | None = None) -> None:
    spec = parse_spec(
        lifecycle.context,
        lifecycle.slug,
        {**lifecycle.description, "simon_access": simon or lifecycle.description["simon_access"]},
    )
    assert spec.simon_access is not None
    connect(lifecycle.context, lifecycle.tenant, registry.field_service(), spec.simon_access, by="anna")


def connect_package(lifecycle: LifecycleTenant) -> None:
    fresh = {**lifecycle.description, "package_access": lifecycle.control.package_access(lifecycle.package)}
    spec = parse_spec(lifecycle.context, lifecycle.slug, fresh)
    assert spec.package_access is not None
    connect(lifecycle.context, lifecycle.tenant, spec.package, spec.package_access, by="anna")


def wipe_simon(lifecycle: LifecycleTenant) -> None:
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=wipe_step.PARTS, by=BY)
    wipe_step.carry_out(lifecycle.context, lifecycle.tenant)


def set_up(lifecycle: LifecycleTenant) -> None:
    """Bring a tenant from connecting to importing."""
    connect_package(lifecycle)
    choose(lifecycle.context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY)
    save_settings(lifecycle)
    start_import(lifecycle.context, lifecycle.tenant, BY)


def save_settings(lifecycle: LifecycleTenant) -> None:
    drafts.change(lifecycle.context, lifecycle.tenant, lifecycle.description["settings"], BY)
    if drafts.check(lifecycle.context, lifecycle.tenant, BY).settings != lifecycle.tenant.settings:
        drafts.save(lifecycle.context, lifecycle.tenant, BY)


def import_first(lifecycle: LifecycleTenant) -> None:
    """The sync that the watcher would start."""
    sync(lifecycle.context, lifecycle.tenant, f"import {next(_KEYS)}")


def activate(lifecycle: LifecycleTenant) -> LifecycleTenant:
    wipe_simon(lifecycle)
    set_up(lifecycle)
    import_first(lifecycle)
    return lifecycle


def reactivate_fully(lifecycle: LifecycleTenant) -> LifecycleTenant:
    """Bring a tenant from inactive to active, without a wipe."""
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    connect_simon(lifecycle)
    wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
    set_up(lifecycle)
    import_first(lifecycle)
    return lifecycle


def archive_for_first_customer(lifecycle: LifecycleTenant) -> str:
    """A work order for the first coupled customer; its reference, empty while Simon has nobody to work for."""
    places = [row for row in lifecycle.simon("Location") if row["CustomerId"]]
    if not places:
        return ""
    place = {"CustomerId": places[0]["CustomerId"], "LocationId": places[0]["Id"]}
    made = lifecycle.archive(Description="Cv-ketel nazien", **place)
    return f"WB-{made['Number']}-{made['Id']}"


def push_if_allowed(lifecycle: LifecycleTenant) -> dict[str, int]:
    """What is due, if that is allowed."""
    try:
        return push(lifecycle.context, lifecycle.tenant, f"push {next(_KEYS)}")
    except TenantNotActive:
        return {}


def document_references(lifecycle: LifecycleTenant) -> list[str]:
    """Return the references of all documents that were made of work orders."""
    references = (document.reference for document in lifecycle.documents())
    return sorted(reference for reference in references if reference.startswith("WB-"))
