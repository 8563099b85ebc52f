"""The ends of a coupling and its new beginnings, on both packages, and what is sent when (R5.5, R5.6, R3.12)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from include.errors import (
    AlreadyCoupled,
    Conflict,
    InvalidInput,
    Misconfigured,
    RunSuperseded,
    TenantNotActive,
    TenantNotFound,
)
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose
from include.lifecycle.deactivation import deactivate, pause, reactivate, resume
from include.lifecycle.deletion import count_rows, delete_tenant
from include.log.writer import IntegrationLog
from include.push import worker
from include.push.discover import discover
from include.push.operations import backfill
from include.reconciliation.reconcile import reconcile
from include.store import credentials, ledger
from include.store.tables import metadata
from include.sync.extract import extract
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from include.sync.transform import transform
from include.tenants.dag_index import tenant_summaries
from include.tenants.register import register
from include.tenants.states import Step, take_step
from include.tenants.tenant import load
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    activate,
    archive_for_first_customer,
    connect_package,
    connect_simon,
    document_references,
    import_first,
    push_if_allowed,
    reactivate_fully,
    register_new,
    set_up,
)
from tests.helpers.polling import poll_all
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import call_simon

# the end, and again


def test_deactivating_stops_everything_at_once(lifecycle: LifecycleTenant) -> None:
    """R5.5: no master data and no documents go any more; links, ledger, log and settings stay."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    linked = count_rows(lifecycle.context, lifecycle.tenant)["links"]
    ended = deactivate(lifecycle.context, lifecycle.tenant, BY)
    assert ended.destroyed == sorted(["simple_simon", lifecycle.package])
    archive_for_first_customer(lifecycle)
    watcher = Watcher(lifecycle.context)
    assert [poll_all(watcher, kind) for kind in ("archived", "changed", "cleanup")] == [[], [], []]
    with pytest.raises(TenantNotActive):
        sync(lifecycle.context, lifecycle.tenant, "late")
    assert len(document_references(lifecycle)) == 1
    kept = count_rows(lifecycle.context, lifecycle.tenant)
    assert "credentials" not in kept
    assert (kept["links"], kept["ledger"], lifecycle.tenant.settings_version) == (linked, 1, 1)
    assert deactivate(lifecycle.context, lifecycle.tenant, BY).destroyed == []


def test_a_running_sync_stops_at_its_next_write(lifecycle: LifecycleTenant) -> None:
    """R5.5: what was read is not written any more."""
    activate(lifecycle)
    run = begin_sync(lifecycle.context, lifecycle.tenant, "under way", full=True)
    extract(run, "customers")
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    with pytest.raises(RunSuperseded):
        extract(run, "articles")
    with pytest.raises(RunSuperseded):
        transform(run)


