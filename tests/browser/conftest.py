"""A real Chromium, shared by all browser tests; each test gets a page of its own, without cookies of another."""

import json
import shutil
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.pages import Visit
from tests.helpers.running_airflow import RunningAirflow

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's, which local/programs.sh installs; never one that Playwright would fetch."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    assert chromium, "no Chromium on this machine: as root, apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(locale="nl-NL") as context:
        made = context.new_page()
        made.set_default_timeout(15_000)
        yield made


@pytest.fixture
def visit(browser: Browser, running: RunningAirflow) -> Iterator[Visit]:
    """``visit(path, user, width, theme, language)``: a signed-in person at a page of Airflow, or of ours."""
    contexts = []

    def go(path: str, user: str = "admin", width: int = 1280, theme: str = "light", language: str = "nl") -> Page:
        context = browser.new_context(locale="de-DE", viewport={"width": width, "height": 900})
        contexts.append(context)
        chosen = {"theme": theme, "i18nextLng": language}
        context.add_init_script(
            f"for (const [name, value] of Object.entries({json.dumps(chosen)})) localStorage[name] ??= value"
        )
        url = running.stack.settings.airflow_url
        context.add_cookies([{"name": "_token", "value": token(running, user), "url": url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(url + path)
        return page

    yield go
    for context in contexts:
        context.close()


def token(running: RunningAirflow, user: str) -> str:
    """What Airflow's log-in page would leave in the cookie."""
    body = {"username": user, "password": running.stack.settings.generated[f"{user}_password"]}
    answer = requests.post(f"{running.stack.settings.airflow_url}/auth/token", json=body, timeout=30)
    return str(answer.json()["access_token"])
