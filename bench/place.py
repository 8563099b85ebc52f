"""Where is measured: the sandboxes in a process of their own, the embedded Postgres, and a tenant coupled to both."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg2
import requests
from cryptography.fernet import Fernet

from include.context import Context
from include.installation import Installation
from include.runs import supersede_open
from include.store import migrate
from include.store.engine import engine
from include.tenants.tenant import Tenant, load
from local import database
from local.sandbox import SandboxControl
from local.settings import ROOT
from tests.helpers.tenants import activate_at_once

FOLDER = ROOT / ".local" / "bench"
PAGE_SIZE = 500
SANDBOX = frozenset({"127.0.0.1"})


@dataclass(frozen=True)
class Place:
    """A tenant to measure on; ``administration`` of Unit4 holds ``customers`` customers, and its sign-in."""

    context: Context
    installation: Installation
    control: SandboxControl
    administration: dict[str, str]
    slug: str
    simon: dict[str, str]
    customers: int

    @property
    def tenant(self) -> Tenant:
        """The tenant as it works: with all streams."""
        return load(self.context, self.slug)

    @property
    def lists_only(self) -> Tenant:
        """The tenant of which only the lists are read."""
        return lists_only(self.tenant)

    @property
    def licence(self) -> str:
        return self.simon["key"]

    @property
    def url(self) -> str:
        """The address of our database, as psycopg2 takes it."""
        return self.context.store.url.replace("postgresql+psycopg2://", "postgresql://")

    @property
    def customers_url(self) -> str:
        return f"{self.control.access['unit4']['base']}/api/{self.administration['database']}/CustomerInfoList"

    def as_json(self) -> str:
        """Return what a process of its own takes to measure here."""
        own = self.installation
        installation = {"store_url": own.store_url, "keys": own.keys, "state": str(own.state)}
        return json.dumps({"installation": installation, "slug": self.slug})

    def token(self) -> str:
        """Return a fresh access token of the administration."""
        base = self.control.access["unit4"]["base"]
        form = {"grant_type": "refresh_token", **{name: self.control.access["unit4"][name] for name in _CLIENT}}
        form["refresh_token"] = self.administration["refresh_token"]
        return str(requests.post(f"{base}/OAuth/Token", data=form, timeout=60).json()["access_token"])

    def delay(self, ms: int) -> None:
        """Let every page of customers take so much longer from now on; 0 is no delay."""
        self.control.call("DELETE", "faults")
        if ms:
            fault = {"kind": "delay", "delay_ms": ms, "count": -1, "path": "CustomerInfoList"}
            self.control.call("POST", "faults", [fault])

    def requests(self, since: int) -> dict[str, int]:
        """Count the requests of each kind that the sandboxes answered since a mark, signing in left out."""
        counts = self.control.call("GET", f"requests?since={since}")["counts"]
        return {kind: sum(row[kind] for row in counts) for kind in ("read", "write")}

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Execute one statement outside any transaction; return its rows, if it has any."""
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def rows_written(self) -> dict[str, int]:
        """Return how many rows were inserted, updated or deleted so far, by table; Postgres itself counts them."""
        self.settle()
        query = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables"
        return dict(self.sql(query))

    def settle(self) -> None:
        """Close our connections: when they end, Postgres has counted what they did."""
        engine(self.context.store.url).dispose()
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        while self.sql(f"{others} AND backend_type = 'client backend'") != [(0,)]:
            time.sleep(0.05)

    def tidy(self, *tables: str) -> None:
        """Bring Postgres to where a measurement begins: no run open, nothing staged, nothing left to clear away."""
        with self.context.store.begin() as tx:
            supersede_open(tx, self.tenant.id)
        for table in ("staged", *tables):
            self.sql(f"VACUUM (ANALYZE) {table}")
        self.sql("CHECKPOINT")


def context_of(installation: dict[str, Any]) -> Context:
    """Return the context of an installation that a process of its own was given."""
    keys, state = tuple(installation["keys"]), Path(installation["state"])
    return Context.from_environment(Installation(installation["store_url"], keys, state, allowed_hosts=SANDBOX))


_CLIENT = ("client_id", "client_secret")


def lists_only(tenant: Tenant) -> Tenant:
    """Return a tenant without what is read under each customer, so that a run reads just the lists."""
    return replace(tenant, package=replace(tenant.package, child_streams=()))


@contextmanager
def surroundings() -> Iterator[Callable[[int], Place]]:
    """Yield a function that makes a place with so many customers; stop and clear everything afterwards."""
    with sandbox() as control:
        server = database.start(FOLDER)
        names: list[str] = []
        try:

            def make(customers: int) -> Place:
                names.append(f"bench_{os.getpid()}_{len(names)}")
                return _coupled(control, database.create(server, names[-1]), customers)

            yield make
        finally:
            database.stop(FOLDER)
            shutil.rmtree(FOLDER, ignore_errors=True)


@contextmanager
def sandbox(quiet: bool = False) -> Iterator[SandboxControl]:
    """Start the sandboxes; ``quiet`` when requests are going to be broken off, of which they complain."""
    command = [sys.executable, "-m", "cli", "sandbox", "--port", "0", "--json"]
    complaints = subprocess.DEVNULL if quiet else None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, cwd=ROOT) as process:
        assert process.stdout is not None
        access = json.loads(process.stdout.readline())
        try:
            yield SandboxControl(access["unit4"]["base"].removesuffix("/unit4/V23"), access)
        finally:
            process.terminate()


def _coupled(control: SandboxControl, url: str, customers: int) -> Place:
    migrate(url)
    installation = Installation(url, (Fernet.generate_key().decode(),), FOLDER, allowed_hosts=SANDBOX)
    context = Context.from_environment(installation)
    administration = control.call("POST", "unit4/administrations", {"description": "Benchmark"})
    control.call("POST", "unit4/fill", {"account": administration["database"], "customers": customers})
    simon = control.new_simon("Benchmark")
    access = {**control.package_access("unit4"), "refresh_token": administration["refresh_token"]}
    spec = {
        "company": "Benchmark",
        "package": "unit4",
        "settings": {"administration": administration["database"]},
        "package_access": access,
        "simon_access": simon,
    }
    tenant = activate_at_once(context, "bench", spec, "bench")
    return Place(context, installation, control, administration, tenant.slug, simon, customers)
