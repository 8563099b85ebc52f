"""Polls for every tenant whether its DAGs have something to do: work orders to send, master data to read, a clean-up.

A poll never carries anything out; what it announces starts a DAG.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from include.cleanup.schedule import CleanupPoller
from include.context import Context
from include.errors import IntegrationError, Transient
from include.log.writer import IntegrationLog
from include.push.poller import WorkOrderPoller
from include.store import tenants as tenants_table
from include.store.signs_of_life import Look
from include.sync.poller import MasterDataPoller
from include.tenants.states import RUNNING, TenantState
from include.tenants.tenant import Tenant, load
from include.watcher.background import cancel, log_end, or_logged
from include.watcher.pending_runner import PendingRunner
from include.watcher.sign_of_life import SignOfLife, Watchdog

RUN = "watch"
AFTER_TROUBLE, AT_MOST = timedelta(minutes=1), timedelta(minutes=4)  # twice as long each time
TROUBLED_WORKERS = 4  # of a kind, for all tenants in trouble together: whoever hangs keeps those alone waiting
AFTER_REFUSAL = timedelta(minutes=10)  # a person must act first


class PollKind(StrEnum):
    """What a tenant is polled for."""

    # Simon has a work order that is due to be sent (R3.1).
    ARCHIVED = "archived"
    # Its master data has to be read (R6.1).
    CHANGED = "changed"
    # Its clean-up is to begin (R2.1).
    CLEANUP = "cleanup"


class Event(NamedTuple):
    """Says that the DAG of this kind of this tenant has something to do; a hint, which may get lost."""

    kind: PollKind
    slug: str


class Poller(Protocol):
    """Polls one tenant; what it remembers between polls does not matter after a restart."""

    def poll(self, tenant: Tenant) -> bool:
        """Return whether the tenant should be announced now. Raises IntegrationError."""


@dataclass(frozen=True)
class PollRule:
    """How one kind of poll is made: of tenants in these states, ``max_workers`` at once, as they mostly wait."""

    poller: Callable[[Context], Poller]
    max_workers: int
    polls_per_interval: int
    statuses: tuple[str, ...]


POLLS: Mapping[PollKind, PollRule] = {
    # of tenants with priority alone, but for one poll in three (R6.2)
    PollKind.ARCHIVED: PollRule(WorkOrderPoller, max_workers=16, polls_per_interval=3, statuses=(TenantState.ACTIVE,)),
    PollKind.CHANGED: PollRule(MasterDataPoller, max_workers=4, polls_per_interval=1, statuses=RUNNING),
    PollKind.CLEANUP: PollRule(CleanupPoller, max_workers=1, polls_per_interval=1, statuses=(TenantState.ACTIVE,)),
}


@dataclass
class _Polled:
    """One tenant and kind: its poller, and how its last poll went."""

    poller: Poller
    not_before: datetime | None = None
    trouble: str = ""
    failures: int = 0  # in a row

    @property
    def priority(self) -> bool:
        """Whether it is worth a poll more often."""
        return isinstance(self.poller, WorkOrderPoller) and self.poller.priority


class PollThreads:
    """Holds the threads for one kind of poll: those for tenants that answer, and a few for those in trouble."""

    def __init__(self, kind: str, max_workers: int) -> None:
        self.well = ThreadPoolExecutor(max_workers, thread_name_prefix=kind)
        self.troubled = ThreadPoolExecutor(TROUBLED_WORKERS, thread_name_prefix=f"{kind} in trouble")

    def __enter__(self) -> "PollThreads":
        return self

    def __exit__(self, *_: object) -> None:
        for threads in (self.well, self.troubled):
            threads.shutdown(wait=False, cancel_futures=True)


@dataclass
class Watcher:
    """``events`` yields tenants with something to do for as long as it runs, and runs pending operations beside it."""

    context: Context
    _polled: dict[Event, _Polled] = field(default_factory=dict)
    _under_way: "dict[Event, asyncio.Task[None]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.life = SignOfLife(self.context)

    async def events(self, interval_s: float) -> AsyncIterator[Event]:
        """Yield an event as soon as there is one. No poll waits for another: neither a tenant's nor a kind's."""
        events: asyncio.Queue[Event] = asyncio.Queue()
        loops = [asyncio.create_task(self._poll_for_ever(kind, interval_s, events), name=kind) for kind in POLLS]
        loops.append(asyncio.create_task(PendingRunner(self.context).run(interval_s), name="pending operations"))
        loops.append(asyncio.create_task(self.life.run(interval_s), name="sign of life"))
        watchdog = Watchdog(self.life)
        watchdog.start()
        for loop in loops:
            loop.add_done_callback(log_end)
        try:
            while True:
                yield await events.get()
        finally:
            watchdog.stop()
            cancel((*loops, *self._under_way.values()))

    async def _poll_for_ever(self, kind: PollKind, interval_s: float, events: "asyncio.Queue[Event]") -> None:
        rule = POLLS[kind]
        with PollThreads(kind, rule.max_workers) as threads:
            for number in itertools.count():
                await self.start_polls(kind, threads, events, only_priority=bool(number % rule.polls_per_interval))
                await asyncio.sleep(interval_s / rule.polls_per_interval)

    async def start_polls(
        self,
        kind: PollKind,
        threads: "PollThreads",
        events: "asyncio.Queue[Event]",
        *,
        only_priority: bool = False,
    ) -> "list[asyncio.Task[None]]":
        """Start a poll of every tenant in the right state but those whose last one is not over yet (R3.13)."""
        asking = asyncio.get_running_loop().run_in_executor(threads.well, self._to_poll, kind, only_priority)
        started = [event for event in await or_logged(asking, "tenants", []) if event not in self._under_way]
        for event in started:
            self._under_way[event] = asyncio.create_task(self._announce(event, threads, events))
        return [self._under_way[event] for event in started]

    async def _announce(self, event: Event, threads: "PollThreads", events: "asyncio.Queue[Event]") -> None:
        polled = self._polled.get(event)
        chosen = threads.troubled if polled and polled.failures else threads.well
        try:
            polling = asyncio.get_running_loop().run_in_executor(chosen, self.poll, *event)
            if await or_logged(polling, event.slug, False):
                events.put_nowait(event)
        finally:
            del self._under_way[event]

    def poll(self, kind: PollKind, slug: str) -> bool:
        """Return whether this tenant should be announced now."""
        polled = self._polled.setdefault(Event(kind, slug), _Polled(POLLS[kind].poller(self.context)))
        if polled.not_before and self.context.now() < polled.not_before:
            return False
        tenant, began = load(self.context, slug), time.monotonic()
        code: str | None = "run.failed"  # unless it ends in a way that we know
        try:
            due = polled.poller.poll(tenant)
            code = None
        except IntegrationError as error:
            code = error.code
            self._note_trouble(tenant, polled, error)
            return False
        finally:
            took_ms = round(1000 * (time.monotonic() - began))
            self.life.note(Look(tenant.id, kind, self.context.now(), took_ms, code))
        polled.trouble, polled.not_before, polled.failures = "", None, 0
        return due

    def has_priority(self, kind: PollKind, slug: str) -> bool:
        """Return whether this tenant is polled more often at the moment."""
        polled = self._polled.get(Event(kind, slug))
        return polled is not None and polled.priority

    def _to_poll(self, kind: PollKind, only_priority: bool) -> list[Event]:
        if only_priority and not any(polled.priority for polled in list(self._polled.values())):
            return []
        with self.context.store.begin() as tx:
            rows = tenants_table.listing(tx)
        slugs = [row.slug for row in rows if row.status in POLLS[kind].statuses and row.paused_at is None]
        return [Event(kind, slug) for slug in slugs if not only_priority or self.has_priority(kind, slug)]

    def _note_trouble(self, tenant: Tenant, polled: _Polled, error: IntegrationError) -> None:
        """Log it once, and poll less often while it lasts."""
        if error.code != polled.trouble:
            IntegrationLog(self.context.store, tenant.id, tenant.slug, RUN).error(error)
        polled.failures += 1
        growing = min(AT_MOST, AFTER_TROUBLE * 2 ** min(polled.failures - 1, 10))
        pause = growing if isinstance(error, Transient) else AFTER_REFUSAL
        polled.trouble, polled.not_before = error.code, self.context.now() + pause
        if isinstance(polled.poller, WorkOrderPoller):
            polled.poller.forget()
