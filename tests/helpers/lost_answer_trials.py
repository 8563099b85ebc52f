"""A work order whose answer is lost, in a package whose search lags, among runners of every kind: what comes of it?"""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from include.context import Context
from include.errors import IntegrationError
from include.http import Http, TimeBudget
from include.push import push_run
from include.push.worker import push
from include.store import ledger
from tests.helpers.clock import FakeClock
from tests.helpers.snapshots import count_package_writes
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, reference_of

LAGS_S = (0, 20, 75, 150, 600, 3600)
FAULTS: dict[str, dict[str, Any]] = {
    "dropped after it was stored": {"kind": "drop_after"},
    "500 after it was stored": {"kind": "status_after", "status": 500},
    "answered after the time-out": {"kind": "late", "delay_ms": 600},
}
RUNNERS = ("one", "two", "stalled", "clocks apart")
TIMEOUT_S = 0.3
MOST_WORK_ORDERS = 16
APART = timedelta(minutes=6)
# what passes between the moments at which somebody looks, as the watcher does all the time
MOMENTS_S = (0, 10, 30, 60, 120, 200, 300, 400, 601, 660, 700, 800, 880, 901, 1000, 1200, 1800, 2700, 3601, 4500, 7200)
MOMENTS_S += (10_800, 14_400, 28_800)


@dataclass(frozen=True)
class LostAnswerCell:
    """Says what comes together. ``busy``: work orders are archived all the time, so that there is evidence."""

    package: str
    lag_s: int
    fault: str
    runners: str
    busy: bool


@dataclass(frozen=True)
class LostAnswerResult:
    """``missing`` and ``double`` count work orders by their documents; ``held``: a person was asked meanwhile.

    ``state`` is where the work order is at the end, ``open`` what is open of it, ``sent`` how often it was sent.
    """

    missing: int
    double: int
    held: bool
    state: str
    open: set[str]
    sent: int


@dataclass
class LostAnswerTrial:
    """Lets a cell happen for a tenant with a clock that the sandbox follows."""

    coupled: CoupledTenant
    clock: FakeClock
    cell: LostAnswerCell

    held: bool = False
    work_orders: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._contexts = [self.coupled.context]
        if self.cell.runners in ("two", "clocks apart"):
            ahead = APART if self.cell.runners == "clocks apart" else timedelta()
            self._contexts.append(replace(self.coupled.context, now=lambda: self.clock.now() + ahead))

    def run(self) -> LostAnswerResult:
        """Let the answer of a work order be lost, and time pass until somebody would have noticed."""
        control, mark = self.coupled.control, self.coupled.control.mark()
        self.work_orders.append(archive_work_order(self.coupled))
        path = self.coupled.accounting.documents_path
        self.coupled.accounting.lag_searches(self.cell.lag_s)
        control.call("POST", "faults", [{"method": "POST", "path": path, "count": 1, **FAULTS[self.cell.fault]}])
        with _impatient():
            if self.cell.runners == "stalled":
                self._stall()
            for before, after in pairwise(MOMENTS_S):
                self._look()
                self._let_pass(after - before)
                if self.cell.busy and len(self.work_orders) < MOST_WORK_ORDERS:
                    self.work_orders.append(archive_work_order(self.coupled, Description=f"Ander werk om {after} s"))
            self._look()
        return self._result(count_package_writes(self.coupled, mark) - len(self.work_orders) + 1)

    def _look(self) -> None:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(self._push, self._contexts))
        with self.coupled.context.store.begin() as tx:
            self.held = self.held or bool(ledger.counts(tx, self.coupled.tenant.id).get("held"))

    def _push(self, context: Context) -> None:
        with suppress(IntegrationError):
            push(context, self.coupled.tenant, "run")

    def _let_pass(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        self.coupled.control.call("POST", "clock", {"advance_s": seconds})

    def _stall(self) -> None:
        """A runner stands still in the middle of its call, or just before it, for longer than its lease."""
        stalled, go_on = threading.Event(), threading.Event()
        once = Http._once

        def standing_still(http: Http, method: str, url: str, *rest: Any) -> Any:
            if method == "POST" and not stalled.is_set() and "OAuth" not in url and "oauth" not in url:
                stalled.set()
                go_on.wait(30)
            return once(http, method, url, *rest)

        Http._once = standing_still  # type: ignore[method-assign]
        try:
            runner = threading.Thread(target=self._push, args=(self.coupled.context,))
            runner.start()
            stalled.wait(30)
            for _ in range(2):
                self._let_pass(400)
                self._look()
            go_on.set()
            runner.join(60)
        finally:
            Http._once = once  # type: ignore[method-assign]

    def _result(self, sent: int) -> LostAnswerResult:
        number, counted = self.work_orders[0]["Number"], Counter(each.reference for each in self.coupled.documents())
        documents = [counted[reference_of(work_order)] for work_order in self.work_orders]
        with self.coupled.context.store.begin() as tx:
            entry = ledger.latest_of(tx, self.coupled.tenant.id, number)
        return LostAnswerResult(
            missing=documents.count(0),
            double=sum(count > 1 for count in documents),
            held=self.held,
            state=entry.state if entry else "not entered",
            open={problem.code for problem in self.coupled.open_problems() if problem.record == number},
            sent=sent,
        )


@contextmanager
def _impatient() -> Iterator[None]:
    """Wait shortly for answers and turns, as a test has no minutes."""
    make, turn_s = Context.http, push_run.TURN_S

    def http(context: Context, patient: bool = True, budget: TimeBudget | None = None) -> Http:
        return replace(make(context, patient, budget), timeout_s=TIMEOUT_S)

    Context.http, push_run.TURN_S = http, 0.1  # type: ignore[method-assign]
    try:
        yield
    finally:
        Context.http, push_run.TURN_S = make, turn_s  # type: ignore[method-assign]
