"""The ends of a coupling and its new beginnings, on both packages, and what is sent when (R5.5, R5.6, R3.12)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from include.access.systems import open_app
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
from tests.conftest import Sandbox, Surroundings, simon_call
from tests.helpers.polling import poll_all
from tests.integration.living import (
    BY,
    Living,
    activated,
    again,
    archive,
    born,
    bring_in,
    connect_package,
    connect_simon,
    living,
    push_now,
    references,
    set_up,
)

__all__ = ["living"]


# the end, and again


def test_deactivating_stops_everything_at_once(living: Living) -> None:
    """R5.5: no master data, no documents, no access; links, ledger, log and settings stay."""
    activated(living)
    archive(living)
    push_now(living)
    linked = count_rows(living.context, living.tenant)["links"]
    ended = deactivate(living.context, living.tenant, BY)
    assert ended.destroyed == sorted(["simple_simon", living.package])
    archive(living)
    watcher = Watcher(living.context)
    assert [poll_all(watcher, kind) for kind in ("archived", "changed", "cleanup")] == [[], [], []]
    with pytest.raises(TenantNotActive):
        sync(living.context, living.tenant, "late")
    assert len(references(living)) == 1
    kept = count_rows(living.context, living.tenant)
    assert "credentials" not in kept
    assert (kept["links"], kept["ledger"], living.tenant.settings_version) == (linked, 1, 1)
    assert deactivate(living.context, living.tenant, BY).destroyed == []


def test_a_running_sync_stops_at_its_next_write(living: Living) -> None:
    """R5.5: what was read is not written any more."""
    activated(living)
    run = begin_sync(living.context, living.tenant, "under way", full=True)
    extract(run, "customers")
    deactivate(living.context, living.tenant, BY)
    with pytest.raises(RunSuperseded):
        extract(run, "articles")
    with pytest.raises(RunSuperseded):
        transform(run)


@pytest.mark.parametrize("stop", [deactivate, pause])
def test_a_running_push_stops_at_the_next_work_order(
    living: Living, stop: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R5.5: the one that is being sent ends; the next one is as it was."""
    activated(living)
    for _ in range(3):
        archive(living)
    tenant, before = living.tenant, worker.reached

    def reached(*args: Any) -> None:
        before(*args)
        if references(living):
            stop(living.context, living.tenant, BY)

    monkeypatch.setattr(worker, "reached", reached)
    with pytest.raises(TenantNotActive):
        worker.push(living.context, tenant, "under way")
    assert len(references(living)) == 1
    with living.context.store.begin() as tx:
        assert ledger.counts(tx, tenant.id) == {"confirmed": 1, "ready": 2}
        untouched = tx.execute(text("SELECT count(*) FROM ledger WHERE state = 'ready' AND fence = 0")).scalar_one()
    assert untouched == 2


def test_the_intent_to_send_needs_an_active_tenant(living: Living) -> None:
    """R5.5: whatever happened since the claim, nothing is sent for a tenant that was deactivated."""
    activated(living)
    archive(living)

    run = worker.open_run(
        living.context, living.tenant, IntegrationLog(living.context.store, living.tenant.id, "x", "x")
    )
    discover(living.context, living.tenant, run.app)
    find = run.package.find

    def find_after_deactivation(*args: str) -> object:
        deactivate(living.context, living.tenant, BY)
        return find(*args)

    run.package.find = find_after_deactivation  # type: ignore[method-assign, assignment]
    with living.context.store.begin() as tx:
        [entry] = ledger.due(tx, living.tenant.id, living.context.now(), 5)
    with pytest.raises((TenantNotActive, Misconfigured)):
        worker.claim_and_process(run, entry)
    assert references(living) == []
    with living.context.store.begin() as tx:
        assert ledger.counts(tx, living.tenant.id) == {"ready": 1}


def test_each_phase_has_exactly_its_documents(living: Living) -> None:
    """R3.12, R5.6: activate, deactivate, reactivate, replay, with archived work orders in each phase."""
    activated(living)
    first = archive(living)
    push_now(living)
    waits = archive(living)
    deactivate(living.context, living.tenant, BY)
    push_now(living)
    between = archive(living)
    again(living)
    push_now(living)
    assert references(living) == [first]
    last = archive(living)
    push_now(living)
    for _ in range(2):
        push_now(living)
    assert references(living) == sorted([first, last])
    backfill(living.context, living.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False)
    push_now(living)
    assert references(living) == sorted([first, waits, between, last])


def test_waiting_work_orders_are_passed_over(living: Living) -> None:
    """R5.6: what waited when it was deactivated is of before; a person can still ask for it."""
    activated(living)
    waits = archive(living)
    discover(living.context, living.tenant, open_app(living.context, living.tenant))
    assert deactivate(living.context, living.tenant, BY).waiting == 1
    again(living)
    push_now(living)
    assert references(living) == []
    with living.context.store.begin() as tx:
        assert ledger.counts(tx, living.tenant.id) == {"skipped": 1}
    backfill(living.context, living.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False)
    push_now(living)
    assert references(living) == [waits]


