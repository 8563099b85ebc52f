"""Run by the tests in a process of its own: loads the DAG files as Airflow does, and prints what they hold as JSON."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from sqlalchemy import event
from sqlalchemy.engine import Engine

statements: list[str] = []


@event.listens_for(Engine, "before_cursor_execute")
def _keep_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    statements.append(statement)


def load_dags(files: list[Path]) -> dict[str, Any]:
    """The DAGs of these files, their import errors, and the statements about tenants that each file sent."""
    loaded: dict[str, Any] = {"dags": {}, "errors": [], "statements": {}}
    for file in files:
        statements.clear()
        bag = DagBag(str(file))
        loaded["statements"][file.name] = [s for s in statements if "tenants" in s]
        loaded["errors"] += list(bag.import_errors.values())
        loaded["dags"] |= {dag_id: _about(dag) for dag_id, dag in bag.dags.items()}
    return loaded


def _about(dag: Any) -> dict[str, Any]:
    return {
        "name": dag.dag_display_name,
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "owner": dag.owner,
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "schedule": getattr(dag.timetable, "expression", None),
        "starts_on": [asset.name for asset in getattr(dag.timetable.asset_condition, "objects", ())],
        "tasks": {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks},
        "retries": min(task.retries for task in dag.tasks),
        "policies": all(task.retry_policy is not None for task in dag.tasks if task.retries),
        "slots": {task.task_id: (task.pool, _weight(task), task.retries) for task in _as_scheduled(dag).tasks},
        "what": dag.params.get_param("what").dump() if "what" in dag.params else None,
        "serialized": len(json.dumps(DagSerialization.to_dict(dag))),
    }


def _as_scheduled(dag: Any) -> Any:
    return DagSerialization.from_dict(DagSerialization.to_dict(dag))


def _weight(task: Any) -> int:
    """The weight by which the scheduler orders it among the tasks of all DAGs."""
    return int(task.weight_rule.get_weight(SimpleNamespace(task=task)))


if __name__ == "__main__":
    print(json.dumps(load_dags(sorted(Path(os.environ["DAG_FILES"]).glob("*.py")))))
