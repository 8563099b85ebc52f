"""The clock that all processes agree on: that of the database (R3.10)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from include.context import Context
from include.store import Store, StoreAway, StoreClock
from include.store.clock import READ_AGAIN_S

THREADS = 32  # more than a process has connections to the store


def test_seconds_are_counted_between_two_readings(context: Context) -> None:
    """R3.10: this machine's own wall clock is never looked at."""
    counted = [100.0]
    clock = StoreClock(context.store, lambda: counted[0])
    first = clock()
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=30)
    counted[0] += 40
    assert clock() - first == timedelta(seconds=40)
    counted[0] += READ_AGAIN_S
    assert clock() - first < timedelta(seconds=40)  # it was read again


def test_whoever_holds_a_connection_can_ask_the_time(context: Context) -> None:
    """R3.13: many threads ask within a transaction, all at once; none waits for another's connection."""

    def ask(clock: StoreClock) -> datetime:
        with context.store.begin():
            return clock()

    for _ in range(2):
        clock = StoreClock(context.store)
        with ThreadPoolExecutor(THREADS) as threads:
            moments = list(threads.map(lambda _, clock=clock: ask(clock), range(THREADS)))
        assert max(moments) - min(moments) < timedelta(seconds=20)


def test_a_store_that_is_away_is_said() -> None:
    """R6.2: no time is made up."""
    with pytest.raises(StoreAway):
        StoreClock(Store("postgresql+psycopg2://nobody@127.0.0.1:1/none"))()
