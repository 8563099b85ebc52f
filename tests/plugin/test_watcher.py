"""The trigger through which a tenant's DAGs hear of events."""

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.mark.usefixtures("served")
def test_the_triggerer_can_make_a_trigger_anew() -> None:
    """R6.2: Airflow stores a trigger as the path of its class and its arguments."""
    from plugins.watcher import TenantEventTrigger

    trigger = TenantEventTrigger(tenant="jansen", kind="archived")
    path, arguments = trigger.serialize()
    module, _, name = path.rpartition(".")
    restored = getattr(import_module(module), name)(**arguments)
    assert restored.serialize() == trigger.serialize()
    assert type(restored) is TenantEventTrigger


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("waiting", "passed_on"), [((0, 0), 1), ((1, 0), 0), ((0, 1), 0), (None, 1)])
def test_an_event_that_a_run_waits_for_starts_no_other(
    monkeypatch: pytest.MonkeyPatch, waiting: tuple[int, int] | None, passed_on: int
) -> None:
    """R6.2, decision 0018: a run that has yet to begin finds what is due; when Airflow does not tell, one too many."""
    from airflow.sdk.exceptions import AirflowRuntimeError
    from airflow.sdk.execution_time import task_runner
    from airflow.sdk.execution_time.comms import ErrorResponse

    from include.watcher.polling import Event, PollKind
    from plugins.watcher import TenantEventTrigger

    async def asend(question: Any) -> Any:
        assert question.dag_id == "push__jansen"
        if waiting is None:
            raise AirflowRuntimeError(ErrorResponse())
        return SimpleNamespace(count=waiting[question.type == "GetTICount"])

    async def stream() -> AsyncIterator[Event]:
        for event in (Event(PollKind.ARCHIVED, "jansen"), Event(PollKind.CHANGED, "jansen")):
            yield event

    async def passed() -> list[Any]:
        trigger = TenantEventTrigger(tenant="jansen", kind="archived")
        return [event async for event in trigger.filter_shared_stream(stream())]

    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", SimpleNamespace(asend=asend), raising=False)
    assert len(asyncio.run(passed())) == passed_on
