"""Archived work orders to documents: real Postgres, real HTTP to the sandboxes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from include.access.systems import open_package
from include.http import Http
from include.push.worker import LEASE, push
from include.store import ledger
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import (
    archive_work_order,
    change_in_simon,
    create_address_without_customer,
    item_id,
    only_document_of,
)


def test_an_archived_work_order_becomes_a_document(ready: CoupledTenant) -> None:
    """R3.1, R3.2, R3.5, R3.6, R3.11: kind, customer, lines in order, quantities, reference; prices of the package."""
    made = archive_work_order(ready)
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}

    document = only_document_of(ready, made)
    expected = [
        ("Cv-ketel nazien", None),
        ("Voorrijkosten", Decimal(1)),
        ("Ontsteker", Decimal(2)),
        ("Reisuur", Decimal("0.25")),
        ("Arbeidsuur monteur", Decimal(2)),
    ]
    assert document.quantities == expected
    customer = next(row for row in ready.simon("Customer") if row["Id"] == made["CustomerId"])
    net = Decimal("35.00") + 2 * Decimal("48.95") + Decimal("11.25") + 2 * Decimal("62.50")
    assert document.is_draft
    assert document.customer_key == customer["ExternalId"]
    assert document.total_excl == net
    assert made["Number"] in document.title
    booked = [row for row in ready.log() if row.code == "work_order.booked"]
    assert [row.record for row in booked] == [made["Number"]]


def test_ready_is_not_enough(ready: CoupledTenant) -> None:
    """R3.1: only archived work orders are sent."""
    archive_work_order(ready, Status="Ready")
    assert push(ready.context, ready.tenant, "run") == {}


def test_pushing_again_makes_no_second_document(ready: CoupledTenant) -> None:
    """R3.10: the same run, another run, and a replay of everything that was seen."""
    made = archive_work_order(ready)
    before = len(ready.documents())
    for key in ("run", "run", "other"):
        push(ready.context, ready.tenant, key)
    assert len(ready.documents()) == before + 1
    only_document_of(ready, made)


def test_a_forgotten_ledger_finds_the_document_by_its_reference(ready: CoupledTenant) -> None:
    """R3.10: a store that was restored from before the push makes no second document."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    with ready.context.store.begin() as tx:
        tx.execute(text("DELETE FROM ledger_steps"))
        tx.execute(text("DELETE FROM ledger"))
        tx.execute(text("DELETE FROM watermarks"))
    assert push(ready.context, ready.tenant, "again") == {"confirmed": 1}
    only_document_of(ready, made)
    assert "work_order.already_booked" in [row.code for row in ready.log()]


@pytest.mark.parametrize("kind", ["drop_after", "status_after", "empty", "truncated"])
def test_a_lost_answer_makes_no_second_document(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock, kind: str
) -> None:
    """R3.10: the package stored it and the answer got lost; it is looked up before anything is sent again."""
    made = archive_work_order(ready)
    path = ready.accounting.documents_path
    sandbox.server.world.faults.add({"kind": kind, "method": "POST", "path": path, "count": 1})
    assert push(ready.context, ready.tenant, "run") == {"unknown": 1}
    assert push(ready.context, ready.tenant, "too soon") == {}
    clock.advance(seconds=31)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1}
    only_document_of(ready, made)


def test_a_lost_answer_is_settled_before_anything_else(
    coupled: CoupledTenant, sandbox: Sandbox, clock: FakeClock
) -> None:
    """R3.10: stored but unanswered, then taken out of the archive and given to another customer: one document."""
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled)
    path = coupled.accounting.documents_path
    sandbox.server.world.faults.add({"kind": "drop_after", "method": "POST", "path": path, "count": 1})
    assert push(coupled.context, coupled.tenant, "run") == {"unknown": 1}
    coupled.control.call("POST", f"unarchive/{made['Id']}")
    other = next(row for row in coupled.simon("Location") if row["CustomerId"] not in (None, made["CustomerId"]))
    change_in_simon(coupled, f"WorkOrder({made['Id']})", {"LocationId": other["Id"], "CustomerId": other["CustomerId"]})
    clock.advance(seconds=31)
    assert push(coupled.context, coupled.tenant, "later") == {"confirmed": 1}
    coupled.control.call("POST", f"archive/{made['Id']}")
    assert push(coupled.context, coupled.tenant, "again") == {"skipped": 1}
    only_document_of(coupled, made)


