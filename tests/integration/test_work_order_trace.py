"""Where a work order's number goes on its way from the watcher to the document."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from include.push.worker import push
from include.sync.pipeline import sync
from include.watcher.polling import PollKind, Watcher
from tests.helpers.paths import ROOT
from tests.helpers.tenants import CoupledTenant

OURS = tuple(f"{ROOT}/{folder}/" for folder in ("include", "plugins", "dags"))
MOST_MODULES = 9


def modules_that_hold(number: str, run: Any) -> set[str]:
    """Run something; the modules of ours in whose functions a variable held the number."""
    holders: set[str] = set()

    def look(frame: FrameType, event: str, _: Any) -> None:
        file = frame.f_code.co_filename
        held = file.startswith(OURS) and any(value == number for value in frame.f_locals.values() if type(value) is str)
        if held and event in ("call", "return"):
            holders.add(str(Path(file).relative_to(ROOT)))

    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(None)
    return holders


def test_a_work_order_number_enters_few_modules(coupled: CoupledTenant) -> None:
    """R3.11: who follows a number from the watcher to the document reads few modules; both packages."""
    sync(coupled.context, coupled.tenant, "sync")
    watcher = Watcher(coupled.context)
    work_order = coupled.archive(Description="Cv-ketel nazien", CustomerId=coupled.simon("Customer")[0]["Id"])

    def from_watcher_to_document() -> None:
        assert watcher.poll(PollKind.ARCHIVED, coupled.slug)
        assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}

    holders = modules_that_hold(work_order["Number"], from_watcher_to_document)
    assert holders
    assert len(holders) <= MOST_MODULES, sorted(holders)
