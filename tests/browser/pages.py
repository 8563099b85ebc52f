"""Our pages in a real browser: where they are in Airflow, and how they are visited."""

from collections.abc import Callable

from playwright.sync_api import FrameLocator, Page

from tests.helpers.paths import ROOT

SCREENS = ROOT / ".local" / "screens"


SERIOUS = ("serious", "critical")


Visit = Callable[..., Page]


def framed(page: Page) -> FrameLocator:
    """Our page within Airflow's."""
    return page.frame_locator("iframe")
