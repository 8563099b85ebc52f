"""Carries out the pending operations of all tenants, in a few threads of its own, without a task of Airflow."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from include.context import Context
from include.lifecycle import pending
from include.watcher.background import cancel, or_logged

MAX_WORKERS = 2  # tenants whose operations are carried out at the same time


@dataclass
class PendingRunner:
    """``run`` asks the store again and again which tenants have operations that are due, and starts those."""

    context: Context
    _under_way: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)

    async def run(self, interval_s: float) -> None:
        """Start what is due, at every interval, until this is cancelled."""
        try:
            with ThreadPoolExecutor(MAX_WORKERS, thread_name_prefix="pending") as threads:
                while True:
                    await self.start_due(threads)
                    await asyncio.sleep(interval_s)
        finally:
            cancel(self._under_way.values())

    async def start_due(self, threads: ThreadPoolExecutor) -> "list[asyncio.Task[None]]":
        """Start the operations of every tenant that has some due, but for those that are being carried out here."""
        asking = asyncio.get_running_loop().run_in_executor(threads, pending.tenants_with_due, self.context)
        started = [slug for slug in await or_logged(asking, "tenants", []) if slug not in self._under_way]
        for slug in started:
            self._under_way[slug] = asyncio.create_task(self._carry_out(slug, threads))
        return [self._under_way[slug] for slug in started]

    async def _carry_out(self, slug: str, threads: ThreadPoolExecutor) -> None:
        try:
            working = asyncio.get_running_loop().run_in_executor(threads, self._carry_out_all, slug)
            await or_logged(working, slug, None)
        finally:
            del self._under_way[slug]

    def _carry_out_all(self, slug: str) -> None:
        while pending.carry_out_next(self.context, slug) is not None:
            pass
