"""The watcher: who has work orders to send and whose master data changed, looked at for all tenants in one loop."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from include.connectors import registry
from include.connectors.unit4.settings import Unit4Settings
from include.context import Context
from include.local_time import latest_moment
from include.push.worker import push
from include.store import sync_state
from include.store.sync_state import SyncState
from include.sync.extract import extract
from include.sync.pipeline import sync
from include.sync.run import begin_announced, begin_sync
from include.sync.schedule import daily_at, full_is_due, own_minute, poll_is_due
from include.tenants.states import TenantState
from include.tenants.tenant import Tenant
from include.watcher.pending_runner import PendingRunner
from include.watcher.polling import POLLS, PollKind, Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.polling import poll_all
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import archive_anywhere


def test_only_who_has_work_is_announced(couple: CoupleTenant) -> None:
    """R3.1, architecture 4: no work, no run; one event for the tenant that has some."""
    quiet, busy = couple("unit4", slug="quiet"), couple("rompslomp", slug="busy")
    watcher = Watcher(quiet.context)
    assert poll_all(watcher) == []
    archive_anywhere(busy)
    assert poll_all(watcher) == ["busy"]


def test_said_once_then_again_after_a_minute(couple: CoupleTenant, clock: FakeClock) -> None:
    """Architecture 4: the event is a hint that may get lost, so it is repeated, but not at every look."""
    coupled = couple("unit4")
    watcher = Watcher(coupled.context)
    archive_anywhere(coupled)
    assert poll_all(watcher) == [coupled.slug]
    clock.advance(seconds=30)
    assert poll_all(watcher) == []
    clock.advance(seconds=31)
    assert poll_all(watcher) == [coupled.slug]


def test_new_work_is_announced_at_once(couple: CoupleTenant, clock: FakeClock) -> None:
    """R6.2: it is announced, also shortly after another announcement."""
    coupled = couple("unit4")
    watcher = Watcher(coupled.context)
    archive_anywhere(coupled)
    assert poll_all(watcher) == [coupled.slug]
    clock.advance(seconds=2)
    archive_anywhere(coupled)
    assert poll_all(watcher) == [coupled.slug]


def test_nothing_is_announced_after_it_was_handled(couple: CoupleTenant, clock: FakeClock) -> None:
    """Architecture 4: what was sent or refused is no reason for another run."""
    coupled = couple("unit4")
    watcher = Watcher(coupled.context)
    archive_anywhere(coupled)
    poll_all(watcher)
    push(coupled.context, coupled.tenant, "run")
    clock.advance(minutes=2)
    assert poll_all(watcher) == []


def test_one_tenants_trouble_is_not_anothers(couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.13, R7.1: a refused log-in is one line with an action, and the other tenant is watched as before."""
    broken, fine = couple("unit4", slug="broken"), couple("rompslomp", slug="fine")
    sandbox.server.world.faults.add({"kind": "status", "status": 403, "path": "/login$", "count": 1})
    watcher = Watcher(broken.context)
    assert watcher.poll("archived", "broken") is False
    archive_anywhere(fine)
    assert poll_all(watcher) == ["fine"]
    assert [row.code for row in broken.log("error")] == ["connection.forbidden"]
    assert fine.log("error") == []
    clock.advance(minutes=11)
    archive_anywhere(broken)
    assert "broken" in poll_all(watcher)


def test_a_look_asks_once_and_waits_shortly(context: Context) -> None:
    """R3.13: a look is repeated soon anyway."""
    http = context.http(patient=False)
    assert (http.timeout_s, http.waiting_s) == (10, 0)


def test_inactive_tenants_are_not_watched(couple: CoupleTenant) -> None:
    """R5.5: deactivating takes effect at once."""
    coupled = couple("unit4")
    archive_anywhere(coupled)
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = 'inactive'"))
    assert poll_all(Watcher(coupled.context)) == []
    assert poll_all(Watcher(coupled.context), "changed") == []


def test_a_new_tenants_first_sync_starts_by_itself(coupled: CoupledTenant) -> None:
    """R5.3, R6.1: nobody has to trigger it; once done, it is not announced again."""
    watcher = Watcher(coupled.context)
    assert poll_all(watcher, "changed") == [coupled.slug]
    sync(coupled.context, coupled.tenant, "first", full=None)
    assert poll_all(watcher, "changed") == []


