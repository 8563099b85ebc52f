"""A task that broke off for a reason nobody foresaw leaves a row in its tenant's integration log too."""

from typing import Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from include.context import Context, StoreAway
from include.errors import IntegrationError, TenantNotFound
from include.log.writer import IntegrationLog
from include.tenants.tenant import load


class TaskFailureListener:
    """Airflow calls it in the process of the task; the names of the arguments are Airflow's."""

    @hookimpl
    def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
        """Write the row, unless the error is one that wrote its own."""
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


class TaskFailurePlugin(AirflowPlugin):
    """Registers the listener."""

    name = "koppel_task_failures"
    listeners = [TaskFailureListener()]
