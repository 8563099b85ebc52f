"""Work orders that wait: one open problem each, and they go out by themselves once the cause is gone (R3.3, R7.5)."""

from typing import Any

import pytest
from sqlalchemy import text

from include.push.worker import push
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon
from tests.helpers.waiting_orders import (
    alter_stored_record,
    is_announced,
    open_work_order_problems,
    save_settings,
)
from tests.helpers.work_orders import (
    archive_work_order,
    change_in_simon,
    create_address_without_customer,
    item_id,
    only_document_of,
)


def customer(coupled: CoupledTenant) -> int:
    return int(coupled.simon("Customer")[0]["Id"])


def test_a_customer_that_is_made_active_again(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.3, R7.5: nothing while it lasts, however often it is looked at; out within one poll once it is over."""
    alter_stored_record(ready, "customers", customer(ready), active=False)
    made = archive_work_order(ready)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    expected = [("work_order.customer_inactive", made["Number"], 1)]
    assert open_work_order_problems(ready) == expected
    mark = ready.control.mark()
    for _ in range(5):
        clock.advance(seconds=30)
        assert not is_announced(ready)
        assert push(ready.context, ready.tenant, "again") == {}
    assert open_work_order_problems(ready) == expected
    counts = ready.control.call("GET", f"requests?since={mark}")["counts"]
    assert [row for row in counts if row["service"] == ready.package and "Customer" in row["route"]] == []
    alter_stored_record(ready, "customers", customer(ready), active=True)
    clock.advance(seconds=30)
    assert is_announced(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


def test_an_article_of_the_settings_that_is_corrected(couple: CoupleTenant, clock: FakeClock) -> None:
    """R3.5, R4.3, R7.5: a new version of the settings is reason enough to look again."""
    for package in PACKAGES:
        coupled = couple(package, travel_article="BESTAAT-NIET")
        sync(coupled.context, coupled.tenant, "sync")
        made = archive_work_order(coupled)
        push(coupled.context, coupled.tenant, "run")
        assert [code for code, _, _ in open_work_order_problems(coupled)] == ["work_order.setting_article_unknown"]
        save_settings(coupled, travel_article="REIS")
        assert is_announced(coupled)
        assert push(coupled.context, coupled.tenant, "repaired") == {"confirmed": 1}
        only_document_of(coupled, made)
        assert open_work_order_problems(coupled) == []


def test_an_article_that_comes_over_later(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.7: it had no counterpart; a sync links it, and nobody has to do anything more."""
    made = archive_work_order(ready)
    with ready.context.store.begin() as tx:
        [link] = tx.execute(
            text("DELETE FROM links WHERE stream = 'articles' AND simon_id = :id RETURNING key, written_digest"),
            {"id": item_id(ready)},
        ).all()
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.article_not_linked"]
    assert not is_announced(ready)
    sync(ready.context, ready.tenant, "links it")
    assert link.key
    assert is_announced(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    only_document_of(ready, made)


def test_a_work_address_that_gets_its_customer(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.4: repaired in Simple-Simon, without taking anything out of the archive."""
    place = create_address_without_customer(ready)
    made = archive_work_order(ready, LocationId=place)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.address_of_another_customer"]
    clock.advance(seconds=30)
    assert not is_announced(ready)
    change_in_simon(ready, f"Location({place})", {"CustomerId": made["CustomerId"]})
    clock.advance(seconds=30)
    assert is_announced(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


def test_many_that_wait_in_simon_take_turns(ready: CoupledTenant, clock: FakeClock) -> None:
    """R3.4: a few are read at each look, and each has its turn."""
    places = [create_address_without_customer(ready) for _ in range(5)]
    for place in places:
        archive_work_order(ready, LocationId=place)
    push(ready.context, ready.tenant, "run")
    for place in places:
        change_in_simon(ready, f"Location({place})", {"CustomerId": customer(ready)})
    for _ in range(3):
        clock.advance(seconds=30)
        is_announced(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 5}


def test_another_reason_takes_the_place_of_the_first(ready: CoupledTenant) -> None:
    """R7.5: one open problem per work order, the one that is true now."""
    alter_stored_record(ready, "customers", customer(ready), active=False)
    made = archive_work_order(ready, UsedItems=[{"Description": "Plakband", "Quantity": 1}])
    push(ready.context, ready.tenant, "run")
    alter_stored_record(ready, "customers", customer(ready), active=True)
    assert is_announced(ready)
    push(ready.context, ready.tenant, "again")
    assert open_work_order_problems(ready) == [("work_order.article_free_text", made["Number"], 1)]


def test_archived_anew_the_first_archiving_is_over(ready: CoupledTenant) -> None:
    """R3.3, R7.5: taken out, repaired and archived again; both archivings are settled in the next run."""
    orphan = archive_work_order(ready, CustomerId=None, LocationId=create_address_without_customer(ready))
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{orphan['Id']}")
    place = next(row for row in ready.simon("Location") if row["CustomerId"])
    change_in_simon(ready, f"WorkOrder({orphan['Id']})", {"LocationId": place["Id"], "CustomerId": place["CustomerId"]})
    ready.control.call("POST", f"archive/{orphan['Id']}")
    assert is_announced(ready)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1, "skipped": 1}
    assert open_work_order_problems(ready) == []


def test_archived_anew_and_still_wrong_stays_open(ready: CoupledTenant) -> None:
    """R7.5: the end of the first archiving does not close what is true of the second."""
    orphan = archive_work_order(ready, CustomerId=None, LocationId=create_address_without_customer(ready))
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{orphan['Id']}")
    ready.control.call("POST", f"archive/{orphan['Id']}")
    assert push(ready.context, ready.tenant, "later") == {"rejected": 1, "skipped": 1}
    assert [code for code, _, _ in open_work_order_problems(ready)] == ["work_order.no_customer"]


def test_a_refusal_of_the_package_is_offered_again(ready: CoupledTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R3.13: at once when the customer was changed, and otherwise within half an hour."""
    made = archive_work_order(ready)
    add_fault(sandbox, kind="status", status=422, method="POST", path=ready.accounting.documents_path, count=2)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert not is_announced(ready)
    alter_stored_record(ready, "customers", made["CustomerId"], phone="0612345678")
    assert is_announced(ready)
    assert push(ready.context, ready.tenant, "changed") == {"rejected": 1}
    assert open_work_order_problems(ready) == [("work_order.refused", made["Number"], 1)]
    assert [row.code for row in ready.log("error")] == ["work_order.refused"]
    clock.advance(minutes=31)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1}
    only_document_of(ready, made)
    assert open_work_order_problems(ready) == []


def archive_bad_work_orders(coupled: CoupledTenant, customers: list[int], spare: int) -> dict[str, dict[str, Any]]:
    """Archive a work order for each reason of refusal, by code; the spare article is an inactive one."""
    elsewhere = next(row["Id"] for row in coupled.simon("Location") if row["CustomerId"] == customers[1])
    own = call_simon(coupled, "POST", "Customer", {"Name": "Zelf gemaakt"})["Id"]
    strange = call_simon(coupled, "POST", "Item", {"Code": "X", "Description": "Zelf"})["Id"]
    return {
        "no_customer": archive_work_order(
            coupled, CustomerId=None, LocationId=create_address_without_customer(coupled)
        ),
        "customer_not_linked": archive_work_order(
            coupled,
            CustomerId=own,
            LocationId=call_simon(coupled, "POST", "Location", {"Name": "Bij ons", "CustomerId": own})["Id"],
        ),
        "customer_inactive": archive_work_order(coupled, CustomerId=customers[1]),
        "address_of_another_customer": archive_work_order(coupled, CustomerId=customers[0], LocationId=elsewhere),
        "article_free_text": archive_work_order(coupled, UsedItems=[{"Description": "Plakband", "Quantity": 1}]),
        "article_not_linked": archive_work_order(coupled, UsedItems=[{"ItemId": strange, "Quantity": 1}]),
        "article_inactive": archive_work_order(coupled, UsedItems=[{"ItemId": spare, "Quantity": 1}]),
        "time_negative": archive_work_order(coupled, TimeSheets=[{"TimeType": "Work", "Minutes": -1}]),
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_poison_among_good_ones(couple: CoupleTenant, clock: FakeClock, package: str) -> None:
    """R3.3, R3.4, R3.7, R3.13, R7.5: all good ones are booked; each bad one has one open problem with an action, which
    closes by itself when it is repaired."""
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    customers = [row["Id"] for row in coupled.simon("Customer")]
    spare = next(row["Id"] for row in coupled.simon("Item") if row["Code"] not in ("ONT-7", "VOORRIJ", "REIS", "UREN"))
    alter_stored_record(coupled, "customers", customers[1], active=False)
    alter_stored_record(coupled, "articles", spare, active=False)
    bad = archive_bad_work_orders(coupled, customers, spare)
    good = [archive_work_order(coupled) for _ in range(3)]
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": len(good), "rejected": len(bad)}
    for made in good:
        only_document_of(coupled, made)
    assert open_work_order_problems(coupled) == sorted(
        (f"work_order.{code}", made["Number"], 1) for code, made in bad.items()
    )
    assert all(problem.action for problem in coupled.open_problems())

    alter_stored_record(coupled, "customers", customers[1], active=True)
    alter_stored_record(coupled, "articles", spare, active=True)
    home = next(row["Id"] for row in coupled.simon("Location") if row["CustomerId"] == customers[0])
    changes: dict[str, dict[str, Any]] = {
        "no_customer": {"CustomerId": customers[0], "LocationId": home},
        "customer_not_linked": {"CustomerId": customers[0], "LocationId": home},
        "address_of_another_customer": {"LocationId": home},
    }
    for code, made in bad.items():
        if code not in ("customer_inactive", "article_inactive"):
            coupled.control.call("POST", f"unarchive/{made['Id']}")
            repair(coupled, made, changes.get(code))
            coupled.control.call("POST", f"archive/{made['Id']}")
    clock.advance(seconds=30)
    assert is_announced(coupled)
    assert push(coupled.context, coupled.tenant, "repaired") == {"confirmed": len(bad), "skipped": len(bad) - 2}
    for made in bad.values():
        only_document_of(coupled, made)
    assert open_work_order_problems(coupled) == []


def repair(coupled: CoupledTenant, made: dict[str, Any], changes: dict[str, Any] | None) -> None:
    """As the office does: another customer or address, or the wrong rows off the work order."""
    if changes:
        change_in_simon(coupled, f"WorkOrder({made['Id']})", changes)
        return
    for entity in ("UsedItem", "TimeSheet"):
        for row in coupled.simon(entity):
            if row["WorkOrderId"] == made["Id"]:
                call_simon(coupled, "DELETE", f"{entity}({row['Id']})")


def test_a_code_that_two_articles_have_books_neither(couple: CoupleTenant, sandbox: Sandbox, clock: FakeClock) -> None:
    """R1.14, R3.5: the work order waits, both are named; once one has another code it goes out by itself."""
    coupled = couple("rompslomp")
    sandbox.server.world.switches.set("rompslomp.product_code_unique", False)
    coupled.accounting.create_article("VOORRIJ", price="70.0")
    sync(coupled.context, coupled.tenant, "one")
    archive_work_order(coupled)
    assert push(coupled.context, coupled.tenant, "one") == {"rejected": 1}
    problem = next(each for each in coupled.open_problems() if each.code.startswith("work_order."))
    assert problem.code == "work_order.setting_article_several"
    assert coupled.documents() == []
    twins = [row for row in coupled.accounting.data()["products"] if row["invoice_line"]["product_code"] == "VOORRIJ"]
    coupled.accounting.call("DELETE", f"products/{twins[-1]['id']}")
    sync(coupled.context, coupled.tenant, "two")
    clock.advance(seconds=30)
    assert is_announced(coupled)
    assert push(coupled.context, coupled.tenant, "two") == {"confirmed": 1}
