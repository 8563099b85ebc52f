"""SIGKILL of whatever runs a push, while it runs: a fresh work order of the same tenant is booked all the same (R3.13).

Seconds are printed, never asserted; what is asserted is that it is booked once, and how many runs that took.
"""

import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from tests.helpers.running_airflow import STRICKEN, RunningAirflow
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, documents_of, only_document_of

LIMIT_S = 240  # of the waiting, so that a test ends
HANGS_MS = 20_000
MOST_RUNS = 6  # of this tenant until the fresh one is booked


@pytest.fixture
def stricken(running: RunningAirflow) -> CoupledTenant:
    """Its master data is in Simon."""
    tenant = running.tenants[STRICKEN]
    [first] = running.wait_for(lambda: running.airflow.runs(f"sync__{tenant.slug}")[-1:])
    assert running.airflow.wait(f"sync__{tenant.slug}", first["dag_run_id"]) == "success"
    return tenant


def descendants(running: RunningAirflow) -> list[psutil.Process]:
    """Return the processes below the scheduler."""
    return psutil.Process(running.stack.processes.running()["scheduler"]).children(recursive=True)


def task_processes(running: RunningAirflow) -> list[psutil.Process]:
    """Return the processes that carry a task out, which are below an executor's worker."""
    scheduler = running.stack.processes.running()["scheduler"]
    return [process for process in descendants(running) if process.ppid() != scheduler and not process.children()]


def kill_task(running: RunningAirflow) -> None:
    for process in running.wait_for(lambda: task_processes(running)):
        process.kill()


def kill_worker(running: RunningAirflow) -> None:
    """The worker of the executor that supervises the task, and the task with it."""
    for process in running.wait_for(lambda: task_processes(running)):
        worker = psutil.Process(process.ppid())
        worker.kill()
        process.kill()


def kill_component(name: str) -> Callable[[RunningAirflow], None]:
    """It is started again, as whoever supervises it does."""

    def kill(running: RunningAirflow) -> None:
        psutil.Process(running.stack.processes.running()[name]).kill()
        running.stack.start_component(name)

    return kill


KILLS: dict[str, Callable[[RunningAirflow], None]] = {
    "task": kill_task,
    "worker": kill_worker,
    "scheduler": kill_component("scheduler"),
    "triggerer": kill_component("triggerer"),
}


@pytest.mark.parametrize("killed", KILLS)
def test_a_fresh_work_order_is_booked(
    running: RunningAirflow, stricken: CoupledTenant, killed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """R3.13: whatever became of the run that was killed, another one sends what was archived since."""
    dag_id, path = f"push__{stricken.slug}", stricken.accounting.documents_path
    hang = {"kind": "delay", "method": "POST", "path": path, "count": 1, "delay_ms": HANGS_MS}
    running.control.call("POST", "faults", [hang])
    archive_work_order(stricken, Description=f"Onderbroken door {killed}")
    running.wait_for(lambda: _hits(running), LIMIT_S)
    runs_before = len(running.airflow.runs(dag_id))
    KILLS[killed](running)
    begun = time.monotonic()
    fresh = archive_work_order(stricken, Description=f"Vers na {killed}")
    running.wait_for(lambda: documents_of(stricken, fresh), LIMIT_S)
    with capsys.disabled():
        print(f"\n[{killed}: booked after {time.monotonic() - begun:.0f} s]", end=" ")
    only_document_of(stricken, fresh)
    assert len(running.airflow.runs(dag_id)) - runs_before <= MOST_RUNS
    running.control.call("DELETE", "faults")


def _hits(running: RunningAirflow) -> Any:
    return any(fault["hits"] for fault in running.control.call("GET", "faults")["active"])
