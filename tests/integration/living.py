"""A tenant that goes through its life by the steps that people take, on a Simple-Simon where others worked before."""

from itertools import count
from typing import Any

import pytest

from include.checks.draft import check_draft
from include.connectors import registry
from include.connectors.registry import FIELD_SERVICE
from include.koppel import Koppel
from include.life import access, wiping
from include.life.ending import reactivate
from include.life.steps import choose, start_import
from include.push.loop import push
from include.store.tenants import NotActive
from include.sync.whole import sync
from include.tenants import drafts
from include.tenants.adding import described, register
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
        return [one.after for one in history(self.koppel, self.tenant)]


def born(koppel: Koppel, sandbox: Sandbox, package: str, slug: str = "jansen") -> Living:
    """New, with access to neither system; its Simon holds some records of people."""
    control = sandbox.control
    simon = control.new_simon(slug)
    living = Living(koppel, control, slug, package, simon["key"])
    living.given = {
        "company": f"Bedrijf {slug}",
        "package": package,
        "settings": {"administration": control.administration(package), **SETTINGS},
        "package_access": control.package_access(package),
        "simon_access": simon,
    }
    register(koppel, slug, living.given["company"], package, BY)
    return living


@pytest.fixture(params=PACKAGES)
def living(request: pytest.FixtureRequest, koppel: Koppel, sandbox: Sandbox) -> Living:
    """Each package in turn, with two customers and an article made by hand in its Simon."""
    found = born(koppel, sandbox, request.param)
    connect_simon(found)
    for name in ("Oude klant", "Nog een"):
        made = simon_call(found, "POST", "Customer", {"Name": name, "CustomerNumber": name[:5]})
    simon_call(found, "POST", "Location", {"Name": "Oud adres", "CustomerId": made["Id"]})
    simon_call(found, "POST", "Item", {"Code": "OUD-1", "Description": "Oud artikel"})
    return found


def connect_simon(living: Living, simon: dict[str, Any] | None = None) -> None:
    given = described(
        living.koppel, living.slug, {**living.given, "simon_access": simon or living.given["simon_access"]}
    )
    assert given.simon_access is not None
    access.store(living.koppel, living.tenant, registry.connector(FIELD_SERVICE), given.simon_access)


def connect_package(living: Living) -> None:
    fresh = {**living.given, "package_access": living.control.package_access(living.package)}
    given = described(living.koppel, living.slug, fresh)
    assert given.package_access is not None
    access.store(living.koppel, living.tenant, given.package, given.package_access)


def wipe(living: Living) -> None:
    shown = wiping.contents(living.koppel, living.tenant).counts
    wiping.confirm(living.koppel, living.tenant, shown, wiping.PARTS, BY)
    wiping.carry_out(living.koppel, living.tenant)


def set_up(living: Living) -> None:
    """From connecting to importing."""
    connect_package(living)
    choose(living.koppel, living.tenant, living.given["settings"]["administration"], BY)
    save(living)
    start_import(living.koppel, living.tenant, BY)


def save(living: Living) -> None:
    drafts.change(living.koppel, living.tenant, living.given["settings"], BY)
    if check_draft(living.koppel, living.tenant, BY).settings != living.tenant.settings:
        drafts.save(living.koppel, living.tenant, BY)


def bring_in(living: Living) -> None:
    """The sync that the watcher would start."""
    sync(living.koppel, living.tenant, f"import {next(_KEYS)}")


def activated(living: Living) -> Living:
    wipe(living)
    set_up(living)
    bring_in(living)
    return living


def again(living: Living) -> Living:
    """From inactive to active, without a wipe."""
    reactivate(living.koppel, living.tenant, BY)
    connect_simon(living)
    wiping.keep(living.koppel, living.tenant, BY)
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
        return push(living.koppel, living.tenant, f"push {next(_KEYS)}")
    except NotActive:
        return {}


def references(living: Living) -> list[str]:
    """Of all documents that were made of work orders."""
    name = "reference" if living.package == "unit4" else "api_reference"
    found = (str(row.get(name) or "") for row in living.documents())
    return sorted(one for one in found if one.startswith("WB-"))
