"""Connects as a person does: from ``koppel access connect`` to the vendor's page in a real browser, and back."""

import json

import pytest
from playwright.sync_api import Page, expect

from include.access.credentials import credential_status
from include.sync.pipeline import sync
from tests.helpers.command_line import StartKoppel, consent_address
from tests.helpers.packages import package_kind
from tests.helpers.tenants import CoupledTenant

pytestmark = pytest.mark.registered_with_vendors


def fill_in(page: Page, address: str, package: str) -> None:
    """What a person types at the vendor's page, and nowhere else."""
    page.goto(address)
    for name, value in package_kind(package).login_fields.items():
        page.locator(f"[name={name}]").fill(value)


def test_a_person_connects_in_a_browser(coupled: CoupledTenant, start_koppel: StartKoppel, page: Page) -> None:
    """R5.1: the person goes there and comes back; the access that comes of it synchronises."""
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--port", "0", "--json")
    fill_in(page, consent_address(process), coupled.package)
    page.get_by_role("button", name="Toestaan").click()
    expect(page.get_by_text("De koppeling is gelukt")).to_be_visible()
    output, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert json.loads(output)["system"] == coupled.package
    counts = sync(coupled.context, coupled.tenant, "one", ["articles"])
    assert counts["articles"]["read"] > 0


def test_a_wrong_password_stays_at_the_vendor(coupled: CoupledTenant, start_koppel: StartKoppel, page: Page) -> None:
    """R5.1: the vendor asks again; a person who then refuses comes back to a sentence that says so."""
    before = credential_status(coupled.context, coupled.tenant.id)
    process = start_koppel("access", "connect", coupled.slug, coupled.package, "--port", "0")
    fill_in(page, consent_address(process), coupled.package)
    page.locator("[name=password], [name=multivers_password]").fill("verkeerd")
    page.get_by_role("button", name="Toestaan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="Weigeren").click()
    expect(page.get_by_text("geen toestemming gegeven")).to_be_visible()
    process.communicate(timeout=30)
    assert process.returncode == 1
    assert credential_status(coupled.context, coupled.tenant.id) == before
