"""The one loop that watches all tenants: who has work orders to send, whose master data changed?"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import structlog

from include.cleanup.schedule import CleanupPoller
from include.context import Context
from include.errors import IntegrationError, Transient
from include.lifecycle import pending
from include.lifecycle.pending import ErrandLook
from include.log.writer import IntegrationLog
from include.push.poller import WorkOrderPoller
from include.store import tenants as tenants_table
from include.sync.poller import MasterDataPoller
from include.tenants.tenant import ACTIVE, IMPORTING, Tenant, load

PollKind = Literal["archived", "changed", "cleanup", "errand"]
Event = tuple[PollKind, str]
Poller = WorkOrderPoller | MasterDataPoller | CleanupPoller | ErrandLook
T = TypeVar("T")
RUN = "watch"
# tenants looked at together; they mostly wait
MAX_WORKERS: dict[PollKind, int] = {"archived": 16, "changed": 4, "cleanup": 1, "errand": 2}
POLLS_PER_INTERVAL: dict[PollKind, int] = {
    "archived": 3,
    "changed": 1,
    "cleanup": 1,
    "errand": 1,
}  # looks in an interval (R6.2)
_STATES: dict[PollKind, tuple[str, ...]] = {"archived": (ACTIVE,), "changed": (ACTIVE, IMPORTING), "cleanup": (ACTIVE,)}
AFTER_TROUBLE = timedelta(minutes=1)
AFTER_REFUSAL = timedelta(minutes=10)  # a person must act first


@dataclass
class _Watched:
    """What is remembered of one tenant and one kind of look."""

    look: Poller
    not_before: datetime | None = None
    trouble: str = ""


@dataclass
class Watcher:
    """``events()`` names tenants for as long as it runs; what it says is a hint, never the only one."""

    context: Context
    _known: dict[tuple[PollKind, str], _Watched] = field(default_factory=dict)
    _under_way: "dict[tuple[PollKind, str], asyncio.Task[None]]" = field(default_factory=dict)

    async def events(self, interval_s: float) -> AsyncIterator[Event]:
        """(what, slug) of tenants with something to do. No look waits for another: neither a tenant's nor a kind's."""
        found: asyncio.Queue[Event] = asyncio.Queue()
        loops = [asyncio.create_task(self._watch(what, interval_s, found), name=what) for what in MAX_WORKERS]
        for loop in loops:
            loop.add_done_callback(_say_ended)
        try:
            while True:
                yield await found.get()
        finally:
            for task in (*loops, *self._under_way.values()):
                task.cancel()

    async def _watch(self, what: PollKind, interval_s: float, found: "asyncio.Queue[Event]") -> None:
        with ThreadPoolExecutor(MAX_WORKERS[what], thread_name_prefix=what) as threads:
            for turn in itertools.count():
                await self.begin_looks(what, threads, found, only_eager=bool(turn % POLLS_PER_INTERVAL[what]))
                await asyncio.sleep(interval_s / POLLS_PER_INTERVAL[what])

    async def begin_looks(
        self, what: PollKind, threads: ThreadPoolExecutor, found: "asyncio.Queue[Event]", only_eager: bool = False
    ) -> "list[asyncio.Task[None]]":
        """Start a look at every active tenant but those whose last one is not over yet (R3.13)."""
        loop = asyncio.get_running_loop()
        slugs = await _quietly(loop.run_in_executor(threads, self._active, what, only_eager), "tenants", [])
        begun = [(what, slug) for slug in slugs if (what, slug) not in self._under_way]
        for news in begun:
            self._under_way[news] = asyncio.create_task(self._announce(news, threads, found))
        return [self._under_way[news] for news in begun]

    async def _announce(self, news: Event, threads: ThreadPoolExecutor, found: "asyncio.Queue[Event]") -> None:
        try:
            looking = asyncio.get_running_loop().run_in_executor(threads, self.look, *news)
            if await _quietly(looking, news[1], False):
                found.put_nowait(news)
        finally:
            del self._under_way[news]

    def look(self, what: PollKind, slug: str) -> bool:
        """Whether this tenant should be announced now."""
        known = self._known.setdefault((what, slug), _Watched(_LOOKS[what](self.context)))
        if known.not_before and self.context.now() < known.not_before:
            return False
        tenant = load(self.context, slug)
        try:
            due = known.look.due(tenant)
        except IntegrationError as error:
            self._note_trouble(tenant, known, error)
            return False
        known.trouble, known.not_before = "", None
        return due

    def _active(self, what: PollKind, only_eager: bool) -> list[str]:
        if only_eager and not any(self._is_eager(what, slug) for _, slug in list(self._known)):
            return []
        if what == "errand":
            return pending.waiting(self.context)
        with self.context.store.begin() as tx:
            active = [
                row.slug for row in tenants_table.listing(tx) if row.status in _STATES[what] and row.paused_at is None
            ]
        return [slug for slug in active if not only_eager or self._is_eager(what, slug)]

    def _is_eager(self, what: PollKind, slug: str) -> bool:
        known = self._known.get((what, slug))
        return known is not None and isinstance(known.look, WorkOrderPoller) and known.look.priority

    def _note_trouble(self, tenant: Tenant, known: _Watched, error: IntegrationError) -> None:
        """Said once, and looked at less often while it lasts."""
        if error.code != known.trouble:
            IntegrationLog(self.context.store, tenant.id, tenant.slug, RUN).error(error)
        pause = AFTER_TROUBLE if isinstance(error, Transient) else AFTER_REFUSAL
        known.trouble, known.not_before = error.code, self.context.now() + pause
        if isinstance(known.look, WorkOrderPoller):
            known.look.forget()


_LOOKS: dict[PollKind, Callable[[Context], Poller]] = {
    "archived": WorkOrderPoller,
    "changed": MasterDataPoller,
    "cleanup": CleanupPoller,
    "errand": ErrandLook,
}


def _say_ended(loop: "asyncio.Task[None]") -> None:
    """A kind of look that nobody takes any more must not go unseen."""
    if not loop.cancelled():
        structlog.get_logger("koppel").error("watching ended", what=loop.get_name(), reason=repr(loop.exception()))


async def _quietly(wanted: "asyncio.Future[T]", what: str, otherwise: T) -> T:
    """Whatever goes wrong with one look, the loop goes on; what nobody foresaw stands in the triggerer's log."""
    try:
        return await wanted
    except Exception as error:  # noqa: BLE001 - the loop serves all tenants
        structlog.get_logger("koppel").error("watching failed", what=what, reason=repr(error))
        return otherwise
