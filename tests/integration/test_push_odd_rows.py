"""Rows that cannot be read, borders and gaps in what Simon shows: nothing is lost without a word (R3.1, R3.12)."""

from typing import Any

import pytest
from sqlalchemy import text

from include.access.systems import open_app
from include.connectors.field_service import ArchivedWorkOrders
from include.connectors.simple_simon.transports import ODataTransport
from include.log.writer import IntegrationLog
from include.push import operations
from include.push.discover import LOOK_BACK, archived_lately, look_back
from include.push.worker import push
from include.store import ledger
from include.store import tenants as tenants_table
from include.sync.pipeline import sync
from include.tenants.states import TenantState
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import open_work_order_problems
from tests.helpers.work_orders import archive_work_order, change_in_simon, documents_of, only_document_of

ODD = {
    "the year 1": ("ArchiveDate", '"0001-01-01T00:00:00"'),
    "the year 9999": ("ArchiveDate", '"9999-12-31T23:59:59.999Z"'),
    "Dutch": ("ArchiveDate", '"25-11-2026 10:00"'),
    "a number": ("ArchiveDate", "17"),
    "an object": ("ArchiveDate", '{"a": [1]}'),
    "true": ("MutationDate", "true"),
    "no change": ("MutationDate", "null"),
}
ODD_IDS = {"text": '"abc"', "too big": "123456789012345678901234567890", "none": "null", "half": "5.5", "below": "-1"}


def odd(sandbox: Sandbox, made: dict[str, Any], field: str, value: str) -> None:
    """Let the list of archived work orders show something odd in one of its rows."""
    find = rf'(\{{[^{{}}]*?"Id":\s?{made["Id"]},[^{{}}]*?"{field}":\s?)("[^"]*"|[^,}}]*)'
    add_fault(sandbox, kind="odd", path="/WorkOrder$", count=-1, find=find, put=rf"\g<1>{value}")


def archived(ready: CoupledTenant) -> ArchivedWorkOrders:
    """What the last 35 days have in Simon's archive."""
    since = ready.context.now() - LOOK_BACK
    return archived_lately(ready.context, ready.tenant, open_app(ready.context, ready.tenant), since)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_is_one_problem(ready: CoupledTenant, sandbox: Sandbox, name: str) -> None:
    """R3.13, R7.5: the others go, it is said once with its id, and closed as soon as it can be read."""
    bad, good = archive_work_order(ready), archive_work_order(ready)
    odd(sandbox, bad, *ODD[name])
    for _ in range(3):
        push(ready.context, ready.tenant, "run")
    only_document_of(ready, good)
    assert documents_of(ready, bad) == []
    assert open_work_order_problems(ready) == [("work_order.unreadable", str(bad["Id"]), 1)]
    sandbox.server.world.faults.clear()
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    only_document_of(ready, bad)
    assert open_work_order_problems(ready) == []


@pytest.mark.parametrize("name", ODD_IDS)
def test_an_odd_id_is_one_problem(ready: CoupledTenant, sandbox: Sandbox, name: str) -> None:
    """R3.13: also where the row cannot even be named."""
    bad, good = archive_work_order(ready), archive_work_order(ready)
    find = rf'"Id":\s?{bad["Id"]},(?=[^{{}}]*"ArchiveDate")'
    add_fault(sandbox, kind="odd", path="/WorkOrder$", count=-1, find=find, put=f'"Id":{ODD_IDS[name]},')
    for _ in range(2):
        push(ready.context, ready.tenant, "run")
    only_document_of(ready, good)
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.unreadable"]


