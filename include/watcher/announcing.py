"""When something that stays due is announced again: an announcement may get lost, or wait in Airflow's line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST, LONGEST = timedelta(minutes=1), timedelta(minutes=8)


@dataclass
class Announcements:
    """Remembers the announcements of one tenant and kind since it became due; ever more time passes between two.

    Under load a run waits in line for minutes: announcing it every minute would put as many runs behind it.
    """

    last: datetime | None = None
    pause: timedelta = FIRST

    def may_follow(self, now: datetime) -> bool:
        """Tell whether enough time has passed since the last one."""
        return self.last is None or now >= self.last + self.pause

    def note(self, now: datetime) -> None:
        """Note that it is announced now."""
        self.pause = FIRST if self.last is None else min(self.pause * 2, LONGEST)
        self.last = now

    def forget(self) -> None:
        """Begin anew: what was announced is done, or under way."""
        self.last, self.pause = None, FIRST
