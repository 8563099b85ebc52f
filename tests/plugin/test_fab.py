"""Proves the pages' rights with FAB, the auth manager for more than a few people: its real class and roles."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local import database
from local.settings import ROOT
from tests.plugin.airflow_server import environment_of_airflow, run_airflow

FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
BOTH = ["devries", "jansen"]


@pytest.fixture(scope="module")
def rights(postgres: str, store_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """Return the tenants by person and right."""
    database.create(postgres, "airflow_fab")
    made = environment_of_airflow(tmp_path_factory.mktemp("airflow-fab"), postgres, store_url, {})
    url = database.database_url(postgres, "airflow_fab")
    made |= {"AIRFLOW__CORE__AUTH_MANAGER": FAB, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url}
    run_airflow(made, "db", "migrate")
    script = str(Path(__file__).with_name("fab_permissions.py"))
    done = subprocess.run([sys.executable, script], env=made, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-3000:]
    rights_of: dict[str, dict[str, list[str]]] = json.loads(done.stdout[done.stdout.index("{") :])
    return {name: {right: sorted(of) for right, of in each.items()} for name, each in rights_of.items()}


def test_a_role_of_one_tenant_sees_that_tenant_only(rights: dict[str, dict[str, list[str]]]) -> None:
    """R6.4, security: to read a tenant's DAG is to see the tenant, and no other."""
    assert rights["reader"]["visible"] == rights["reader"]["read"] == ["jansen"]
    assert rights["reader"]["operate"] == rights["reader"]["administer"] == []


def test_a_role_that_may_trigger_one_tenant(rights: dict[str, dict[str, list[str]]]) -> None:
    """R6.3, security: it triggers that one and no other."""
    assert rights["operator"]["operate"] == ["jansen"]
    assert rights["operator"]["administer"] == []


def test_fabs_own_roles(rights: dict[str, dict[str, list[str]]]) -> None:
    """Security: a viewer changes nothing; who may change Airflow's connections changes settings and credentials."""
    assert rights["viewer"]["read"] == BOTH
    assert rights["viewer"]["operate"] == rights["viewer"]["administer"] == []
    for name in ("op", "admin"):
        assert rights[name]["operate"] == rights[name]["administer"] == BOTH
    assert rights["public"]["visible"] == rights["public"]["read"] == []
