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
    """``given`` is how it is described in full."""

    given: dict[str, Any]

    @property
    def status(self) -> str:
        return self.tenant.status

    def went(self) -> list[str]:
        """Every state it was in, the first one first."""
        return [one.after for one in history(self.context, self.tenant.id)]


def register_new(context: Context, sandbox: Sandbox, package: str, slug: str = "jansen") -> LifecycleTenant:
    """New, with access to neither system; its Simon holds some records of people."""
    control = sandbox.control
    simon = control.new_simon(slug)
    lifecycle = LifecycleTenant(context, control, slug, package, simon["key"])
    lifecycle.given = {
        "company": f"Bedrijf {slug}",
        "package": package,
        "settings": {"administration": control.administration(package), **SETTINGS},
        "package_access": control.package_access(package),
        "simon_access": simon,
    }
    register(context, slug, lifecycle.given["company"], package, by=BY)
    return lifecycle


def connect_simon(lifecycle: LifecycleTenant, simon: dict[str, Any] | None = None) -> None:
    given = parse_spec(
        lifecycle.context, lifecycle.slug, {**lifecycle.given, "simon_access": simon or lifecycle.given["simon_access"]}
    )
    assert given.simon_access is not None
    connect(lifecycle.context, lifecycle.tenant, registry.field_service(), given.simon_access)


def connect_package(lifecycle: LifecycleTenant) -> None:
    fresh = {**lifecycle.given, "package_access": lifecycle.control.package_access(lifecycle.package)}
    given = parse_spec(lifecycle.context, lifecycle.slug, fresh)
    assert given.package_access is not None
    connect(lifecycle.context, lifecycle.tenant, given.package, given.package_access)


def wipe_simon(lifecycle: LifecycleTenant) -> None:
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=wipe_step.PARTS, by=BY)
    wipe_step.carry_out(lifecycle.context, lifecycle.tenant)


def set_up(lifecycle: LifecycleTenant) -> None:
    """From connecting to importing."""
    connect_package(lifecycle)
    choose(lifecycle.context, lifecycle.tenant, lifecycle.given["settings"]["administration"], BY)
    save_settings(lifecycle)
    start_import(lifecycle.context, lifecycle.tenant, BY)


def save_settings(lifecycle: LifecycleTenant) -> None:
    drafts.change(lifecycle.context, lifecycle.tenant, lifecycle.given["settings"], BY)
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
    """From inactive to active, without a wipe."""
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
    """Of all documents that were made of work orders."""
    name = "reference" if lifecycle.package == "unit4" else "api_reference"
    found = (str(row.get(name) or "") for row in lifecycle.documents())
    return sorted(one for one in found if one.startswith("WB-"))
