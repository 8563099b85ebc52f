"""Lost answers in packages whose search lags, among runners of every kind: how many end in no document, or in two?

Nothing is timed here. The harness is that of ``tests/integration/test_push_lost_answers.py``.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
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
from tests.helpers.clock import FakeClock
from tests.helpers.killable_process import KEY
from tests.helpers.lost_answer_trials import (
    FAULTS,
    LAGS_S,
    RUNNERS,
    LostAnswerCell,
    LostAnswerResult,
    LostAnswerTrial,
)
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import couple_tenant

GRID = [LostAnswerCell(*values) for values in product(PACKAGES, LAGS_S, FAULTS, RUNNERS, (True, False))]
PLACE = ROOT / ".local" / "bench-push-lag"
say = Console(stderr=True)


def measure() -> dict[str, Any]:
    """Let every cell of the grid happen, and count what came of the work orders."""
    with _store() as context, sandbox(quiet=True) as control:
        results = []
        for number, cell in enumerate(GRID, 1):
            with say.status(f"push_lag: cell {number} of {len(GRID)}"):
                results.append(_result(context, control, cell, number))
    return {
        "push_lag": {
            "cells": len(results),
            "missing": sum(result.missing for result in results),
            "double": sum(result.double for result in results),
            "held": sum(result.held for result in results),
            "not_settled": sum(result.state != "confirmed" or bool(result.open) for result in results),
            "sent_twice": sum(result.sent > 1 for result in results),
        }
    }


def show(result: Mapping[str, Any]) -> Table:
    """Return a table of what was counted."""
    table = Table(title="Lost answers while the search lags")
    for name in result["push_lag"]:
        table.add_column(name.replace("_", " "), justify="right")
    table.add_row(*(f"{value:,}" for value in result["push_lag"].values()))
    return table


def _result(context: Context, control: SandboxControl, cell: LostAnswerCell, number: int) -> LostAnswerResult:
    """Take a tenant on fresh sandboxes through one cell."""
    control.call("POST", "reset", {})
    control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    clock = FakeClock()
    timed = replace(context, now=clock.now, sleep=clock.slept_s.append)
    coupled = couple_tenant(timed, control, cell.package, f"{cell.package}_{number}")
    sync(timed, coupled.tenant, "sync")
    return LostAnswerTrial(coupled, clock, cell).run()


@contextmanager
def _store() -> Iterator[Context]:
    """Start a database of its own."""
    shutil.rmtree(PLACE, ignore_errors=True)
    try:
        url = database.create(database.start(PLACE), "bench")
        migrate(url)
        yield Context(Store(url), MultiFernet([Fernet(KEY)]), PLACE)
    finally:
        database.stop(PLACE)
        shutil.rmtree(PLACE, ignore_errors=True)
