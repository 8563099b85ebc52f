"""The roles of the store: its owner migrates it, and all else works as a role that cannot change a table."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from include.context import Context
from include.push.worker import push
from include.store import Store
from include.sync.pipeline import sync
from local import database
from local.database import RoleUrls
from local.settings import ROOT, database_url
from tests.helpers.command_line import run_koppel
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, documents_of

NOT_OURS = {
    "add a column": "ALTER TABLE ledger ADD COLUMN x int",
    "drop": "DROP TABLE ledger",
    "empty": "TRUNCATE ledger",
    "index": "CREATE INDEX ON ledger (id)",
    "trigger": "ALTER TABLE ledger DISABLE TRIGGER ALL",
    "create": "CREATE TABLE own (id int)",
    "function": "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "become the owner": "SET ROLE koppel_test_owner",
    "read a file": "COPY tenants FROM '/etc/passwd'",
    "start a program": "COPY tenants FROM PROGRAM 'true'",
}


def test_koppel_works_without_owning_its_tables(coupled: CoupledTenant) -> None:
    """Architecture 2, 7: it works, from first synchronisation to document, as the role of api-server and tasks."""
    with coupled.context.store.begin() as tx:
        owners = text("SELECT current_user, array_agg(DISTINCT tableowner) FROM pg_tables WHERE schemaname = 'public'")
        assert tx.execute(owners).one() == ("koppel_test", ["koppel_test_owner"])
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled)
    push(coupled.context, coupled.tenant, "push")
    assert len(documents_of(coupled, made)) == 1


@pytest.mark.parametrize("change", NOT_OURS)
def test_the_role_of_the_processes_cannot_change_the_store(store_url: str, change: str) -> None:
    """Architecture 7: a process that was taken over changes no table, no right, and nothing outside its own rows."""
    with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"), Store(store_url).begin() as tx:
        tx.execute(text(NOT_OURS[change]))


def test_the_container_that_makes_the_databases_may_be_repeated(postgres: str, tmp_path: Path) -> None:
    """Architecture 7: its own command, on a real server: four roles with passwords, none an administrator."""
    subprocess.run([ROOT / "deploy" / "secrets.sh", tmp_path], check=True, capture_output=True)
    service = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())["services"]["databases"]
    script = service["command"][-1].replace("$$", "$").replace("/run/secrets", str(tmp_path))
    script = script.replace("/run/database.sql", str(ROOT / "deploy" / "database.sql"))
    url = make_url(postgres)
    server = {"PGHOST": str(url.query["host"]), "PGUSER": str(url.username)}
    for _ in range(2):
        environment = {"PATH": f"{database.psql().parent}:{os.environ['PATH']}", **server}
        subprocess.run([*service["command"][:-1], script], env=environment, check=True)
    engine = create_engine(database_url(postgres, "postgres"))
    with engine.connect() as connection:
        powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
        roles = text(f"SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM-%' AND NOT ({powers})")
        made = set(connection.execute(roles).scalars())
    engine.dispose()
    assert {"koppel", "koppel_owner", "airflow", "airflow_owner"} <= made


def test_neither_role_gets_into_another_database(postgres: str, store_roles: RoleUrls) -> None:
    """Architecture 7: the roles of Airflow's database do not see the store, nor those of the store Airflow's."""
    other = database.create_with_roles(postgres, "airflow_test")
    for url, name in ((other.app, "koppel_test"), (other.owner, "koppel_test"), (store_roles.app, "airflow_test")):
        engine = create_engine(database_url(url, name))
        with pytest.raises(OperationalError, match="permission denied for database"):
            engine.connect()
        engine.dispose()


def test_a_migration_says_that_it_takes_the_owner(context: Context, postgres: str) -> None:
    """R4.4: who migrates with the wrong role is told which it takes, without a trace."""
    empty = database.create_with_roles(postgres, "koppel_empty")
    refused = run_koppel(replace(context, store=Store(empty.app)), "migrate")
    assert refused.returncode == 1
    assert "KOPPEL_STORE_URL: koppel migrate takes the role that owns the database" in refused.stderr
    assert run_koppel(replace(context, store=Store(empty.owner)), "migrate").returncode == 0
    assert run_koppel(replace(context, store=Store(empty.app)), "tenants", "list", "--json").stdout.strip() == "[]"
