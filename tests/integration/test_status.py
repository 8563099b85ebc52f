"""What is known of a tenant's sync: how far it is, how long it will take, and the latest change seen."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.errors import Transient
from include.store import watermarks
from include.store.runs import Progress
from include.sync.extract import extract
from include.sync.pipeline import sync
from include.sync.progress import remaining, status
from include.sync.run import begin_sync
from include.sync.transform import transform
from tests.helpers.encryption import KEY
from tests.helpers.paths import ROOT
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
COLUMNS = {
    "stream",
    "read",
    "of",
    "new",
    "changed",
    "same",
    "corrected",
    "left_out",
    "rejected",
    "remaining",
    "linked",
    "seen",
}


def shown(coupled: CoupledTenant) -> dict[str, dict[str, Any]]:
    """What ``koppel tenants status --json`` shows, by stream."""
    environment = {**os.environ, "KOPPEL_STORE_URL": coupled.context.store.url, "KOPPEL_KEYS": KEY}
    command = [str(ROOT / "bin" / "koppel"), "tenants", "status", coupled.slug, "--json"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return {row["stream"]: row for row in json.loads(answer.stdout)}


def latest_change(coupled: CoupledTenant, table: str, field: str) -> str:
    """The highest date among the package's own records, as the status shows it."""
    days = [row[field] for row in coupled.control.package("unit4")[table]]
    return max(datetime.strptime(day, "%d-%m-%Y").replace(tzinfo=UTC) for day in days).isoformat(timespec="seconds")


def test_before_the_first_sync_there_is_nothing_to_show(coupled: CoupledTenant) -> None:
    """R5.3: no run yet is not an error."""
    assert status(coupled.context, coupled.tenant).run is None
    assert shown(coupled) == {}


