"""What tests share: the sandboxes on a real port, and tenants on a real Postgres that are coupled to them."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import uvicorn
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import create_engine, text

from include.context import Context
from include.store import Store, migrate
from include.store.tables import metadata
from local import database
from local.database import RoleUrls
from local.sandbox import registration_variables
from sandbox.server import Server, droppable_config
from tests.helpers.clock import FakeClock
from tests.helpers.command_line import COMMAND, StartKoppel, environment_of
from tests.helpers.encryption import KEY
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant, couple_tenant

os.environ["KOPPEL_USER"] = "anna"  # who gives commands: no test has a terminal
os.environ["KOPPEL_ALLOWED_HOSTS"] = "127.0.0.1"  # where the sandboxes are; of every process that a test starts
pytest_plugins = ["tests.helpers.running_airflow"]
hypothesis.settings.register_profile("koppel", deadline=None)  # a busy machine is no fault of ours
hypothesis.settings.load_profile("koppel")


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
def store_roles(postgres: str) -> RoleUrls:
    """Make a database with our tables; its URLs, by role."""
    urls = database.create_with_roles(postgres, "koppel_test")
    migrate(urls.owner)
    return urls


@pytest.fixture(scope="session")
def store_url(store_roles: RoleUrls) -> str:
    """Return the URL as which the product works: not as the owner of the tables."""
    return store_roles.app


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def context(request: pytest.FixtureRequest, store_roles: RoleUrls, tmp_path: Path, clock: FakeClock) -> Context:
    """Has empty tables and the key of the processes that a test starts; is registered with the vendors if marked so."""
    engine = create_engine(store_roles.owner)
    with engine.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()
    marked = request.node.get_closest_marker("registered_with_vendors")
    registration = registration_variables(request.getfixturevalue("sandbox").access) if marked else {}
    cipher = MultiFernet([Fernet(KEY)])
    return Context(Store(store_roles.app), cipher, tmp_path, clock.now, clock.slept_s.append, registered=registration)


@pytest.fixture
def couple(context: Context, sandbox: Sandbox) -> CoupleTenant:
    """``couple("unit4", article_groups=[...])`` adds a tenant with these settings."""

    def make(package: str, slug: str = "", **settings: Any) -> CoupledTenant:
        slug = slug or f"{package}_tenant"
        return couple_tenant(context, sandbox.control, package, slug, server=sandbox.server, **settings)

    return make


@pytest.fixture(params=PACKAGES)
def coupled(request: pytest.FixtureRequest, couple: CoupleTenant) -> CoupledTenant:
    """A tenant on each package in turn."""
    return couple(request.param)


@pytest.fixture
def start_koppel(context: Context) -> Iterator[StartKoppel]:
    """Starts a command that the test talks with; it is ended with the test."""
    processes, pipe = [], subprocess.PIPE

    def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
        env = environment_of(context) | environment
        process = subprocess.Popen([COMMAND, *arguments], env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks of our tests."""
    line = "registered_with_vendors: the installation's own registration with both packages is in the environment"
    config.addinivalue_line("markers", line)


MANY, SOME = 8, 4  # cases of one test, of which each ``KOPPEL_GRID``-th is run, and every other one
WHOLE_GRIDS = {"test_access.py", "test_closing.py"}  # each of whose cases is the only one of its kind


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect cases of tests on a real store or Airflow that have many of them, unless ``KOPPEL_GRID`` is 1."""
    step, seen = int(os.environ.get("KOPPEL_GRID", "1")), Counter[str]()
    kinds = {"integration", "plugin"}
    tests = [item for item in items if kinds & {*item.path.parts} and isinstance(item, pytest.Function)]
    sizes = Counter(f"{item.path}::{item.originalname}" for item in tests if item.path.name not in WHOLE_GRIDS)
    left_out = set[pytest.Item]()
    for item in tests:
        name = f"{item.path}::{item.originalname}"
        if _is_left_out(seen[name], sizes[name], step):
            left_out.add(item)
        seen[name] += 1
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=[*left_out])


def _is_left_out(index: int, size: int, step: int) -> bool:
    """Tell whether a case is none of the slice; of two packages that take turns, both are in it."""
    if step == 1 or size < SOME:
        return False
    return bool(index % step) if size >= MANY else bool((index + index // 2) % 2)
