"""One work order that goes wrong beside others that do not, and what a person does to one that a dead run left."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from include.access.systems import open_package
from include.errors import IntegrationError, WorkOrderRefused
from include.push import operations
from include.push.ledger import give_up
from include.push.worker import push
from include.store import activation_border, circuit_breakers, ledger
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from sandbox.simple_simon.service import SimonSandbox
from sandbox.simple_simon.store import SimonAccount
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault, count_requests
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import alter_stored_record, open_work_order_problems
from tests.helpers.work_orders import archive_work_order, item_id, only_document_of

BROKEN = {"no JSON": {"kind": "html"}, "refused": {"kind": "status", "status": 400}, "away": {"kind": "status"}}


class Killed(BaseException):
    """The process ended here."""


def states(coupled: CoupledTenant) -> dict[str, int]:
    with coupled.context.store.begin() as tx:
        return ledger.counts(tx, coupled.tenant.id)


def pushed(coupled: CoupledTenant) -> dict[str, int] | None:
    """None for a run that stops the tenant."""
    try:
        return push(coupled.context, coupled.tenant, "run")
    except IntegrationError:
        return None


def said(coupled: CoupledTenant) -> list[tuple[str, str]]:
    """(code, record) of what is open, but of the synchronisation."""
    problems = coupled.open_problems()
    return [(problem.code, problem.record) for problem in problems if not problem.code.startswith("sync.")]


def archive_again(coupled: CoupledTenant, made: dict[str, Any]) -> None:
    coupled.control.call("POST", f"unarchive/{made['Id']}")
    coupled.control.call("POST", f"archive/{made['Id']}")


@pytest.mark.parametrize("kind", BROKEN)
def test_the_first_in_line_holds_up_nobody(ready: CoupledTenant, sandbox: Sandbox, kind: str) -> None:
    """R3.13: a neutral request goes well, so that it is this one; the others go out in the same run."""
    good = [archive_work_order(ready) for _ in range(2)]
    bad = archive_work_order(ready)
    add_fault(sandbox, path=rf"/WorkOrder\({bad['Id']}\)", count=-1, **BROKEN[kind])
    assert pushed(ready) == {"confirmed": 2, "ready": 1}
    for made in good:
        only_document_of(ready, made)
    assert [record for _, record in said(ready)] == [bad["Number"]]


def test_it_is_held_when_its_answers_make_no_sense(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.13, R7.5: it takes three times, with one problem; until then it waits ever longer."""
    bad = archive_work_order(ready)
    add_fault(sandbox, kind="html", path=rf"/WorkOrder\({bad['Id']}\)", count=-1)
    for _ in range(3):
        pushed(ready)
        clock.advance(minutes=31)
    assert states(ready) == {"held": 1}
    assert said(ready) == [("connection.unexpected_response", bad["Number"])]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 403}, {"kind": "html"}], ids=str)
