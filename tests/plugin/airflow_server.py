"""Airflow's own api-server app with our plugin in it, in this process, on a real port; nothing else of Airflow runs."""

import json
import os
import socket
import subprocess
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import uvicorn
from cryptography.fernet import Fernet

from local.settings import BIN, LocalSettings, database_url

PASSWORD = "geheim"
TIMEOUT_S = 120


@dataclass(frozen=True)
class AirflowServer:
    """``root`` is where the pages are."""

    address: str

    @property
    def root(self) -> str:
        return f"{self.address}/koppel"


class PageUser:
    """Somebody at a browser: the session's cookie, and nothing that a browser would not send."""

    def __init__(self, served: AirflowServer, name: str = "") -> None:
        self.root, self.origin, self.http, self.token = served.root, served.address, requests.Session(), ""
        if name:
            body = {"username": name, "password": PASSWORD}
            answer = self.http.post(f"{served.address}/auth/token", json=body, timeout=TIMEOUT_S)
            self.token = answer.json()["access_token"]
            self.http.cookies.set("_token", self.token, domain="127.0.0.1")

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.call("GET", path, **more)

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.http.request(method, self.root + path, timeout=TIMEOUT_S, allow_redirects=False, **more)


def environment_of_airflow(folder: Path, server_uri: str, store_url: str, users: Mapping[str, str]) -> dict[str, str]:
    """Of an Airflow with these users, name -> role; ``only_<tenant>`` has rights on that tenant alone."""
    made = LocalSettings.of(folder).environment(store_url, database_url(server_uri, "airflow")) | {
        "KOPPEL_KEYS": Fernet.generate_key().decode(),
        "AIRFLOW__CORE__AUTH_MANAGER": "tests.plugin.tenant_auth_manager.TenantAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in users.items()),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
    }
    passwords = Path(made["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    passwords.write_text(json.dumps(dict.fromkeys(users, PASSWORD)))
    return made


def run_airflow(environment: Mapping[str, str], *command: str) -> None:
    """Run one of Airflow's commands."""
    done = subprocess.run([str(BIN / "airflow"), *command], env=dict(environment), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@contextmanager
def serve_airflow(environment: Mapping[str, str]) -> Iterator[AirflowServer]:
    """The environment is that of this process from now on: Airflow reads its configuration when it is imported."""
    os.environ.update(environment)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own, while it is imported
        from airflow.api_fastapi.app import create_app

        app = create_app("core")
    listener = socket.create_server(("127.0.0.1", 0))
    web = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield AirflowServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
    web.should_exit = True
    thread.join(timeout=10)
