"""The executor: Airflow's local one, with a process of its own for each task.

The workers of Airflow's take their tasks from one queue, and a killed one says nothing: its task counts as running
until its heartbeat has been missing for long enough, and when it held the lock of the queue, no task ever starts again
until the scheduler does. Here there is no queue to be locked, and a process that was killed is a task that failed, at
the scheduler's next look.
"""

import gc
import multiprocessing
import signal
from collections.abc import Sequence
from typing import Any

from airflow import settings
from airflow.executors.local_executor import LocalExecutor

FORK = multiprocessing.get_context("fork")  # as Airflow's own does on Linux: everything is imported already


def work(workload: Any) -> None:
    """Carry a task out, in a process of its own; it ends with 0 only when that went as it should."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the scheduler waits for its tasks
    if settings.engine is not None:
        settings.engine.dispose(close=False)  # the scheduler's connections are not ours
    LocalExecutor.run_workload(workload, subprocess_logs_to_stdout=True)


class TaskProcessExecutor(LocalExecutor):
    """Starts a process for each task that it is given, and tells the scheduler how that process ended."""

    is_mp_using_fork = True
    serve_logs = False  # on every address of the machine; the api-server reads them in the folder they share

    def start(self) -> None:
        """Begin without any process."""
        self._working: dict[Any, tuple[multiprocessing.process.BaseProcess, Any]] = {}

    def _process_workloads(self, workload_list: Sequence[Any]) -> None:
        gc.freeze()  # what the scheduler holds is shared with the new processes, not copied
        try:
            for workload in workload_list:
                self._start(workload)
        finally:
            gc.unfreeze()

    def _start(self, workload: Any) -> None:
        process = FORK.Process(target=work, args=(workload,))
        process.start()
        self._working[workload.key] = (process, workload)
        for waiting in (self.queued_tasks, self.queued_callbacks, self.queued_connection_tests):
            waiting.pop(workload.key, None)
        if workload.running_state is not None:
            self.change_state(workload.key, workload.running_state)

    def sync(self) -> None:
        """Tell the scheduler of the processes that have ended since it last asked."""
        for key, (process, workload) in list(self._working.items()):
            if process.exitcode is not None:
                del self._working[key]
                self.change_state(key, workload.success_state if process.exitcode == 0 else workload.failure_state)
                process.close()

    def get_task_log(self, ti: Any, try_number: int) -> tuple[list[str], list[str]]:
        """Say that the file holds all of a running task's log, so that Airflow does not ask for it over the network."""
        return ["a running task writes to the same file"], []

    def end(self) -> None:
        """Wait for the tasks that are under way."""
        for process, _ in self._working.values():
            process.join()
        self.sync()

    def terminate(self) -> None:
        """Wait for nothing."""
