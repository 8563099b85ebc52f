"""Nothing of an unbilled work order is hidden; what is not sent is not sent for a reason that stays (R3.15, R7.5)."""

from typing import Any

import pytest

from include.errors import InvalidInput, WorkOrderRefused
from include.log.problems import resolve_by_hand
from include.log.timeline import work_order_timeline
from include.push import operations
from include.push.not_sent import do_not_send
from include.push.worker import push
from include.store.overview import OverviewQuery
from include.tenants.overview import couplings
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant
from tests.helpers.waiting_orders import open_work_order_problems
from tests.helpers.work_orders import (
    archive_work_order,
    create_address_without_customer,
    documents_of,
    only_document_of,
)


def rejected(coupled: CoupledTenant) -> dict[str, Any]:
    """Archive a work order of nobody, which cannot be sent as it is."""
    made = archive_work_order(coupled, CustomerId=None, LocationId=create_address_without_customer(coupled))
    assert push(coupled.context, coupled.tenant, "run") == {"rejected": 1}
    return made


def stuck(coupled: CoupledTenant) -> int:
    [row] = couplings(coupled.context, OverviewQuery(slugs=(coupled.slug,))).rows
    return row.stuck


def test_the_problem_of_a_waiting_work_order_cannot_be_closed(ready: CoupledTenant) -> None:
    """R7.5: it says why, and what to do instead; closed by hand, nobody would see that it is not billed."""
    made = rejected(ready)
    [problem] = [problem for problem in ready.open_problems() if problem.record_key == made["Number"]]
    assert problem.waits
    with pytest.raises(WorkOrderRefused, match=f"do-not-send {ready.slug} {made['Number']}"):
        resolve_by_hand(ready.context, ready.tenant, problem.id, "anna")
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.no_customer"]
    assert stuck(ready) == 1


def test_it_is_not_sent_for_a_reason(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.15: who, when and why are kept; it is no problem any more, and nothing sends it by itself."""
    made = rejected(ready)
    entry = do_not_send(ready.context, ready.tenant, made["Number"], "  Door de baas\n kwijtgescholden ", by="anna")
    assert (entry.state, entry.code, entry.reason) == ("skipped", "work_order.not_sent", "Door de baas kwijtgescholden")
    assert open_work_order_problems(ready) == []
    assert stuck(ready) == 0
    clock.advance(hours=12)
    assert push(ready.context, ready.tenant, "later") == {}
    timeline = work_order_timeline(ready.context, ready.tenant, made["Number"])
    assert timeline.entries[0].reason == "Door de baas kwijtgescholden"
    assert "Door de baas kwijtgescholden" in " ".join(event.message for event in timeline.events)
    assert "anna" in [event.by for event in timeline.events]


def test_it_is_sent_after_all(ready: CoupledTenant) -> None:
    """R3.15: the decision can be taken back, and is then no longer shown as one."""
    made = archive_work_order(ready)
    assert Watcher(ready.context).poll("archived", ready.slug)
    operations.hold(ready.context, ready.tenant, made["Number"], "anna")
    do_not_send(ready.context, ready.tenant, made["Number"], "Al gefactureerd", by="anna")
    assert push(ready.context, ready.tenant, "run") == {}
    entry = operations.push_one(ready.context, ready.tenant, made["Number"], by="piet", key="by hand")
    assert (entry.state, entry.reason) == ("confirmed", None)
    only_document_of(ready, made)


def test_archived_again_it_is_asked_about_again(ready: CoupledTenant) -> None:
    """R3.10: the office changed it, so the decision was about something else."""
    made = rejected(ready)
    do_not_send(ready.context, ready.tenant, made["Number"], "Garantie", by="anna")
    ready.control.call("POST", f"unarchive/{made['Id']}")
    ready.control.call("POST", f"archive/{made['Id']}")
    assert push(ready.context, ready.tenant, "again") == {"rejected": 1}
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.no_customer"]


@pytest.mark.parametrize("reason", ["", "  ", "x", "\u200b\n", "n" * 301])
def test_a_reason_is_needed(ready: CoupledTenant, reason: str) -> None:
    """R3.15: nobody can know later why, without one."""
    made = rejected(ready)
    with pytest.raises(InvalidInput, match="reason"):
        do_not_send(ready.context, ready.tenant, made["Number"], reason, by="anna")


def test_what_may_be_there_is_looked_for_first(ready: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10: its answer was lost; nor is one that is booked ever not sent."""
    made = archive_work_order(ready)
    add_fault(sandbox, kind="drop_after", method="POST", path=ready.accounting.documents_path, count=1)
    push(ready.context, ready.tenant, "run")
    with pytest.raises(WorkOrderRefused, match="may be in"):
        do_not_send(ready.context, ready.tenant, made["Number"], "Toch niet", by="anna")
    booked = archive_work_order(ready)
    push(ready.context, ready.tenant, "run")
    with pytest.raises(WorkOrderRefused, match="already"):
        do_not_send(ready.context, ready.tenant, booked["Number"], "Toch niet", by="anna")
    assert len(documents_of(ready, booked)) == 1
