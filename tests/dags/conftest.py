"""Airflow as a library: a home of its own on the embedded Postgres, nothing running."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from include.context import Context
from include.store import tenants
from local import database
from local.settings import LocalSettings
from tests.helpers.paths import ROOT


@pytest.fixture(scope="session")
def airflow_environment(postgres: str, store_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For a process in which Airflow is imported; its database is never touched."""
    folder = tmp_path_factory.mktemp("airflow")
    environment = LocalSettings.of(folder).environment(store_url, database.create(postgres, "airflow"))
    return environment | {"KOPPEL_KEYS": Fernet.generate_key().decode()}


class AirflowProcess:
    """Loads the DAG files in a process in which Airflow is configured as in production."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def load_dags(self, **environment: str) -> dict[str, Any]:
        """What ``load_dags.py`` says of the DAG files, with more variables in its environment."""
        process = subprocess.run(
            [sys.executable, str(Path(__file__).parent / "load_dags.py")],
            env={**self.environment, "DAG_FILES": str(ROOT / "dags"), **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert process.returncode == 0, process.stderr[-3000:]
        return dict(json.loads(process.stdout.splitlines()[-1]))


@pytest.fixture
def airflow(airflow_environment: dict[str, str], context: Context) -> AirflowProcess:
    """Airflow, with two tenants in the store."""
    with context.store.begin() as tx:
        tenants.add(tx, "jansen", "Jansen & Zn <b>", "unit4", status="active", active_since=context.now())
        tenants.add(tx, "devries", "De Vries", "rompslomp", status="active", active_since=context.now())
    return AirflowProcess(airflow_environment | {"KOPPEL_STATE": str(context.state)})


@pytest.fixture
def loaded(airflow: AirflowProcess) -> dict[str, Any]:
    """The DAG files as they are loaded for the scheduler."""
    return airflow.load_dags()
