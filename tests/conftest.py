"""What tests share: the sandboxes on a real port, and tenants on a real Postgres that are coupled to them."""

import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import uvicorn
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import create_engine, text

from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess, SimonClient
from include.context import Context
from include.http import Http
from include.log.problems import LogQuery, OpenProblem, open_problems
from include.store import Store, log_search, migrate
from include.store.log import LogRow
from include.store.log_search import LogRowFilter
from include.store.tables import metadata
from include.tenants.tenant import Tenant, load
from local import database
from local.sandbox import SandboxControl
from sandbox.server import Server, droppable_config
from tests.coupling import couple_at_once

hypothesis.settings.register_profile("koppel", deadline=None)  # a busy machine is no fault of ours
hypothesis.settings.load_profile("koppel")

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = tuple(registry.packages())
SETTINGS = {"travel_article": "REIS", "work_article": "UREN", "default_article": "VOORRIJ", "work_description": True}
SETTINGS |= {"cleanup_days": []}  # not by itself, should the tests run at night


@dataclass(frozen=True)
class Sandbox:
    """The running sandboxes: ``root`` is their address, ``server`` the object behind it."""

    root: str
    server: Server

    @property
    def access(self) -> dict[str, dict[str, Any]]:
        return self.server.access(self.root)

    @property
    def control(self) -> SandboxControl:
        return SandboxControl(self.root, self.access)


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """One server for the whole session, on a free port of the loopback address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server()
    web = uvicorn.Server(droppable_config(server.app))
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Sandbox(f"http://127.0.0.1:{listener.getsockname()[1]}", server)
    web.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """The sandboxes, as freshly started."""
    running_sandbox.server.reset()
    return running_sandbox


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URI of an embedded PostgreSQL of this session's own."""
    # not below pytest's own folder, which the user that Postgres runs as may not enter
    folder = Path(tempfile.mkdtemp(prefix="koppel-test-"))
    uri = database.start(folder)
    _trust_the_machine(uri)
    yield uri
    database.stop(folder)
    shutil.rmtree(folder)


def _trust_the_machine(uri: str) -> None:
    """Let Postgres not wait for the disk: tests kill our processes, never the machine."""
    engine = create_engine(database.create(uri, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def store_url(postgres: str) -> str:
    """A database with our tables."""
    url = database.create(postgres, "koppel_test")
    migrate(url)
    return url


@dataclass
class Surroundings:
    """The clock and the sleep of a test: nothing is waited for."""

    at: datetime | None = None
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at or datetime.now(UTC)

    def pass_time(self, **step: float) -> None:
        self.at = self.now() + timedelta(**step)


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings()


@pytest.fixture
def context(store_url: str, tmp_path: Path, surroundings: Surroundings) -> Context:
    """On empty tables."""
    engine = create_engine(store_url)
    with engine.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    cipher = MultiFernet([Fernet(Fernet.generate_key())])
    return Context(Store(store_url), cipher, tmp_path, surroundings.now, surroundings.slept.append)


@dataclass
class Coupled:
    """A tenant that is coupled to the sandboxes, with an empty Simple-Simon of its own."""

    context: Context
    control: SandboxControl
    slug: str
    package: str
    key: str  # its Simon's licence

    @property
    def tenant(self) -> Tenant:
        return load(self.context, self.slug)

    def simon(self, entity: str) -> list[dict[str, Any]]:
        return self.control.simon(self.key)[entity]

    def documents(self) -> list[dict[str, Any]]:
        return self.control.documents(self.package)

    def archive(self, **work_order: Any) -> dict[str, Any]:
        return self.control.archive_work_order(self.key, work_order)

    def log(self, severity: str | None = None) -> list[LogRow]:
        """Return the latest messages of the integration log."""
        with self.context.store.begin() as tx:
            return log_search.older(tx, LogRowFilter(tenants=(self.tenant.id,), severity=severity), None, 1000)[0]

    def open_problems(self) -> list[OpenProblem]:
        """Return the open problems, the one that was reported last first."""
        return open_problems(self.context, LogQuery({self.slug}), 1000)


def simon_call(coupled: Coupled, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """As a person at the office does in Simon."""
    simon = registry.field_service()
    vault = StoredCredentials[SimonAccess](coupled.context, coupled.tenant.id, simon)
    return SimonClient(vault, Http()).call(method, path, json=body)


Couple = Callable[..., Coupled]


@pytest.fixture
def couple(context: Context, sandbox: Sandbox) -> Couple:
    """``couple("unit4", article_groups=[...])`` adds a tenant with these settings."""

    def make(package: str, slug: str = "", **settings: Any) -> Coupled:
        return couple_to(context, sandbox.control, package, slug or f"{package}_tenant", **settings)

    return make


def couple_to(context: Context, control: SandboxControl, package: str, slug: str, **settings: Any) -> Coupled:
    """A tenant on the seeded administration, with an empty Simon of its own."""
    company = f"Bedrijf {slug} & Zn"
    simon = control.new_simon(company)
    given = {
        "company": company,
        "package": package,
        "settings": {"administration": control.administration(package), **SETTINGS, **settings},
        "package_access": control.package_access(package),
        "simon_access": simon,
    }
    couple_at_once(context, slug, given, "test")
    return Coupled(context, control, slug, package, simon["key"])


@pytest.fixture(params=PACKAGES)
def coupled(request: pytest.FixtureRequest, couple: Couple) -> Coupled:
    """A tenant on each package in turn."""
    return couple(request.param)
