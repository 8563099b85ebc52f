"""A lost answer, a search that lags, runners of every kind: never two, and never none without a word (R3.10, R3.15)."""

import os
from contextlib import suppress
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from include.errors import IntegrationError, NotFound, WorkOrderRefused
from include.push import operations
from include.push.worker import push
from include.store import activation_border, ledger
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.lost_answer_trials import FAULTS, LAGS_S, RUNNERS, LostAnswerCell, LostAnswerTrial
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault, count_package_writes, count_requests
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import open_work_order_problems
from tests.helpers.work_orders import archive_work_order, documents_of, only_document_of

EVERY = int(os.environ.get("KOPPEL_LOST_ANSWERS", "23"))  # one cell in so many; 1 is the whole grid
GRID = [LostAnswerCell(*values) for values in product(PACKAGES, LAGS_S, FAULTS, RUNNERS, (True, False))]


@pytest.mark.parametrize("cell", GRID[::EVERY], ids=str)
def test_a_lost_answer_ends_in_one_document(
    couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock, cell: LostAnswerCell
) -> None:
    """R3.10, R3.15: whatever the lag is, one document; a person who is asked meanwhile is told when it is found."""

    coupled = couple(cell.package)
    sync(coupled.context, coupled.tenant, "sync")
    result = LostAnswerTrial(coupled, clock, cell).run()
    assert (result.missing, result.double) == (0, 0)
    assert (result.state, result.open) == ("confirmed", set())
    assert result.held or cell.lag_s < 900
    assert result.sent == 1


# what did not arrive


def lose(coupled: CoupledTenant, sandbox: Sandbox, **fault: Any) -> dict[str, Any]:
    """Archive a work order and push it; the package has trouble with it, and no answer comes that says anything."""
    made = archive_work_order(coupled)
    add_fault(
        sandbox, **{"kind": "drop_before", "count": 1, **fault}, method="POST", path=coupled.accounting.documents_path
    )
    assert push(coupled.context, coupled.tenant, "run") == {"unknown": 1}
    return made


def state_of(coupled: CoupledTenant, made: dict[str, Any]) -> str:
    with coupled.context.store.begin() as tx:
        entry = ledger.latest_of(tx, coupled.tenant.id, made["Number"])
    assert entry is not None
    return entry.state


def wait(coupled: CoupledTenant, clock: FakeClock, minutes: float) -> None:
    """Let time pass, and look every half minute."""
    for _ in range(int(minutes * 2)):
        clock.advance(seconds=30)
        push(coupled.context, coupled.tenant, "look")


