"""What the watcher tells of itself: its heartbeat and its last look at each tenant; and its end when it hangs."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from include.context import Context
from include.store import signs_of_life
from include.store.signs_of_life import Look
from include.watcher.background import or_logged

PART = "watcher"
DEAD_AFTER_S = 300.0


@dataclass
class SignOfLife:
    """Collects how looks end, and stores them with a heartbeat: two statements a round, whatever the number of tenants.

    A round that cannot be stored leaves no heartbeat; its looks go along with the next one.
    """

    context: Context
    came_round: float = field(default_factory=time.monotonic)
    _ended: dict[tuple[int, str], Look] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, look: Look) -> None:
        """Keep how a look ended until the next round."""
        with self._lock:
            self._ended[look.tenant_id, look.kind] = look

    async def run(self, interval_s: float) -> None:
        """Store what ended at every interval, until this is cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await or_logged(loop.run_in_executor(None, self.write, interval_s), "sign of life", None)
            self.came_round = time.monotonic()
            await asyncio.sleep(interval_s)

    def write(self, every_s: float) -> None:
        """Store the looks that ended since the last round, and the heartbeat. Raises StoreAway."""
        with self._lock:
            ended, self._ended = self._ended, {}
        try:
            with self.context.store.begin() as tx:
                signs_of_life.save(tx, list(ended.values()))
                signs_of_life.beat(tx, PART, self.context.now(), round(every_s))
        except Exception:
            with self._lock:
                self._ended = ended | self._ended
            raise


def end_process() -> None:
    """End this process at once, with whatever hangs in it: what started it starts another one."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Watchdog:
    """Ends the process when the watcher has not come round for five minutes: nothing else notices that it hangs."""

    life: SignOfLife
    dead_after_s: float = DEAD_AFTER_S
    end: Callable[[], None] = end_process
    monotonic: Callable[[], float] = time.monotonic
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Look at it from a thread of its own, which needs nothing that may hang."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Stop looking at it: the watcher ends as it should."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self.dead_after_s / 10):
            if self.is_dead():
                self.end()
                return

    def is_dead(self) -> bool:
        """Return whether it has not come round for too long, which is logged."""
        silent_s = self.monotonic() - self.life.came_round
        if silent_s <= self.dead_after_s:
            return False
        structlog.get_logger("koppel").error("the watcher hangs; its process ends", silent_s=round(silent_s))
        return True
