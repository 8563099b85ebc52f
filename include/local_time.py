"""The Dutch clock: business dates, and moments of the day, once in each night whatever the clock does."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)


def moment_of(day: date, at: time) -> datetime:
    """Return when it is that time on a day, in UTC.

    The first time when the clock shows it twice; when the clock skips it, the first moment after.
    """
    wall = datetime.combine(day, at)
    while not _exists(wall):
        wall += MINUTE - timedelta(seconds=wall.second, microseconds=wall.microsecond)
    return wall.replace(tzinfo=AMSTERDAM).astimezone(UTC)


def latest_moment(now: datetime, at: time) -> datetime:
    """Return the latest moment at or before ``now`` at which it was that time of the day, in UTC."""
    today = moment_of(local_date(now), at)
    return today if today <= now else moment_of(local_date(now) - timedelta(days=1), at)


def next_moment(now: datetime, at: time) -> datetime:
    """Return the first moment after ``now`` at which it is that time of the day, in UTC."""
    today = moment_of(local_date(now), at)
    return today if today > now else moment_of(local_date(now) + timedelta(days=1), at)


def local_date(now: datetime) -> date:
    """Return the day that it is in the Netherlands."""
    return now.astimezone(AMSTERDAM).date()


def _exists(wall: datetime) -> bool:
    there = wall.replace(tzinfo=AMSTERDAM).astimezone(UTC).astimezone(AMSTERDAM)
    return there.replace(tzinfo=None) == wall
