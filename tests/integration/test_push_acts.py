"""What a person can do to work orders, on the command line and through the same functions; each twice without harm."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from include.access.systems import open_package
from include.errors import InvalidInput, NotFound, RecordRejected, WorkOrderRefused
from include.push import operations
from include.push.preview import preview
from include.push.worker import push
from include.records import ExpectedDocument
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.command_line import run_koppel
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import alter_stored_record, open_work_order_problems
from tests.helpers.work_orders import archive_work_order, only_document_of


def remove_document(coupled: CoupledTenant, work_order: dict[str, Any]) -> None:
    """Delete the document of a work order, as a person does in the package."""
    coupled.accounting.delete_document(only_document_of(coupled, work_order))


def steps(coupled: CoupledTenant) -> list[tuple[str, str | None]]:
    with coupled.context.store.begin() as tx:
        return [tuple(row) for row in tx.execute(text("SELECT state, by FROM ledger_steps ORDER BY id"))]


def on(operation: Callable[..., Any], coupled: CoupledTenant, made: dict[str, Any]) -> Any:
    """Carry out what a person does to a work order."""
    key = {"key": "key"} if operation is operations.push_one else {}
    return operation(coupled.context, coupled.tenant, made["Number"], by="ans", **key)


def test_a_held_work_order_waits_until_it_is_released(ready: CoupledTenant) -> None:
    """R3.10, R7.5: each is done twice; who did it is kept in the steps, and an archiving beside it waits too."""
    made = archive_work_order(ready)
    alter_stored_record(ready, "customers", made["CustomerId"], active=False)
    push(ready.context, ready.tenant, "run")
    for _ in range(2):
        assert on(operations.hold, ready, made).state == "held"
    assert open_work_order_problems(ready) == []
    alter_stored_record(ready, "customers", made["CustomerId"], active=True)
    assert push(ready.context, ready.tenant, "run") == {}
    for _ in range(2):
        assert on(operations.release, ready, made).state == "ready"
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}
    only_document_of(ready, made)
    assert [step for step in steps(ready) if step[1]] == [("held", "ans"), ("ready", "ans")]


def test_a_booked_one_cannot_be_held_or_pushed(ready: CoupledTenant) -> None:
    """R3.10: refused by the name of its document; nothing is sent."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    name = only_document_of(ready, made).number
    for operation in (operations.hold, operations.push_one):
        with pytest.raises(WorkOrderRefused, match=f"already, as {name}"):
            on(operation, ready, made)
    with pytest.raises(WorkOrderRefused, match="not held but confirmed"):
        on(operations.release, ready, made)
    only_document_of(ready, made)