def test_a_runner_that_died_while_sending_is_taken_over(
    ready: CoupledTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.10: the intent is committed before the call; after the lease the next runner looks first."""
    made = archive_work_order(ready)

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("include.push.process.confirm", die)  # the document is stored, the process ends
        with pytest.raises(Killed):
            push(ready.context, ready.tenant, "run")
    with ready.context.store.begin() as tx:
        assert ledger.counts(tx, ready.tenant.id) == {"sending": 1}
    assert push(ready.context, ready.tenant, "while leased") == {}
    clock.advance(minutes=6)
    assert push(ready.context, ready.tenant, "after the lease") == {"confirmed": 1}
    only_document_of(ready, made)


def test_a_slow_search_leaves_the_whole_lease_to_the_call(
    ready: CoupledTenant, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3.10: nobody else takes a work order over while its document is being sent, however long the search took."""
    archive_work_order(ready)
    connection = type(open_package(ready.context, ready.tenant))
    finding, sending, taken = connection.find, connection.send, []

    def find_slowly(self: Any, *arguments: Any) -> Any:
        clock.advance(seconds=290)
        return finding(self, *arguments)

    def send_slowly(self: Any, document: Any) -> Any:
        clock.advance(seconds=170)
        with ready.context.store.begin() as tx:
            [entry] = ledger.listing(tx, ready.tenant.id)
            taken.append(ledger.claim(tx, entry.id, clock.now(), LEASE))
        return sending(self, document)

    monkeypatch.setattr(connection, "find", find_slowly)
    monkeypatch.setattr(connection, "send", send_slowly)
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}
    assert taken == [None]


def test_an_archiving_beside_a_held_one_waits_for_a_person(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.10, architecture 4: it is not looked at every minute, and nothing is sent."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    with ready.context.store.begin() as tx:
        tx.execute(text("UPDATE ledger SET state = 'held'"))
    ready.control.call("POST", f"unarchive/{made['Id']}")
    ready.control.call("POST", f"archive/{made['Id']}")
    assert push(ready.context, ready.tenant, "again") == {"ready": 1}
    clock.advance(hours=1)
    assert push(ready.context, ready.tenant, "an hour later") == {}
    only_document_of(ready, made)


def test_no_customer_is_an_error_that_holds_up_nobody(ready: CoupledTenant) -> None:
    """R3.3, R3.13, R7.1, R7.2: it is reported with code, message and action; the next work order goes out."""
    orphan = archive_work_order(ready, CustomerId=None, LocationId=create_address_without_customer(ready))
    good = archive_work_order(ready)
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1, "rejected": 1}
    only_document_of(ready, good)
    errors = ready.log("error")
    assert [(row.code, row.record, row.table) for row in errors] == [
        ("work_order.no_customer", orphan["Number"], "work_order")
    ]


