"""Calls Airflow's REST API, as far as the demo and the end-to-end tests need it."""

import time
from collections.abc import Mapping
from typing import Any

import requests

ENDED = ("success", "failed")


class AirflowApi:
    """Makes calls as one user, who is signed in by the constructor."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url, self._session = url, requests.Session()
        body = {"username": user, "password": password}
        response = self._session.post(f"{url}/auth/token", json=body, timeout=30)
        response.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {response.json()['access_token']}"

    def call(self, method: str, path: str, json: Any = None) -> Any:
        """Make a call and return the JSON of its response. Raises requests.HTTPError."""
        response = self._session.request(method, f"{self._url}/api/v2/{path}", json=json, timeout=30)
        response.raise_for_status()
        return response.json() if response.content else None

    def dag_ids(self) -> set[str]:
        """Return the ids of the DAGs that Airflow has parsed."""
        return {dag["dag_id"] for dag in self.call("GET", "dags?limit=1000")["dags"]}

    def wait_for_dags(self, dag_ids: set[str], limit_s: float = 90) -> None:
        """Wait until Airflow has parsed all of these. Raises TimeoutError."""
        end = time.monotonic() + limit_s
        while not dag_ids <= self.dag_ids():
            if time.monotonic() > end:
                raise TimeoutError(f"no DAG {', '.join(dag_ids - self.dag_ids())} after {limit_s:.0f} s")
            time.sleep(0.5)

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run and return its id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        return str(self.call("POST", f"dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def wait(self, dag_id: str, run_id: str, limit_s: float = 180) -> str:
        """Wait for a run and return the state in which it ended. Raises TimeoutError."""
        end = time.monotonic() + limit_s
        while (state := str(self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])) not in ENDED:
            if time.monotonic() > end:
                raise TimeoutError(f"{dag_id} {run_id} is {state} after {limit_s:.0f} s")
            time.sleep(0.5)
        return state

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Return the runs of a DAG, the latest first."""
        return list(self.call("GET", f"dags/{dag_id}/dagRuns?order_by=-id&limit=100")["dag_runs"])

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """Return the state of each task of a run."""
        instances = self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {instance["task_id"]: instance["state"] for instance in instances}

    def tries(self, dag_id: str, run_id: str) -> dict[str, int]:
        """Return how often each task of a run was tried."""
        instances = self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {instance["task_id"]: instance["try_number"] for instance in instances}

    def task_log(self, dag_id: str, run_id: str, task_id: str) -> list[dict[str, Any]]:
        """Return the log lines of a task's first try."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/1?full_content=true"
        return [line for line in self.call("GET", path)["content"] if isinstance(line, dict)]
