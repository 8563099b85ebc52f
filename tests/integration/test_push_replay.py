"""The ledger replayed as a whole, and the store put back as it was last night: no new document."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text

from include.push.worker import push
from include.store.tables import metadata
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.packages import PACKAGES
from tests.helpers.polling import poll_all
from tests.helpers.push_trials import LEASE_S, MOST_RUNS, PushTrial, count_documents
from tests.helpers.snapshots import count_package_writes
from tests.helpers.tenants import CoupledTenant, CoupleTenant

Backup = dict[str, list[dict[str, Any]]]


@pytest.fixture
def trial(coupled: CoupledTenant) -> PushTrial:
    sync(coupled.context, coupled.tenant, "sync")
    return PushTrial(coupled, [])


def push_all(trial: PushTrial, clock: FakeClock) -> None:
    """Poll and push, with time passing, until nothing is due."""
    coupled, watcher = trial.coupled, Watcher(trial.coupled.context)
    for number in range(MOST_RUNS):
        poll_all(watcher)
        push(coupled.context, coupled.tenant, f"run-{number}-{clock.now()}")
        if not trial.due():
            return
        clock.advance(seconds=LEASE_S * 2**number)


def back_up(coupled: CoupledTenant) -> Backup:
    """Return all rows of all tables."""
    with coupled.context.store.begin() as tx:
        return {t.name: [dict(row) for row in tx.execute(select(t)).mappings()] for t in metadata.sorted_tables}


def restore(coupled: CoupledTenant, backup: Backup) -> None:
    with coupled.context.store.begin() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(table.delete())
        for table in metadata.sorted_tables:
            if backup[table.name]:
                tx.execute(insert(table), backup[table.name])


def replay(coupled: CoupledTenant) -> None:
    """Every entry as if it had never been looked at, and everything seen as if it had not been."""
    with coupled.context.store.begin() as tx:
        again = (
            "state = 'ready', due_at = archived_at, leased_until = NULL, code = NULL, attempts = 0, lookup_attempts = 0"
        )
        tx.execute(text(f"UPDATE ledger SET {again}"))
        tx.execute(text("DELETE FROM watermarks"))


def assert_nothing_new(trial: PushTrial, mark: int) -> None:
    counted = count_documents(trial)
    assert count_package_writes(trial.coupled, mark) == 0
    assert counted.right, counted


def test_a_replay_of_the_whole_ledger(trial: PushTrial, clock: FakeClock) -> None:
    """R3.10: every entry ready again, and archived again in Simon's list."""
    trial.archive(12)
    push_all(trial, clock)
    mark = trial.coupled.control.mark()
    for _ in range(2):
        replay(trial.coupled)
        push_all(trial, clock)
        assert_nothing_new(trial, mark)


def test_a_restored_backup(trial: PushTrial, clock: FakeClock) -> None:
    """R3.10: some were booked before the backup, some were known then and some not, and all were booked after it."""
    trial.archive(4)
    push_all(trial, clock)
    trial.archive(4)
    poll_all(Watcher(trial.coupled.context))
    assert trial.due() == 4
    backup = back_up(trial.coupled)
    trial.archive(4)
    push_all(trial, clock)
    assert count_documents(trial).right
    mark = trial.coupled.control.mark()
    restore(trial.coupled, backup)
    push_all(trial, clock)
    assert_nothing_new(trial, mark)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_restored_backup_and_another_customer(couple: CoupleTenant, clock: FakeClock, package: str) -> None:
    """R3.10: booked after the backup, then given to another customer and archived again."""
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    trial, backup = PushTrial(coupled, []), back_up(coupled)
    trial.archive()
    push_all(trial, clock)
    trial.move()
    push_all(trial, clock)
    assert count_documents(trial).right
    mark = coupled.control.mark()
    restore(coupled, backup)
    push_all(trial, clock)
    assert_nothing_new(trial, mark)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_replay_and_another_customer(couple: CoupleTenant, clock: FakeClock, package: str) -> None:
    """R3.10: the entry of the second archiving comes first, and is not the one that was sent."""
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    trial = PushTrial(coupled, [])
    trial.archive()
    push_all(trial, clock)
    trial.move()
    push_all(trial, clock)
    mark = coupled.control.mark()
    replay(coupled)
    push_all(trial, clock)
    assert_nothing_new(trial, mark)
