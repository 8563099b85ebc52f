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
from local.settings import Settings
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def airflow_environment(postgres: str, store_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For a process in which Airflow is imported; its database is never touched."""
    folder = tmp_path_factory.mktemp("airflow")
    database.create(postgres, "airflow")
    environment = Settings.of(folder).environment(postgres)
    return environment | {"KOPPEL_STORE_URL": store_url, "KOPPEL_KEYS": Fernet.generate_key().decode()}


class Airflow:
    """Runs a piece of Python in which Airflow is configured as in production, and gives what it prints last."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def run(self, script: Path, **environment: str) -> Any:
        found = subprocess.run(
            [sys.executable, str(script)], env={**self.environment, **environment}, cwd=ROOT, capture_output=True,
            text=True, check=False, timeout=120,
        )  # fmt: skip
        assert found.returncode == 0, found.stderr[-3000:]
        return json.loads(found.stdout.splitlines()[-1])


@pytest.fixture
def airflow(airflow_environment: dict[str, str], context: Context) -> Airflow:
    """With two tenants in the store."""
    with context.store.begin() as tx:
        tenants.add(tx, "jansen", "Jansen & Zn <b>", "unit4", "active", context.now())
        tenants.add(tx, "devries", "De Vries", "rompslomp", "active", context.now())
    return Airflow(airflow_environment | {"KOPPEL_STATE": str(context.state)})
