"""Tenants whose systems hang or fail: the watcher looks at the others as if nothing were the matter."""

import asyncio
import threading

import pytest

from include.errors import Transient
from include.push.poller import WorkOrderPoller
from include.tenants.tenant import Tenant
from include.watcher.polling import TROUBLED_WORKERS, Event, PollKind, PollThreads, Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.polling import poll_all
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import archive_anywhere


def test_a_simon_that_hangs_delays_nobody_else(couple: CoupleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.13: the other tenant is announced while the look at the hanging one is still under way, again and again."""
    hanging, fine = couple("unit4", slug="hanging"), couple("rompslomp", slug="fine")
    watcher, answer = Watcher(hanging.context), threading.Event()
    polling = Watcher.poll

    def poll_or_hang(self: Watcher, kind: PollKind, slug: str) -> bool:
        return answer.wait(timeout=60) if slug == "hanging" else polling(self, kind, slug)

    monkeypatch.setattr(Watcher, "poll", poll_or_hang)

    async def announced() -> Event:
        events: asyncio.Queue[Event] = asyncio.Queue()
        with PollThreads("archived", 4) as threads:
            first = await watcher.start_polls(PollKind.ARCHIVED, threads, events)
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)  # the poll of the other one
            archive_anywhere(fine)
            second = await watcher.start_polls(PollKind.ARCHIVED, threads, events)
            event = await asyncio.wait_for(events.get(), timeout=30)
            assert len(second) == len(first) - 1  # the hanging one is not polled twice
            answer.set()
            await asyncio.gather(*first, *second)
        return event

    assert asyncio.run(announced()) == (PollKind.ARCHIVED, "fine")


def test_tenants_in_trouble_keep_only_each_other_waiting(
    couple: CoupleTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounds: more hanging tenants than there are threads; after their first look the others have theirs at once."""
    hanging = [couple("unit4", slug=f"hanging_{n}") for n in range(TROUBLED_WORKERS + 1)]
    fine = couple("rompslomp", slug="fine")
    watcher, answer, hangs = Watcher(fine.context), threading.Event(), threading.Event()
    polling = WorkOrderPoller.poll

    def fail_or_hang(self: WorkOrderPoller, tenant: Tenant) -> bool:
        if tenant.slug == "fine":
            return polling(self, tenant)
        if hangs.is_set():
            answer.wait(timeout=60)
        raise Transient("connection.unavailable", system="Simple-Simon", reason="it hangs")

    monkeypatch.setattr(WorkOrderPoller, "poll", fail_or_hang)
    poll_all(watcher)
    clock.advance(minutes=2)
    archive_anywhere(fine)
    hangs.set()

    async def announced() -> Event:
        events: asyncio.Queue[Event] = asyncio.Queue()
        with PollThreads("archived", 1) as threads:  # one thread is enough for those that are well
            started = await watcher.start_polls(PollKind.ARCHIVED, threads, events)
            assert len(started) == len(hanging) + 1
            event = await asyncio.wait_for(events.get(), timeout=30)
            answer.set()
            await asyncio.gather(*started)
        return event

    assert asyncio.run(announced()) == (PollKind.ARCHIVED, "fine")


def test_looks_at_a_tenant_in_trouble_come_further_apart(
    coupled: CoupledTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bounds: after 1, 2 and then 4 minutes; at once as before when it answers again."""
    looks: list[str] = []

    def fail(self: WorkOrderPoller, tenant: Tenant) -> bool:
        looks.append(tenant.slug)
        raise Transient("connection.unavailable", system="Simple-Simon", reason="it hangs")

    watcher = Watcher(coupled.context)
    monkeypatch.setattr(WorkOrderPoller, "poll", fail)
    for _ in range(16 * 6):
        watcher.poll(PollKind.ARCHIVED, coupled.slug)
        clock.advance(seconds=10)
    assert len(looks) == 6  # at 0, 1, 3, 7 and 11 minutes, and 15
    monkeypatch.undo()
