"""No secret stands in what a running Airflow wrote: its folder, its database, ours, and its REST answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from include.store import credentials
from local import database as server
from local.settings import database_url
from tests.helpers.running_airflow import RunningAirflow
from tests.helpers.tenants import CoupledTenant

OURS = ("generated.json", "koppel.env", "passwords.json")  # where this installation keeps its own secrets, on purpose
PRINTED = "sandbox.log"  # the sandbox prints its log-ins


@pytest.fixture
def secrets(running: RunningAirflow) -> set[str]:
    """What tenants signed in with, what vendors gave the installation, the tokens of the moment, and the keys."""
    secrets = {running.stack.settings.generated["koppel_key"]}
    for tenant in running.tenants.values():
        secrets |= of_tenant(running, tenant)
    for system, access in running.stack.access.items():
        wanted = ("client_secret", "personal_token", "refresh_token", "pwd", "api_key", "key")
        secrets |= {str(access[name]) for name in wanted if name in access and (system, name) != ("simon", "pwd")}
    assert len(secrets) > 10
    return secrets


def of_tenant(running: RunningAirflow, tenant: CoupledTenant) -> set[str]:
    """From the encrypted documents, so that tokens that were renewed meanwhile are among them."""
    with running.context.store.begin() as tx:
        rows = [row.encrypted for row in credentials.listing(tx, tenant.tenant.id)]
    secrets: set[str] = set()
    for encrypted in rows:
        access: dict[str, Any] = json.loads(running.context.cipher.decrypt(encrypted))
        secrets |= {v for n, v in access.items() if n in ("key", "api_key") or n.endswith(("_token", "_secret"))}
    return secrets


def is_searched(running: RunningAirflow, file: Path) -> bool:
    """Not PostgreSQL's own files, of which the next test reads the contents."""
    own = file.relative_to(running.stack.folder).parts[0] == "postgres"
    return file.is_file() and not own and file.name not in (*OURS, PRINTED)


def test_no_secret_stands_in_files(running: RunningAirflow, secrets: set[str]) -> None:
    """Architecture 7: task logs, component logs, and whatever else Airflow leaves behind."""
    for slug in running.tenants:
        assert running.run(f"sync__{slug}")[1] == "success"
    searched = [file for file in running.stack.folder.rglob("*") if is_searched(running, file)]
    assert len([file for file in searched if file.suffix == ".log"]) > 10
    contents = {file: file.read_bytes() for file in searched}
    assert [file for file, content in contents.items() if b"sync__unit4" in content]  # or the search proves nothing
    for file, content in contents.items():
        assert not [secret[:8] for secret in secrets if secret.encode() in content], file


@pytest.mark.parametrize("database", ["airflow", "koppel"])
def test_no_secret_stands_in_the_databases(running: RunningAirflow, secrets: set[str], database: str) -> None:
    """Architecture 7: XCom, runs and their conf, rendered fields, logs, assets: every row of every table."""
    ways = [(secret[:8], way) for secret in secrets for way in (secret, secret.encode().hex())]
    engine = create_engine(database_url(server.start(running.stack.folder), database))
    with engine.connect() as connection:
        tables = (
            connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
        )
        texts = {
            name: "\n".join(connection.exec_driver_sql(f'SELECT t::text FROM "{name}" t').scalars()) for name in tables
        }
    assert len(texts) > 10
    assert [name for name, text in texts.items() if "Bedrijf unit4" in text]  # or the search proves nothing
    for name, text in texts.items():
        assert not [start for start, way in ways if way in text], name
    engine.dispose()


def test_no_secret_stands_in_rest_answers(running: RunningAirflow, coupled: CoupledTenant, secrets: set[str]) -> None:
    """Architecture 7: a DAG, its runs, their tasks and what those left behind, connections, variables."""
    dag = f"dags/sync__{coupled.slug}"
    run = f"{dag}/dagRuns/{running.airflow.runs(f'sync__{coupled.slug}')[0]['dag_run_id']}"
    tasks = f"{run}/taskInstances"
    for path in (dag, f"{dag}/details", run, tasks, f"{tasks}/load/xcomEntries", "connections", "variables"):
        text = json.dumps(running.airflow.call("GET", path))
        assert not [secret[:8] for secret in secrets if secret in text], path