def test_half_an_emoji_and_a_byte_order_mark(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.13: neither keeps a list from being read; what is cut off is shown as such."""
    made = archive_work_order(ready, Description="Klaar XX")
    add_fault(sandbox, kind="odd", path="/WorkOrder", count=-1, find="XX", put=r"\\ud83d")
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}
    assert "Klaar \N{REPLACEMENT CHARACTER}" in only_document_of(ready, made).line_texts
    sandbox.server.world.faults.clear()
    other = archive_work_order(ready)
    add_fault(sandbox, kind="odd", count=-1, find=r"\A(?=[\[{])", put="\ufeff")
    assert push(ready.context, ready.tenant, "run") == {"confirmed": 1}
    sandbox.server.world.faults.clear()
    only_document_of(ready, other)


@pytest.mark.parametrize("field", ["Quantity", "Minutes", "LocationId", "ItemId"])
def test_an_odd_work_order_holds_up_nobody(
    ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock, field: str
) -> None:
    """R3.13: what is on it cannot be read; it waits with a problem, and is held after a few times."""
    bad = archive_work_order(ready)
    path = rf"/(WorkOrder\({bad['Id']}\)|UsedItem|TimeSheet)$"
    add_fault(sandbox, kind="odd", path=path, count=-1, find=rf'"{field}":\s?[0-9.]+', put=rf'"{field}":"veel"')
    for _ in range(3):
        push(ready.context, ready.tenant, "run")
        clock.advance(minutes=31)
    sandbox.server.world.faults.clear()
    good = archive_work_order(ready)
    assert (push(ready.context, ready.tenant, "run") or {}).get("confirmed") == 1
    only_document_of(ready, good)
    assert [problem.record for problem in ready.open_problems() if not problem.code.startswith("sync.")] == [
        bad["Number"]
    ]


@pytest.mark.parametrize("odd_value", ['"veel"', "null", "[]", "NaN", "1e400"])
def test_an_odd_row_of_master_data_is_one_problem(ready: CoupledTenant, sandbox: Sandbox, odd_value: str) -> None:
    """R1.1, R3.13: the others come over, and what is known of it stays as it is."""
    before = {row["Code"]: row["Description"] for row in ready.simon("Item")}
    find = r'("priceExclVat":\s?)48\.95' if ready.package == "unit4" else r'("price_per_unit":\s?)"48\.95"'
    path = ready.accounting.articles_path
    add_fault(sandbox, kind="odd", path=path, count=-1, find=find, put=rf"\g<1>{odd_value}")
    sync(ready.context, ready.tenant, "odd")
    assert {row["Code"]: row["Description"] for row in ready.simon("Item")} == before
    if odd_value != "null":  # no price is no mistake
        assert "sync.record_unreadable" in [problem.code for problem in ready.open_problems()]


# the border


@pytest.mark.parametrize("offset_s", [-240, 240, -3600, 3600])
def test_the_border_is_of_simons_clock(couple: CoupleTenant, sandbox: Sandbox, offset_s: int) -> None:
    """R3.12: the first work order after activation is sent, however far Simon's clock is from ours."""
    coupled = couple("unit4")
    way = "ahead" if offset_s > 0 else "behind"
    sandbox.control.call("PUT", "switches", {f"simon.clock_{way}_s": abs(offset_s)})
    with coupled.context.store.begin() as tx:
        tenants_table.set_status(tx, coupled.tenant.id, TenantState.IMPORTING, active_since=None)
    sync(coupled.context, coupled.tenant, "import", full=True)
    assert coupled.tenant.active
    made = archive_work_order(coupled)
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
    only_document_of(coupled, made)


def test_just_before_the_border_is_said(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.12: archived minutes before the coupling became active; not sent by itself, and a person can have it sent."""
    made = archive_work_order(ready)
    with ready.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET active_since = now() + interval '2 minutes'"))
    assert push(ready.context, ready.tenant, "run") == {}
    assert open_work_order_problems(ready) == [("work_order.near_activation", made["Number"], 1)]
    operations.push_one(ready.context, ready.tenant, made["Number"], by="anna", key="by hand")
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


# looking back


def test_a_row_that_was_missing_is_found_at_night(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.1: two answers lack it, and the watermark is past it; the look back over 35 days enters it and says so."""
    missing = archive_work_order(ready)
    find = rf'\{{[^{{}}]*?"Id":\s?{missing["Id"]},[^{{}}]*?\}},?'
    add_fault(sandbox, kind="odd", path="/WorkOrder$", count=-1, find=find, put="")
    for _ in range(2):
        sandbox.control.call("POST", "clock", {"advance_s": 400})
        clock.advance(seconds=400)
        seen = archive_work_order(ready)
        push(ready.context, ready.tenant, "run")
        only_document_of(ready, seen)
    sandbox.server.world.faults.clear()
    assert push(ready.context, ready.tenant, "run") == {}
    assert documents_of(ready, missing) == []
    log = IntegrationLog(ready.context.store, ready.tenant.id, ready.slug, "night")
    assert [ref.id for ref in look_back(ready.context, ready.tenant, archived(ready), log)] == [missing["Id"]]
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.seen_late"]
    assert Watcher(ready.context).poll("archived", ready.slug)
    assert push(ready.context, ready.tenant, "after") == {"confirmed": 1}
    only_document_of(ready, missing)


# torn reads


@pytest.mark.parametrize("change", ["unarchived", "edited"])
def test_what_changes_while_it_is_read_is_read_again(
    ready: CoupledTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """R3.10: taken out of the archive between its own row and its material, or edited: nothing is booked by halves."""
    made = archive_work_order(ready)
    matching, done = ODataTransport.matching, list[str]()

    def meanwhile(self: Any, stream: str, *rest: Any) -> Any:
        if stream == "used_articles" and not done:
            done.append(stream)
            ready.control.call("POST", f"unarchive/{made['Id']}")
            if change == "edited":
                change_in_simon(ready, f"WorkOrder({made['Id']})", {"Description": "Toch iets anders"})
                ready.control.call("POST", f"archive/{made['Id']}")
        return matching(self, stream, *rest)

    monkeypatch.setattr(ODataTransport, "matching", meanwhile)
    assert push(ready.context, ready.tenant, "run") == {"skipped": 1}
    assert done
    assert documents_of(ready, made) == []
    if change == "edited":
        assert push(ready.context, ready.tenant, "again") == {"confirmed": 1}
        assert "Toch iets anders" in only_document_of(ready, made).line_texts


def test_nothing_known_twice(ready: CoupledTenant) -> None:
    """R3.10: looking back enters nothing that is in the ledger already."""
    made = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    log = IntegrationLog(ready.context.store, ready.tenant.id, ready.slug, "night")
    assert look_back(ready.context, ready.tenant, archived(ready), log) == []
    with ready.context.store.begin() as tx:
        assert ledger.counts(tx, ready.tenant.id) == {"confirmed": 1}
    only_document_of(ready, made)
    assert [row.code for row in ready.log("warning") if row.table == "work_order"] == []
