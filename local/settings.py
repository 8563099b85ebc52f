"""Generates the secrets and the environment of a folder, once; they are kept until the folder is removed."""

import getpass
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import make_url

from local.ports import LOOPBACK, Ports

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"


@dataclass(frozen=True)
class LocalSettings:
    """``generated`` holds the secrets, which are generated once."""

    folder: Path
    generated: Mapping[str, str]
    poll_interval_s: float
    ports: Ports

    @classmethod
    def of(cls, folder: Path, poll_interval_s: float = 2.0) -> "LocalSettings":
        """Read the settings of a folder, or generate them."""
        file = folder / "generated.json"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps(_generate()))
        return cls(folder, json.loads(file.read_text()), poll_interval_s, Ports(folder))

    @property
    def airflow_url(self) -> str:
        return f"http://localhost:{self.ports.number('airflow')}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.number('sandbox')}"

    def environment(self, store_url: str, airflow_store_url: str) -> dict[str, str]:
        """Return the environment of every process of ours, on these two databases."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return inherited | {"PYTHONPATH": str(ROOT)} | self._koppel(store_url) | self._airflow(airflow_store_url)

    def _koppel(self, store_url: str) -> dict[str, str]:
        return {
            "KOPPEL_STORE_URL": store_url,
            "KOPPEL_AIRFLOW_URL": self.airflow_url,
            "KOPPEL_ALLOWED_HOSTS": LOOPBACK,
            "KOPPEL_KEYS": self.generated["koppel_key"],
            "KOPPEL_USER": getpass.getuser(),
            "KOPPEL_STATE": str(self.folder / "state"),
            "KOPPEL_POLL_INTERVAL_S": str(self.poll_interval_s),
        }

    def _airflow(self, store_url: str) -> dict[str, str]:
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
            "API__PORT": str(self.ports.number("airflow")),
            "API__HOST": LOOPBACK,
            "API__BASE_URL": self.airflow_url,
            "API__SECRET_KEY": self.generated["session_secret"],
            "API_AUTH__JWT_SECRET": self.generated["jwt_secret"],
            "DATABASE__SQL_ALCHEMY_CONN": store_url,
            "LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
            "LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
            "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
            "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
            "SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP": "50",
            "USAGE_DATA_COLLECTION__ENABLED": "False",
        }
        return {"AIRFLOW_HOME": str(home)} | {f"AIRFLOW__{name}": value for name, value in values.items()}


def database_url(server_uri: str, name: str, role: str = "") -> str:
    """Return the server's URI for another database, or role, with the driver that both Airflow and Koppel use."""
    url = make_url(server_uri).set(drivername="postgresql+psycopg2", database=name)
    return (url.set(username=role) if role else url).render_as_string(hide_password=False)


def _generate() -> dict[str, str]:
    keys = {"koppel_key": Fernet.generate_key().decode(), "airflow_key": Fernet.generate_key().decode()}
    passwords = {name: secrets.token_urlsafe(9) for name in ("admin_password", "viewer_password")}
    return keys | passwords | {name: secrets.token_hex(32) for name in ("session_secret", "jwt_secret")}