def test_one_bad_customer_is_no_trouble_of_the_tenant(
    couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock, fault: dict[str, Any]
) -> None:
    """R3.13: his orders cannot be listed, whatever the answer is; work orders of others go out at once, every time."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    places = [row for row in coupled.simon("Location") if row["CustomerId"]][:2]
    bad, good = ({"CustomerId": place["CustomerId"], "LocationId": place["Id"]} for place in places)
    customer = next(row for row in coupled.simon("Customer") if row["Id"] == bad["CustomerId"])
    add_fault(sandbox, **{"kind": "status", **fault}, path=f"/OrderInfoList/{customer['ExternalId']}$", count=-1)
    waiting = [archive_work_order(coupled, **bad) for _ in range(2)]
    for _ in range(4):
        made = archive_work_order(coupled, **good)
        assert (pushed(coupled) or {}).get("confirmed") == 1
        only_document_of(coupled, made)
        clock.advance(minutes=16)
    assert {record for _, record in said(coupled)} == {work_order["Number"] for work_order in waiting}
    sandbox.server.world.faults.clear()
    for work_order in waiting:
        operations.retry(coupled.context, coupled.tenant, None, "ans")
        if "held" in states(coupled):
            operations.release(coupled.context, coupled.tenant, work_order["Number"], "ans")
    clock.advance(minutes=31)
    pushed(coupled)
    assert states(coupled) == {"confirmed": 6}
    assert said(coupled) == []


def test_two_different_records_are_trouble_of_the_tenant(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.13: nobody's orders can be listed, though the administration itself answers."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    for place in [row for row in coupled.simon("Location") if row["CustomerId"]][:2]:
        archive_work_order(coupled, CustomerId=place["CustomerId"], LocationId=place["Id"])
    add_fault(sandbox, kind="status", status=500, path="/OrderInfoList/", count=-1)
    assert pushed(coupled) is None
    assert ("connection.unavailable", "") in said(coupled)


def test_a_removed_customer_is_no_trouble_of_the_administration(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.13: Unit4 does not know the customer's list of orders any more; the order itself is refused, or not."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    good, gone = archive_work_order(coupled), coupled.simon("Customer")[1]
    archive_work_order(coupled, CustomerId=gone["Id"])
    add_fault(sandbox, kind="status", status=404, path=f"/OrderInfoList/{gone['ExternalId']}$", count=-1)
    add_fault(sandbox, kind="status", status=400, method="POST", path="/Order$", count=1)
    assert pushed(coupled) == {"confirmed": 1, "rejected": 1}
    only_document_of(coupled, good)
    assert [code for code, _, _ in open_work_order_problems(coupled)] == ["work_order.refused"]


def test_an_administration_that_is_gone_is_said_so(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.10: where nobody's orders are known any more, nothing is taken for not being there."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    archive_work_order(coupled)
    add_fault(sandbox, kind="status", status=404, path=coupled.accounting.api_path, count=-1)
    assert pushed(coupled) is None
    assert said(coupled) == [("connection.not_found", "")]


@pytest.mark.parametrize("broken", ["an answer", "our own"])
def test_a_second_archiving_that_goes_wrong_is_over(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """R3.10, R7.5: its first one is in the package, so it cannot be held; it ends, and the problem is said."""
    made = archive_work_order(ready)
    pushed(ready)
    archive_again(ready, made)
    if broken == "an answer":
        add_fault(sandbox, kind="html", path=rf"/WorkOrder\({made['Id']}\)", count=-1)
    else:
        monkeypatch.setattr("include.push.process._archived_again", _breaking)
    for _ in range(3):
        archive_work_order(ready)
        if broken == "an answer":
            pushed(ready)
        else:
            with pytest.raises(ZeroDivisionError):
                pushed(ready)
        clock.advance(minutes=16)
    pushed(ready)
    assert states(ready) == {"confirmed": 4, "skipped": 1}
    assert [record for _, record in said(ready)] == [made["Number"]]
    only_document_of(ready, made)


def test_a_second_archiving_beside_an_unsure_one_waits(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10: the first may not have arrived after all; then the second is the one to send."""
    made = archive_work_order(ready)
    add_fault(sandbox, kind="drop_after", method="POST", path=ready.accounting.documents_path, count=1)
    assert pushed(ready) == {"unknown": 1}
    archive_again(ready, made)
    assert Watcher(ready.context).poll("archived", ready.slug)
    now = ready.context.now()
    with ready.context.store.begin() as tx:
        [second] = ledger.due(tx, ready.tenant.id, now, 10)
        entry = ledger.claim(tx, second, now, timedelta(minutes=5))
        assert entry is not None
        assert give_up(tx, entry, "work_order.unexpected_error") == "ready"


def _breaking(*_: Any) -> Any:
    raise ZeroDivisionError


