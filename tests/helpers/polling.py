"""One round of what the watcher does for all tenants, to its end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from include.context import Context
from include.watcher.pending_runner import PendingRunner
from include.watcher.polling import Event, PollKind, PollThreads, Watcher


def poll_all(watcher: Watcher, kind: str = "archived") -> list[str]:
    """One poll of every tenant: who was announced."""

    async def polls() -> list[str]:
        events: asyncio.Queue[Event] = asyncio.Queue()
        with PollThreads(kind, 4) as threads:
            await asyncio.gather(*await watcher.start_polls(PollKind(kind), threads, events))
        return sorted(events.get_nowait().slug for _ in range(events.qsize()))

    return asyncio.run(polls())


def run_pending(context: Context) -> None:
    """The runner's round: it carries out what is due of all tenants."""

    async def operations() -> None:
        with ThreadPoolExecutor(4) as threads:
            await asyncio.gather(*await PendingRunner(context).start_due(threads))

    asyncio.run(operations())
