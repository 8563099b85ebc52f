"""How the task slots are shared out, and what a killed process of a task is to the scheduler."""

import os
import signal
import time
from types import SimpleNamespace
from typing import Any

import pytest

from tests.plugin.airflow_server import AirflowServer

pytestmark = pytest.mark.usefixtures("served")


@pytest.mark.parametrize("parallelism", range(1, 65))
def test_nothing_takes_anothers_slots(parallelism: int) -> None:
    """R3.13: each has a slot, and from one slot for each on they fit in what may run at the same time."""
    from plugins.slots import pool_sizes

    sizes = pool_sizes(parallelism)
    assert set(sizes) == {"push_rompslomp", "push_unit4", "default_pool"}
    assert min(sizes.values()) >= 1
    assert sum(sizes.values()) == max(parallelism, len(sizes))
    assert sizes["push_rompslomp"] == sizes["push_unit4"]


def test_pools_are_made_and_brought_to_size(served: AirflowServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.13: at the start of a component, as often as it starts; a run that begins only makes what is missing."""
    from airflow.jobs.job import Job
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    from plugins.slots import SlotsListener, pool_sizes

    def slots() -> dict[str, int]:
        with create_session(scoped=False) as session:
            return {pool.pool: pool.slots for pool in Pool.get_pools(session=session)}

    for parallelism in ("2", "16", "16", "4"):
        monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", parallelism)
        SlotsListener().on_starting(component=Job())
        assert slots() == dict(pool_sizes(int(parallelism)))
    with create_session(scoped=False) as session:
        Pool.create_or_update_pool("push_unit4", 7, "by hand", include_deferred=False, session=session)
    SlotsListener().on_dag_run_running(dag_run=None, msg="")
    assert slots()["push_unit4"] == 7
    with create_session(scoped=False) as session:
        Pool.delete_pool("push_rompslomp", session=session)
    SlotsListener().on_dag_run_running(dag_run=None, msg="")
    assert slots() == dict(pool_sizes(4))


def test_a_killed_process_is_a_failed_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """R6.6: told at the scheduler's next look, while the others go on and new ones start."""
    from plugins import task_processes

    monkeypatch.setattr(task_processes, "work", _wait_or_end)
    executor = task_processes.TaskProcessExecutor(parallelism=2)
    executor.start()
    for key in ("killed", "well"):
        executor.queued_tasks[key] = _workload(key)
    executor._process_workloads(list(executor.queued_tasks.values()))
    assert not executor.queued_tasks
    os.kill(executor._working["killed"][0].pid or 0, signal.SIGKILL)
    assert _told(executor, 2) == {"killed": "failed", "well": "success"}
    executor._process_workloads([_workload("well")])
    assert _told(executor, 1) == {"well": "success"}


def _workload(key: str) -> Any:
    return SimpleNamespace(key=key, running_state=None, success_state="success", failure_state="failed")


def _wait_or_end(workload: Any) -> None:
    if workload.key == "killed":
        signal.pause()


def _told(executor: Any, count: int) -> dict[str, str]:
    end = time.monotonic() + 20
    while len(executor.event_buffer) < count and time.monotonic() < end:
        executor.sync()
    told = {key: state for key, (state, _) in executor.event_buffer.items()}
    executor.event_buffer.clear()
    return told
