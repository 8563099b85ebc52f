"""The pages as a person uses them, inside Airflow's own page; a screenshot of each is kept in .local/screens."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect
from sqlalchemy.dialects.postgresql import insert as upsert

from include.log.writer import IntegrationLog
from include.reconciliation.reconcile import latest
from include.store.tables import ledger
from tests.browser.pages import SCREENS, SERIOUS, Visit, framed
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant

PAGES = {"couplings": "/", "coupling": "/tenants/unit4", "log": "/log"}
PAGES |= {"reconciliation": "/tenants/unit4/reconciliation", "refused": "/log?type=x"}


@pytest.fixture
def unit4(running: RunningAirflow) -> CoupledTenant:
    """Its first synchronisation has ended."""
    [first] = running.wait_for(lambda: running.airflow.runs("sync__unit4")[-1:])
    assert running.airflow.wait("sync__unit4", first["dag_run_id"]) == "success"
    return running.tenants["unit4"]


@pytest.fixture
def booked(unit4: CoupledTenant) -> None:
    """Documents on most of the last thirty days, so that there is something to plot."""
    now, rows = unit4.context.now(), []
    for number in range(120):
        at = now - timedelta(days=(number * 7) % 29, seconds=3_600)
        took = timedelta(seconds=20 + (number * 37) % 200)
        entry = {
            "work_order_id": 900_000 + number,
            "number": f"P{number}",
            "reference": f"P{number}",
            "archived_at": at,
        }
        rows.append(
            {**entry, "tenant_id": unit4.tenant.id, "state": "confirmed", "due_at": at, "confirmed_at": at + took}
        )
    with unit4.context.store.begin() as tx:
        tx.execute(upsert(ledger).on_conflict_do_nothing(), rows)


def test_the_pages_are_in_airflow(visit: Visit, unit4: CoupledTenant) -> None:
    """R7.3: from Airflow's navigation to the list, to one coupling, to its log; nothing is asked of another host."""
    page = visit("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Koppel").click()
    expect(framed(page).get_by_role("heading", name="Koppelingen")).to_be_visible()
    page.screenshot(path=SCREENS / "airflow-couplings.png")
    framed(page).get_by_role("link", name="Bedrijf unit4 & Zn").first.click()
    expect(framed(page).get_by_role("heading", name="Volgende stap")).to_be_visible()
    page.screenshot(path=SCREENS / "airflow-coupling.png")
    framed(page).get_by_role("link", name="De logging van deze koppeling").click()
    expect(framed(page).get_by_role("columnheader", name="Te nemen actie").last).to_be_visible()
    page.screenshot(path=SCREENS / "airflow-log.png")
    ours = [url for url in asked if "/koppel/" in url]
    assert ours
    assert all(url.startswith(page.url.partition("/plugin")[0]) for url in ours)


def test_the_tab_on_a_dag(visit: Visit, unit4: CoupledTenant) -> None:
    """R6.4: on the page of a tenant's DAG stands that tenant's coupling."""
    page = visit("/dags/push__unit4/plugin/koppel-tenant")
    expect(framed(page).get_by_role("heading", name="Bedrijf unit4 & Zn")).to_be_visible()
    page.screenshot(path=SCREENS / "airflow-dag-tab.png")


def test_language_and_theme_are_airflows(visit: Visit, unit4: CoupledTenant) -> None:
    """R7.2: the browser is German; the pages follow what was chosen in Airflow, also when that changes."""
    page = visit("/plugin/koppel", language="en", theme="dark")
    expect(framed(page).get_by_role("heading", name="Couplings")).to_be_visible()
    expect(framed(page).locator("html")).to_have_attribute("data-theme", "dark")
    page.evaluate("localStorage.setItem('theme', 'light')")
    expect(framed(page).locator("html")).to_have_attribute("data-theme", "light")
    page.evaluate("localStorage.setItem('i18nextLng', 'nl')")
    expect(framed(page).get_by_role("heading", name="Koppelingen")).to_be_visible()


def test_sync_now(visit: Visit, running: RunningAirflow, unit4: CoupledTenant) -> None:
    """R6.3: a selection is made by keyboard; the run that the page names is there and succeeds."""
    page = visit("/koppel/tenants/unit4")
    for name in ("Klanten", "Artikelgroepen", "Artikeltypen"):
        page.get_by_role("checkbox", name=name).uncheck()
    page.get_by_role("button", name="Nu synchroniseren").press("Enter")
    said = page.get_by_role("status")
    expect(said).to_contain_text("manual__")
    page.screenshot(path=SCREENS / "sync-now.png")
    run_id = re.search(r"manual__\S+", said.inner_text())
    assert run_id
    assert running.airflow.wait("sync__unit4", run_id.group().rstrip(".")) == "success"
    states = running.airflow.task_states("sync__unit4", run_id.group().rstrip("."))
    assert (states["extract_articles"], states["extract_customers"]) == ("success", "skipped")


