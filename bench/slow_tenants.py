"""Tenants whose Simple-Simon drips or hangs beside those that answer: how long the others' work orders take (R3.13).

The watcher runs in this process as the triggerer runs it; what it announces is pushed by a few threads. HTTP is real,
Airflow is not there. First all tenants are well, then one in ten is not.
"""

import asyncio
import os
import random
import shutil
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.place import sandbox
from include.access.credentials import StoredCredentials
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess
from include.context import Context
from include.push.worker import push
from include.store import Store, StoreClock, migrate
from include.sync.pipeline import sync
from include.tenants.tenant import load
from include.watcher.polling import PollKind, Watcher
from local import database
from local.settings import ROOT
from tests.helpers.hostile_server import drip_body, hostile_server, silence
from tests.helpers.killable_process import KEY
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import CoupledTenant, couple_tenant
from tests.helpers.work_orders import archive_work_order

TENANTS = int(os.environ.get("KOPPEL_BENCH_TENANTS", "500"))
SLOW_SHARE = 10  # one in so many
INTERVAL_S, PHASE_S, SETTLE_S, APART_S = 10.0, 90.0, 60.0, 0.5
PUSHERS = 4
MOST_RATIO = 1.5
PLACE = ROOT / ".local" / "bench-slow"
say = Console(stderr=True)


def measure() -> dict[str, Any]:
    """Measure from archiving to the document, of the tenants that are well, without and with the others beside."""
    with ExitStack() as stack:
        context = stack.enter_context(_store())
        control = stack.enter_context(sandbox(quiet=True))
        control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
        with say.status(f"slow tenants: {TENANTS} tenants"), ThreadPoolExecutor(4) as threads:
            coupled = list(threads.map(lambda n: _coupled(context, control, n), range(TENANTS)))
        slow, well = coupled[::SLOW_SHARE], [each for n, each in enumerate(coupled) if n % SLOW_SHARE]
        with _watching(context):
            alone = _latencies(context, well)
            for n, each in enumerate(slow):
                address = stack.enter_context(hostile_server(drip_body if n % 2 else silence))
                _move_simon(each, address)
            beside = _latencies(context, well)
    p95 = {name: statistics.quantiles(seen, n=20)[-1] for name, seen in (("alone", alone), ("beside", beside))}
    return {
        "slow_tenants": {
            "tenants": TENANTS,
            "slow": len(slow),
            "alone_p95_s": round(p95["alone"], 2),
            "beside_p95_s": round(p95["beside"], 2),
            "ratio": round(p95["beside"] / p95["alone"], 2),
            "booked": [len(alone), len(beside)],
        }
    }


def show(result: Mapping[str, Any]) -> Table:
    """Return a table of what was measured."""
    measured = result["slow_tenants"]
    title = f"{measured['slow']} of {measured['tenants']} tenants drip or hang; a look every {INTERVAL_S:.0f} s"
    table = Table("", "Koppel", "should be", title=title, title_justify="left")
    table.add_row("p95 of the others, alone", f"{measured['alone_p95_s']} s", "")
    table.add_row("… beside the slow ones", f"{measured['ratio']} ×", f"at most {MOST_RATIO}")
    table.add_row("work orders that were booked", " and ".join(map(str, measured["booked"])), "")
    return table


@contextmanager
def _store() -> Iterator[Context]:
    try:
        store = Store(database.create(database.start(PLACE), f"bench_{os.getpid()}"))
        migrate(store.url)
        yield Context(store, MultiFernet([Fernet(KEY)]), PLACE, StoreClock(store))
    finally:
        database.stop(PLACE)
        shutil.rmtree(PLACE, ignore_errors=True)


def _coupled(context: Context, control: Any, number: int) -> CoupledTenant:
    coupled = couple_tenant(context, control, PACKAGES[number % len(PACKAGES)], f"tenant_{number}")
    sync(context, coupled.tenant, "sync", ["customers", "articles"])
    return coupled


def _move_simon(coupled: CoupledTenant, address: str) -> None:
    """Let a tenant's Simple-Simon be at another address."""
    stored = StoredCredentials[SimonAccess](coupled.context, coupled.tenant.id, registry.field_service())
    access = stored.read().model_copy(update={"base": address})
    with coupled.context.store.begin() as tx:
        stored.put(tx, access)


@contextmanager
def _watching(context: Context) -> Iterator[None]:
    """Run the watcher, and push what it announces, until the end."""
    ends = threading.Event()

    async def watch(threads: ThreadPoolExecutor) -> None:
        events = Watcher(context).events(INTERVAL_S)
        while not ends.is_set():
            event = await anext(events)
            if event.kind is PollKind.ARCHIVED:
                threads.submit(push, context, load(context, event.slug), f"bench {time.monotonic_ns()}")

    def run() -> None:
        with ThreadPoolExecutor(PUSHERS) as threads:
            asyncio.run(watch(threads))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ends.set()


def _latencies(context: Context, well: Sequence[CoupledTenant]) -> list[float]:
    """Archive for a while, each time for another tenant; return the seconds until its document was confirmed."""
    rng, began = random.Random(1), context.now()
    with say.status("slow tenants: work orders"):
        time.sleep(INTERVAL_S * 2)  # the looks under way are those of before
        end = time.monotonic() + PHASE_S
        while time.monotonic() < end:
            archive_work_order(rng.choice(well))
            time.sleep(APART_S)
        time.sleep(SETTLE_S)
    return _confirmed_since(context, began)


def _confirmed_since(context: Context, began: datetime) -> list[float]:
    query = text(
        "SELECT extract(epoch FROM coalesce(confirmed_at, now()) - archived_at) FROM ledger WHERE archived_at > :began"
    )
    with context.store.begin() as tx:
        return [float(seconds) for seconds in tx.execute(query, {"began": began}).scalars()]
