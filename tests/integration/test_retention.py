"""What is kept for how long: nothing goes too early, what is old goes in batches, the ledger never (R3.10, R7)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from include.cleanup.restore import restore
from include.context import Context
from include.errors import NothingToRestore
from include.installation import Retention
from include.lifecycle import wipe_step
from include.lifecycle.retention import retain
from include.store import reconciliations, retention, runs
from include.sync.run import begin_sync
from tests.helpers.clock import FakeClock
from tests.helpers.lifecycle_tenant import BY, LifecycleTenant, activate, archive_for_first_customer, push_if_allowed

KEEP = Retention(log_days=10, problem_days=20, export_days=30, run_days=40, step_days=730, work_order_days=50)


def count(context: Context, query: str) -> int:
    with context.store.begin() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM {query}")).scalar_one())


def after(lifecycle: LifecycleTenant, clock: FakeClock, days: int) -> dict[str, int]:
    """What goes when so many days have passed since now."""
    begun = clock.now()
    clock.at = begun + timedelta(days=days)
    gone = retain(replace(lifecycle.context, retention=KEEP))
    clock.at = begun
    return gone


def test_each_kind_goes_in_its_time(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """R5.2, R7.1: nothing goes a day before."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    with lifecycle.context.store.begin() as tx:
        tx.execute(
            text(
                'INSERT INTO problems (tenant_id, "table", record, severity, code, values, run, resolved_at)'
                " VALUES (1, 'x', 'x', 'error', 'run.failed', '{}', 'x', now())"
            )
        )
        tx.execute(
            text(
                'INSERT INTO problems (tenant_id, "table", record, severity, code, values, run)'
                " VALUES (1, 'x', 'y', 'error', 'run.failed', '{}', 'x')"
            )
        )
    open_ones = count(lifecycle.context, "problems WHERE resolved_at IS NULL")
    closed = count(lifecycle.context, "problems WHERE resolved_at IS NOT NULL")
    exported = count(lifecycle.context, "removals WHERE export IS NOT NULL")
    steps = count(lifecycle.context, "ledger_steps")
    assert exported > 0
    kinds = [(9, "log", 0), (11, "log", 1), (19, "problems", 0), (21, "problems", closed), (29, "exports", 0)]
    for days, kind, least in kinds:
        gone = after(lifecycle, clock, days)[kind]
        assert gone >= least if least else gone == 0, (days, kind)
    assert after(lifecycle, clock, 31)["exports"] == exported
    assert after(lifecycle, clock, 729)["ledger_steps"] == 0
    assert after(lifecycle, clock, 731)["ledger_steps"] == steps
    assert count(lifecycle.context, "ledger WHERE state = 'confirmed'") == 1
    assert count(lifecycle.context, "problems WHERE resolved_at IS NULL") == open_ones > 0
    assert lifecycle.status == "active"


def test_an_export_is_there_until_its_day(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """R5.2: a wipe can be undone for as long as the installation keeps exports."""
    shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
    wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=wipe_step.PARTS, by=BY)
    report = wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    assert after(lifecycle, clock, 29)["exports"] == 0
    assert after(lifecycle, clock, 31)["exports"] > 0
    with pytest.raises(NothingToRestore):
        restore(lifecycle.context, lifecycle.tenant, report.run_id, "late")


def test_runs_go_but_the_latest_and_open_ones(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """R6.1: by the latest one the next is timed; staged rows of an open run stay, others do not."""
    activate(lifecycle)
    for number in range(3):
        run = begin_sync(lifecycle.context, lifecycle.tenant, f"run {number}", full=True)
    with lifecycle.context.store.begin() as tx:
        for id in (run.id, 1):
            tx.execute(text("INSERT INTO staged (run_id, stream, key, body) VALUES (:id, 'x', 'x', '{}')"), {"id": id})
    assert after(lifecycle, clock, 1)["left_over"] == 1
    assert count(lifecycle.context, "staged") == 1
    after(lifecycle, clock, 100)
    with lifecycle.context.store.begin() as tx:
        latest = runs.latest(tx, lifecycle.tenant.id, "sync")
    assert latest is not None
    assert latest.id == run.id
    assert count(lifecycle.context, "runs WHERE kind = 'sync'") == 1


def test_it_goes_in_batches(lifecycle: LifecycleTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a table that is locked for long; broken off, the next night goes on."""
    monkeypatch.setattr(retention, "BATCH_SIZE", 2)
    activate(lifecycle)
    there = count(lifecycle.context, "log")
    assert there > 4
    assert after(lifecycle, clock, 11)["log"] == there
    assert count(lifecycle.context, "log") == 0


def test_a_booked_work_order_forgets_people_and_is_not_sent_again(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """R3.10: names, streets and texts go after their time; what proves that it was sent once stays."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    held = "ledger WHERE expected IS NOT NULL OR work_order IS NOT NULL OR reason IS NOT NULL"
    assert count(lifecycle.context, held) == 1
    proof = "SELECT id, reference, request_digest, document_id, state FROM ledger"
    with lifecycle.context.store.begin() as tx:
        before = tx.execute(text(proof)).all()
    assert after(lifecycle, clock, 49)["work_orders"] == 0
    assert after(lifecycle, clock, 51)["work_orders"] == 1
    assert count(lifecycle.context, held) == 0
    with lifecycle.context.store.begin() as tx:
        assert tx.execute(text(proof)).all() == before
    push_if_allowed(lifecycle)
    assert len(lifecycle.documents()) == 1


@pytest.mark.parametrize("state", ["rejected", "held", "unknown", "ready"])
def test_what_waits_keeps_what_it_needs(lifecycle: LifecycleTenant, clock: FakeClock, state: str) -> None:
    """R3.13: a work order that somebody still has to decide on is kept whole, however old it is."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    with lifecycle.context.store.begin() as tx:
        tx.execute(text("UPDATE ledger SET state = :state"), {"state": state})
    assert after(lifecycle, clock, 5000)["work_orders"] == 0


def test_what_was_compared_long_ago_goes(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """R7.1: it goes with the runs of its time, not before; the table does not grow for ever."""
    activate(lifecycle)
    with lifecycle.context.store.begin() as tx:
        reconciliations.add(tx, lifecycle.tenant.id, clock.now(), {}, requested_by=None)
    assert after(lifecycle, clock, 39)["reconciliations"] == 0
    assert after(lifecycle, clock, 41)["reconciliations"] == 1
