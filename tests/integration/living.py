"""A tenant that goes through its life by the steps that people take, on a Simple-Simon where others worked before."""

from itertools import count
from typing import Any

import pytest

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
from tests.conftest import PACKAGES, SETTINGS, Coupled, Sandbox, simon_call

BY = "anna"
_KEYS = count(1)


class Living(Coupled):
    """``given`` is how it is described in full."""

    given: dict[str, Any]

    @property
    def status(self) -> str:
        return self.tenant.status

    def went(self) -> list[str]:
        """Every state it was in, the first one first."""
        return [one.after for one in history(self.context, self.tenant.id)]


def born(context: Context, sandbox: Sandbox, package: str, slug: str = "jansen") -> Living:
    """New, with access to neither system; its Simon holds some records of people."""
    control = sandbox.control
    simon = control.new_simon(slug)
    living = Living(context, control, slug, package, simon["key"])
    living.given = {
        "company": f"Bedrijf {slug}",
        "package": package,
        "settings": {"administration": control.administration(package), **SETTINGS},
        "package_access": control.package_access(package),
        "simon_access": simon,
    }
    register(context, slug, living.given["company"], package, by=BY)
    return living


@pytest.fixture(params=PACKAGES)
def living(request: pytest.FixtureRequest, context: Context, sandbox: Sandbox) -> Living:
    """Each package in turn, with two customers and an article made by hand in its Simon."""
    found = born(context, sandbox, request.param)
    connect_simon(found)
    for name in ("Oude klant", "Nog een"):
        made = simon_call(found, "POST", "Customer", {"Name": name, "CustomerNumber": name[:5]})
    simon_call(found, "POST", "Location", {"Name": "Oud adres", "CustomerId": made["Id"]})
    simon_call(found, "POST", "Item", {"Code": "OUD-1", "Description": "Oud artikel"})
    return found


def connect_simon(living: Living, simon: dict[str, Any] | None = None) -> None:
    given = parse_spec(
        living.context, living.slug, {**living.given, "simon_access": simon or living.given["simon_access"]}
    )
    assert given.simon_access is not None
    connect(living.context, living.tenant, registry.field_service(), given.simon_access)


def connect_package(living: Living) -> None:
    fresh = {**living.given, "package_access": living.control.package_access(living.package)}
    given = parse_spec(living.context, living.slug, fresh)
    assert given.package_access is not None
    connect(living.context, living.tenant, given.package, given.package_access)


def wipe(living: Living) -> None:
    shown = wipe_step.contents(living.context, living.tenant).counts
    wipe_step.confirm(living.context, living.tenant, shown, parts=wipe_step.PARTS, by=BY)
    wipe_step.carry_out(living.context, living.tenant)


def set_up(living: Living) -> None:
    """From connecting to importing."""
    connect_package(living)
    choose(living.context, living.tenant, living.given["settings"]["administration"], BY)
    save(living)
    start_import(living.context, living.tenant, BY)


def save(living: Living) -> None:
    drafts.change(living.context, living.tenant, living.given["settings"], BY)
    if drafts.check(living.context, living.tenant, BY).settings != living.tenant.settings:
        drafts.save(living.context, living.tenant, BY)


def bring_in(living: Living) -> None:
    """The sync that the watcher would start."""
    sync(living.context, living.tenant, f"import {next(_KEYS)}")


def activated(living: Living) -> Living:
    wipe(living)
    set_up(living)
    bring_in(living)
    return living


def again(living: Living) -> Living:
    """From inactive to active, without a wipe."""
    reactivate(living.context, living.tenant, BY)
    connect_simon(living)
    wipe_step.keep(living.context, living.tenant, BY)
    set_up(living)
    bring_in(living)
    return living


def archive(living: Living) -> str:
    """A work order for the first coupled customer; its reference, empty while Simon has nobody to work for."""
    places = [row for row in living.simon("Location") if row["CustomerId"]]
    if not places:
        return ""
    place = {"CustomerId": places[0]["CustomerId"], "LocationId": places[0]["Id"]}
    made = living.archive(Description="Cv-ketel nazien", **place)
    return f"WB-{made['Number']}-{made['Id']}"


def push_now(living: Living) -> dict[str, int]:
    """What is due, if that is allowed."""
    try:
        return push(living.context, living.tenant, f"push {next(_KEYS)}")
    except TenantNotActive:
        return {}


def references(living: Living) -> list[str]:
    """Of all documents that were made of work orders."""
    name = "reference" if living.package == "unit4" else "api_reference"
    found = (str(row.get(name) or "") for row in living.documents())
    return sorted(one for one in found if one.startswith("WB-"))
