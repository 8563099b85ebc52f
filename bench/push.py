"""Pushes that are killed again and again, until 10,000 work orders are booked: how many are not there, or there twice?

Nothing is timed here. The harness is that of ``tests/integration/test_push_kill.py``.
"""

import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from rich.console import Console
from rich.table import Table

from bench.place import sandbox
from include.context import Context
from include.store import Store, migrate
from include.sync.pipeline import sync
from local import database
from local.sandbox import SandboxControl
from local.settings import ROOT
from tests.helpers.killable_process import KEY, KillableProcess, killable_processes
from tests.helpers.packages import PACKAGES
from tests.helpers.push_trials import DocumentCount, PushTrial, count_documents, kill_at_random
from tests.helpers.tenants import couple_tenant

ROUNDS, WAVES, WORK_ORDERS = 4, 10, 125  # for each package: 10,000 work orders in all
NAIVE, NAIVE_KILLS = 250, 60  # for each package
KILLS = 8  # a wave; half of them of two runs at once
MOST_POINTS, MOST_S = 500, 0.6  # until the kill; a work order is some 25 points, or 20 ms
APART_S = 600  # between waves, so that what was archived in one is not read again in the next
PATHS = ("/Order$", "/sales_invoices$")
FAULTS = ({"kind": "drop_after"}, {"kind": "status_after", "status": 500})
SHARE = 0.02
SEED = 6
PLACE = ROOT / ".local" / "bench-push"
say = Console(stderr=True)


@dataclass(frozen=True)
class TrialResult:
    """What came of one tenant's work orders, and how often it was killed or disturbed."""

    documents: DocumentCount
    kills: int
    faults: int = 0


def measure() -> dict[str, Any]:
    """Count what is lost or doubled when pushes are killed again and again."""
    started = time.monotonic()
    with _store() as context, killable_processes(context, 4) as runners:
        results = [result for number in range(ROUNDS) for result in _round(context, runners, number)]
        naive = _naive(context, runners)
    counts = [result.documents for result in results]
    return {
        "push": {
            "work_orders": sum(count.work_orders for count in counts),
            "kills": sum(result.kills for result in results),
            "missing": sum(len(count.missing) for count in counts),
            "double": sum(len(count.double) + len(count.strange) for count in counts),
            "naive_double": sum(len(result.documents.double) for result in naive),
            "unsettled": sum(len(count.unsettled) for count in counts),
            "faults": sum(result.faults for result in results),
            "naive_work_orders": sum(result.documents.work_orders for result in naive),
            "naive_kills": sum(result.kills for result in naive),
            "seconds": round(time.monotonic() - started),
        }
    }


def show(result: Mapping[str, Any]) -> Table:
    """Return a table of what was counted."""
    counts = result["push"]
    title = f"Pushes, {counts['kills']:,} times killed, {counts['faults']:,} faults beside"
    table = Table("", "Koppel", "should be", "a loop that posts and retries", title=title, title_justify="left")
    table.add_row("work orders", f"{counts['work_orders']:,}", "", f"{counts['naive_work_orders']:,}")
    table.add_row("without a document", f"{counts['missing']}", "0", "")
    table.add_row("with two or more", f"{counts['double']}", "0", f"{counts['naive_double']}")
    table.add_row("other than the ledger says", f"{counts['unsettled']}", "0", "")
    return table


@contextmanager
def _store() -> Iterator[Context]:
    try:
        url = database.create(database.start(PLACE), f"bench_{os.getpid()}")
        migrate(url)
        yield Context(Store(url), MultiFernet([Fernet(KEY)]), PLACE)
    finally:
        database.stop(PLACE)
        shutil.rmtree(PLACE, ignore_errors=True)


def _round(context: Context, runners: Sequence[KillableProcess], number: int) -> list[TrialResult]:
    """Run both packages beside each other on fresh sandboxes; every other round with faults on top of the kills."""
    rng = random.Random(SEED + number)
    with sandbox(quiet=True) as control, ThreadPoolExecutor(len(PACKAGES)) as threads:
        trials = _trials(context, control, runners, str(number))
        if number % 2:
            _add_faults(control)
        for wave in range(WAVES):
            control.call("POST", "clock", {"advance_s": APART_S})
            seeds = [random.Random(rng.random()) for _ in trials]
            with say.status(f"push: round {number + 1} of {ROUNDS}, wave {wave + 1} of {WAVES}"):
                list(threads.map(_wave, trials, seeds))
        hits = sum(fault["hits"] for fault in control.call("GET", "faults")["active"])
        return [TrialResult(count_documents(trial), trial.kills, hits if trial is trials[0] else 0) for trial in trials]


def _trials(
    context: Context, control: SandboxControl, runners: Sequence[KillableProcess], name: str
) -> list[PushTrial]:
    """Couple a tenant to each package, with two processes that work for it."""
    control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    coupled = [couple_tenant(context, control, package, f"{package}_{name}") for package in PACKAGES]
    for tenant in coupled:
        sync(context, tenant.tenant, "sync")
    return [PushTrial(tenant, runners[2 * n : 2 * n + 2]) for n, tenant in enumerate(coupled)]


def _add_faults(control: SandboxControl) -> None:
    faults = [kind | {"path": path, "method": "POST", "count": -1, "share": SHARE} for kind in FAULTS for path in PATHS]
    control.call("POST", "faults", faults)


def _wave(trial: PushTrial, rng: random.Random) -> None:
    """Work orders are archived, runs are killed, the last work order goes to another customer; then it is finished."""
    trial.ahead_s += APART_S
    trial.archive(WORK_ORDERS)
    kill_at_random(trial, rng, KILLS, MOST_POINTS, MOST_S)
    trial.move()
    trial.finish()


def _naive(context: Context, runners: Sequence[KillableProcess]) -> list[TrialResult]:
    """Kill and disturb a loop that keeps nothing but a list of what it posted; one process for each tenant."""
    with say.status("push: a naive loop"), sandbox(quiet=True) as control:
        trials = _trials(context, control, runners, "naive")
        _add_faults(control)
        for trial in trials:
            trial.program, trial.runners = "naive", trial.runners[:1]
            trial.archive(NAIVE)
            kill_at_random(trial, random.Random(SEED), NAIVE_KILLS, MOST_POINTS // 5, MOST_S / 5)
            trial.finish()
        return [TrialResult(count_documents(trial), trial.kills) for trial in trials]
