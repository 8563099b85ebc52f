"""Whether the installation can do its work: its database, its keys, the watcher, and the parts of Airflow."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import InvalidToken

from include.context import Context
from include.errors import NoAnswer, NotSent, StoreTrouble
from include.fleet import PART as FLEET
from include.fleet import failed_tasks
from include.health.finding import HealthFinding, age, named
from include.health.freshness import IN_TIME
from include.store import NoTables, credentials, freshness, signs_of_life
from include.store.condition import Condition, condition
from include.watcher.sign_of_life import PART as WATCHER

SLOW_MS = 1000
LEAST_FREE_MIB = 1024
MOST_CLOCK_S = 30.0
INTERVALS = 3  # of the watcher, after which it is late
FLEET_LATE_H = 26
LOOKOUT = "lookout"
AIRFLOW_PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@dataclass(frozen=True)
class HealthCheck:
    """Looks at the installation, as ``part``, which does so every so many seconds.

    ``airflow_url`` is where the api-server answers, "" when it is not to be asked; ``free_bytes`` is of a folder.
    """

    context: Context
    interval_s: float
    airflow_url: str = ""
    part: str = LOOKOUT
    every_s: int = 60
    wall_clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    free_bytes: Callable[[str], int] = field(default=lambda folder: shutil.disk_usage(folder).free)

    def findings(self) -> list[HealthFinding]:
        """Return all that is wrong; when the database is, nothing that is to be read there is known."""
        return [*self._of_store(), *self._of_airflow()]

    def _of_store(self) -> Iterator[HealthFinding]:
        try:
            state = condition(self.context.store, self.part, self.every_s)
        except NoTables:
            yield HealthFinding("health.migrations", "migrations")
            return
        except StoreTrouble as error:
            code = "health.store_read_only" if error.answers else "health.store_away"
            yield HealthFinding(code, "store", {"reason": str(error)})
            return
        yield from self._of_condition(state)
        yield from self._of_keys()
        yield from self._of_heartbeats()
        yield from self._of_looks()

    def _of_condition(self, state: Condition) -> Iterator[HealthFinding]:
        if not state.current:
            yield HealthFinding("health.migrations", "migrations")
        if state.wrote_ms > SLOW_MS:
            yield HealthFinding("health.store_slow", "store slow", {"ms": state.wrote_ms})
        apart_s = abs((self.wall_clock() - state.clock).total_seconds())
        if apart_s > MOST_CLOCK_S:
            yield HealthFinding("health.clock", "clock", {"seconds": round(apart_s)})
        if state.data_directory and Path(state.data_directory).is_dir():
            free_mib = self.free_bytes(state.data_directory) // 2**20
            if free_mib < LEAST_FREE_MIB:
                yield HealthFinding("health.store_full", "store full", {"free_mib": free_mib})

    def _of_keys(self) -> Iterator[HealthFinding]:
        with self.context.store.begin() as tx:
            rows = credentials.listing(tx)
        closed = [row.slug for row in rows if not self._opens(row.encrypted)]
        if closed:
            yield HealthFinding("health.keys", "keys", {"count": len(closed)})

    def _opens(self, encrypted: bytes) -> bool:
        try:
            self.context.cipher.decrypt(encrypted)
        except InvalidToken:
            return False
        return True

    def _of_heartbeats(self) -> Iterator[HealthFinding]:
        now = self.context.now()
        with self.context.store.begin() as tx:
            beats = signs_of_life.heartbeats_of(tx)
        silent = {part: (now - beat.at).total_seconds() for part, beat in beats.items()}
        if silent.get(WATCHER, 0.0) > max(120.0, INTERVALS * self.interval_s):
            yield HealthFinding("health.watcher_silent", WATCHER, {"age": age(silent[WATCHER])})
        if silent.get(FLEET, 0.0) > FLEET_LATE_H * 3600:
            yield HealthFinding("health.fleet_late", FLEET, {"age": age(silent[FLEET])})
        for task in failed_tasks(beats):
            yield HealthFinding("health.fleet_failed", f"{FLEET} {task}", {"task": task})
        if self.part != LOOKOUT and silent.get(LOOKOUT, 0.0) > 180:
            yield HealthFinding("health.lookout_silent", LOOKOUT, {"age": age(silent[LOOKOUT])})

    def _of_looks(self) -> Iterator[HealthFinding]:
        """Find whom the watcher did not look at, and whose work orders wait for longer than was promised."""
        now = self.context.now()
        late_s = max(120.0, INTERVALS * self.interval_s)
        with self.context.store.begin() as tx:
            unseen = signs_of_life.not_looked_at(tx, now, late_s)
            waiting = freshness.waiting_longer(tx, now - IN_TIME)
        if unseen:
            yield HealthFinding(
                "health.watcher_late", "looks", {"count": len(unseen), "tenants": named(unseen), "age": age(late_s)}
            )
        if waiting:
            yield HealthFinding("health.orders_late", "orders", {"count": len(waiting), "tenants": named(waiting)})

    def _of_airflow(self) -> Iterator[HealthFinding]:
        if not self.airflow_url:
            return
        try:
            answer = self.context.http(patient=False, to_ours=True).request(
                "GET", f"{self.airflow_url}/api/v2/monitor/health"
            )
            parts: Mapping[str, Mapping[str, object]] = answer.json()
            unwell = [part for part in AIRFLOW_PARTS if parts.get(part, {}).get("status") != "healthy"]
        except (NotSent, NoAnswer, ValueError, AttributeError) as error:
            yield HealthFinding("health.airflow_away", "api-server", {"reason": str(error)})
            return
        yield from self._parts(unwell)

    def _parts(self, unwell: Sequence[str]) -> Iterator[HealthFinding]:
        for part in unwell:
            yield HealthFinding("health.airflow_part", part, {"part": part.replace("_", "-")})
