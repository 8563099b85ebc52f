"""Runs that are taken up again, taken over, or ended by another; and what the one that lost may still do: nothing."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from include.errors import RunSuperseded, Transient
from include.http import Http
from include.runs import Run, RunKind, RunState
from include.store import runs
from include.sync.extract import extract
from include.sync.load import load
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from include.sync.transform import transform
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import (
    count_package_writes,
    count_reads,
    count_simon_writes,
    external_ids,
    logged_codes,
    simon_state,
    store_state,
)
from tests.helpers.tenants import CoupledTenant, CoupleTenant

pytestmark = pytest.mark.usefixtures("small_steps")


def pages(coupled: CoupledTenant) -> int:
    """Pages of five that the list of customers takes; with the empty one where no total tells the end."""
    return -(-coupled.accounting.listed_customers() // 5) + (not coupled.accounting.lists_announce_totals)


def half_extracted(coupled: CoupledTenant, sandbox: Sandbox, key: str, streams: list[str] | None = None) -> Run:
    """A run that stopped after two pages of customers: the third one fails for as long as short waits last."""
    fault = {"kind": "status", "status": 503, "path": coupled.accounting.customers_route, "skip": 2, "count": 5}
    sandbox.server.world.faults.add(fault)
    run = begin_sync(coupled.context, coupled.tenant, key, streams, full=True)
    with pytest.raises(Transient):
        extract(run, "customers")
    sandbox.server.world.faults.clear()
    return run


def further_steps(run: Run) -> Iterator[Callable[[], Any]]:
    """Everything that a run could still try, asking for itself again included."""
    yield lambda: transform(run)
    yield lambda: load(run)
    yield lambda: begin_sync(run.context, run.tenant, run.key, run.streams, full=True)
    with run.context.store.begin() as tx:
        complete = runs.progress(tx, run.id, "customers").complete
    if not complete:  # else there is nothing left for it to read
        yield lambda: extract(run, "customers")


def assert_powerless(run: Run, coupled: CoupledTenant) -> None:
    """Each further step raises RunSuperseded, and neither Simon nor the store changes."""
    before, mark = store_state(coupled), coupled.control.mark()
    for step in further_steps(run):
        with pytest.raises(RunSuperseded):
            step()
    assert count_simon_writes(coupled, mark) == {}
    assert store_state(coupled) == before


def test_a_run_of_the_same_selection_goes_on_where_the_other_stopped(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R5.3: only the pages that are not in yet are read, counted at the sandbox; the earlier run can do no more."""
    for package in PACKAGES:
        coupled, other = couple(package), couple(package, slug=f"{package}_undisturbed")
        sync(other.context, other.tenant, "one")
        earlier = half_extracted(coupled, sandbox, "one")
        mark = coupled.control.mark()
        later = begin_sync(coupled.context, coupled.tenant, "two", full=True)
        assert later.id == earlier.id
        assert_powerless(earlier, coupled)
        mark = coupled.control.mark()
        extract(later, "customers")
        assert count_reads(coupled, mark, coupled.accounting.customers_route) == pages(coupled) - 2
        sync(coupled.context, coupled.tenant, "two")
        assert count_reads(coupled, mark, coupled.accounting.customers_route) == pages(coupled) - 2
        assert simon_state(coupled) == simon_state(other)
        assert_powerless(earlier, coupled)


