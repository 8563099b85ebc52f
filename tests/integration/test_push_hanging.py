"""A package that hangs or drips: a work order, and a run, give their slot back in time (R3.13)."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from include.context import Context
from include.errors import IntegrationError
from include.push import worker
from include.push.worker import push
from include.store import ledger
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault, count_package_writes
from tests.helpers.tenants import CoupledTenant
from tests.helpers.work_orders import archive_work_order, only_document_of

MOST_TRIES = 8  # those of the work order, and of the neutral request after it


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A work order may take half a second, and a try a quarter of one."""
    make = Context.http
    monkeypatch.setattr(Context, "http", lambda *args, **options: replace(make(*args, **options), timeout_s=0.25))
    monkeypatch.setattr(worker, "WORK_ORDER_S", 0.5)


@pytest.mark.parametrize("fault", [{"kind": "delay", "delay_ms": 3000}, {"kind": "drip", "delay_ms": 40}], ids=str)
def test_a_package_that_hangs_is_given_up(
    ready: CoupledTenant,
    sandbox: Sandbox,
    clock: FakeClock,
    hasty: None,
    monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any],
) -> None:
    """R3.13: within the budget, with a few tries at most; what drips is over as soon as what is silent."""
    made = archive_work_order(ready)
    add_fault(sandbox, **fault, path=ready.accounting.document_search_path, count=-1)
    mark = ready.control.mark()
    with suppress(IntegrationError):  # whose trouble it is depends on what else answers
        push(ready.context, ready.tenant, "run")
    assert 1 <= sandbox.server.world.faults.listing()[0]["hits"] <= MOST_TRIES
    assert count_package_writes(ready, mark) == 0
    sandbox.server.world.faults.clear()
    clock.advance(minutes=31)
    monkeypatch.undo()  # on a busy machine half a second is not enough for a package that is well
    push(ready.context, ready.tenant, "back")
    only_document_of(ready, made)


def test_a_run_takes_nothing_new_after_its_time(ready: CoupledTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.13: the rest is announced again, and other tenants get the slot."""
    for _ in range(4):
        archive_work_order(ready)
    monkeypatch.setattr(worker, "RUN_S", -1.0)
    assert push(ready.context, ready.tenant, "run") == {}
    monkeypatch.undo()
    assert push(ready.context, ready.tenant, "next") == {"confirmed": 4}
    with ready.context.store.begin() as tx:
        assert ledger.counts(tx, ready.tenant.id) == {"confirmed": 4}
