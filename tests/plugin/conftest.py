"""Airflow's own api-server app with our plugin in it, in this process, on a real port; nothing else of Airflow runs."""

import json
import os
import socket
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from cryptography.fernet import Fernet

from include.koppel import Koppel
from include.store import Store, tenants
from local import database
from local.settings import BIN, Settings
from tests.conftest import ROOT

USERS = {"admin": "admin", "op": "op", "user": "user", "viewer": "viewer", "only_jansen": "user", "only_devries": "viewer"}
SLUGS = {"jansen": ("Jansen & Zn", "unit4"), "devries": ("De Vries", "rompslomp"), "smit": ("Smit", "unit4")}
PASSWORD = "geheim"


@dataclass(frozen=True)
class Served:
    """``root`` is where the pages are."""

    address: str
    server: uvicorn.Server

    @property
    def root(self) -> str:
        return f"{self.address}/koppel"


class Person:
    """Somebody at a browser: the session's cookie, and nothing that a browser would not send."""

    def __init__(self, served: Served, name: str = "") -> None:
        self.root, self.origin, self.http = served.root, served.address, requests.Session()
        self.token = ""
        if name:
            answer = self.http.post(f"{served.address}/auth/token", json={"username": name, "password": PASSWORD})
            self.token = answer.json()["access_token"]
            self.http.cookies.set("_token", self.token, domain="127.0.0.1")

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.http.request(method, self.root + path, timeout=30, allow_redirects=False, **more)


@pytest.fixture(scope="session")
def airflow_home(postgres: str, store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An Airflow that knows the DAGs of three tenants; its environment is that of this process meanwhile."""
    folder = tmp_path_factory.mktemp("airflow-pages")
    database.create(postgres, "airflow")
    environment = Settings.of(folder).environment(postgres) | {
        "KOPPEL_STORE_URL": store_url,
        "KOPPEL_KEYS": Fernet.generate_key().decode(),
        "AIRFLOW__CORE__AUTH_MANAGER": "tests.plugin.separating.SeparatingAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    passwords = Path(environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    passwords.write_text(json.dumps(dict.fromkeys(USERS, PASSWORD)))
    add_tenants(Store(store_url))
    for command in (["db", "migrate"], ["dags", "reserialize"]):
        done = subprocess.run([str(BIN / "airflow"), *command], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
    before = dict(os.environ)
    os.environ.update(environment)
    yield environment
    os.environ.clear()
    os.environ.update(before)


def add_tenants(store: Store) -> None:
    with store.begin() as tx:
        for slug, (company, package) in SLUGS.items():
            if tenants.find(tx, slug) is None:
                made = tenants.add(tx, slug, company, package, "active", datetime(2026, 1, 1, tzinfo=UTC))
                tenants.save_settings(tx, made, {"administration": f"ADM-{slug}"}, "test")


@pytest.fixture(scope="session")
def served(airflow_home: dict[str, str]) -> Iterator[Served]:
    """Imported only now: Airflow reads its configuration when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own, while it is imported
        from airflow.api_fastapi.app import create_app

        app = create_app("core")
    listener = socket.create_server(("127.0.0.1", 0))
    web = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", web)
    web.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def office(koppel: Koppel, airflow_home: dict[str, str]) -> Koppel:
    """The three tenants, and nothing else in the store."""
    add_tenants(koppel.store)
    return koppel


@pytest.fixture
def person(served: Served, office: Koppel) -> Callable[..., Person]:
    """``person("viewer")`` has signed in; ``person()`` has not."""
    return lambda name="": Person(served, name)
