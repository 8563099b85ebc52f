"""Work orders that wait: one open problem each, and they go out by themselves once the cause is gone (R3.3, R7.5)."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from include.push.worker import push
from include.store import tenants as tenants_table
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from tests.conftest import Couple, Coupled, Sandbox, Surroundings, simon_call
from tests.integration.state import strike
from tests.integration.test_push import archive, change, document_of, item, place_without_customer

POST = {"unit4": "/Order$", "rompslomp": "/sales_invoices$"}


@pytest.fixture
def ready(coupled: Coupled) -> Coupled:
    """Its master data is in Simon."""
    sync(coupled.context, coupled.tenant, "sync")
    return coupled


def waits(coupled: Coupled) -> list[tuple[str, str, int]]:
    """(code, record, times said) of what is open about work orders."""
    problems = coupled.open_problems()
    return sorted(
        (problem.code, problem.record, problem.count) for problem in problems if problem.code.startswith("work_order.")
    )


def polled(coupled: Coupled) -> bool:
    """Whether a look of the watcher, made with a watcher of its own, announces the tenant."""
    return Watcher(coupled.context).poll("archived", coupled.slug)


def save(coupled: Coupled, **changes: Any) -> None:
    """Save a new version of the settings."""
    body = coupled.tenant.settings.model_copy(update=changes).model_dump(mode="json")
    with coupled.context.store.begin() as tx:
        tenants_table.save_settings(tx, coupled.tenant.id, body, "test")


def alter(coupled: Coupled, stream: str, simon_id: int, **changes: Any) -> None:
    """What a sync would bring into the store of a record that was changed in the package."""
    with coupled.context.store.begin() as tx:
        for name, value in changes.items():
            query = text(
                "UPDATE records SET body = jsonb_set(body, ARRAY[:name], CAST(:value AS jsonb)) WHERE stream = :stream"
                " AND key = (SELECT key FROM links WHERE stream = :stream AND simon_id = :id)"
            )
            tx.execute(query, {"name": name, "value": json.dumps(value), "stream": stream, "id": simon_id})


def customer(coupled: Coupled) -> int:
    return int(coupled.simon("Customer")[0]["Id"])


def test_a_customer_that_is_made_active_again(ready: Coupled, surroundings: Surroundings) -> None:
    """R3.3, R7.5: nothing while it lasts, however often it is looked at; out within one poll once it is over."""
    alter(ready, "customers", customer(ready), active=False)
    made = archive(ready)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    expected = [("work_order.customer_inactive", made["Number"], 1)]
    assert waits(ready) == expected
    mark = ready.control.mark()
    for _ in range(5):
        surroundings.pass_time(seconds=30)
        assert not polled(ready)
        assert push(ready.context, ready.tenant, "again") == {}
    assert waits(ready) == expected
    counts = ready.control.call("GET", f"requests?since={mark}")["counts"]
    assert [row for row in counts if row["service"] == ready.package and "Customer" in row["route"]] == []
    alter(ready, "customers", customer(ready), active=True)
    surroundings.pass_time(seconds=30)
    assert polled(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    document_of(ready, made)
    assert waits(ready) == []


def test_an_article_of_the_settings_that_is_corrected(couple: Couple, surroundings: Surroundings) -> None:
    """R3.5, R4.3, R7.5: a new version of the settings is reason enough to look again."""
    for package in ("unit4", "rompslomp"):
        coupled = couple(package, travel_article="BESTAAT-NIET")
        sync(coupled.context, coupled.tenant, "sync")
        made = archive(coupled)
        push(coupled.context, coupled.tenant, "run")
        assert [code for code, _, _ in waits(coupled)] == ["work_order.setting_article_unknown"]
        save(coupled, travel_article="REIS")
        assert polled(coupled)
        assert push(coupled.context, coupled.tenant, "repaired") == {"confirmed": 1}
        document_of(coupled, made)
        assert waits(coupled) == []


def test_an_article_that_comes_over_later(ready: Coupled, surroundings: Surroundings) -> None:
    """R3.7: it had no counterpart; a sync links it, and nobody has to do anything more."""
    made = archive(ready)
    with ready.context.store.begin() as tx:
        [link] = tx.execute(
            text("DELETE FROM links WHERE stream = 'articles' AND simon_id = :id RETURNING key, written_digest"),
            {"id": item(ready)},
        ).all()
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert [code for code, _, _ in waits(ready)] == ["work_order.article_not_linked"]
    assert not polled(ready)
    sync(ready.context, ready.tenant, "links it")
    assert link.key
    assert polled(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    document_of(ready, made)


def test_a_work_address_that_gets_its_customer(ready: Coupled, surroundings: Surroundings) -> None:
    """R3.4: repaired in Simple-Simon, without taking anything out of the archive."""
    place = place_without_customer(ready)
    made = archive(ready, LocationId=place)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert [code for code, _, _ in waits(ready)] == ["work_order.address_of_another_customer"]
    surroundings.pass_time(seconds=30)
    assert not polled(ready)
    change(ready, f"Location({place})", {"CustomerId": made["CustomerId"]})
    surroundings.pass_time(seconds=30)
    assert polled(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 1}
    document_of(ready, made)
    assert waits(ready) == []


def test_many_that_wait_in_simon_take_turns(ready: Coupled, surroundings: Surroundings) -> None:
    """R3.4: a few are read at each look, and each has its turn."""
    places = [place_without_customer(ready) for _ in range(5)]
    for place in places:
        archive(ready, LocationId=place)
    push(ready.context, ready.tenant, "run")
    for place in places:
        change(ready, f"Location({place})", {"CustomerId": customer(ready)})
    for _ in range(3):
        surroundings.pass_time(seconds=30)
        polled(ready)
    assert push(ready.context, ready.tenant, "repaired") == {"confirmed": 5}


def test_another_reason_takes_the_place_of_the_first(ready: Coupled) -> None:
    """R7.5: one open problem per work order, the one that is true now."""
    alter(ready, "customers", customer(ready), active=False)
    made = archive(ready, UsedItems=[{"Description": "Plakband", "Quantity": 1}])
    push(ready.context, ready.tenant, "run")
    alter(ready, "customers", customer(ready), active=True)
    assert polled(ready)
    push(ready.context, ready.tenant, "again")
    assert waits(ready) == [("work_order.article_free_text", made["Number"], 1)]


def test_archived_anew_the_first_archiving_is_over(ready: Coupled) -> None:
    """R3.3, R7.5: taken out, repaired and archived again; both archivings are settled in the next run."""
    orphan = archive(ready, CustomerId=None, LocationId=place_without_customer(ready))
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{orphan['Id']}")
    place = next(row for row in ready.simon("Location") if row["CustomerId"])
    change(ready, f"WorkOrder({orphan['Id']})", {"LocationId": place["Id"], "CustomerId": place["CustomerId"]})
    ready.control.call("POST", f"archive/{orphan['Id']}")
    assert polled(ready)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1, "skipped": 1}
    assert waits(ready) == []


def test_archived_anew_and_still_wrong_stays_open(ready: Coupled) -> None:
    """R7.5: the end of the first archiving does not close what is true of the second."""
    orphan = archive(ready, CustomerId=None, LocationId=place_without_customer(ready))
    push(ready.context, ready.tenant, "run")
    ready.control.call("POST", f"unarchive/{orphan['Id']}")
    ready.control.call("POST", f"archive/{orphan['Id']}")
    assert push(ready.context, ready.tenant, "later") == {"rejected": 1, "skipped": 1}
    assert [code for code, _, _ in waits(ready)] == ["work_order.no_customer"]


def test_a_refusal_of_the_package_is_offered_again(
    ready: Coupled, sandbox: Sandbox, surroundings: Surroundings
) -> None:
    """R3.13: at once when the customer was changed, and otherwise within half an hour."""
    made = archive(ready)
    strike(sandbox, kind="status", status=422, method="POST", path=POST[ready.package], count=2)
    assert push(ready.context, ready.tenant, "run") == {"rejected": 1}
    assert not polled(ready)
    alter(ready, "customers", made["CustomerId"], phone="0612345678")
    assert polled(ready)
    assert push(ready.context, ready.tenant, "changed") == {"rejected": 1}
    assert waits(ready) == [("work_order.refused", made["Number"], 1)]
    assert [row.code for row in ready.log("error")] == ["work_order.refused"]
    surroundings.pass_time(minutes=31)
    assert push(ready.context, ready.tenant, "later") == {"confirmed": 1}
    document_of(ready, made)
    assert waits(ready) == []


@pytest.mark.parametrize("package", ["unit4", "rompslomp"])
def test_poison_among_good_ones(couple: Couple, surroundings: Surroundings, package: str) -> None:
    """R3.3, R3.4, R3.7, R3.13, R7.5: all good ones are booked; each bad one has one open problem with an action, which
    closes by itself when it is repaired."""
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    customers = [row["Id"] for row in coupled.simon("Customer")]
    elsewhere = next(row["Id"] for row in coupled.simon("Location") if row["CustomerId"] == customers[1])
    own = simon_call(coupled, "POST", "Customer", {"Name": "Zelf gemaakt"})["Id"]
    spare = [row["Id"] for row in coupled.simon("Item") if row["Code"] not in ("ONT-7", "VOORRIJ", "REIS", "UREN")]
    strange = simon_call(coupled, "POST", "Item", {"Code": "X", "Description": "Zelf"})["Id"]
    alter(coupled, "customers", customers[1], active=False)
    alter(coupled, "articles", spare[0], active=False)
    bad = {
        "no_customer": archive(coupled, CustomerId=None, LocationId=place_without_customer(coupled)),
        "customer_not_linked": archive(
            coupled,
            CustomerId=own,
            LocationId=simon_call(coupled, "POST", "Location", {"Name": "Bij ons", "CustomerId": own})["Id"],
        ),
        "customer_inactive": archive(coupled, CustomerId=customers[1]),
        "address_elsewhere": archive(coupled, CustomerId=customers[0], LocationId=elsewhere),
        "article_free_text": archive(coupled, UsedItems=[{"Description": "Plakband", "Quantity": 1}]),
        "article_not_linked": archive(coupled, UsedItems=[{"ItemId": strange, "Quantity": 1}]),
        "article_inactive": archive(coupled, UsedItems=[{"ItemId": spare[0], "Quantity": 1}]),
        "time_negative": archive(coupled, TimeSheets=[{"TimeType": "Work", "Minutes": -1}]),
    }
    good = [archive(coupled) for _ in range(3)]
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": len(good), "rejected": len(bad)}
    for made in good:
        document_of(coupled, made)
    assert waits(coupled) == sorted((f"work_order.{code}", made["Number"], 1) for code, made in bad.items())
    assert all(problem.action for problem in coupled.open_problems())

    alter(coupled, "customers", customers[1], active=True)
    alter(coupled, "articles", spare[0], active=True)
    home = next(row["Id"] for row in coupled.simon("Location") if row["CustomerId"] == customers[0])
    changes: dict[str, dict[str, Any]] = {
        "no_customer": {"CustomerId": customers[0], "LocationId": home},
        "customer_not_linked": {"CustomerId": customers[0], "LocationId": home},
        "address_elsewhere": {"LocationId": home},
    }
    for code, made in bad.items():
        if code not in ("customer_inactive", "article_inactive"):
            coupled.control.call("POST", f"unarchive/{made['Id']}")
            repair(coupled, made, changes.get(code))
            coupled.control.call("POST", f"archive/{made['Id']}")
    surroundings.pass_time(seconds=30)
    assert polled(coupled)
    assert push(coupled.context, coupled.tenant, "repaired") == {"confirmed": len(bad), "skipped": len(bad) - 2}
    for made in bad.values():
        document_of(coupled, made)
    assert waits(coupled) == []


def repair(coupled: Coupled, made: dict[str, Any], changes: dict[str, Any] | None) -> None:
    """As the office does: another customer or address, or the wrong rows off the work order."""
    if changes:
        change(coupled, f"WorkOrder({made['Id']})", changes)
        return
    for entity in ("UsedItem", "TimeSheet"):
        for row in coupled.simon(entity):
            if row["WorkOrderId"] == made["Id"]:
                simon_call(coupled, "DELETE", f"{entity}({row['Id']})")