@pytest.mark.parametrize("stop", [deactivate, pause])
def test_a_running_push_stops_at_the_next_work_order(
    lifecycle: LifecycleTenant, stop: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5.5: the one that is being sent ends; the next one is as it was."""
    activate(lifecycle)
    for _ in range(3):
        archive_for_first_customer(lifecycle)
    tenant, before = lifecycle.tenant, worker.reached

    def reached(*args: Any) -> None:
        before(*args)
        if document_references(lifecycle):
            stop(lifecycle.context, lifecycle.tenant, BY)

    monkeypatch.setattr(worker, "reached", reached)
    with pytest.raises(TenantNotActive):
        worker.push(lifecycle.context, tenant, "under way")
    assert len(document_references(lifecycle)) == 1
    with lifecycle.context.store.begin() as tx:
        assert ledger.counts(tx, tenant.id) == {"confirmed": 1, "ready": 2}
        untouched = tx.execute(
            text("SELECT count(*) FROM ledger WHERE state = 'ready' AND fencing_token = 0")
        ).scalar_one()
    assert untouched == 2


def test_the_intent_to_send_needs_an_active_tenant(lifecycle: LifecycleTenant) -> None:
    """R5.5: whatever happened since the claim, nothing is sent for a tenant that was deactivated."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)

    run = worker.open_run(
        lifecycle.context, lifecycle.tenant, IntegrationLog(lifecycle.context.store, lifecycle.tenant.id, "x", "x")
    )
    discover(lifecycle.context, lifecycle.tenant, run.app, run.log)
    find = run.package.find

    def find_after_deactivation(*args: str) -> object:
        deactivate(lifecycle.context, lifecycle.tenant, BY)
        return find(*args)

    run.package.find = find_after_deactivation  # type: ignore[method-assign, assignment]
    with lifecycle.context.store.begin() as tx:
        [entry] = ledger.due(tx, lifecycle.tenant.id, lifecycle.context.now(), 5)
    with pytest.raises((TenantNotActive, Misconfigured)):
        worker.claim_and_process(run, entry)
    assert document_references(lifecycle) == []
    with lifecycle.context.store.begin() as tx:
        assert ledger.counts(tx, lifecycle.tenant.id) == {"ready": 1}


def test_each_phase_has_exactly_its_documents(lifecycle: LifecycleTenant) -> None:
    """R3.12, R5.6: activate, deactivate, reactivate, replay, with archived work orders in each phase."""
    activate(lifecycle)
    first = archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    waits = archive_for_first_customer(lifecycle)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    push_if_allowed(lifecycle)
    between = archive_for_first_customer(lifecycle)
    reactivate_fully(lifecycle)
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == [first]
    last = archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    for _ in range(2):
        push_if_allowed(lifecycle)
    assert document_references(lifecycle) == sorted([first, last])
    backfill(lifecycle.context, lifecycle.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False)
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == sorted([first, waits, between, last])


def test_waiting_work_orders_are_passed_over(lifecycle: LifecycleTenant) -> None:
    """R5.6: what waited when it was deactivated is of before; a person can still ask for it."""
    activate(lifecycle)
    waits = archive_for_first_customer(lifecycle)
    reconcile(lifecycle.context, lifecycle.tenant, "test")
    assert deactivate(lifecycle.context, lifecycle.tenant, BY).waiting == 1
    reactivate_fully(lifecycle)
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == []
    with lifecycle.context.store.begin() as tx:
        assert ledger.counts(tx, lifecycle.tenant.id) == {"skipped": 1}
    backfill(lifecycle.context, lifecycle.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False)
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == [waits]


def test_reactivation_reconciles_the_gap(lifecycle: LifecycleTenant) -> None:
    """R5.6: what people changed in Simon meanwhile is put right, what they removed is made again."""
    activate(lifecycle)
    changed, removed = lifecycle.simon("Item")[:2]
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    connect_simon(lifecycle)
    path = f"Item({changed['Id']})"
    call_simon(lifecycle, "PUT", path, {**call_simon(lifecycle, "GET", path), "Description": "Veranderd"})
    call_simon(lifecycle, "DELETE", f"Item({removed['Id']})")
    wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
    set_up(lifecycle)
    assert poll_all(Watcher(lifecycle.context), "changed") == [lifecycle.slug]
    import_first(lifecycle)
    now = {row["Code"]: row["Description"] for row in lifecycle.simon("Item") if row["Active"] is not False}
    assert now[changed["Code"]] == changed["Description"]
    assert removed["Code"] in now


def test_another_licence_or_administration_starts_afresh(lifecycle: LifecycleTenant) -> None:
    """R5.6: refused with what to do; afresh, the links end and the ledger stays."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    other = lifecycle.control.new_simon("elders")
    with pytest.raises(AlreadyCoupled, match="--reset"):
        connect_simon(lifecycle, other)
    connect_simon(lifecycle)
    wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
    connect_package(lifecycle)
    with pytest.raises(InvalidInput, match="--reset"):
        choose(lifecycle.context, lifecycle.tenant, "ANDERS", BY)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    afresh = reactivate(lifecycle.context, lifecycle.tenant, BY, reset=True)
    kept = count_rows(lifecycle.context, afresh)
    assert {"links", "records", "ownership", "sync_state"}.isdisjoint(kept)
    assert kept["ledger"] == 1
    connect_simon(lifecycle, other)
    assert lifecycle.tenant.active_since is None


# pause, forget


def test_a_pause_is_not_an_end(lifecycle: LifecycleTenant, clock: FakeClock) -> None:
    """Nothing is started, also after a reconnect and a restart; resumed, what was archived goes out."""
    activate(lifecycle)
    pause(lifecycle.context, lifecycle.tenant, BY)
    pause(lifecycle.context, lifecycle.tenant, "another")
    late = archive_for_first_customer(lifecycle)
    connect_simon(lifecycle)
    watcher = Watcher(lifecycle.context)
    assert [poll_all(watcher, kind) for kind in ("archived", "changed", "cleanup")] == [[], [], []]
    assert (lifecycle.status, lifecycle.tenant.active, lifecycle.tenant.effective_state) == ("active", False, "paused")
    with pytest.raises(TenantNotActive, match="paused"):
        sync(lifecycle.context, lifecycle.tenant, "no")
    assert push_if_allowed(lifecycle) == {}
    resume(lifecycle.context, lifecycle.tenant, BY)
    assert poll_all(watcher, "archived") == [lifecycle.slug]
    push_if_allowed(lifecycle)
    assert document_references(lifecycle) == [late]


def test_a_forgotten_tenant_leaves_nothing(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """Nothing of it stays in any table, its DAGs go, and its licence and administration are free again."""
    activate(lifecycle)
    archive_for_first_customer(lifecycle)
    push_if_allowed(lifecycle)
    other = register_new(lifecycle.context, sandbox, lifecycle.package, "second")
    kept = count_rows(lifecycle.context, other.tenant)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    listed = count_rows(lifecycle.context, lifecycle.tenant)
    with pytest.raises(InvalidInput, match="nothing was removed"):
        delete_tenant(lifecycle.context, lifecycle.tenant, "jans")
    assert delete_tenant(lifecycle.context, lifecycle.tenant, lifecycle.slug) == listed
    with pytest.raises(TenantNotFound):
        load(lifecycle.context, lifecycle.slug)
    assert [summary.slug for summary in tenant_summaries(lifecycle.context)] == ["second"]
    with lifecycle.context.store.begin() as tx:
        for table in metadata.sorted_tables:
            count = tx.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()
            assert count == (kept.get(table.name, 0) if table.name != "secrets" else 1), table.name
    connect_simon(other, lifecycle.description["simon_access"])


def test_company_names_are_checked(context: object, lifecycle: LifecycleTenant) -> None:
    """R6.4: a tenant's name becomes part of its DAGs'."""
    with pytest.raises(Conflict, match="exists already"):
        register(lifecycle.context, lifecycle.slug, "Ander", lifecycle.package, by=BY)
    with pytest.raises(InvalidInput, match="package"):
        register(lifecycle.context, "nieuw", "Ander", "exact", by=BY)


def test_access_is_destroyed_also_when_it_was_interrupted(lifecycle: LifecycleTenant) -> None:
    """R5.5: the status counts at once; the rest is finished by doing it again."""
    activate(lifecycle)
    with lifecycle.context.store.begin() as tx:
        take_step(tx, lifecycle.tenant.id, Step.DEACTIVATE, by=BY, at=lifecycle.context.now())
        assert credentials.listing(tx, lifecycle.tenant.id)
    assert deactivate(lifecycle.context, lifecycle.tenant, BY).destroyed == sorted(["simple_simon", lifecycle.package])