def test_an_unchanged_package_starts_nothing(couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R6.1, R1.10: Unit4 is looked at every five minutes; only a change is announced."""
    coupled = couple("unit4", sync_at="03:00")
    clock.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    sync(coupled.context, coupled.tenant, "first")
    watcher = Watcher(coupled.context)
    clock.advance(minutes=6)
    poll_all(watcher, "changed")  # the fingerprint of the first sync was not known yet: one run that changes nothing
    sync(coupled.context, coupled.tenant, "second", full=None)
    for _ in range(10):
        clock.advance(minutes=6)
        assert poll_all(watcher, "changed") == []
    sandbox.package("unit4").rename_customer("1001", "Andere Naam B.V.")
    clock.advance(minutes=6)
    assert poll_all(watcher, "changed") == [coupled.slug]
    counts = sync(coupled.context, coupled.tenant, "third", full=None)
    assert counts["customers"]["changed"] == 1
    clock.advance(minutes=6)
    assert poll_all(watcher, "changed") == []


def test_a_look_reads_each_list_once(couple: CoupleTenant, clock: FakeClock) -> None:
    """R6.1: four requests and nothing written, however many records there are."""
    coupled = couple("unit4", sync_at="03:00")
    clock.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    sync(coupled.context, coupled.tenant, "first")
    clock.advance(minutes=6)
    mark = coupled.control.mark()
    poll_all(Watcher(coupled.context), "changed")
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    assert sum(row["read"] for row in counts if row["service"] == "unit4") == 4
    assert sum(row["write"] for row in counts) == 0


def test_rompslomp_is_read_once_a_day(couple: CoupleTenant, clock: FakeClock) -> None:
    """R6.1: at the tenant's own minute, and not before."""
    coupled = couple("rompslomp", sync_at="04:30")
    clock.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    sync(coupled.context, coupled.tenant, "first")
    watcher = Watcher(coupled.context)
    clock.at = datetime(2026, 11, 22, 3, 29, tzinfo=UTC)  # 04:29 in Amsterdam
    assert poll_all(watcher, "changed") == []
    clock.advance(minutes=1)
    assert poll_all(watcher, "changed") == [coupled.slug]
    sync(coupled.context, coupled.tenant, "second", full=None)
    clock.advance(hours=1)
    assert poll_all(watcher, "changed") == []


def test_what_another_did_meanwhile_is_not_done_again(couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R1.10, R6.1: of two announcements of one change that waited for a slot, the second one does nothing."""
    coupled = couple("unit4", sync_at="03:00")
    clock.at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    sync(coupled.context, coupled.tenant, "first")
    clock.advance(minutes=6)
    poll_all(Watcher(coupled.context), "changed")
    sync(coupled.context, coupled.tenant, "second", full=None)
    sandbox.package("unit4").rename_customer("1001", "Andere Naam B.V.")
    clock.advance(minutes=6)
    assert poll_all(Watcher(coupled.context), "changed") == [coupled.slug]
    choices = coupled.tenant.package.choices
    run = begin_announced(coupled.context, coupled.tenant, "announced", choices)
    assert run is not None
    assert sync(coupled.context, coupled.tenant, "announced", full=None)["customers"]["changed"] == 1
    again = begin_announced(coupled.context, coupled.tenant, "announced", choices)
    assert again is not None
    assert again.finished  # a task of the same run goes on where that is
    assert begin_announced(coupled.context, coupled.tenant, "announced again", choices) is None
    sandbox.package("unit4").rename_customer("1001", "Weer Anders B.V.")
    clock.advance(minutes=6)
    assert poll_all(Watcher(coupled.context), "changed") == [coupled.slug]
    assert begin_announced(coupled.context, coupled.tenant, "another change", choices) is not None


def test_a_failed_run_is_announced_again(couple: CoupleTenant, clock: FakeClock) -> None:
    """R6.1: what was announced and did not succeed is said again later."""
    coupled = couple("rompslomp")
    watcher = Watcher(coupled.context)
    assert poll_all(watcher, "changed") == [coupled.slug]
    run = begin_sync(coupled.context, coupled.tenant, "run")
    extract(run, "articles")  # and then it breaks off for good
    clock.advance(minutes=2)
    assert poll_all(watcher, "changed") == []
    clock.advance(minutes=19)
    assert poll_all(watcher, "changed") == [coupled.slug]


def test_an_announcement_that_got_lost_is_repeated(couple: CoupleTenant, clock: FakeClock) -> None:
    """R6.1: nobody may have listened yet, as when a tenant is new."""
    coupled = couple("rompslomp")
    watcher = Watcher(coupled.context)
    assert poll_all(watcher, "changed") == [coupled.slug]
    clock.advance(seconds=30)
    assert poll_all(watcher, "changed") == []
    clock.advance(seconds=31)
    assert poll_all(watcher, "changed") == [coupled.slug]


@given(minutes=st.integers(0, 60 * 24 * 7), seconds=st.integers(0, 59))
def test_the_daily_moment_comes_once_a_day(minutes: int, seconds: int) -> None:
    """R6.1: whatever the moment, everything read just before it is due again within a day, and not twice."""
    tenant = _plain_tenant()
    done = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(
        minutes=minutes, seconds=seconds
    )  # around the change of clocks
    state = SyncState(full_at=done)
    assert not full_is_due(tenant, state, done)
    due = [hour for hour in range(1, 51) if full_is_due(tenant, state, done + timedelta(hours=hour))]
    assert due
    assert due[0] <= 25
    first = done + timedelta(hours=due[0])
    assert latest_moment(first, daily_at(tenant)) > done


@given(start=st.integers(0, 10_000), steps=st.lists(st.integers(1, 400), max_size=40))
def test_polls_come_about_every_five_minutes(start: int, steps: list[int]) -> None:
    """R6.1: they are never made twice within a minute, and never later than the period."""
    tenant = _plain_tenant()
    now = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=start)
    last = now
    for step in steps:
        now += timedelta(seconds=step)
        due = poll_is_due(tenant, SyncState(polled_at=last), now)
        passed = (now - last).total_seconds()
        assert due or passed < 300
        assert not due or passed >= 60
        last = now if due else last


def _plain_tenant() -> Tenant:
    package = registry.package("unit4")
    return Tenant(
        id=1,
        slug="jansen",
        company="Jansen",
        status=TenantState.ACTIVE,
        active_since=None,
        package=package,
        settings=Unit4Settings(administration="M"),
        settings_version=1,
    )


def test_tenants_are_spread() -> None:
    """R6.1: a thousand tenants do not start in the same minutes."""
    minutes = [own_minute(f"tenant_{number}") for number in range(1000)]
    assert len(set(minutes)) > 600
    assert max(minutes.count(minute) for minute in set(minutes)) < 8


def test_every_kind_of_poll_has_its_turns(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2.1, R6: a kind that was forgotten would never poll, and say nothing of it; so would the pending operations."""
    assert set(POLLS) == set(PollKind)
    counts: Counter[str] = Counter()

    async def start_polls(_watcher: Watcher, kind: PollKind, *_: object, **__: object) -> None:
        counts[kind] += 1

    async def start_due(*_: object) -> None:
        counts["operations"] += 1

    monkeypatch.setattr(Watcher, "start_polls", start_polls)
    monkeypatch.setattr(PendingRunner, "start_due", start_due)

    async def turns() -> None:
        waiting = asyncio.ensure_future(anext(Watcher(context).events(0.01)))
        while min(counts[name] for name in (*POLLS, "operations")) < 2:
            await asyncio.sleep(0.01)
        waiting.cancel()

    asyncio.run(asyncio.wait_for(turns(), 20))


def test_what_was_watched_is_kept(coupled: CoupledTenant) -> None:
    """Architecture 3: the watcher's memory is in the store, so a restart changes nothing."""
    sync(coupled.context, coupled.tenant, "first")
    with coupled.context.store.begin() as tx:
        state = sync_state.get(tx, coupled.tenant.id)
    assert state.full_at == state.synced_at is not None
