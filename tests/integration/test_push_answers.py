"""Lost answers, answers that make no sense, runs that break off: one document, and nobody held up (R3.10, R3.13)."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from include.access.credentials import StoredCredentials
from include.access.systems import open_package
from include.connectors import registry
from include.errors import Misconfigured, Transient
from include.push import document as documents
from include.push import operations
from include.push.circuit_breaker import LONGEST
from include.push.worker import push
from include.records import WorkOrder
from include.store import ledger
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import is_announced, open_work_order_problems, save_settings
from tests.helpers.work_orders import archive_work_order, only_document_of


def states(coupled: CoupledTenant) -> dict[str, int]:
    with coupled.context.store.begin() as tx:
        return ledger.counts(tx, coupled.tenant.id)


def lose_an_answer(coupled: CoupledTenant, sandbox: Sandbox) -> dict[str, Any]:
    made = archive_work_order(coupled)
    add_fault(sandbox, kind="drop_after", method="POST", path=coupled.accounting.documents_path, count=1)
    assert push(coupled.context, coupled.tenant, "run") == {"unknown": 1}
    assert [code for code, _, _ in open_work_order_problems(coupled)] == ["work_order.outcome_unknown"]
    return made


def test_a_document_that_agrees_is_ours(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10, R7.5: customer, day and lines are those that were sent; what was said of it is settled."""
    made = lose_an_answer(ready, sandbox)
    clock.advance(seconds=31)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1}
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


@pytest.mark.parametrize("changed", ["date", "lines"])
def test_a_document_that_differs_is_for_a_person(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock, changed: str
) -> None:
    """R3.10: it is held, and the message says what was found; nothing is sent, also not after a release."""
    made = lose_an_answer(ready, sandbox)
    document = only_document_of(ready, made)
    if changed == "date":
        ready.accounting.delay_document(document, days=3)
    else:
        ready.accounting.change_last_quantity(document, 9)
    for _ in range(2):
        clock.advance(seconds=31)
        assert push(ready.context, ready.tenant, "later") == {"held": 1}
        [problem] = ready.open_problems()[:1]
        assert problem.code == "work_order.document_differs"
        assert "→" in problem.message
        release(ready, made)
    only_document_of(ready, made)


def release(coupled: CoupledTenant, made: dict[str, Any]) -> None:
    operations.release(coupled.context, coupled.tenant, made["Number"], "test")


