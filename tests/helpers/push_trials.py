"""Work orders by the dozen, runs that are killed, and a count at the package: does each have its one document?"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from sqlalchemy import text

from include.store import ledger
from tests.helpers.killable_process import KillableProcess
from tests.helpers.tenants import CoupledTenant, call_simon

LEASE_S = 360  # after so long whatever a dead run held is free again
MOST_RUNS = 8  # that nobody kills, the last of them a day later; more is a ledger that never gets empty
PLACES = 2  # customers that work orders are made for, in turn


@dataclass
class PushTrial:
    """One tenant with an administration to itself, and all its archived work orders, by reference."""

    coupled: CoupledTenant
    runners: Sequence[KillableProcess]
    program: str = "push"
    without: str = ""
    ahead_s: float = 0.0
    kills: int = 0
    work_orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        rows = [row for row in self.coupled.simon("Location") if row["CustomerId"]][:PLACES]
        self._places = [{"CustomerId": row["CustomerId"], "LocationId": row["Id"]} for row in rows]
        self._next = cycle(self._places)

    def archive(self, number: int = 1) -> None:
        """Archive so many new work orders."""
        for _ in range(number):
            made = self.coupled.archive(Description="Cv-ketel nazien", **next(self._next))
            self.work_orders[f"WB-{made['Number']}-{made['Id']}"] = made

    def move(self) -> None:
        """The office takes the last work order out of the archive, gives it to another customer, and archives it."""
        made = list(self.work_orders.values())[-1]
        place = next(place for place in self._places if place["LocationId"] != made["LocationId"])
        self.coupled.control.call("POST", f"unarchive/{made['Id']}")
        path = f"WorkOrder({made['Id']})"
        call_simon(self.coupled, "PUT", path, {**call_simon(self.coupled, "GET", path), **place})
        self.coupled.control.call("POST", f"archive/{made['Id']}")

    def run(self, **order: Any) -> dict[str, Any]:
        """One run with a key of its own; ``at`` or ``after_s`` is where it is killed."""
        self._begin(self.runners[0], f"run-{next(self._keys)}", **order)
        return self._end(self.runners[0])

    def run_all(self, same_key: bool = False, **order: Any) -> list[dict[str, Any]]:
        """A run in each of the processes, together: with a key each, or one key, as when an event comes twice."""
        key = next(self._keys)
        for number, runner in enumerate(self.runners):
            self._begin(runner, f"run-{key}" if same_key else f"run-{key}-{number}", **order)
        return [self._end(runner) for runner in self.runners]

    def _begin(self, runner: KillableProcess, key: str, **order: Any) -> None:
        options = {"ahead_s": self.ahead_s, "without": self.without, **order}
        runner.begin(self.program, self.coupled.slug, key, **options)

    def _end(self, runner: KillableProcess) -> dict[str, Any]:
        answer = runner.end()
        self.kills += "signal" in answer
        return answer

    def finish(self) -> None:
        """Runs that nobody kills, two at once and with time passing, until nothing is due any more."""
        for number in range(MOST_RUNS):
            self.ahead_s += LEASE_S * 2**number
            self.archive()  # work goes on, which shows how far searches have come
            self.run_all(same_key=number % 2 == 1)
            if self.program != "push" or not self.due():
                return

    def due(self) -> int:
        """Entries of the ledger that are not at their end."""
        with self.coupled.context.store.begin() as tx:
            counts = ledger.counts(tx, self.coupled.tenant.id)
        return sum(number for state, number in counts.items() if state not in ledger.FINAL)


@dataclass(frozen=True)
class DocumentCount:
    """``strange`` are documents that belong to no work order, ``unsettled`` what the ledger says of a work order
    other than that it is confirmed, once, with the very document that is there."""

    work_orders: int
    missing: list[str]
    double: list[str]
    strange: list[str]
    unsettled: list[str]

    @property
    def right(self) -> bool:
        return not (self.missing or self.double or self.strange or self.unsettled)


def count_documents(trial: PushTrial) -> DocumentCount:
    """Count, at the package, the documents of each work order of a trial."""
    wanted, documents = trial.work_orders, trial.coupled.documents()
    counted = Counter(document.reference for document in documents)
    confirmed = _confirmed(trial.coupled)
    return DocumentCount(
        len(wanted),
        missing=[reference for reference in wanted if not counted[reference]],
        double=[reference for reference in wanted if counted[reference] > 1],
        strange=[reference for reference in counted if reference.startswith("WB-") and reference not in wanted],
        unsettled=[
            document.reference
            for document in documents
            if document.reference in wanted and confirmed.get(document.reference) != [document.id]
        ],
    )


def _confirmed(coupled: CoupledTenant) -> dict[str, list[str]]:
    query = "SELECT reference, array_agg(document_id) FROM ledger WHERE tenant_id = :tenant AND state = 'confirmed'"
    with coupled.context.store.begin() as tx:
        rows = tx.execute(text(f"{query} GROUP BY reference"), {"tenant": coupled.tenant.id})
        return {reference: list(ids) for reference, ids in rows}


def kill_at_every_point(trial: PushTrial, moved: Callable[[int], bool] = lambda _: False, only: str = "") -> list[str]:
    """A fresh work order for each point with ``only`` in its name, and a run that is killed there; all points of a run.

    Fresh work orders go first, so that the points of each run are those of its own. Tokens have expired each time. Of
    some the office changes the customer afterwards.
    """
    points = _on_a_new_one(trial)["points"]
    for at, name in enumerate(points, 1):
        if only in name:
            _on_a_new_one(trial, at=at)
            trial.ahead_s += 1
            if moved(at):
                trial.move()
    return list(points)


def _on_a_new_one(trial: PushTrial, **order: Any) -> dict[str, Any]:
    trial.archive()
    trial.coupled.control.call("POST", "expire-tokens")
    return trial.run(**order)


def kill_at_random(trial: PushTrial, rng: random.Random, times: int, most_points: int, most_s: float) -> None:
    """Runs over whatever is due, by turns killed at a random point, and two at once at random moments; time passes."""
    for number in range(times):
        if number % 2:
            trial.run(at=rng.randint(1, most_points))
        else:
            trial.run_all(after_s=rng.uniform(0.02, most_s))
        trial.ahead_s += rng.choice((31, LEASE_S))
