"""The time by the clock of our Postgres: the one clock that all processes, on whatever machine, agree on."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from include.store.engine import Store

READ_AGAIN_S = 60.0  # a computer's own clock does not drift so far in that time that it matters


class StoreClock:
    """Tells the time of the database. It is read once a minute; in between this process counts the seconds itself.

    The wall clock of this machine, which may be minutes off or be set at any moment, is never looked at (R3.10).
    """

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._monotonic = store, monotonic
        self._read: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        """Return the moment as aware UTC. Raises StoreAway."""
        known = self._read
        if known is None or self._monotonic() - known[1] > READ_AGAIN_S:
            known = self._read = self._ask()
        at, counted = known
        return at + timedelta(seconds=self._monotonic() - counted)

    def _ask(self) -> tuple[datetime, float]:
        before = self._monotonic()
        with self._store.begin() as tx:
            at: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
        return at.astimezone(UTC), (before + self._monotonic()) / 2
