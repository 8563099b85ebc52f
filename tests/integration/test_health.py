"""Whether Koppel is at work, and that somebody is told when it is not: once, and once when it is well again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import create_engine, event, text, update

from include.context import Context
from include.errors import ChecksFailed
from include.fleet import for_each_active, note_end
from include.health.freshness import freshness
from include.health.installation import HealthCheck
from include.health.lookout import Lookout
from include.push.worker import push
from include.store import Store, signs_of_life, tables
from include.store.engine import TIMEOUTS, engine
from include.watcher.polling import Watcher
from include.watcher.sign_of_life import SignOfLife, Watchdog
from tests.helpers.clock import FakeClock
from tests.helpers.lookouts import clock_of, rounds, see_all, told
from tests.helpers.packages import PACKAGES
from tests.helpers.stub_server import StubReply, StubServer, json_reply
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import archive_work_order

HEALTHY = {part: {"status": "healthy"} for part in ("metadatabase", "scheduler", "triggerer", "dag_processor")}


def test_each_look_is_stored_in_one_statement(couple: CoupleTenant, context: Context) -> None:
    """Each round leaves a heartbeat, and of every tenant and kind when it was looked at and how that ended."""
    good, bad = couple("unit4"), couple("rompslomp")
    bad.control.call("POST", "faults", [{"kind": "status", "status": 401, "path": "(?i)login", "count": -1}])
    watcher = Watcher(context)
    for coupled in (good, bad):
        watcher.poll("archived", coupled.slug)
    statements: list[str] = []
    event.listen(engine(context.store.url), "before_cursor_execute", lambda *args: statements.append(args[2]))
    watcher.life.write(30)
    assert len([each for each in statements if "INSERT" in each]) == 2
    with context.store.begin() as tx:
        rows = {row.tenant_id: row for row in tx.execute(tables.looks.select())}
        beats = signs_of_life.heartbeats_of(tx)
    assert rows[good.tenant.id].code is None or rows[bad.tenant.id].code is not None
    assert set(rows) == {good.tenant.id, bad.tenant.id}
    assert beats["watcher"].every_s == 30


def test_a_round_that_cannot_be_stored_is_stored_later(ready: CoupledTenant) -> None:
    """Nothing of a look is lost while the database is away."""
    life = SignOfLife(ready.context)
    watcher = Watcher(ready.context)
    watcher.life = life
    watcher.poll("archived", ready.slug)
    life.context = replace(ready.context, store=Store("postgresql+psycopg2://nobody@127.0.0.1:1/none"))
    with pytest.raises(Exception, match="refused"):
        life.write(30)
    life.context = ready.context
    life.write(30)
    with ready.context.store.begin() as tx:
        assert len(tx.execute(tables.looks.select()).all()) == 1


def test_a_watcher_that_hangs_ends_its_process(context: Context) -> None:
    """The process that started it starts another one then."""
    life, ended, now = SignOfLife(context, came_round=0.0), [], [0.0]
    watchdog = Watchdog(life, end=lambda: ended.append(True), monotonic=lambda: now[0])
    now[0] = 299.0
    assert not watchdog.is_dead()
    now[0] = 301.0
    assert watchdog.is_dead()


def test_all_is_well(ready: CoupledTenant, lookout: Lookout, webhook: StubServer) -> None:
    """Silence means health: nothing is found, and nobody is told anything."""
    see_all(ready)
    assert rounds(lookout) == []
    assert webhook.seen == []


def test_a_silent_watcher_is_told_once_and_its_return_too(
    ready: CoupledTenant, lookout: Lookout, webhook: StubServer, clock: FakeClock
) -> None:
    """A stopped or hung triggerer is known within three minutes; a thing that lasts is not said again."""
    see_all(ready)
    assert rounds(lookout) == []
    clock.advance(seconds=100)
    assert "health.watcher_silent" in rounds(lookout, 5)
    assert sorted(told(webhook)) == [("alarm", "looks"), ("alarm", "watcher")]
    see_all(ready)
    assert rounds(lookout) == []
    assert sorted(told(webhook))[2:] == [("recovery", "looks"), ("recovery", "watcher")]


def test_a_work_order_that_is_late(
    ready: CoupledTenant, lookout: Lookout, webhook: StubServer, clock: FakeClock
) -> None:
    """Archived and not booked for five minutes, whatever the reason; what a person must repair is another thing."""
    archive_work_order(ready)
    see_all(ready)
    assert rounds(lookout) == []
    clock.advance(minutes=5)
    see_all(ready)
    assert rounds(lookout) == ["health.orders_late"]
    assert told(webhook) == [("alarm", "orders")]
    everyone, by_tenant = freshness(ready.context)
    assert everyone.late
    assert by_tenant[ready.slug].share == 0.0
    push(ready.context, ready.tenant, "push")
    see_all(ready)
    assert rounds(lookout) == []
    assert told(webhook)[1:] == [("recovery", "orders")]
    assert freshness(ready.context)[0].oldest_s is None


def test_the_share_that_was_in_time(ready: CoupledTenant, clock: FakeClock) -> None:
    """One work order in time: all of the budget is left."""
    archive_work_order(ready)
    see_all(ready)
    push(ready.context, ready.tenant, "push")
    office = freshness(ready.context)[1][ready.slug]
    assert (office.booked, office.share, office.budget) == (1, 1.0, 1.0)
    assert office.looked_s is not None
    assert office.master_data_s is not None


def test_a_wrong_key(ready: CoupledTenant, lookout: Lookout, webhook: StubServer) -> None:
    """A key that opens nothing keeps everything from being looked at: found at once, whatever else is green."""
    see_all(ready)
    wrong = replace(ready.context, cipher=MultiFernet([Fernet(Fernet.generate_key())]))
    lookout.check = replace(lookout.check, context=wrong)
    assert "health.keys" in rounds(lookout)
    assert ("alarm", "keys") in told(webhook)


def test_the_watcher_with_a_wrong_key_is_found(ready: CoupledTenant, lookout: Lookout, webhook: StubServer) -> None:
    """The key of the triggerer may be another than that of the lookout: its looks end with the same problem."""
    wrong = Watcher(replace(ready.context, cipher=MultiFernet([Fernet(Fernet.generate_key())])))
    wrong.poll("archived", ready.slug)
    wrong.life.write(30)
    assert "connection.undecryptable Simple-Simon" in {cause for _, cause in told_after(lookout, webhook)}


def told_after(lookout: Lookout, webhook: StubServer) -> list[tuple[str, str]]:
    rounds(lookout)
    return told(webhook)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql+psycopg2://nobody@127.0.0.1:1/none", "health.store_away"),
        ("read-only", "health.store_read_only"),
        ("locked", "health.store_read_only"),
    ],
)
def test_a_store_that_cannot_be_written(
    ready: CoupledTenant, lookout: Lookout, webhook: StubServer, monkeypatch: pytest.MonkeyPatch, url: str, code: str
) -> None:
    """Away, read-only or locked: somebody is told without it, once, and that it is well again."""
    see_all(ready)
    lookout.round()
    monkeypatch.setattr("include.store.condition.LONGEST_MS", 200)
    here = ready.context.store.url
    if url == "read-only":
        monkeypatch.setitem(TIMEOUTS, "default_transaction_read_only", "on")  # type: ignore[arg-type]
    broken = {"read-only": f"{here}{'&' if '?' in here else '?'}application_name=reader"}.get(url, url)
    engine = create_engine(here)
    with engine.connect() as forgotten:
        if url == "locked":
            forgotten.execute(text("LOCK TABLE heartbeats IN ACCESS EXCLUSIVE MODE"))
            broken = here
        away = replace(ready.context, store=Store(broken))
        lookout.check = replace(lookout.check, context=away)
        assert rounds(lookout, 4) == [code]
    engine.dispose()
    assert told(webhook) == [("alarm", "store")]
    lookout.check = replace(lookout.check, context=ready.context)
    see_all(ready)
    assert rounds(lookout) == []
    assert told(webhook) == [("alarm", "store"), ("recovery", "store")]


def test_a_disk_that_is_nearly_full(ready: CoupledTenant, lookout: Lookout) -> None:
    """Said while there is still room to act."""
    see_all(ready)
    lookout.check = replace(lookout.check, free_bytes=lambda _: 500 * 2**20)
    assert rounds(lookout) == ["health.store_full"]


def test_a_clock_that_is_off(ready: CoupledTenant, context: Context) -> None:
    """The clock of this machine is held against that of the database."""
    see_all(ready)
    check = HealthCheck(context, 30.0, wall_clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert [finding.code for finding in check.findings()] == ["health.clock"]


def test_tables_of_another_version(ready: CoupledTenant, context: Context, store_url: str) -> None:
    """Older or newer ones: nothing is believed of them."""
    see_all(ready)
    check = HealthCheck(context, 30.0)
    with context.store.begin() as tx:
        [(version,)] = tx.execute(text("SELECT version_num FROM alembic_version"))
        tx.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        assert [finding.code for finding in check.findings()] == ["health.migrations"]
    finally:
        with context.store.begin() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (json_reply(HEALTHY | {"scheduler": {"status": "unhealthy"}}), ["scheduler"]),
        (json_reply({}), ["metadatabase", "scheduler", "triggerer", "dag_processor"]),
        (StubReply(500, b"<html>"), ["api-server"]),
        (json_reply(HEALTHY), []),
    ],
)
def test_the_parts_of_airflow(ready: CoupledTenant, webhook: StubServer, reply: StubReply, cause: list[str]) -> None:
    """Asked at Airflow's own health; what it does not name is not healthy."""
    see_all(ready)
    webhook.answer(reply)
    check = HealthCheck(ready.context, 30.0, webhook.url)
    assert [finding.cause for finding in check.findings()] == cause


