"""The clean-up's proposals and the end of a coupling, in a browser."""

from playwright.sync_api import Page, expect

from include.cleanup.pipeline import clean_up
from include.sync.pipeline import sync
from tests.browser.pages import Visit
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant, call_simon, couple_tenant

NAME = "Met de hand <i>gemaakt</i>"


def names(coupled: CoupledTenant) -> list[str]:
    return [row["Name"] for row in coupled.simon("Customer")]


def say_yes(page: Page, button: str, yes: str) -> None:
    """The button asks first; only the answer does something."""
    page.locator("summary", has_text=button).first.click()
    page.locator("details[open]").get_by_role("button", name=yes, exact=True).click()


def test_a_proposal_approved_put_back_and_the_coupling_ended(visit: Visit, running: RunningAirflow) -> None:
    """R2.5, R5.5: a person sees exactly the set, approves it, has it put back, and ends the coupling by its name."""
    coupled = couple_tenant(running.context, running.control, "unit4", "stoppend")
    sync(coupled.context, coupled.tenant, "first")
    call_simon(coupled, "POST", "Customer", {"Name": NAME})
    assert clean_up(coupled.context, coupled.tenant, "first clean-up").proposal is not None

    page = visit(f"/koppel/tenants/{coupled.slug}/cleanup")
    expect(page.get_by_role("cell", name=NAME)).to_be_visible()
    say_yes(page, "Goedkeuren", "Goedkeuren")
    running.wait_for(lambda: NAME not in names(coupled))
    page = visit(f"/koppel/tenants/{coupled.slug}/cleanup")
    say_yes(page, "Terugzetten", "Ja, doen")
    running.wait_for(lambda: NAME in names(coupled))

    page = visit(f"/koppel/tenants/{coupled.slug}")
    page.locator("summary", has_text="Uitzetten").click()
    page.get_by_label("Typ stoppend").fill("iets anders")
    page.get_by_role("button", name="Uitzetten").click()
    assert coupled.tenant.active
    page = visit(f"/koppel/tenants/{coupled.slug}")
    page.locator("summary", has_text="Uitzetten").click()
    page.get_by_label("Typ stoppend").fill("stoppend")
    page.get_by_role("button", name="Uitzetten").click()
    expect(page.get_by_text("Niet actief").first).to_be_visible()
    assert coupled.tenant.status == "inactive"
