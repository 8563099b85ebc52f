"""Generates ports, secrets and the environment of a folder, once; they are kept until the folder is removed."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PREFERRED_PORTS = {"airflow": 8080, "sandbox": 8900, "worker_log": 8793, "trigger_log": 8794}


@dataclass(frozen=True)
class LocalSettings:
    """``generated`` holds ports and secrets, which are generated once."""

    folder: Path
    generated: Mapping[str, str]
    poll_interval_s: float

    @classmethod
    def of(cls, folder: Path, poll_interval_s: float = 2.0) -> "LocalSettings":
        """Read the settings of a folder, or generate them."""
        file = folder / "generated.json"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps(_generate()))
        return cls(folder, json.loads(file.read_text()), poll_interval_s)

    @property
    def airflow_url(self) -> str:
        return f"http://localhost:{self.generated['airflow_port']}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.generated['sandbox_port']}"

    def environment(self, server_uri: str) -> dict[str, str]:
        """Return the environment of every process of ours. ``server_uri`` is that of the Postgres server."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return inherited | {"PYTHONPATH": str(ROOT)} | self._koppel(server_uri) | self._airflow(server_uri)

    def _koppel(self, server_uri: str) -> dict[str, str]:
        return {
            "KOPPEL_STORE_URL": database_url(server_uri, "koppel"),
            "KOPPEL_KEYS": self.generated["koppel_key"],
            "KOPPEL_STATE": str(self.folder / "state"),
            "KOPPEL_POLL_INTERVAL_S": str(self.poll_interval_s),
        }

    def _airflow(self, server_uri: str) -> dict[str, str]:
        home = self.folder / "airflow"
        home.mkdir(parents=True, exist_ok=True)
        passwords = home / "passwords.json"
        passwords.touch(mode=0o600)
        passwords.write_text(
            json.dumps({"admin": self.generated["admin_password"], "viewer": self.generated["viewer_password"]})
        )
        values = {
            "CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__EXECUTOR": "plugins.task_processes.TaskProcessExecutor",
            "CORE__PARALLELISM": "8",
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "CORE__FERNET_KEY": self.generated["airflow_key"],
            "CORE__EXECUTION_API_SERVER_URL": f"{self.airflow_url}/execution/",
            "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "API__PORT": self.generated["airflow_port"],
            "API__HOST": "127.0.0.1",
            "API__BASE_URL": self.airflow_url,
            "API__SECRET_KEY": self.generated["session_secret"],
            "API_AUTH__JWT_SECRET": self.generated["jwt_secret"],
            "DATABASE__SQL_ALCHEMY_CONN": database_url(server_uri, "airflow"),
            "LOGGING__WORKER_LOG_SERVER_PORT": self.generated["worker_log_port"],
            "LOGGING__TRIGGER_LOG_SERVER_PORT": self.generated["trigger_log_port"],
            "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
            "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
            "SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "50",
            "USAGE_DATA_COLLECTION__ENABLED": "False",
        }
        return {"AIRFLOW_HOME": str(home)} | {f"AIRFLOW__{name}": value for name, value in values.items()}


def database_url(server_uri: str, name: str) -> str:
    """Return the server's URI for another database, with the driver that both Airflow and Koppel use."""
    before, _, query = server_uri.partition("?")
    base = before.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg2://")
    return f"{base}/{name}?{query}" if query else f"{base}/{name}"


def _generate() -> dict[str, str]:
    ports = {f"{name}_port": str(_free_port(port)) for name, port in PREFERRED_PORTS.items()}
    keys = {"koppel_key": Fernet.generate_key().decode(), "airflow_key": Fernet.generate_key().decode()}
    passwords = {name: secrets.token_urlsafe(9) for name in ("admin_password", "viewer_password")}
    return ports | keys | passwords | {name: secrets.token_hex(32) for name in ("session_secret", "jwt_secret")}


def _free_port(preferred: int) -> int:
    """Return the preferred port, or any that is free."""
    for port in (preferred, 0):
        try:
            with socket.create_server(("", port)) as probe:
                return int(probe.getsockname()[1])
        except OSError:
            continue
    raise OSError("no free port")
