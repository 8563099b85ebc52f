"""A task that broke off for a reason nobody foresaw leaves a row in its tenant's integration log too.

How the tasks for all tenants together end is noted as a sign of life, for the lookout to tell.
"""

from contextlib import suppress
from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from include.context import Context, StoreAway
from include.errors import IntegrationError, TenantNotFound
from include.fleet import PART as FLEET
from include.fleet import note_end
from include.log.writer import IntegrationLog
from include.tenants.tenant import load


class TaskFailureListener:
    """Airflow calls it in the process of the task; the names of the arguments are Airflow's."""

    @hookimpl
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        """Write the row, unless the error is one that wrote its own."""
        note_fleet(task_instance, failed=True)
        slug = task_instance.dag_id.partition("__")[2]
        if isinstance(error, IntegrationError) or not slug or error is None:
            return
        context = Context.from_environment()
        # the scheduler reports a task that it lost as a text
        name = error.splitlines()[0][:200] if isinstance(error, str) else type(error).__name__
        try:
            tenant = load(context, slug)
            log = IntegrationLog(context.store, tenant.id, slug, task_instance.run_id)
            task = f"{task_instance.dag_id}.{task_instance.task_id}"
            log.write("run.failed", task, reason=f"{name} in {task_instance.task_id}")
        except (StoreAway, TenantNotFound):
            return  # the task log has it

    @hookimpl
    def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
        """Note that a task for all tenants ended well."""
        note_fleet(task_instance, failed=False)


def note_fleet(task_instance: Any, *, failed: bool) -> None:
    """Note how a task of the DAG for all tenants ended; nothing of any other task."""
    if task_instance.dag_id == FLEET:
        with suppress(StoreAway):  # of which the lookout tells anyway
            note_end(Context.from_environment(), task_instance.task_id, failed=failed)


class TaskFailurePlugin(AirflowPlugin):
    """Registers the listener."""

    name = "koppel_task_failures"
    listeners = [TaskFailureListener()]
