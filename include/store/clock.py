"""The time by the clock of our Postgres: the one clock that all processes, on whatever machine, agree on."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import NullPool, create_engine, text

from include.store.engine import Store

READ_AGAIN_S = 60.0  # a computer's own clock does not drift so far in that time that it matters


class StoreClock:
    """Tells the time of the database. It is read once a minute; in between this process counts the seconds itself.

    The wall clock of this machine, which may be minutes off or be set at any moment, is never looked at (R3.10).
    """

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store, self._monotonic, self._reading = store, monotonic, threading.Lock()
        self._read: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        """Return the moment as aware UTC. Raises StoreAway."""
        known = self._read
        # one thread reads; the others go on with what is known, if anything is
        if self._is_old(known) and self._reading.acquire(blocking=known is None):
            try:
                known = self._read = self._ask() if self._is_old(self._read) else self._read
            finally:
                self._reading.release()
        at, counted = known or self._ask()
        return at + timedelta(seconds=self._monotonic() - counted)

    def _is_old(self, known: tuple[datetime, float] | None) -> bool:
        return known is None or self._monotonic() - known[1] > READ_AGAIN_S

    def _ask(self) -> tuple[datetime, float]:
        # on a connection of its own: whoever asks may hold one of the pool's, and others may wait for those
        engine = create_engine(self._store.url, poolclass=NullPool, connect_args={"connect_timeout": 5})
        with engine.connect() as connection:
            before = self._monotonic()
            at: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return at.astimezone(UTC), (before + self._monotonic()) / 2
