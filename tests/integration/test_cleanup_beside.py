"""A clean-up and a sync of one tenant are never at work at the same time (R6.3); one that broke off goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from include.cleanup.pipeline import clean_up, compare, remove_planned
from include.errors import RunSuperseded, Transient
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from tests.helpers.cleanup_tenants import (
    count_logged_codes,
    create_many_in_simon,
    keys_not_in_settings,
    run_cleanup,
    run_sync,
    simon_ids,
    simon_records_by_key,
)
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant


def pass_time_in_store(coupled: CoupledTenant, step: timedelta) -> None:
    """The store has a clock of its own: runs are that much older now."""
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE runs SET started_at = started_at - :step"), {"step": step})
        tx.execute(text("UPDATE run_streams SET updated_at = updated_at - :step"), {"step": step})


def test_no_clean_up_beside_a_sync(cleaned: CoupledTenant) -> None:
    """R2.1, R6.3: it waits, with a message; once the sync has stalled it takes its place, and that stops."""
    run = begin_sync(cleaned.context, cleaned.tenant, "under way")
    with pytest.raises(Transient, match=r"run\.other_open"):
        run_cleanup(cleaned)
    pass_time_in_store(cleaned, timedelta(minutes=19))
    with pytest.raises(Transient):
        run_cleanup(cleaned)
    pass_time_in_store(cleaned, timedelta(minutes=2))
    create_many_in_simon(cleaned, 1)
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}
    with pytest.raises(RunSuperseded):
        run.ensure_current()
    with pytest.raises(RunSuperseded):
        sync(cleaned.context, cleaned.tenant, "under way")


def test_no_sync_beside_a_clean_up(cleaned: CoupledTenant) -> None:
    """R2.1, R6.3: the other way round."""
    compare(cleaned.context, cleaned.tenant, "under way")
    with pytest.raises(Transient, match=r"run\.other_open"):
        run_sync(cleaned)
    pass_time_in_store(cleaned, timedelta(minutes=21))
    run_sync(cleaned)
    with pytest.raises(RunSuperseded):
        remove_planned(cleaned.context, cleaned.tenant, "under way")
    assert run_cleanup(cleaned).ended == {}


def test_a_sync_may_begin_after_the_clean_up(cleaned: CoupledTenant) -> None:
    """R6.3: it begins at once."""
    run_cleanup(cleaned)
    run_sync(cleaned)
    run_cleanup(cleaned)


def test_the_same_key_again_does_nothing_more(cleaned: CoupledTenant) -> None:
    """R2.1: as when a task is tried again after it had ended."""
    create_many_in_simon(cleaned, 1)
    first = clean_up(cleaned.context, cleaned.tenant, "same")
    later = create_many_in_simon(cleaned, 1)
    assert clean_up(cleaned.context, cleaned.tenant, "same") == first
    assert set(later) <= simon_ids(cleaned, "Item")


def test_a_clean_up_that_broke_off_goes_on(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1: Simon is away in the middle; the next try of the same key does the rest, and says each once."""
    create_many_in_simon(cleaned, 4)
    add_fault(sandbox, kind="status", status=503, path="/odata/Item", method="DELETE", skip=2, count=-1)
    with pytest.raises(Transient):
        clean_up(cleaned.context, cleaned.tenant, "broken")
    sandbox.server.world.faults.clear()
    assert clean_up(cleaned.context, cleaned.tenant, "broken").ended == {"articles": {"deleted": 4}}
    assert count_logged_codes(cleaned)["cleanup.removed_hand_made"] == 4


def test_a_clean_up_that_nobody_went_on_with(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1, R2.4: the next one looks anew, and notes what the first one had deleted without saying so."""
    gone, *_ = keys = keys_not_in_settings(cleaned, "customers", 2)
    for key in keys:
        cleaned.accounting.delete_record("customers", key)
    add_fault(sandbox, kind="status_after", status=503, path="/odata/Customer", method="DELETE", count=1)
    add_fault(sandbox, kind="status", status=503, path="/odata/Customer", method="DELETE", skip=1, count=-1)
    with pytest.raises(Transient):
        clean_up(cleaned.context, cleaned.tenant, "broken")
    sandbox.server.world.faults.clear()
    pass_time_in_store(cleaned, timedelta(hours=2))
    run_cleanup(cleaned)
    assert not set(keys) & set(simon_records_by_key(cleaned, "customers"))
    assert gone not in simon_records_by_key(cleaned, "customers")
    assert count_logged_codes(cleaned)["cleanup.removed_deleted"] == 2
