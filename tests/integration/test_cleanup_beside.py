"""A clean-up and a sync of one tenant are never at work at the same time (R6.3); one that broke off goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from include.cleanup.pipeline import clean_up, compare, remove_planned
from include.errors import RunSuperseded, Transient
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from tests.conftest import Coupled, Sandbox
from tests.integration.cleaning import by_key, clean, cleaned, ids, make_all, resync, said, some, take_away
from tests.integration.state import strike

__all__ = ["cleaned"]


def pass_time_in_store(coupled: Coupled, step: timedelta) -> None:
    """The store has a clock of its own: runs are that much older now."""
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE runs SET started_at = started_at - :step"), {"step": step})
        tx.execute(text("UPDATE run_streams SET updated_at = updated_at - :step"), {"step": step})


def test_no_clean_up_beside_a_sync(cleaned: Coupled) -> None:
    """R2.1, R6.3: it waits, with a message; once the sync has stalled it takes its place, and that stops."""
    run = begin_sync(cleaned.context, cleaned.tenant, "under way")
    with pytest.raises(Transient, match=r"run\.other_open"):
        clean(cleaned)
    pass_time_in_store(cleaned, timedelta(minutes=19))
    with pytest.raises(Transient):
        clean(cleaned)
    pass_time_in_store(cleaned, timedelta(minutes=2))
    make_all(cleaned, 1)
    assert clean(cleaned).ended == {"articles": {"deleted": 1}}
    with pytest.raises(RunSuperseded):
        run.ensure_current()
    with pytest.raises(RunSuperseded):
        sync(cleaned.context, cleaned.tenant, "under way")


def test_no_sync_beside_a_clean_up(cleaned: Coupled) -> None:
    """R2.1, R6.3: the other way round."""
    compare(cleaned.context, cleaned.tenant, "under way")
    with pytest.raises(Transient, match=r"run\.other_open"):
        resync(cleaned)
    pass_time_in_store(cleaned, timedelta(minutes=21))
    resync(cleaned)
    with pytest.raises(RunSuperseded):
        remove_planned(cleaned.context, cleaned.tenant, "under way")
    assert clean(cleaned).ended == {}


def test_a_sync_may_begin_after_the_clean_up(cleaned: Coupled) -> None:
    """R6.3: at once."""
    clean(cleaned)
    resync(cleaned)
    clean(cleaned)


def test_the_same_key_again_does_nothing_more(cleaned: Coupled) -> None:
    """R2.1: as when a task is tried again after it had ended."""
    make_all(cleaned, 1)
    first = clean_up(cleaned.context, cleaned.tenant, "same")
    later = make_all(cleaned, 1)
    assert clean_up(cleaned.context, cleaned.tenant, "same") == first
    assert set(later) <= ids(cleaned, "Item")


def test_a_clean_up_that_broke_off_goes_on(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.1: Simon is away in the middle; the next try of the same key does the rest, and says each once."""
    make_all(cleaned, 4)
    strike(sandbox, kind="status", status=503, path="/odata/Item", method="DELETE", skip=2, count=-1)
    with pytest.raises(Transient):
        clean_up(cleaned.context, cleaned.tenant, "broken")
    sandbox.server.world.faults.clear()
    assert clean_up(cleaned.context, cleaned.tenant, "broken").ended == {"articles": {"deleted": 4}}
    assert said(cleaned)["cleanup.removed_hand_made"] == 4


def test_a_clean_up_that_nobody_went_on_with(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.1, R2.4: the next one looks anew, and notes what the first one had deleted without saying so."""
    gone, *_ = keys = some(cleaned, "customers", 2)
    for key in keys:
        take_away(cleaned, sandbox, "customers", key)
    strike(sandbox, kind="status_after", status=503, path="/odata/Customer", method="DELETE", count=1)
    strike(sandbox, kind="status", status=503, path="/odata/Customer", method="DELETE", skip=1, count=-1)
    with pytest.raises(Transient):
        clean_up(cleaned.context, cleaned.tenant, "broken")
    sandbox.server.world.faults.clear()
    pass_time_in_store(cleaned, timedelta(hours=2))
    clean(cleaned)
    assert not set(keys) & set(by_key(cleaned, "customers"))
    assert gone not in by_key(cleaned, "customers")
    assert said(cleaned)["cleanup.removed_deleted"] == 2
