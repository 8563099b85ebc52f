"""A backlog holds up nobody: no other tenant, nor the fresh work of its own. Looks are counted, not seconds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from include.http import Http
from include.push.worker import push
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.polling import poll_all
from tests.helpers.push_trials import PushTrial
from tests.helpers.tenants import CoupledTenant, CoupleTenant

BACKLOG = 2_000
BATCH = 25  # so small that a run takes no seconds
INTERVAL = timedelta(seconds=30)


def trial_of(coupled: CoupledTenant) -> PushTrial:
    sync(coupled.context, coupled.tenant, "sync")
    return PushTrial(coupled, [])


def booked(trial: PushTrial) -> list[str]:
    """Return the references of its documents."""
    return [document.reference for document in trial.coupled.documents() if document.reference in trial.work_orders]


def newest(trial: PushTrial) -> str:
    trial.archive()
    return list(trial.work_orders)[-1]


def push_of(trial: PushTrial, key: str) -> dict[str, int]:
    return push(trial.coupled.context, trial.coupled.tenant, key)


def test_a_backlog_of_two_thousand(couple: CoupleTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.13, R6.2, architecture 4: fresh work of another tenant is announced at the next look and booked while the
    backlog is being worked on; fresh work of the same tenant goes out in its next batch."""
    monkeypatch.setattr("include.push.worker.BATCH_SIZE", BATCH, raising=False)
    busy, calm = trial_of(couple("unit4", slug="busy")), trial_of(couple("rompslomp", slug="calm"))
    busy.archive(BACKLOG)
    clock.at = clock.now()
    watcher = Watcher(busy.coupled.context)
    assert poll_all(watcher) == ["busy"]

    looks: list[list[str]] = []

    def meanwhile() -> None:
        fresh.append(newest(calm))
        clock.advance(seconds=INTERVAL.total_seconds())
        looks.append(poll_all(watcher))
        assert push_of(calm, "calm") == {"confirmed": 1}

    fresh: list[str] = []
    _at_the_first_document(monkeypatch, meanwhile)
    first = push_of(busy, "busy-1")
    assert looks == [["calm"]]  # one look, well within two intervals
    assert booked(calm) == fresh
    assert 0 < sum(first.values()) < BACKLOG // 4  # it took a part, and yields

    own = newest(busy)
    clock.advance(seconds=INTERVAL.total_seconds())
    assert poll_all(watcher) == ["busy"]
    second = push_of(busy, "busy-2")
    assert own in booked(busy)
    assert len(booked(busy)) == sum(first.values()) + sum(second.values())


def _at_the_first_document(monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> None:
    """Do something else in the middle of a run: when it has made its first order."""
    once, done = Http._once, list[bool]()

    def asking(self: Http, method: str, url: str, *rest: Any) -> Any:
        answer = once(self, method, url, *rest)
        if method == "POST" and url.endswith("/Order") and not done:
            done.append(True)
            do()
        return answer

    monkeypatch.setattr(Http, "_once", asking)
