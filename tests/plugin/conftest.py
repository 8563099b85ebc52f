"""People at the pages of an Airflow that knows the DAGs of three tenants."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from include.context import Context
from include.store import Store, tenants
from local import database
from local.sandbox import registration_variables
from tests.helpers.sandboxes import Sandbox
from tests.plugin.airflow_server import AirflowServer, PageUser, environment_of_airflow, run_airflow, serve_airflow

USERS = {"admin": "admin", "op": "op", "user": "user", "viewer": "viewer"}
USERS |= {"only_jansen": "user", "only_devries": "viewer"}
SLUGS = {"jansen": ("Jansen & Zn", "unit4"), "devries": ("De Vries", "rompslomp"), "smit": ("Smit", "unit4")}


@pytest.fixture(scope="session")
def served(postgres: str, store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowServer]:
    """The environment of this process is Airflow's meanwhile."""
    database.create(postgres, "airflow")
    environment = environment_of_airflow(tmp_path_factory.mktemp("airflow-pages"), postgres, store_url, USERS)
    add_tenants(Store(store_url))
    run_airflow(environment, "db", "migrate")
    run_airflow(environment, "dags", "reserialize")
    before = dict(os.environ)
    with serve_airflow(environment) as there:
        yield there
    os.environ.clear()
    os.environ.update(before)


def add_tenants(store: Store) -> None:
    with store.begin() as tx:
        for slug, (company, package) in SLUGS.items():
            if tenants.find(tx, slug) is None:
                made = tenants.add(
                    tx, slug, company, package, status="active", active_since=datetime(2026, 1, 1, tzinfo=UTC)
                )
                tenants.save_settings(tx, made, {"administration": f"ADM-{slug}"}, "test")


@pytest.fixture
def office(context: Context, served: AirflowServer) -> Context:
    """The three tenants, and nothing else in the store."""
    add_tenants(context.store)
    return context


@pytest.fixture
def person(served: AirflowServer, office: Context) -> Callable[..., PageUser]:
    """``person("viewer")`` has signed in; ``person()`` has not."""
    return lambda name="": PageUser(served, name)


@pytest.fixture
def pages(served: Any, context: Context, sandbox: Sandbox) -> Iterator[Context]:
    """The pages on the store, the keys and the sandboxes of this test."""
    from plugins.koppel.app import app
    from plugins.koppel.dependencies import app_context

    context = replace(context, registered=registration_variables(sandbox.access))
    app.dependency_overrides[app_context] = lambda: context
    yield context
    app.dependency_overrides.clear()
