"""What goes first, how soon, and what is said of work orders that are touched after booking (R3.10, R3.13)."""

import asyncio
from typing import Any

import pytest

from include.access.systems import open_package
from include.push.worker import ASK_AGAIN, push
from include.sync.pipeline import sync
from include.watcher.polling import POLLS, Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import open_work_order_problems
from tests.helpers.work_orders import archive_work_order, change_in_simon, only_document_of


def test_what_is_archived_during_a_backlog_goes_before_the_rest(
    couple: CoupleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.13, R6.2: what is due is asked anew every few entries; a run takes a bounded number and yields."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    for _ in range(ASK_AGAIN + 8):
        archive_work_order(coupled)
    watcher, sent = Watcher(coupled.context), []
    watcher.poll("archived", coupled.slug)
    connection = type(open_package(coupled.context, coupled.tenant))
    sending = connection.send
    fresh: list[dict[str, Any]] = []

    def send(self: Any, document: Any) -> Any:
        if len(sent) == ASK_AGAIN // 2:
            fresh.append(archive_work_order(coupled))
            watcher.poll("archived", coupled.slug)
        sent.append(document.work_order_number)
        return sending(self, document)

    monkeypatch.setattr(connection, "send", send)
    monkeypatch.setattr("include.push.worker.BATCH_SIZE", ASK_AGAIN + 5)
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": ASK_AGAIN + 5}
    assert sent.index(fresh[0]["Number"]) == ASK_AGAIN
    push(coupled.context, coupled.tenant, "the rest")
    assert len(sent) == len(set(sent)) == ASK_AGAIN + 9


def test_one_tenants_backlog_is_not_anothers(couple: CoupleTenant) -> None:
    """R3.13: the other tenant is announced and sent whatever the first one has to do."""
    busy, quiet = couple("unit4", slug="busy"), couple("rompslomp", slug="quiet")
    for coupled in (busy, quiet):
        sync(coupled.context, coupled.tenant, "sync")
    for _ in range(12):
        archive_work_order(busy)
    made = archive_work_order(quiet)
    watcher = Watcher(busy.context)
    assert watcher.poll("archived", "busy")
    assert watcher.poll("archived", "quiet")
    assert push(quiet.context, quiet.tenant, "run") == {"confirmed": 1}
    only_document_of(quiet, made)


def test_who_has_work_reported_ready_is_looked_at_more_often(
    couple: CoupleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6.2: between two rounds, at those alone; no longer once it was archived."""
    eager, quiet = couple("unit4", slug="eager"), couple("rompslomp", slug="quiet")
    for coupled in (eager, quiet):
        sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(eager, Status="Ready")
    looked: list[str] = []
    looking = Watcher.poll

    def look(self: Watcher, kind: Any, slug: str) -> bool:
        if kind == "archived":
            looked.append(slug)
        return kind == "archived" and looking(self, kind, slug)

    async def pausing(_: float) -> None:
        """A pause that ends once the looks that were begun are over."""
        while watcher._under_way:
            await real_sleep(0.01)
        await real_sleep(0)
        if len(looked) >= 12:
            enough.set()
            await real_sleep(3600)

    async def rounds() -> None:
        watching = asyncio.create_task(anext(watcher.events(3)))  # type: ignore[arg-type]
        await asyncio.wait_for(enough.wait(), timeout=30)
        watching.cancel()

    real_sleep = asyncio.sleep
    monkeypatch.setattr(Watcher, "poll", look)
    monkeypatch.setattr("include.watcher.polling.asyncio.sleep", pausing)
    watcher, enough = Watcher(eager.context), asyncio.Event()
    asyncio.run(rounds())
    assert looked.count("eager") >= POLLS["archived"].polls_per_interval * (looked.count("quiet") - 1)
    assert looked.count("quiet") >= 2
    eager.control.call("POST", f"archive/{made['Id']}")
    assert looking(watcher, "archived", "eager")
    assert not watcher.has_priority("archived", "eager")


def test_taken_out_of_the_archive_after_booking_is_a_warning(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.10: said once, by the look that sees it; and no second document whatever comes of it."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{made['Id']}")
    watcher = Watcher(ready.context)
    for _ in range(3):
        watcher.poll("archived", ready.slug)
        clock.advance(seconds=30)
    assert open_work_order_problems(ready) == [("work_order.unarchived", made["Number"], 1)]
    ready.control.call("POST", f"archive/{made['Id']}")
    assert push(ready.context, ready.tenant, "again") == {"skipped": 1}
    assert open_work_order_problems(ready) == [("work_order.archived_again", made["Number"], 1)]
    only_document_of(ready, made)


def test_edited_after_booking_is_another_warning(ready: CoupledTenant) -> None:
    """R3.10: taken out, changed and archived again; what is in the package stays as it is."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    document = only_document_of(ready, made)
    ready.control.call("POST", f"unarchive/{made['Id']}")
    change_in_simon(ready, f"WorkOrder({made['Id']})", {"Description": "Toch iets anders gedaan"})
    ready.control.call("POST", f"archive/{made['Id']}")
    assert push(ready.context, ready.tenant, "again") == {"skipped": 1}
    assert open_work_order_problems(ready) == [("work_order.edited_after_booking", made["Number"], 1)]
    assert only_document_of(ready, made) == document
