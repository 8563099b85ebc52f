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
from include.store import retention, runs
from include.sync.run import begin_sync
from tests.conftest import Surroundings
from tests.integration.living import BY, Living, activated, archive, living, push_now

__all__ = ["living"]
KEEP = Retention(log_days=10, problem_days=20, export_days=30, run_days=40, step_days=730)


def count(context: Context, query: str) -> int:
    with context.store.begin() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM {query}")).scalar_one())


def after(living: Living, surroundings: Surroundings, days: int) -> dict[str, int]:
    """What goes when so many days have passed since now."""
    begun = surroundings.now()
    surroundings.at = begun + timedelta(days=days)
    gone = retain(replace(living.context, retention=KEEP))
    surroundings.at = begun
    return gone


def test_each_kind_goes_in_its_time(living: Living, surroundings: Surroundings) -> None:
    """R5.2, R7.1: not a day before."""
    activated(living)
    archive(living)
    push_now(living)
    with living.context.store.begin() as tx:
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
    open_ones = count(living.context, "problems WHERE resolved_at IS NULL")
    closed = count(living.context, "problems WHERE resolved_at IS NOT NULL")
    exported = count(living.context, "removals WHERE export IS NOT NULL")
    steps = count(living.context, "ledger_steps")
    assert exported > 0
    kinds = [(9, "log", 0), (11, "log", 1), (19, "problems", 0), (21, "problems", closed), (29, "exports", 0)]
    for days, kind, least in kinds:
        gone = after(living, surroundings, days)[kind]
        assert gone >= least if least else gone == 0, (days, kind)
    assert after(living, surroundings, 31)["exports"] == exported
    assert after(living, surroundings, 729)["ledger_steps"] == 0
    assert after(living, surroundings, 731)["ledger_steps"] == steps
    assert count(living.context, "ledger WHERE state = 'confirmed'") == 1
    assert count(living.context, "problems WHERE resolved_at IS NULL") == open_ones > 0
    assert living.status == "active"


def test_an_export_is_there_until_its_day(living: Living, surroundings: Surroundings) -> None:
    """R5.2: a wipe can be undone for as long as the installation keeps exports."""
    shown = wipe_step.contents(living.context, living.tenant).counts
    wipe_step.confirm(living.context, living.tenant, shown, parts=wipe_step.PARTS, by=BY)
    report = wipe_step.carry_out(living.context, living.tenant)
    assert after(living, surroundings, 29)["exports"] == 0
    assert after(living, surroundings, 31)["exports"] > 0
    with pytest.raises(NothingToRestore):
        restore(living.context, living.tenant, report.run_id, "late")


def test_runs_go_but_the_latest_and_open_ones(living: Living, surroundings: Surroundings) -> None:
    """R6.1: by the latest one the next is timed; staged rows of an open run stay, others do not."""
    activated(living)
    for number in range(3):
        run = begin_sync(living.context, living.tenant, f"run {number}", full=True)
    with living.context.store.begin() as tx:
        for id in (run.id, 1):
            tx.execute(text("INSERT INTO staged (run_id, stream, key, body) VALUES (:id, 'x', 'x', '{}')"), {"id": id})
    assert after(living, surroundings, 1)["left_over"] == 1
    assert count(living.context, "staged") == 1
    after(living, surroundings, 100)
    with living.context.store.begin() as tx:
        latest = runs.latest(tx, living.tenant.id, "sync")
    assert latest is not None
    assert latest.id == run.id
    assert count(living.context, "runs WHERE kind = 'sync'") == 1


def test_it_goes_in_batches(living: Living, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a table that is locked for long; broken off, the next night goes on."""
    monkeypatch.setattr(retention, "BATCH_SIZE", 2)
    activated(living)
    there = count(living.context, "log")
    assert there > 4
    assert after(living, surroundings, 11)["log"] == there
    assert count(living.context, "log") == 0
