"""A coupling from nothing, in a browser: activation, the vendor's consent, a document, a problem and its end."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import FrameLocator, Page, expect

from include.access.credentials import UnstoredCredentials
from include.connectors.simple_simon.client import SimonAccess, SimonClient
from include.http import Http
from tests.browser.pages import SCREENS, SERIOUS, Visit, framed
from tests.helpers.packages import PACKAGES, package_kind
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant, call_simon
from tests.helpers.work_orders import documents_of

Where = Page | FrameLocator
NEW = "nieuw"
SLOW_MS = 100_000  # Airflow looks for new DAGs every half minute, and then the first import begins
WORK = {"TimeSheets": [{"TimeType": "Travel", "Minutes": 15}, {"TimeType": "Work", "Minutes": 120}]}


def hand_made(simon: dict[str, Any]) -> None:
    """What people had in Simon before."""
    client = SimonClient(UnstoredCredentials(SimonAccess.model_validate(simon)), Http())
    for name in ("Oude klant", "Nog een klant"):
        client.call("POST", "Customer", json={"Name": name, "CustomerNumber": name[:5]})


def looked_at(page: Page, name: str) -> None:
    """Must hold 4: light on a telephone and dark on a desk, kept in .local/screens; nothing serious to axe-core."""
    frame = page.frames[-1]  # ours, within Airflow's or not
    frame.evaluate(AXE_FILE_PATH.read_text())
    for width, theme in ((375, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        frame.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        page.screenshot(path=SCREENS / f"{name}-{width}-{theme}.png", full_page=True)
        violations = frame.evaluate("axe.run()")["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in violations if rule["impact"] in SERIOUS] == []
        assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)


def add(page: Page, at: Where, package: str, slug: str) -> None:
    at.get_by_role("link", name="Koppeling toevoegen").click()
    at.get_by_label("Naam van het bedrijf").fill(f"Bedrijf <b>{slug}</b> & Zn")
    at.get_by_label("Korte naam").fill(slug)
    at.get_by_label("Pakket").select_option(package)
    at.get_by_role("button", name="Toevoegen").click()
    expect(at.get_by_role("heading", name=f"Activering van Bedrijf <b>{slug}</b> & Zn")).to_be_visible()
    looked_at(page, f"activation-1-{package}")


def connect_simon(at: Where, simon: dict[str, Any]) -> None:
    fields = {"Adres van de API": "base", "Licentiecode": "key", "Gebruiker": "usr", "Wachtwoord": "pwd"}
    for label, name in {**fields, "API-sleutel": "api_key"}.items():
        at.get_by_label(label, exact=True).fill(simon[name])
    at.get_by_role("button", name="Simple-Simon verbinden").click()
    expect(at.get_by_text("De toegang werkt en is opgeslagen")).to_be_visible()


def empty_simon(page: Page, at: Where, package: str) -> None:
    """The numbers are shown, and each is ticked (R5.2)."""
    boxes = at.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    expect(at.get_by_text("2 klanten")).to_be_visible()
    looked_at(page, f"activation-2-{package}")
    for box in boxes.all():
        box.check()
    at.get_by_role("button", name="Verwijder deze 2 records").click()
    expect(at.get_by_role("button", name="Inloggen bij")).to_be_visible(timeout=SLOW_MS)


def log_in_at_vendor(page: Page, at: Where, package: str) -> None:
    """In a tab of its own, to which the vendor sends the person back; the page that was left goes on by itself."""
    at.get_by_role("button", name="Inloggen bij").click()
    with page.context.expect_page() as opened:
        at.get_by_role("link", name=re.compile("^Inlogpagina van")).click()
    vendor = opened.value
    for name, value in package_kind(package).login_fields.items():
        vendor.locator(f"[name={name}]").fill(value)
    vendor.get_by_role("button", name="Toestaan").click()
    expect(vendor.get_by_role("heading", name="De verbinding is gelukt")).to_be_visible()
    assert "/koppel/callback" in vendor.url
    vendor.close()


def set_up(page: Page, at: Where, package: str, administration: str) -> None:
    """The administration, then the settings: not to be saved before each was checked (R4.1)."""
    at.get_by_role("radio", name=administration).check()
    at.get_by_role("button", name="Kiezen").click()
    at.get_by_role("link", name="Naar de instellingen").last.click()
    expect(at.get_by_role("button", name="Opslaan")).to_be_disabled()
    at.get_by_role("textbox", name="Artikel werktijd").fill("UREN-BESTAAT-NIET")
    at.get_by_role("button", name="Controleer Artikel werktijd").click()
    expect(at.locator("#at-work_article .error")).to_be_visible()
    expect(at.get_by_role("button", name="Opslaan")).to_be_disabled()
    at.get_by_role("textbox", name="Artikel werktijd").fill("UREN")
    at.get_by_role("textbox", name="Artikel reistijd").fill("REIS")
    at.get_by_role("button", name="Controleer alles").click()
    expect(at.locator("#at-work_article .success")).to_be_visible()
    looked_at(page, f"settings-{package}")
    at.get_by_role("button", name="Opslaan").click()
    expect(at.get_by_role("button", name="Start de eerste import")).to_be_visible()


@pytest.mark.parametrize("package", PACKAGES)
def test_from_nothing_to_a_solved_problem(visit: Visit, running: RunningAirflow, package: str) -> None:
    """R5.1, R5.3: one person takes all steps; the first package is connected in Airflow's own frame."""
    slug, simon = f"{NEW}_{package}", running.control.new_simon(f"Nieuw {package}")
    hand_made(simon)
    in_frame = package == PACKAGES[0]
    page = visit("/plugin/koppel" if in_frame else "/koppel/")
    at: Where = framed(page) if in_frame else page
    add(page, at, package, slug)
    connect_simon(at, simon)
    empty_simon(page, at, package)
    log_in_at_vendor(page, at, package)
    set_up(page, at, package, running.control.administration(package))
    at.get_by_role("button", name="Start de eerste import").click()
    expect(at.get_by_role("progressbar")).to_be_visible()
    looked_at(page, f"activation-6-{package}")
    expect(at.get_by_text("De koppeling is actief.")).to_be_visible(timeout=SLOW_MS)
    looked_at(page, f"activation-7-{package}")
    coupled = CoupledTenant(running.context, running.control, slug, package, simon["key"])
    number = document_and_problem(running, visit, coupled)
    in_english(visit, coupled, number)