def test_reactivation_reconciles_the_gap(living: Living) -> None:
    """R5.6: what people changed in Simon meanwhile is put right, what they removed is made again."""
    activated(living)
    changed, removed = living.simon("Item")[:2]
    deactivate(living.context, living.tenant, BY)
    reactivate(living.context, living.tenant, BY)
    connect_simon(living)
    path = f"Item({changed['Id']})"
    simon_call(living, "PUT", path, {**simon_call(living, "GET", path), "Description": "Veranderd"})
    simon_call(living, "DELETE", f"Item({removed['Id']})")
    wipe_step.keep(living.context, living.tenant, BY)
    set_up(living)
    assert poll_all(Watcher(living.context), "changed") == [living.slug]
    bring_in(living)
    now = {row["Code"]: row["Description"] for row in living.simon("Item") if row["Active"] is not False}
    assert now[changed["Code"]] == changed["Description"]
    assert removed["Code"] in now


def test_another_licence_or_administration_starts_afresh(living: Living) -> None:
    """R5.6: refused with what to do; afresh, the links end and the ledger stays."""
    activated(living)
    archive(living)
    push_now(living)
    deactivate(living.context, living.tenant, BY)
    reactivate(living.context, living.tenant, BY)
    other = living.control.new_simon("elders")
    with pytest.raises(AlreadyCoupled, match="--reset"):
        connect_simon(living, other)
    connect_simon(living)
    wipe_step.keep(living.context, living.tenant, BY)
    connect_package(living)
    with pytest.raises(InvalidInput, match="--reset"):
        choose(living.context, living.tenant, "ANDERS", BY)
    deactivate(living.context, living.tenant, BY)
    afresh = reactivate(living.context, living.tenant, BY, reset=True)
    kept = count_rows(living.context, afresh)
    assert {"links", "records", "ownership", "sync_state"}.isdisjoint(kept)
    assert kept["ledger"] == 1
    connect_simon(living, other)
    assert living.tenant.active_since is None


# pause, forget


def test_a_pause_is_not_an_end(living: Living, surroundings: Surroundings) -> None:
    """Nothing is started, also after a reconnect and a restart; resumed, what was archived goes out."""
    activated(living)
    pause(living.context, living.tenant, BY)
    pause(living.context, living.tenant, "another")
    late = archive(living)
    connect_simon(living)
    watcher = Watcher(living.context)
    assert [poll_all(watcher, kind) for kind in ("archived", "changed", "cleanup")] == [[], [], []]
    assert (living.status, living.tenant.active, living.tenant.effective_state) == ("active", False, "paused")
    with pytest.raises(TenantNotActive, match="paused"):
        sync(living.context, living.tenant, "no")
    assert push_now(living) == {}
    resume(living.context, living.tenant, BY)
    assert poll_all(watcher, "archived") == [living.slug]
    push_now(living)
    assert references(living) == [late]


def test_a_forgotten_tenant_leaves_nothing(living: Living, sandbox: Sandbox) -> None:
    """Nothing of it stays in any table, its DAGs go, and its licence and administration are free again."""
    activated(living)
    archive(living)
    push_now(living)
    other = born(living.context, sandbox, living.package, "second")
    kept = count_rows(living.context, other.tenant)
    deactivate(living.context, living.tenant, BY)
    listed = count_rows(living.context, living.tenant)
    with pytest.raises(InvalidInput, match="nothing was removed"):
        delete_tenant(living.context, living.tenant, "jans")
    assert delete_tenant(living.context, living.tenant, living.slug) == listed
    with pytest.raises(TenantNotFound):
        load(living.context, living.slug)
    assert [summary.slug for summary in tenant_summaries(living.context)] == ["second"]
    with living.context.store.begin() as tx:
        for table in metadata.sorted_tables:
            count = tx.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()
            assert count == (kept.get(table.name, 0) if table.name != "secrets" else 1), table.name
    connect_simon(other, living.given["simon_access"])


def test_company_names_are_checked(context: object, living: Living) -> None:
    """R6.4: a tenant's name becomes part of its DAGs'."""
    with pytest.raises(Conflict, match="exists already"):
        register(living.context, living.slug, "Ander", living.package, by=BY)
    with pytest.raises(InvalidInput, match="package"):
        register(living.context, "nieuw", "Ander", "exact", by=BY)


def test_access_is_destroyed_also_when_it_was_interrupted(living: Living) -> None:
    """R5.5: the status counts at once; the rest is finished by doing it again."""
    activated(living)
    with living.context.store.begin() as tx:
        take_step(tx, living.tenant.id, Step.DEACTIVATE, by=BY, at=living.context.now())
        assert credentials.listing(tx, living.tenant.id)
    assert deactivate(living.context, living.tenant, BY).destroyed == sorted(["simple_simon", living.package])
