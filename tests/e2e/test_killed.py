"""What is killed while a tenant's work order is being sent does not keep its next one waiting (R6.6)."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

from local.airflow import AirflowApi
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, documents_of

LIMIT_S = 240  # of patience; what it took is printed
HANGING = {"kind": "delay", "path": r"WorkOrder\(\d+\)", "count": -1, "delay_ms": 300_000}


@pytest.fixture(autouse=True)
def nothing_hangs(running: RunningAirflow) -> Iterator[None]:
    """Faults hold for both tenants, and for the tests that come after."""
    yield
    running.control.call("DELETE", "faults")


def task_processes(running: RunningAirflow) -> dict[int, psutil.Process]:
    """The processes in which work orders are sent, by the process of the executor that started each."""
    scheduler = psutil.Process(running.stack.processes.running()["scheduler"])
    path = "dags/push__{}/dagRuns/~/taskInstances?state=running"
    sending = [running.airflow.call("GET", path.format(slug))["task_instances"] for slug in running.tenants]
    ids = {instance["id"] for instances in sending for instance in instances}
    processes: dict[int, psutil.Process] = {}
    for worker in scheduler.children():
        with suppress(psutil.NoSuchProcess):  # it ended meanwhile
            tasks = [task for task in worker.children() if ids & set(" ".join(task.cmdline()).split())]
            if tasks:
                processes[worker.pid] = tasks[0]
    return processes


def push_runs(airflow: AirflowApi, slug: str) -> list[dict[str, Any]]:
    return airflow.runs(f"push__{slug}")


def hang(running: RunningAirflow, tenants: list[CoupledTenant]) -> None:
    """Archive a work order of each tenant whose sending hangs."""
    running.control.call("POST", "faults", [HANGING])
    for coupled in tenants:
        archive_work_order(coupled)
    running.wait_for(lambda: hits(running) >= len(tenants) and len(task_processes(running)) >= len(tenants))


def hits(running: RunningAirflow) -> int:
    """Return how many requests hang."""
    return sum(fault["hits"] for fault in running.control.call("GET", "faults")["active"])


def kill_tasks(running: RunningAirflow) -> None:
    for task in task_processes(running).values():
        task.kill()


def kill_workers(running: RunningAirflow) -> None:
    for worker in task_processes(running):
        psutil.Process(worker).kill()


def kill_scheduler(running: RunningAirflow) -> None:
    running.stack.processes.kill("scheduler")


def kill_triggerer(running: RunningAirflow) -> None:
    running.stack.processes.kill("triggerer")


@pytest.mark.parametrize("kill", [kill_tasks, kill_workers, kill_scheduler, kill_triggerer])
def test_a_fresh_work_order_is_booked_whatever_was_killed(
    running: RunningAirflow, both: list[CoupledTenant], kill: Callable[[RunningAirflow], None]
) -> None:
    """R6.6, R3.10: once, by a run of its own whose only try does it; whoever supervises a component starts it again."""
    hang(running, both)
    before = {coupled.slug: len(push_runs(running.airflow, coupled.slug)) for coupled in both}
    kill(running)
    running.control.call("DELETE", "faults")
    started = time.monotonic()
    fresh = {coupled.slug: archive_work_order(coupled) for coupled in both}
    for name in {"scheduler", "triggerer"} - running.stack.processes.running().keys():
        running.stack.start_component(name)
    for coupled in both:
        made = fresh[coupled.slug]
        running.wait_for(lambda coupled=coupled, made=made: documents_of(coupled, made), LIMIT_S)
        print(f"{kill.__name__}: {coupled.slug} after {time.monotonic() - started:.1f} s")
        assert len(documents_of(coupled, made)) == 1
        runs = push_runs(running.airflow, coupled.slug)
        new = runs[: len(runs) - before[coupled.slug]]  # an older one may be taken up again after a scheduler's death
        assert len(new) <= 2  # none, when a task outlives the process that started it
        tries = [running.airflow.tries(f"push__{coupled.slug}", run["dag_run_id"])["push"] for run in new]
        assert set(tries) <= {0, 1}, "no try waits for a back-off of Airflow's"


def test_the_slots_are_made_by_themselves(running: RunningAirflow) -> None:
    """R3.13: neither package can take all, nothing else theirs; what somebody deletes is back when a run needs it."""
    sizes = {"push_rompslomp": 2, "push_unit4": 2, "default_pool": 4}
    assert pools(running) == sizes
    running.airflow.call("DELETE", "pools/push_unit4")
    assert running.run("push__unit4")[1] == "success"
    assert pools(running) == sizes


def pools(running: RunningAirflow) -> dict[str, int]:
    return {pool["name"]: pool["slots"] for pool in running.airflow.call("GET", "pools")["pools"]}