def test_compare_now(visit: Visit, running: RunningAirflow, unit4: CoupledTenant) -> None:
    """R3.1: a person asks for it, the watcher compares, and the page says how much and that nothing differs."""
    page = visit("/koppel/tenants/unit4/reconciliation")
    page.get_by_text("Nu vergelijken").click()
    page.locator("details.confirm button").click()
    expect(page.get_by_text("dat begint binnen een minuut")).to_be_visible()
    running.wait_for(lambda: latest(unit4.context, unit4.tenant))
    page.reload()
    expect(page.get_by_text(re.compile(r"\d+ records vergeleken"))).to_be_visible()
    expect(page.get_by_text("admin")).to_be_visible()


def test_a_viewer_has_no_button(visit: Visit, unit4: CoupledTenant) -> None:
    """R6.3: what would be refused is not offered."""
    page = visit("/koppel/tenants/unit4", user="viewer")
    expect(page.get_by_role("heading", name="Volgende stap")).to_be_visible()
    expect(page.get_by_role("button", name="Nu synchroniseren")).to_have_count(0)


def test_newer_messages_appear_by_themselves(visit: Visit, unit4: CoupledTenant) -> None:
    """R7.3: without loading the page again, and only those that pass its filter."""
    page = visit("/koppel/log?type=error&tenant=unit4")
    log = IntegrationLog(unit4.context.store, unit4.tenant.id, "unit4", "tail")
    log.write("work_order.booked", "WB-1", document="F-1", work_order="WB-1")
    log.write("run.failed", "first-of-tail", reason="one")
    expect(page.get_by_role("cell", name="first-of-tail")).to_be_visible(timeout=15_000)
    log.write("run.failed", "second-of-tail", reason="two")
    expect(page.get_by_role("cell", name="second-of-tail")).to_be_visible(timeout=15_000)
    assert page.get_by_role("cell", name="first-of-tail").count() == 1
    assert page.get_by_text("WB-1").count() == 0


def test_filters_stay_in_the_address(visit: Visit, unit4: CoupledTenant) -> None:
    """R7.3: so that a view can be kept and passed on; what is downloaded is what is shown."""
    page = visit("/koppel/log")
    page.get_by_label("Soort bericht").select_option("success")
    page.get_by_label("Tekst").fill("gelezen")
    page.get_by_role("button", name="Tonen").click()
    page.wait_for_url("**type=success**")
    assert "text=gelezen" in page.url
    expect(page.get_by_label("Soort bericht")).to_have_value("success")
    kinds = page.locator("section[aria-labelledby=messages] tbody .badge").all_inner_texts()
    assert set(kinds) == {"Gelukt"}
    with page.expect_download() as download:
        page.get_by_role("link", name="Downloaden").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == len(kinds) + 1


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_everyone_can_use_it(visit: Visit, unit4: CoupledTenant, name: str, width: int, theme: str) -> None:
    """Must hold 4: axe-core finds nothing serious, and nothing is wider than the screen."""
    IntegrationLog(unit4.context.store, unit4.tenant.id, "unit4", "looks").write("run.failed", "R-17", reason="demo")
    language = "en" if (width, theme) == (1280, "dark") else "nl"
    page = visit(f"/koppel{PAGES[name]}", width=width, theme=theme, language=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("main")).to_be_visible()
    page.screenshot(path=SCREENS / f"{name}-{width}-{theme}-{language}.png", full_page=name != "log")
    page.evaluate(AXE_FILE_PATH.read_text())
    violations = page.evaluate("axe.run()")["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in violations if rule["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_by_keyboard(visit: Visit, unit4: CoupledTenant) -> None:
    """The first stop leads past the navigation, and every stop can be seen."""
    page = visit("/koppel/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    expect(page.get_by_label("Zoeken")).to_be_focused()


def test_pause_and_resume(visit: Visit, unit4: CoupledTenant) -> None:
    """R5.4: the page says that it is paused, and offers the way back."""
    page = visit("/koppel/tenants/unit4")
    page.get_by_role("button", name="Pauzeren").click()
    expect(page.get_by_text("De koppeling is gepauzeerd").first).to_be_visible()
    expect(page.get_by_role("button", name="Nu synchroniseren")).to_have_count(0)
    page.screenshot(path=SCREENS / "paused.png")
    page.get_by_role("button", name="Hervatten").click()
    expect(page.get_by_role("button", name="Nu synchroniseren")).to_be_visible()