def test_several_documents_are_for_a_person(couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10: Unit4 does not keep references unique; both are named."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    made = lose_an_answer(coupled, sandbox)
    accounting = coupled.accounting
    books = accounting.administration
    books.add_order({**accounting.stored_document(only_document_of(coupled, made)), "orderId": "20269999"})
    clock.advance(seconds=31)
    assert push(coupled.context, coupled.tenant, "later") == {"held": 1}
    assert [code for code, _, _ in open_work_order_problems(coupled)] == ["work_order.duplicate_documents"]
    books.remove_order(books.orders.get("20269999"))
    release(coupled, made)
    assert push(coupled.context, coupled.tenant, "released") == {"confirmed": 1}
    assert open_work_order_problems(coupled) == []


def test_one_that_bookkeepers_worked_on_is_found_after_a_restore(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10: no second document is made; that it is another than it would be now is reported as a warning."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    ready.accounting.change_last_quantity(only_document_of(ready, made), 9)
    with ready.context.store.begin() as tx:
        for table in ("ledger_steps", "ledger", "watermarks"):
            tx.execute(text(f"DELETE FROM {table}"))
    assert push(ready.context, ready.tenant, "again") == {"confirmed": 1}
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.found_edited"]
    only_document_of(ready, made)


def test_where_orders_take_no_filter_they_are_compared_here(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.10, contract 12: all orders of the customer, and the one with our reference is found."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    made = [archive_work_order(coupled) for _ in range(2)]
    push(coupled.context, coupled.tenant, "run")
    sandbox.control.call("PUT", "switches", {"unit4.order_filter": False})
    document = only_document_of(coupled, made[0])
    package = open_package(coupled.context, coupled.tenant)
    documents = package.find(document.reference, document.customer_key)
    assert [document.id for document in documents] == [document.id]


def test_totals_that_agree_are_no_warning(ready: CoupledTenant) -> None:
    """R3.11: to the cent, VAT included."""
    archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    assert open_work_order_problems(ready) == []


# an error of ours


def test_a_run_that_breaks_off_does_not_hold_the_others(ready: CoupledTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.13: it goes to the end of the line, and is held the third time; released after a repair, it goes out."""
    good = [archive_work_order(ready) for _ in range(2)]
    bad = archive_work_order(ready, Description="Dit gaat mis")
    good.append(archive_work_order(ready))
    build = documents.build

    def breaking(work_order: WorkOrder, *rest: Any) -> Any:
        if work_order.number == bad["Number"]:
            raise ZeroDivisionError("geheim")
        return build(work_order, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("include.push.document.build", breaking)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                push(ready.context, ready.tenant, "run")
        assert states(ready) == {"confirmed": 3, "held": 1}
        assert push(ready.context, ready.tenant, "run") == {}
    for made in good:
        only_document_of(ready, made)
    assert open_work_order_problems(ready) == [("work_order.unexpected_error", bad["Number"], 1)]
    assert "geheim" not in str(ready.log())
    release(ready, bad)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    assert open_work_order_problems(ready) == []


def test_one_answer_that_makes_no_sense_holds_that_one(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock
) -> None:
    """R3.13: others go well, so it is this one; after a few times it is held, with one problem."""
    bad = archive_work_order(ready)
    add_fault(sandbox, kind="html", path=rf"/WorkOrder\({bad['Id']}\)", count=-1)
    for _ in range(3):
        good = archive_work_order(ready)
        push(ready.context, ready.tenant, "run")
        only_document_of(ready, good)
        clock.advance(minutes=11)
    assert states(ready) == {"confirmed": 3, "held": 1}
    broken = [problem for problem in ready.open_problems() if problem.record == bad["Number"]]
    assert [(problem.code, problem.count) for problem in broken] == [("connection.unexpected_response", 1)]


# the whole tenant


def test_dead_credentials_are_said_once_and_tried_less_often(
    couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock
) -> None:
    """R7.5: one line, and ten minutes until the next try; the work order goes out at once with other ones."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled)
    sandbox.server.services["unit4"].expire_tokens()
    sandbox.server.world.faults.add({"kind": "status", "status": 400, "path": "OAuth/Token", "count": -1})
    for attempt in ("one", "two"):
        with pytest.raises(Misconfigured):
            push(coupled.context, coupled.tenant, attempt)
        assert push(coupled.context, coupled.tenant, "too soon") == {}
        clock.advance(minutes=11)
    assert [row.code for row in coupled.log("error")] == ["connection.token_revoked"]
    assert [problem.code for problem in coupled.open_problems()][:1] == ["connection.token_revoked"]
    with pytest.raises(Misconfigured):
        push(coupled.context, coupled.tenant, "not yet")
    sandbox.server.world.faults.clear()
    assert push(coupled.context, coupled.tenant, "nobody knows") == {}
    reconnect(coupled)
    assert push(coupled.context, coupled.tenant, "repaired") == {"confirmed": 1}
    only_document_of(coupled, made)
    assert "connection.token_revoked" not in [problem.code for problem in coupled.open_problems()]


def reconnect(coupled: CoupledTenant) -> None:
    """A person logs in again."""
    access = coupled.tenant.package.access.model_validate(coupled.control.package_access(coupled.package))
    with coupled.context.store.begin() as tx:
        StoredCredentials(coupled.context, coupled.tenant.id, registry.package(coupled.package)).put(tx, access)


def test_a_package_that_is_away_is_one_problem(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R7.5: not one for each work order; tried ever less often, and over by itself."""
    made = [archive_work_order(ready) for _ in range(5)]
    add_fault(sandbox, kind="status", status=503, path=ready.accounting.api_path, count=-1)
    for _ in range(6):
        with pytest.raises(Transient):
            push(ready.context, ready.tenant, "run")
        assert push(ready.context, ready.tenant, "too soon") == {}
        assert not is_announced(ready)
        clock.advance(seconds=LONGEST.total_seconds() + 1)
    problems = [problem for problem in ready.open_problems() if problem.code != "sync.text_shortened"]
    assert [problem.code for problem in problems] == ["connection.unavailable"]
    sandbox.server.world.faults.clear()
    assert is_announced(ready)
    assert push(ready.context, ready.tenant, "back") == {"confirmed": len(made)}
    left = [problem for problem in ready.open_problems() if problem.code != "sync.text_shortened"]
    assert left == []


def test_other_settings_end_a_stop(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R4.3: a person may have repaired it there."""
    archive_work_order(ready)
    add_fault(sandbox, kind="status", status=403, path=ready.accounting.api_path, count=2)
    with pytest.raises(Exception, match=r"connection\.forbidden"):
        push(ready.context, ready.tenant, "run")
    assert push(ready.context, ready.tenant, "too soon") == {}
    save_settings(ready, work_description=False)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}


def test_answers_lost_in_a_row_stop_the_tenant(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.10: a package that takes documents and answers nothing is not sent a whole batch."""
    made = [archive_work_order(ready) for _ in range(6)]
    add_fault(sandbox, kind="drop_after", method="POST", path=ready.accounting.documents_path, count=-1)
    with pytest.raises(Transient):
        push(ready.context, ready.tenant, "run")
    assert states(ready) == {"unknown": 3, "ready": 3}
    sandbox.server.world.faults.clear()
    clock.advance(minutes=2)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 6}
    for work_order in made:
        only_document_of(ready, work_order)


def test_unit4_is_sent_one_at_a_time(couple: CoupleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.10, contract 5: also by two runs at once, of which each does its own work orders."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    made = [archive_work_order(coupled) for _ in range(8)]
    connection = type(open_package(coupled.context, coupled.tenant))
    sending, under_way, most, both = connection.send, [], [], threading.Barrier(2, timeout=30)
    second = threading.Event()

    def send(self: Any, document: Any) -> Any:
        under_way.append(document.reference)
        most.append(len(under_way))
        if len(most) > 1:
            second.set()
        second.wait(timeout=2)  # long enough for the other run to get here too, if it may
        try:
            return sending(self, document)
        finally:
            under_way.remove(document.reference)

    monkeypatch.setattr(connection, "send", send)

    def run(key: str) -> None:
        both.wait()
        push(coupled.context, coupled.tenant, key)

    runs = [threading.Thread(target=run, args=(key,)) for key in ("one", "two")]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join(timeout=60)
    for work_order in made:
        only_document_of(coupled, work_order)
    assert len(most) == len(made)
    assert max(most) == 1
