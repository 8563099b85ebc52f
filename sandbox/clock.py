"""The sandboxes' clock: real time, or frozen and moved by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class Clock:
    """Tells the time to every sandbox; freezing it makes numbers and dates repeatable."""

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real = real
        self._frozen: datetime | None = None
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment as aware UTC."""
        return self._frozen or self._real() + self._ahead

    def local(self) -> datetime:
        """Return the same moment in Europe/Amsterdam, for business dates."""
        return self.now().astimezone(AMSTERDAM)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, at the given aware moment or now."""
        self._frozen = (at or self.now()).astimezone(UTC)

    def advance(self, seconds: float) -> None:
        """Move on; a frozen clock stays frozen at the later moment."""
        step = timedelta(seconds=seconds)
        if self._frozen is None:
            self._ahead += step
        else:
            self._frozen += step

    def run(self) -> None:
        """Run on real time again, without the steps made before."""
        self._frozen, self._ahead = None, timedelta()
