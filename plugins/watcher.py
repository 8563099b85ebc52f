"""The one poller in the triggerer, and the trigger through which each tenant's DAGs hear of its events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import structlog
from airflow.sdk.exceptions import AirflowRuntimeError
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import GetDRCount, GetTICount
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from include.context import Context
from include.installation import Installation
from include.watcher.polling import Event, PollKind, Watcher

AGAIN_AFTER_S = 60.0
DAG_KINDS = {PollKind.ARCHIVED: "push", PollKind.CHANGED: "sync", PollKind.CLEANUP: "cleanup"}


class TenantEventTrigger(BaseEventTrigger):
    """Fires when this tenant has something of this kind to do.

    All tenants share one stream, so one loop polls for all of them. The event is a hint and carries no data: the task
    asks the store and the other systems again.
    """

    def __init__(self, tenant: str, kind: str) -> None:
        super().__init__()
        self.event = Event(PollKind(kind), tenant)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer makes this trigger from."""
        return "plugins.watcher.TenantEventTrigger", {"tenant": self.event.slug, "kind": self.event.kind.value}

    def shared_stream_key(self) -> tuple[str, str]:
        """Return the same for all tenants: they share one stream."""
        return ("koppel", "events")

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncIterator[Event]:
        """Yield the events of all tenants."""
        while True:
            try:
                installation = Installation.from_environment()
                watcher = Watcher(Context.from_environment(installation))
                async for event in watcher.events(installation.poll_interval_s):
                    yield event
            except Exception as error:  # noqa: BLE001 - whatever it is, Airflow would begin again at once, for each tenant
                structlog.get_logger("koppel").error("the watcher cannot work; it tries again", reason=str(error))
                await asyncio.sleep(AGAIN_AFTER_S)

    async def filter_shared_stream(self, stream: AsyncIterator[Event]) -> AsyncIterator[TriggerEvent]:
        """Yield the events of this tenant and kind, but for those that a run already waits for."""
        async for event in stream:
            if event == self.event and not await run_waits(f"{DAG_KINDS[event.kind]}__{event.slug}"):
                yield TriggerEvent({"tenant": event.slug, "kind": event.kind.value})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Watch without sharing: the same loop for this tenant alone."""
        async for event in self.filter_shared_stream(self.open_shared_stream({})):
            yield event


async def run_waits(dag_id: str) -> bool:
    """Return whether a run of this DAG has yet to begin, or its next task has.

    Whatever is due at this moment, it will find: it asks the store when it begins. Another run would do nothing, at the
    price of its tasks, while there are more tasks than slots. When Airflow does not tell, the answer is no.
    """
    try:
        runs = await task_runner.SUPERVISOR_COMMS.asend(GetDRCount(dag_id=dag_id, states=["queued"]))
        tasks = await task_runner.SUPERVISOR_COMMS.asend(GetTICount(dag_id=dag_id, states=["scheduled", "queued"]))
    except AirflowRuntimeError:
        return False
    return any(getattr(answer, "count", 0) for answer in (runs, tasks))