def test_a_run_of_another_selection_ends_the_earlier_one(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R6.3: one sync of a tenant at a time; what the earlier one had read is read again when it is asked for."""
    earlier = half_extracted(coupled, sandbox, "one")
    sync(coupled.context, coupled.tenant, "two", ["articles"])
    assert coupled.simon("Customer") == []
    assert_powerless(earlier, coupled)
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "three")
    assert count_reads(coupled, mark, coupled.accounting.customers_route) == pages(coupled)
    assert_powerless(earlier, coupled)


@pytest.mark.parametrize(("minutes", "again"), [(59, False), (61, True)])
def test_what_was_read_over_an_hour_ago_is_read_anew(
    coupled: CoupledTenant, sandbox: Sandbox, minutes: int, again: bool
) -> None:
    """R5.3: by the store's own clock; rows of another moment are no listing."""
    earlier = half_extracted(coupled, sandbox, "one")
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE runs SET started_at = now() - make_interval(mins => :n)"), {"n": minutes})
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_reads(coupled, mark, coupled.accounting.customers_route) == pages(coupled) - (0 if again else 2)
    assert_powerless(earlier, coupled)


def test_a_finished_run_is_not_done_twice(coupled: CoupledTenant) -> None:
    """R1.10: the key of a run that came to its end, as after a kill between the last commit and the answer."""
    counts = sync(coupled.context, coupled.tenant, "one")
    before, mark = store_state(coupled), coupled.control.mark()
    assert sync(coupled.context, coupled.tenant, "one") == counts
    assert count_simon_writes(coupled, mark) == {}
    assert store_state(coupled) == before
    assert logged_codes(coupled, "success").count("sync.stream_done") == len(counts)


def test_a_run_that_is_superseded_in_a_batch_makes_no_duplicate(coupled: CoupledTenant, monkeypatch: Any) -> None:
    """R1.10: another run starts while this one is writing; it waits for the batch, and then this one writes no more."""
    once, posts, rival = Http._once, [0], []
    context, tenant = coupled.context, coupled.tenant

    def watched(http: Http, method: str, url: str, *rest: Any) -> Any:
        if method == "POST" and url.endswith("/Customer") and threading.current_thread().name.startswith("load"):
            posts[0] += 1
            if posts[0] == 3:
                rival.append(threading.Thread(target=sync, args=(context, tenant, "two")))
                rival[0].start()
                _until(lambda: not rival[0].is_alive() or _waiting(coupled))
        return once(http, method, url, *rest)

    monkeypatch.setattr(Http, "_once", watched)
    with pytest.raises(RunSuperseded):
        sync(context, tenant, "one")
    rival[0].join()
    ids = external_ids(coupled)
    assert len(ids) == len(set(ids))
    assert count_simon_writes(coupled)["POST Customer"] == len(coupled.simon("Customer"))


def _waiting(coupled: CoupledTenant) -> bool:
    """Whether somebody waits for a lock in the store."""
    with coupled.context.store.begin() as tx:
        return bool(tx.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def _until(reached: Callable[[], bool]) -> None:
    assert any(reached() for _ in range(20_000))


@pytest.mark.parametrize("keys", [["one"] * 4, ["one", "two", "three", "four"]], ids=["same key", "own keys"])
def test_runs_that_begin_together(coupled: CoupledTenant, keys: list[str]) -> None:
    """Architecture 5: the tasks of one run start at the same moment, and so may several runs; one is open after it."""
    start = threading.Barrier(len(keys))

    def begin_one(key: str) -> Run:
        start.wait()
        return begin_sync(coupled.context, coupled.tenant, key, full=True)

    with ThreadPoolExecutor(len(keys)) as threads:
        begun = list(threads.map(begin_one, keys))
    with coupled.context.store.begin() as tx:
        latest = runs.latest(tx, coupled.tenant.id, RunKind.SYNC)
        open_runs = runs.lock_open(tx, coupled.tenant.id)
    assert latest
    assert [run.id for run in open_runs] == [latest.id]
    assert {run.id for run in begun} == {latest.id}


def test_a_run_that_was_taken_over_is_never_the_latest(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.3: the status shows the run that goes on."""
    half_extracted(coupled, sandbox, "one")
    begin_sync(coupled.context, coupled.tenant, "two", full=True)
    with coupled.context.store.begin() as tx:
        latest = runs.latest(tx, coupled.tenant.id, RunKind.SYNC)
        assert latest
        assert (latest.key, latest.state) == ("two", RunState.OPEN)
        assert runs.progress(tx, latest.id, "customers").read == 10


def test_a_finished_sync_leaves_nothing_of_it_in_staging(coupled: CoupledTenant) -> None:
    """Architecture 5: rows are staged for the length of a run; and nothing went to the package (R1.1)."""
    sync(coupled.context, coupled.tenant, "one")
    assert store_state(coupled)["staged"] == store_state(coupled)["open"] == []
    assert count_package_writes(coupled) == 0