def test_pushing_what_a_dead_run_was_sending_looks_first(
    ready: CoupledTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.10: it may have arrived, and a search may lag; a person who pushes it does not shorten that."""
    made = archive_work_order(ready)
    package = type(open_package(ready.context, ready.tenant))
    with monkeypatch.context() as patched:
        patched.setattr(package, "send", _killed_after(package.send))
        with pytest.raises(Killed):
            push(ready.context, ready.tenant, "run")
    clock.advance(minutes=6)
    with monkeypatch.context() as patched:
        patched.setattr(package, "find", lambda *_: [])
        pushed_one = operations.push_one(ready.context, ready.tenant, made["Number"], by="ans", key="key")
    assert pushed_one.state == "unknown"
    clock.advance(seconds=31)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1}
    only_document_of(ready, made)


def _killed_after(send: Callable[..., Any]) -> Callable[..., Any]:
    def killed(*arguments: Any) -> Any:
        send(*arguments)
        raise Killed

    return killed


def test_a_change_of_a_clock_that_is_ahead_hides_nothing(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock
) -> None:
    """R3.1: what is archived afterwards, by a clock that is right, is seen all the same."""
    ahead = archive_work_order(ready)
    _set_change(sandbox, ready, ahead, timedelta(days=30))
    assert pushed(ready) == {"confirmed": 1}
    made = archive_work_order(ready)
    assert pushed(ready) == {"confirmed": 1}
    only_document_of(ready, made)


def _set_change(sandbox: Sandbox, coupled: CoupledTenant, made: dict[str, Any], ahead: timedelta) -> None:
    account, row = stored(sandbox, coupled, made)
    with account.change():
        account.amend("WorkOrder", row, MutationDate=account.values("WorkOrder", row)["MutationDate"] + ahead)


def stored(sandbox: Sandbox, coupled: CoupledTenant, made: dict[str, Any]) -> tuple[SimonAccount, Any]:
    """The sandbox's own row of a work order."""
    simon = sandbox.server.services["simon"]
    assert isinstance(simon, SimonSandbox)
    account = simon.sign_in.accounts[coupled.key]
    row = account.get("WorkOrder", made["Id"])
    assert row is not None
    return account, row


def test_back_in_the_archive_under_the_same_moment(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.1: it was passed over while it was out; nobody promises that archiving again sets another moment."""
    made = archive_work_order(ready)
    account, row = stored(sandbox, ready, made)
    archived_at = account.values("WorkOrder", row)["ArchiveDate"]
    assert Watcher(ready.context).poll("archived", ready.slug)
    ready.control.call("POST", f"unarchive/{made['Id']}")
    assert pushed(ready) == {"skipped": 1}
    ready.control.call("POST", f"archive/{made['Id']}")
    with account.change():
        account.amend("WorkOrder", stored(sandbox, ready, made)[1], ArchiveDate=archived_at)
    assert pushed(ready) == {"confirmed": 1}
    only_document_of(ready, made)


def test_no_stop_lasts_longer_than_an_hour(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R6.2: whatever a package asks for by mistake."""
    archive_work_order(ready)
    add_fault(sandbox, kind="status", status=503, retry_after=86_400, path=ready.accounting.api_path, count=-1)
    assert pushed(ready) is None
    with ready.context.store.begin() as tx:
        stop = circuit_breakers.get(tx, ready.tenant.id)
    assert stop is not None
    assert stop.until <= ready.context.now() + timedelta(hours=1)


def test_a_price_of_this_morning_counts(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.11: Rompslomp's articles come over once a day, and each line of an invoice brings its own price."""
    coupled = couple("rompslomp", default_article="", work_description=False)
    sync(coupled.context, coupled.tenant, "sync")
    company = sandbox.server.services["rompslomp"].state.companies[int(coupled.control.administration("rompslomp"))]
    product = next(row for row in company.products.rows if row.product_code == "ONT-7")
    product.price_per_unit = Decimal("50.00")
    other = [{"ItemId": item_id(coupled, code), "Quantity": 2} for code in ("ONT-7", "KK-15/22")]
    both, made = archive_work_order(coupled, TimeSheets=[], UsedItems=other), archive_work_order(coupled, TimeSheets=[])
    mark = coupled.control.mark()
    assert pushed(coupled) == {"confirmed": 2}
    assert only_document_of(coupled, made).total_excl == 100
    assert only_document_of(coupled, both).lines[0].net == 100
    asked = count_requests(coupled, mark, "rompslomp")
    assert asked == {
        "GET sales_invoices": 3,
        "GET products": 2,
        "POST sales_invoices": 2,
    }  # one to measure
    assert said(coupled) == []


def test_an_article_of_type_text_needs_no_vat_code(couple: CoupleTenant) -> None:
    """R3.5: it is a line without an amount."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    alter_stored_record(coupled, "articles", item_id(coupled, "TXT.GAR"), vat_code="")
    made = archive_work_order(coupled, UsedItems=[{"ItemId": item_id(coupled, "TXT.GAR"), "Quantity": 1}])
    assert pushed(coupled) == {"confirmed": 1}
    assert only_document_of(coupled, made).lines[2].quantity is None
    assert open_work_order_problems(coupled) == []


def test_what_is_not_sent_cannot_be_held(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.12: else its release would send what was archived before the coupling became active."""
    made = archive_work_order(ready)
    assert Watcher(ready.context).poll("archived", ready.slug)
    with ready.context.store.begin() as tx:
        activation_border.skip_before(tx, ready.tenant.id, clock.now() + timedelta(seconds=5))
    with pytest.raises(WorkOrderRefused, match="not sent anyway"):
        operations.hold(ready.context, ready.tenant, made["Number"], "ans")
