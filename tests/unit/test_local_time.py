"""Moments of the day come once in each Dutch night, whatever the clock does (R2.1, R6.1)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.cleanup import schedule as cleanup_schedule
from include.local_time import AMSTERDAM, latest_moment, moment_of, next_moment
from include.store.sync_state import SyncState
from include.sync.schedule import full_is_due

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
TIMES = st.builds(time, st.integers(0, 9), st.integers(0, 59)) | st.just(time(23, 30))
NIGHTS = st.dates(date(2024, 1, 1), date(2033, 12, 31)) | st.sampled_from([SPRING, AUTUMN])
STEPS = st.sampled_from([timedelta(minutes=1), timedelta(seconds=47), timedelta(minutes=13), timedelta(hours=1)])


def tenant(at: time) -> Any:
    class Settings:
        sync_at = cleanup_at = at.isoformat(timespec="minutes")
        cleanup_days = cleanup_schedule.DAYS

    class Tenant:
        settings, slug = Settings(), "devries"

    return Tenant()


@pytest.mark.parametrize(
    ("day", "at", "moment"),
    [
        (SPRING, time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (SPRING, time(2, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # 3:00 is the first moment there is
        (SPRING, time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (SPRING, time(3, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (AUTUMN, time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of two
        (AUTUMN, time(3, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        (date(2026, 7, 1), time(2, 30), datetime(2026, 7, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_moment_of_a_day(day: date, at: time, moment: datetime) -> None:
    """R6.1: also when the clock skips it or shows it twice."""
    assert moment_of(day, at) == moment


@given(night=NIGHTS, at=TIMES)
def test_every_day_has_one_moment(night: date, at: time) -> None:
    """R6.1: moments follow each other by 23 to 25 hours, and each is the latest until the next."""
    moment, following = moment_of(night, at), moment_of(night + timedelta(days=1), at)
    assert timedelta(hours=22) < following - moment < timedelta(hours=26)
    assert moment.astimezone(AMSTERDAM).date() == night
    for now in (moment, moment + timedelta(hours=5), following - timedelta(microseconds=1)):
        assert latest_moment(now, at) == moment
        assert next_moment(now, at) == following


@given(night=NIGHTS, at=TIMES, step=STEPS)
def test_one_full_run_and_one_clean_up_a_night(night: date, at: time, step: timedelta) -> None:
    """R2.1, R6.1: polled at any interval over two days, with a run at once whenever one is due."""
    now = moment_of(night - timedelta(days=1), time(12)) + timedelta(seconds=11)
    end, owner = moment_of(night + timedelta(days=1), time(12)), tenant(at)
    state, full_runs, clean_ups = SyncState(full_at=now), [], []
    while now < end:
        if full_is_due(owner, state, now):
            state = SyncState(full_at=now)
            full_runs.append(now)
        begun = cleanup_schedule.begins(owner, now)
        if begun is not None and (not clean_ups or clean_ups[-1] < begun):
            clean_ups.append(now)
        now += step
    days = [latest_moment(run, at) for run in full_runs]
    assert len(days) == len(set(days)) == 2
    begun_for = [latest_moment(run, at) for run in clean_ups]
    assert len(begun_for) == len(set(begun_for))
    assert len(begun_for) in (2, 3)  # the night that was going on when the polls began
