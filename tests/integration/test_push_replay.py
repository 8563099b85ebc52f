"""The ledger replayed as a whole, and the store put back as it was last night: no new document."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text

from include.push.worker import push
from include.store.tables import metadata
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from tests.conftest import PACKAGES, Couple, Coupled, Surroundings
from tests.helpers.polling import poll_all
from tests.integration.pushing import LEASE_S, MOST_RUNS, Trial, tally
from tests.integration.state import package_writes

Backup = dict[str, list[dict[str, Any]]]


@pytest.fixture
def trial(coupled: Coupled) -> Trial:
    sync(coupled.context, coupled.tenant, "sync")
    return Trial(coupled, [])


def push_all(trial: Trial, surroundings: Surroundings) -> None:
    """Poll and push, with time passing, until nothing is due."""
    coupled, watcher = trial.coupled, Watcher(trial.coupled.context)
    for number in range(MOST_RUNS):
        poll_all(watcher)
        push(coupled.context, coupled.tenant, f"run-{number}-{surroundings.now()}")
        if not trial.due():
            return
        surroundings.pass_time(seconds=LEASE_S * 2**number)


def back_up(coupled: Coupled) -> Backup:
    """Return all rows of all tables."""
    with coupled.context.store.begin() as tx:
        return {t.name: [dict(row) for row in tx.execute(select(t)).mappings()] for t in metadata.sorted_tables}


def restore(coupled: Coupled, backup: Backup) -> None:
    with coupled.context.store.begin() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.execute(table.delete())
        for table in metadata.sorted_tables:
            if backup[table.name]:
                tx.execute(insert(table), backup[table.name])


def replay(coupled: Coupled) -> None:
    """Every entry as if it had never been looked at, and everything seen as if it had not been."""
    with coupled.context.store.begin() as tx:
        again = "state = 'ready', due_at = archived_at, leased_until = NULL, code = NULL, attempts = 0, looks = 0"
        tx.execute(text(f"UPDATE ledger SET {again}"))
        tx.execute(text("DELETE FROM watermarks"))


def assert_nothing_new(trial: Trial, mark: int) -> None:
    counted = tally(trial)
    assert package_writes(trial.coupled, mark) == 0
    assert counted.right, counted


def test_a_replay_of_the_whole_ledger(trial: Trial, surroundings: Surroundings) -> None:
    """R3.10: every entry ready again, and archived again in Simon's list."""
    trial.archive(12)
    push_all(trial, surroundings)
    mark = trial.coupled.control.mark()
    for _ in range(2):
        replay(trial.coupled)
        push_all(trial, surroundings)
        assert_nothing_new(trial, mark)


def test_a_restored_backup(trial: Trial, surroundings: Surroundings) -> None:
    """R3.10: some were booked before the backup, some were known then and some not, and all were booked after it."""
    trial.archive(4)
    push_all(trial, surroundings)
    trial.archive(4)
    poll_all(Watcher(trial.coupled.context))
    assert trial.due() == 4
    backup = back_up(trial.coupled)
    trial.archive(4)
    push_all(trial, surroundings)
    assert tally(trial).right
    mark = trial.coupled.control.mark()
    restore(trial.coupled, backup)
    push_all(trial, surroundings)
    assert_nothing_new(trial, mark)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_restored_backup_and_another_customer(couple: Couple, surroundings: Surroundings, package: str) -> None:
    """R3.10: booked after the backup, then given to another customer and archived again."""
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    trial, backup = Trial(coupled, []), back_up(coupled)
    trial.archive()
    push_all(trial, surroundings)
    trial.move()
    push_all(trial, surroundings)
    assert tally(trial).right
    mark = coupled.control.mark()
    restore(coupled, backup)
    push_all(trial, surroundings)
    assert_nothing_new(trial, mark)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_replay_and_another_customer(couple: Couple, surroundings: Surroundings, package: str) -> None:
    """R3.10: the entry of the second archiving comes first, and is not the one that was sent."""
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    trial = Trial(coupled, [])
    trial.archive()
    push_all(trial, surroundings)
    trial.move()
    push_all(trial, surroundings)
    mark = coupled.control.mark()
    replay(coupled)
    push_all(trial, surroundings)
    assert_nothing_new(trial, mark)