def test_it_goes_out_by_itself_once_repaired(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.3: the office takes it out of the archive, sets the customer, archives it again."""
    orphan = archive_work_order(ready, CustomerId=None, LocationId=create_address_without_customer(ready))
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{orphan['Id']}")
    place = next(row for row in ready.simon("Location") if row["CustomerId"])
    change_in_simon(ready, f"WorkOrder({orphan['Id']})", {"LocationId": place["Id"], "CustomerId": place["CustomerId"]})
    ready.control.call("POST", f"archive/{orphan['Id']}")
    clock.advance(hours=1)  # the first archiving is looked at again too, and is found to be gone
    outcome = push(ready.context, ready.tenant, "later")
    assert outcome == {"confirmed": 1, "skipped": 1}
    only_document_of(ready, orphan)


def test_an_error_is_said_once(ready: CoupledTenant, clock: FakeClock) -> None:
    """R7.5: looked at again, still wrong, no second line."""
    archive_work_order(ready, CustomerId=None, LocationId=create_address_without_customer(ready))
    for _ in range(3):
        push(ready.context, ready.tenant, "run")
        clock.advance(hours=12)
    assert len(ready.log("error")) == 1


def test_a_work_address_of_another_customer_is_refused(ready: CoupledTenant) -> None:
    """R3.4: it is reported as an error with an action."""
    customers = [row["Id"] for row in ready.simon("Customer")]
    place = next(row["Id"] for row in ready.simon("Location") if row["CustomerId"] == customers[1])
    archive_work_order(ready, CustomerId=customers[0], LocationId=place)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert [row.code for row in ready.log("error")] == ["work_order.address_of_another_customer"]


def test_free_material_books_nothing_half(ready: CoupledTenant) -> None:
    """R3.7: it is reported as an error, and no document is made."""
    before = len(ready.documents())
    archive_work_order(
        ready, UsedItems=[{"ItemId": item_id(ready), "Quantity": 1}, {"Description": "Plakband", "Quantity": 1}]
    )
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert [row.code for row in ready.log("error")] == ["work_order.article_free_text"]
    assert len(ready.documents()) == before


def test_nuls_break_nothing(ready: CoupledTenant) -> None:
    """R3.7, R3.13: they do no harm in material or in a description; what is refused is reported, the rest goes out."""
    archive_work_order(ready, UsedItems=[{"Description": "vrij\x00tekst", "Quantity": 1}])
    made = archive_work_order(ready, Description="Cv-ketel\x00 nazien")
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1, "rejected": 1}
    assert [row.values["article"] for row in ready.log("error")] == ["vrijtekst"]
    assert only_document_of(ready, made).line_texts[0] == "Cv-ketel nazien"


def test_times_below_zero_are_a_mistake(ready: CoupledTenant) -> None:
    """R3.6: a correction may be negative, the sum may not."""
    made = archive_work_order(
        ready, TimeSheets=[{"TimeType": "Work", "Minutes": 90}, {"TimeType": "Work", "Minutes": -30}]
    )
    archive_work_order(ready, TimeSheets=[{"TimeType": "Work", "Minutes": -30}])
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1, "rejected": 1}
    assert [row.code for row in ready.log("error")] == ["work_order.time_negative"]
    assert only_document_of(ready, made).quantities[-1] == ("Arbeidsuur monteur", Decimal(1))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_filter_word_keeps_a_work_order_back(couple: CoupleTenant, package: str) -> None:
    """R3.9: case does not matter, and the log says so as information."""
    coupled = couple(package, filter_word="Garantie")
    sync(coupled.context, coupled.tenant, "sync")
    kept = archive_work_order(coupled, Description="Valt onder GARANTIE")
    sent = archive_work_order(coupled, Description="Gewoon werk")
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1, "skipped": 1}
    only_document_of(coupled, sent)
    assert [row.record for row in coupled.log("info")] == [kept["Number"]]


def test_archived_again_after_booking_is_a_warning(ready: CoupledTenant) -> None:
    """R3.10: no second document is made."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{made['Id']}")
    ready.control.call("POST", f"archive/{made['Id']}")
    assert push(ready.context, ready.tenant, "again") == {"skipped": 1}
    only_document_of(ready, made)
    assert [row.code for row in ready.log("warning") if row.table == "work_order"] == ["work_order.archived_again"]


def test_archived_before_activation_is_not_sent(ready: CoupledTenant) -> None:
    """R3.12: the tenant became active after the work order was archived."""
    archive_work_order(ready)
    with ready.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET active_since = now() + interval '1 minute'"))
    assert push(ready.context, ready.tenant, "run") == {}


def test_the_memo_holds_the_work_address(couple: CoupleTenant) -> None:
    """R3.8: in the own memo field when there is one, else as text lines at the end."""
    for field, slug in (("", "lines"), ("ORDER.OPMERKINGEN", "field")):
        coupled = couple("unit4", slug=slug, memo="both", memo_field=field)
        sync(coupled.context, coupled.tenant, "sync")
        made = archive_work_order(coupled)
        push(coupled.context, coupled.tenant, "run")
        document = only_document_of(coupled, made)
        place = next(row for row in coupled.simon("Location") if row["Id"] == made["LocationId"])
        if field:
            assert place["City"] in document.memo
            assert "Cv-ketel nazien" in document.memo
        else:
            assert place["City"] in document.line_texts[-2]
            assert document.line_texts[-1] == "Cv-ketel nazien"


def test_a_refusal_of_the_package_is_that_record_only(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.13: one is answered 400 or 422, the other goes out, and the refused one is offered again later."""
    archive_work_order(ready)
    archive_work_order(ready)
    path = ready.accounting.documents_path
    sandbox.server.world.faults.add({"kind": "status", "status": 422, "method": "POST", "path": path, "count": 1})
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1, "rejected": 1}
    assert [row.code for row in ready.log("error")] == ["work_order.refused"]


def test_a_document_records_the_settings_it_was_made_with(ready: CoupledTenant) -> None:
    """R4.3: the version is in the ledger."""
    archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    with ready.context.store.begin() as tx:
        assert tx.execute(text("SELECT settings_version, state FROM ledger")).all() == [(1, "confirmed")]
        steps = tx.execute(text("SELECT state FROM ledger_steps ORDER BY id")).scalars().all()
    assert steps == ["ready", "claimed", "sending", "confirmed"]


def test_the_lease_outlasts_a_slow_send() -> None:
    """R3.10: a request may take its whole time-out, with its repeats, before the lease is up."""
    assert timedelta(seconds=Http().timeout_s * 2 + Http().waiting_s) < LEASE