def test_the_latest_change_is_kept_and_shown(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.11: it is shown for each stream; a later change raises it."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    rows = shown(coupled)
    assert all(set(row) == COLUMNS for row in rows.values())
    assert rows["customers"]["seen"] == latest_change(coupled, "customers", "dateChanged")
    assert rows["articles"]["seen"] == latest_change(coupled, "products", "lastUpdate")
    assert rows["customers"]["linked"] == len(coupled.simon("Customer"))
    assert rows["articles"]["linked"] == len(coupled.simon("Item"))
    assert all(row["remaining"] is None for row in rows.values())

    sandbox.control.call("POST", "clock", {"freeze": "2026-05-06T12:00:00+02:00"})
    row = sandbox.package("unit4").call("GET", "Customer/1004")
    sandbox.package("unit4").call("PUT", "Customer/1004", {**row, "telephone": "030-1"})
    sandbox.control.call("POST", "clock", {"run": True})
    sync(coupled.context, coupled.tenant, "two")
    assert shown(coupled)["customers"]["seen"] == "2026-05-06T00:00:00+00:00"


def test_the_latest_change_never_falls(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.11: not when the record that changed last is removed from the package."""
    coupled = couple("unit4")
    sandbox.control.call("POST", "clock", {"freeze": "2026-05-06T12:00:00+02:00"})
    row = sandbox.package("unit4").call("GET", "Customer/1004")
    sandbox.package("unit4").call("PUT", "Customer/1004", {**row, "telephone": "030-1"})
    sandbox.control.call("POST", "clock", {"run": True})
    sync(coupled.context, coupled.tenant, "one")
    before = status(coupled.context, coupled.tenant).latest_changes
    assert before["unit4", "customers"] == datetime(2026, 5, 6, tzinfo=UTC)
    sandbox.package("unit4").call("DELETE", "Customer/CustomerAndOrganization/1004")
    sync(coupled.context, coupled.tenant, "two")
    assert status(coupled.context, coupled.tenant).latest_changes == before


@given(days=st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_what_is_kept_is_the_highest_of_all(days: list[int]) -> None:
    """R1.11: a day is the start of it in UTC, so that days compare as moments."""
    moments = [watermarks.start_of(START.date() + timedelta(days=day)) for day in days]
    assert max(moments) == watermarks.start_of(START.date() + timedelta(days=max(days)))
    assert all(moment.tzinfo is UTC and moment.hour == 0 for moment in moments)


def test_the_store_keeps_the_highest(coupled: CoupledTenant) -> None:
    """R1.11: in whatever order they come, per system and stream."""
    marks = [START + timedelta(days=day) for day in (3, 1, 7, 7, 2)]
    with coupled.context.store.begin() as tx:
        for mark in marks:
            watermarks.raise_to(tx, coupled.tenant.id, "unit4", "customers", changed_at=mark)
        watermarks.raise_to(tx, coupled.tenant.id, "simple_simon", "customers", changed_at=START)
        assert watermarks.get(tx, coupled.tenant.id, "unit4", "customers") == max(marks)
        assert watermarks.get(tx, coupled.tenant.id, "simple_simon", "customers") == START


@pytest.mark.usefixtures("small_steps")
def test_reading_under_way_shows_an_estimate(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R5.3: read so many of the announced total, and how long the rest will take."""
    coupled = couple("rompslomp")
    sandbox.server.world.faults.add({"kind": "status", "status": 503, "path": "/contacts", "skip": 2, "count": 5})
    run = begin_sync(coupled.context, coupled.tenant, "one", full=True)
    with pytest.raises(Transient):
        extract(run, "customers")
    row = shown(coupled)["customers"]
    assert (row["read"], row["of"]) == (10, 12)
    assert row["remaining"] is not None


@pytest.mark.usefixtures("small_steps")
def test_writing_under_way_shows_an_estimate(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R5.3: written so many of those that are due; what is done shows none."""
    sandbox.server.world.faults.add(
        {"kind": "status", "status": 503, "path": "/odata/Customer", "skip": 7, "count": -1}
    )
    with pytest.raises(Transient):
        sync(coupled.context, coupled.tenant, "one")
    synced = status(coupled.context, coupled.tenant)
    assert synced.run
    assert synced.run.open
    progress = synced.streams["customers"]
    assert progress.due
    assert 0 < progress.new < progress.due
    assert remaining(progress, coupled.context.now())
    assert shown(coupled)["customers"]["remaining"] is not None
    sandbox.server.world.faults.clear()
    sync(coupled.context, coupled.tenant, "one")
    assert all(row["remaining"] is None for row in shown(coupled).values())


def test_the_status_of_a_run_that_only_read(coupled: CoupledTenant) -> None:
    """R5.3: what is in is shown before anything is written."""
    run = begin_sync(coupled.context, coupled.tenant, "one", full=True)
    for stream in run.streams:
        extract(run, stream)
    transform(run)
    synced = status(coupled.context, coupled.tenant)
    assert synced.linked == {}
    assert synced.streams["customers"].complete
    assert synced.streams["customers"].read > 0
    assert set(synced.streams) == {*run.streams, "work_addresses"}


COUNT = st.integers(0, 200_000)


@given(
    read=COUNT,
    announced=st.none() | COUNT,
    due=st.none() | COUNT,
    new=COUNT,
    complete=st.booleans(),
    passed=st.integers(-5, 10**6),
)
def test_an_estimate_makes_sense(
    read: int, announced: int | None, due: int | None, new: int, complete: bool, passed: int
) -> None:
    """R5.3: never negative, none when it is done or cannot be known, and in line with the rate."""
    progress = Progress(
        complete=complete, announced=announced, due=due, read=read, new=new, started_at=START, updated_at=START
    )
    left = remaining(progress, START + timedelta(seconds=passed))
    done, total = (new, due) if complete else (read, announced)
    if not total or not done or done >= total:
        assert left is None
        return
    assert left is not None
    assert left >= timedelta(0)
    if passed >= 0:
        assert abs(left.total_seconds() / (total - done) * done - passed) <= 1e-3 * max(passed, 1)


@given(first=st.integers(1, 999), second=st.integers(1, 999), passed=st.integers(1, 10**6))
def test_more_done_in_the_same_time_is_less_to_wait(first: int, second: int, passed: int) -> None:
    """R5.3: the estimate falls with progress."""
    now = START + timedelta(seconds=passed)
    estimates = [remaining(Progress(announced=1000, read=read, started_at=START), now) for read in (first, second)]
    assert all(estimates)
    assert (first <= second) == (estimates[0] >= estimates[1]) or estimates[0] == estimates[1]  # type: ignore[operator]
