"""A real Chromium, shared by all browser tests; each test gets a page of its own, without cookies of another."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's, which local/chromium.sh installs; never one that Playwright would fetch."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "no Chromium on this machine: as root, apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(locale="nl-NL") as context:
        made = context.new_page()
        made.set_default_timeout(15_000)
        yield made