def test_it_is_sent_again_on_evidence(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10: after ten minutes, when a document that was made later is found and this one is not."""
    made = lose(ready, sandbox)
    archive_work_order(ready)
    wait(ready, clock, 9)
    assert state_of(ready, made) == "unknown"
    assert documents_of(ready, made) == []
    wait(ready, clock, 2)
    assert state_of(ready, made) == "confirmed"
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


def test_without_evidence_a_person_decides(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.15: nothing was made since that a search could show; after a quarter of an hour it is held, and says so."""
    made = lose(ready, sandbox)
    wait(ready, clock, 14)
    assert state_of(ready, made) == "unknown"
    wait(ready, clock, 2)
    assert state_of(ready, made) == "held"
    assert open_work_order_problems(ready) == [("work_order.answer_lost", made["Number"], 1)]
    wait(ready, clock, 120)
    assert documents_of(ready, made) == []
    operations.release(ready.context, ready.tenant, made["Number"], "anna")
    assert push(ready.context, ready.tenant, "released") == {"confirmed": 1}
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


def test_retrying_all_sends_nothing_twice(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.15: what may be there is for a person to look for, one by one."""
    made = lose(ready, sandbox)
    wait(ready, clock, 16)
    assert operations.retry(ready.context, ready.tenant, "work_order.answer_lost", "anna") == 0
    assert state_of(ready, made) == "held"


def test_a_person_says_that_it_is_there(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.15: with the id of the document, which is looked up; another one's is refused, as is one that is not there."""
    other = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    ready.accounting.lag_searches(3 * 3600)
    made = lose(ready, sandbox, kind="drop_after")
    wait(ready, clock, 16)
    assert state_of(ready, made) == "held"
    document, taken = only_document_of(ready, made), only_document_of(ready, other)
    with pytest.raises(NotFound, match="987654"):
        operations.say_there(ready.context, ready.tenant, made["Number"], "987654", by="anna")
    with pytest.raises(WorkOrderRefused, match="another work order"):
        operations.say_there(ready.context, ready.tenant, made["Number"], taken.id, by="anna")
    entry = operations.say_there(ready.context, ready.tenant, made["Number"], document.id, by="anna")
    assert (entry.state, entry.document_id) == ("confirmed", document.id)
    assert open_work_order_problems(ready) == []


def test_an_error_that_never_ends_is_sent_twice_and_held(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock
) -> None:
    """R3.13, R3.15: a package that always answers 500 to one work order, while the others go well."""
    before = ready.control.mark()
    made = lose(ready, sandbox, kind="status", status=500)
    good = archive_work_order(ready)
    wait(ready, clock, 1)
    add_fault(sandbox, kind="status", status=500, count=-1, method="POST", path=ready.accounting.documents_path)
    wait(ready, clock, 120)
    only_document_of(ready, good)
    assert state_of(ready, made) == "held"
    assert count_package_writes(ready, before) == 3
    assert open_work_order_problems(ready) == [("work_order.answer_lost", made["Number"], 1)]


# what people do meanwhile


def test_holding_and_releasing_sends_nothing_twice(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10: who held it before anybody had searched for long does not know that it may be there."""
    ready.accounting.lag_searches(3 * 3600)
    made = lose(ready, sandbox, kind="drop_after")
    operations.hold(ready.context, ready.tenant, made["Number"], "anna")
    operations.release(ready.context, ready.tenant, made["Number"], "anna")
    wait(ready, clock, 20)
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == [("work_order.answer_lost", made["Number"], 1)]


@pytest.mark.parametrize("act", ["push", "backfill"])
def test_what_was_lost_before_a_new_activation_is_not_sent_twice(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock, act: str
) -> None:
    """R3.10, R3.12: it is not sent by itself any more; a person who asks for it shortens nothing either."""
    ready.accounting.lag_searches(3 * 3600)
    made = lose(ready, sandbox, kind="drop_after")
    with ready.context.store.begin() as tx:
        activation_border.skip_before(tx, ready.tenant.id, clock.now() + timedelta(minutes=1))
    wait(ready, clock, 11)
    if act == "push":
        operations.push_one(ready.context, ready.tenant, made["Number"], by="anna", key="by hand")
    else:
        operations.backfill(ready.context, ready.tenant, clock.now().date() - timedelta(days=1), by="a", dry_run=False)
    wait(ready, clock, 20)
    only_document_of(ready, made)
    assert state_of(ready, made) == "held"


def test_retrying_does_not_forget_that_it_was_sent(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10: held because a search gave nonsense; looked at again, it needs evidence all the same."""
    ready.accounting.lag_searches(3 * 3600)
    made = lose(ready, sandbox, kind="drop_after")
    add_fault(sandbox, kind="html", method="GET", path=ready.accounting.document_search_path, count=-1)
    for _ in range(4):
        with suppress(IntegrationError):
            push(ready.context, ready.tenant, "search")
        clock.advance(minutes=16)
    sandbox.server.world.faults.clear()
    operations.retry(ready.context, ready.tenant, "connection.unexpected_response", "anna")
    wait(ready, clock, 2)
    only_document_of(ready, made)


def test_orders_of_the_same_day_cost_nothing(couple: CoupleTenant) -> None:
    """R3.10: those that the ledger knows are not read again, however many a customer has on one day."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    mark = coupled.control.mark()
    for _ in range(5):
        archive_work_order(coupled)
        assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
    asked = count_requests(coupled, mark, "unit4")
    assert sum(number for request, number in asked.items() if "{key}" in request) <= 3 * 5 + 2, (
        asked
    )  # the search, what is of that day, and its end
