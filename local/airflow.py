"""Airflow's REST API, as far as the demo and the end-to-end tests need it."""

import time
from collections.abc import Mapping
from typing import Any

import requests

ENDED = ("success", "failed")


class AirflowApi:
    """Signed in as one user."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url, self._session = url, requests.Session()
        body = {"username": user, "password": password}
        answer = self._session.post(f"{url}/auth/token", json=body, timeout=30)
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, json: Any = None) -> Any:
        """The JSON of the answer. Raises requests.HTTPError."""
        answer = self._session.request(method, f"{self._url}/api/v2/{path}", json=json, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def dag_ids(self) -> set[str]:
        return {dag["dag_id"] for dag in self.call("GET", "dags?limit=1000")["dags"]}

    def wait_for_dags(self, wanted: set[str], limit_s: float = 90) -> None:
        """Raises TimeoutError."""
        end = time.monotonic() + limit_s
        while not wanted <= self.dag_ids():
            if time.monotonic() > end:
                raise TimeoutError(f"no DAG {', '.join(wanted - self.dag_ids())} after {limit_s:.0f} s")
            time.sleep(0.5)

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """The new run's id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        return str(self.call("POST", f"dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def wait(self, dag_id: str, run_id: str, limit_s: float = 180) -> str:
        """The state in which the run ended. Raises TimeoutError."""
        end = time.monotonic() + limit_s
        while (state := str(self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"])) not in ENDED:
            if time.monotonic() > end:
                raise TimeoutError(f"{dag_id} {run_id} is {state} after {limit_s:.0f} s")
            time.sleep(0.5)
        return state

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """Latest first."""
        return list(self.call("GET", f"dags/{dag_id}/dagRuns?order_by=-id&limit=100")["dag_runs"])

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str]:
        found = self.call("GET", f"dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return {instance["task_id"]: instance["state"] for instance in found}

    def task_log(self, dag_id: str, run_id: str, task_id: str) -> list[dict[str, Any]]:
        """The lines of a task's first try."""
        path = f"dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/1?full_content=true"
        return [line for line in self.call("GET", path)["content"] if isinstance(line, dict)]