def in_english(visit: Visit, coupled: CoupledTenant, number: str) -> None:
    """R7.2: the pages that a coupling has, once it is active."""
    timeline = f"/timeline?kind=work_order&name={number}"
    pages = {"Settings of": "/settings", "Clean-up of": "/cleanup", "Access of": "/connections", "Work order": timeline}
    for heading, path in {**pages, "Activation of": "/activation", "Bedrijf": ""}.items():
        page = visit(f"/koppel/tenants/{coupled.slug}{path}", language="en")
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        looked_at(page, f"en-{heading.split()[0].lower()}-{coupled.package}")
        page.close()


def document_and_problem(running: RunningAirflow, visit: Visit, coupled: CoupledTenant) -> str:
    """A work order becomes a document; one without a customer a problem, which is repaired and closes: its number."""
    place = next(row for row in coupled.simon("Location") if row["CustomerId"])
    work_order = {
        "CustomerId": place["CustomerId"],
        "LocationId": place["Id"],
        "Description": "Cv-ketel nazien",
        **WORK,
    }
    made = coupled.archive(**work_order)
    page = visit(f"/koppel/tenants/{coupled.slug}")
    page.get_by_label("Nummer of code").fill(str(made["Number"]))
    page.get_by_role("button", name="Zoeken").click()
    until(page, lambda: page.get_by_role("heading", name="Geboekt").count() == 1)
    page.get_by_role("button", name="Toon het document").click()
    expect(page.get_by_text("werktijd van de werkbon")).to_be_visible()
    looked_at(page, f"work-order-{coupled.package}")
    assert documents_of(coupled, made)

    nowhere = call_simon(coupled, "POST", "Location", {"Name": "Los adres"})["Id"]
    orphan = coupled.archive(**{**work_order, "CustomerId": None, "LocationId": nowhere})
    page = visit(f"/koppel/log?tenant={coupled.slug}")
    said = page.locator("section[aria-labelledby=open]").get_by_role("row").filter(has_text=str(orphan["Number"]))
    until(page, lambda: said.count() == 1)
    expect(said.get_by_role("button", name="Opnieuw proberen")).to_be_visible()
    looked_at(page, f"log-problem-{coupled.package}")
    changed = {"CustomerId": place["CustomerId"], "LocationId": place["Id"]}
    path = f"WorkOrder({orphan['Id']})"
    coupled.control.call("POST", f"unarchive/{orphan['Id']}")
    call_simon(coupled, "PUT", path, {**call_simon(coupled, "GET", path), **changed})
    coupled.control.call("POST", f"archive/{orphan['Id']}")
    said.get_by_role("button", name="Opnieuw proberen").click()
    expect(page.get_by_text(re.compile("opnieuw bekeken"))).to_be_visible()
    until(page, lambda: said.count() == 0)
    assert documents_of(coupled, orphan)
    return str(orphan["Number"])


def until(page: Page, seen: Callable[[], bool]) -> None:
    """Loading the page again, as a person who waits does."""
    for _ in range(40):
        if seen():
            return
        page.wait_for_timeout(1_500)
        page.reload()
    raise AssertionError(f"not seen at {page.url}: {page.locator('main').inner_text()[:1500]}")