@pytest.mark.parametrize("package", PACKAGES)
def test_a_paused_coupling_worries_nobody(
    couple: CoupleTenant, lookout: Lookout, package: str, context: Context
) -> None:
    """Nobody looks at it, and that is as somebody decided."""
    coupled = couple(package)
    see_all(coupled)
    with context.store.begin() as tx:
        tx.execute(update(tables.tenants).values(paused_at=context.now()))
    clock_of(lookout).advance(hours=1)
    SignOfLife(context).write(30)
    assert "health.watcher_late" not in rounds(lookout, 1)


def test_nightly_work_that_does_not_end_well(ready: CoupledTenant, lookout: Lookout) -> None:
    """A night that failed, or never began, is known in the morning."""
    for_each_active(ready.context, "night", lambda _: None)
    see_all(ready)
    assert rounds(lookout) == []
    with pytest.raises(ChecksFailed):
        for_each_active(ready.context, "next night", lambda _: 1 / 0)
    clock_of(lookout).advance(hours=27)
    see_all(ready)
    assert "health.fleet_late" in rounds(lookout, 1)


def test_a_failed_night_is_known_at_once(ready: CoupledTenant, lookout: Lookout, webhook: StubServer) -> None:
    """R7.4: it is told by its task, without waiting for the next night, until a run ends well."""
    note_end(ready.context, "reconcile", failed=False)
    see_all(ready)
    clock_of(lookout).advance(seconds=1)
    note_end(ready.context, "reconcile", failed=True)
    assert "health.fleet_failed" in rounds(lookout)
    assert ("alarm", "fleet reconcile") in told(webhook)
    note_end(ready.context, "reconcile", failed=False)
    assert "health.fleet_failed" not in rounds(lookout)
    assert ("recovery", "fleet reconcile") in told(webhook)