def test_a_removed_document_is_made_again_only_when_asked_for(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10: nothing else makes it again; and it is made once."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    remove_document(ready, made)
    assert push(ready.context, ready.tenant, "again") == {}
    assert on(operations.push_one, ready, made).state == "confirmed"
    only_document_of(ready, made)
    with pytest.raises(WorkOrderRefused, match="already"):
        on(operations.push_one, ready, made)
    assert ("skipped", "ans") in steps(ready)


def test_a_copy_of_the_document_counts_too(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.10: removed and made anew by a person, under our reference and another number."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled)
    push(coupled.context, coupled.tenant, "run")
    books = sandbox.server.services["unit4"].administrations[coupled.control.administration("unit4")]
    order = books.orders.get(only_document_of(coupled, made).id)
    books.remove_order(order)
    books.add_order({**order, "orderId": "20269999"})
    with pytest.raises(WorkOrderRefused, match="already"):
        on(operations.push_one, coupled, made)
    only_document_of(coupled, made)


def test_one_that_was_archived_again_counts_for_its_first_document(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10: the later archiving is pushed once the document of the earlier one was removed, not before."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{made['Id']}")
    ready.control.call("POST", f"archive/{made['Id']}")
    push(ready.context, ready.tenant, "again")
    with pytest.raises(WorkOrderRefused, match="already"):
        on(operations.push_one, ready, made)
    remove_document(ready, made)
    assert on(operations.push_one, ready, made).state == "confirmed"
    only_document_of(ready, made)


def test_pushing_one_sends_what_was_kept_back(couple: CoupleTenant) -> None:
    """R3.9: the filter word keeps it back until a person says so; by number or id."""
    for package in PACKAGES:
        coupled = couple(package, filter_word="garantie")
        sync(coupled.context, coupled.tenant, "sync")
        made = archive_work_order(coupled, Description="Garantie")
        push(coupled.context, coupled.tenant, "run")
        entry = operations.push_one(coupled.context, coupled.tenant, str(made["Id"]), by="ans", key="key")
        assert entry.state == "confirmed"
        only_document_of(coupled, made)


def test_what_is_not_known_or_not_possible_is_explained(ready: CoupledTenant) -> None:
    """R3.12, R7.2: it is said in words; the reason that is in the way of a work order is that of the log."""
    with pytest.raises(NotFound, match="not known"):
        operations.hold(ready.context, ready.tenant, "nergens", "ans")
    made = archive_work_order(ready, UsedItems=[{"Description": "Plakband", "Quantity": 1}])
    push(ready.context, ready.tenant, "run")
    assert on(operations.push_one, ready, made).state == "rejected"
    assert open_work_order_problems(ready) == [("work_order.article_free_text", made["Number"], 1)]


def test_retry_by_code_and_for_all_tenants(couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R7.5: only what waits with that code; a second time changes nothing; who asked stands in the steps."""
    tenants = [couple("unit4", slug="one"), couple("rompslomp", slug="two")]
    for coupled in tenants:
        sync(coupled.context, coupled.tenant, "sync")
        archive_work_order(coupled)
        archive_work_order(coupled, UsedItems=[{"Description": "Plakband", "Quantity": 1}])
        add_fault(sandbox, kind="status", status=422, method="POST", path=coupled.accounting.documents_path, count=1)
        assert push(coupled.context, coupled.tenant, "run") == {"rejected": 2}
        assert push(coupled.context, coupled.tenant, "too soon") == {}
    context = tenants[0].context
    for _ in range(2):
        assert operations.retry_all(context, "work_order.refused", "ans") == {"one": 1, "two": 1}
    for coupled in tenants:
        assert push(context, coupled.tenant, "again") == {"confirmed": 1}
    assert operations.retry_all(context, "work_order.refused", "ans") == {}
    assert operations.retry(context, tenants[0].tenant, None, "ans") == 1
    assert push(context, tenants[0].tenant, "again") == {"rejected": 1}
    assert ("rejected", "ans") in steps(tenants[0])


def test_retry_leaves_alone_what_a_person_holds(ready: CoupledTenant) -> None:
    """R7.5: holding is not a code to be retried."""
    made = archive_work_order(ready)
    operations.backfill(ready.context, ready.tenant, datetime.now(UTC).date(), by="ans", dry_run=False)
    on(operations.hold, ready, made)
    assert operations.retry(ready.context, ready.tenant, "work_order.held", "ans") == 0
    assert push(ready.context, ready.tenant, "run") == {}


# preview


def stored_lines(coupled: CoupledTenant, made: dict[str, Any]) -> list[tuple[str, Decimal | None]]:
    return only_document_of(coupled, made).quantities


def planned_lines(planned: ExpectedDocument | None) -> list[tuple[str, Decimal | None]]:
    assert planned is not None
    return [(line.description, line.quantity) for line in planned.lines]


def test_a_preview_is_what_will_be_stored(ready: CoupledTenant) -> None:
    """R3.5, R3.11: nothing is sent; each line with its rule, the totals, and afterwards no difference."""
    made = archive_work_order(ready)
    operations.backfill(ready.context, ready.tenant, datetime.now(UTC).date(), by="ans", dry_run=False)
    before = len(ready.documents())
    shown = preview(ready.context, ready.tenant, made["Number"])
    assert len(ready.documents()) == before
    assert shown.expected is not None
    rules = ["work_description", "default_article", "used_article", "travel_time", "work_time"]
    assert [line.rule for line in shown.expected.lines] == rules
    assert (shown.expected.total_excl_vat, shown.expected.total_incl_vat) == (Decimal("269.15"), Decimal("325.67"))
    assert shown.existing == ()
    push(ready.context, ready.tenant, "run")
    assert planned_lines(shown.expected) == stored_lines(ready, made)
    after = preview(ready.context, ready.tenant, made["Number"])
    assert len(after.existing) == 1
    assert after.differences == ()


def test_a_preview_shows_what_was_changed(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10: the difference with the document that exists."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    alter_stored_record(ready, "articles", article_id(ready), description="Iets anders")
    shown = preview(ready.context, ready.tenant, made["Number"])
    [difference] = shown.differences
    assert "Iets anders" in difference.split("→")[0]
    assert "Ontsteker" in difference.split("→")[1]


def article_id(coupled: CoupledTenant) -> int:
    return int(next(row["Id"] for row in coupled.simon("Item") if row["Code"] == "ONT-7"))


def test_a_preview_of_what_cannot_be_sent_says_why(ready: CoupledTenant) -> None:
    """R3.7: the same words as in the log."""
    made = archive_work_order(ready, UsedItems=[{"Description": "Plakband", "Quantity": 1}])
    push(ready.context, ready.tenant, "run")
    shown = preview(ready.context, ready.tenant, made["Number"])
    assert isinstance(shown.refusal, RecordRejected)
    assert shown.refusal.code == "work_order.article_free_text"


# backfill


def test_a_backfill_takes_along_what_was_archived_before(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.12: from a Dutch day on, and only when asked for; the second time there is nothing new."""
    made = [archive_work_order(ready) for _ in range(3)]
    with ready.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET active_since = now() + interval '1 minute'"))
    clock.advance(minutes=2)
    assert push(ready.context, ready.tenant, "run") == {}
    today = datetime.now(UTC).date()
    for dry, new in ((True, 3), (True, 3), (False, 3), (False, 0)):
        counted = operations.backfill(ready.context, ready.tenant, today - timedelta(days=1), by="ans", dry_run=dry)
        assert (counted.archived, counted.new) == (3, new)
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 3}
    for work_order in made:
        only_document_of(ready, work_order)
    with pytest.raises(InvalidInput, match="still to come"):
        operations.backfill(ready.context, ready.tenant, today + timedelta(days=3), by="ans", dry_run=True)


# the command line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["work-orders", "hold", "TENANT", "nergens"], "not known"),
        (["work-orders", "backfill", "TENANT", "--from", "gisteren"], "use a day as YYYY-MM-DD"),
        (["work-orders", "retry"], "name one TENANT, or use --all-tenants"),
        (["work-orders", "retry", "TENANT", "--all-tenants"], "name one TENANT, or use --all-tenants"),
        (["work-orders", "release", "nobody", "1"], "does not exist"),
    ],
)
def test_wrong_commands_are_explained(coupled: CoupledTenant, arguments: list[str], expected: str) -> None:
    """R4.4: a sentence is printed, and no trace."""
    words = [coupled.slug if word == "TENANT" else word for word in arguments]
    answer = run_koppel(coupled.context, *words)
    assert answer.returncode == 1
    assert expected in answer.stderr.replace("\n", " ")
    assert "Traceback" not in answer.stderr


def test_commands_on_a_work_order(couple: CoupleTenant) -> None:
    """R3.10: hold and release by number, as JSON too."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled, UsedItems=[{"Description": "Plakband", "Quantity": 1}])
    push(coupled.context, coupled.tenant, "run")
    for command, state in (("hold", "held"), ("hold", "held"), ("release", "ready")):
        answer = run_koppel(coupled.context, "work-orders", command, coupled.slug, made["Number"], "--json")
        assert [row["state"] for row in json.loads(answer.stdout)] == [state], answer.stderr
    answer = run_koppel(coupled.context, "work-orders", "retry", "--all-tenants", "--json")
    assert json.loads(answer.stdout) == []


def test_the_sink_says_what_it_holds(ready: CoupledTenant) -> None:
    """Contracts, 9.5 and 10: a single document with its lines, and None for one that is not there."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    package = open_package(ready.context, ready.tenant)
    document = package.document(only_document_of(ready, made).id)
    assert document is not None
    assert [(line.description, line.quantity) for line in document.lines or ()] == stored_lines(ready, made)
    assert package.document("999999") is None
