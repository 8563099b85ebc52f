"""The one poller in the triggerer, and the trigger through which each tenant hears of its own news."""

from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from include.context import Context
from include.installation import Installation
from include.watcher import PollKind, Watcher


class TenantEventTrigger(BaseEventTrigger):
    """Fires when this tenant has a work order to send (``archived``) or changed master data (``changed``).

    All tenants share one stream, so one loop looks for all of them. The event is a hint and carries no data: the task
    asks the store and the other systems again.
    """

    def __init__(self, tenant: str, what: PollKind) -> None:
        super().__init__()
        self.tenant, self.what = tenant, what

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return "plugins.watcher.TenantNews", {"tenant": self.tenant, "what": self.what}

    def shared_stream_key(self) -> tuple[str, str]:
        return ("koppel", "news")

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[tuple[PollKind, str]]:
        installation = Installation.from_environment()
        async for news in Watcher(Context.from_environment(installation)).events(installation.poll_interval_s):
            yield news

    async def filter_shared_stream(self, stream: AsyncIterator[tuple[PollKind, str]]) -> AsyncIterator[TriggerEvent]:
        async for what, slug in stream:
            if (what, slug) == (self.what, self.tenant):
                yield TriggerEvent({"tenant": slug, "what": what})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Without sharing: the same loop for this tenant alone."""
        async for event in self.filter_shared_stream(self.open_shared_stream({})):
            yield event
