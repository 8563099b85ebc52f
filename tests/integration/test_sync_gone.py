"""Only what a complete listing holds, within the filters, is made in Simon: what left stays gone (R1.13)."""

import pytest
from sqlalchemy import text

from include.cleanup.pipeline import clean_up
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_simon_writes
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

ENTITIES = {"customers": "Customer", "articles": "Item"}


def keys(coupled: CoupledTenant, entity: str) -> set[str]:
    return {row["ExternalId"] for row in coupled.simon(entity)}


def delete_in_simon(coupled: CoupledTenant, stream: str, key: str) -> None:
    row = next(row for row in coupled.simon(ENTITIES[stream]) if row["ExternalId"] == key)
    call_simon(coupled, "DELETE", f"{ENTITIES[stream]}({row['Id']})")


def some_key(coupled: CoupledTenant, stream: str) -> str:
    return sorted(keys(coupled, ENTITIES[stream]))[0]


@pytest.mark.parametrize("stream", ["customers", "articles"])
@pytest.mark.parametrize("order", ["package first", "Simon first", "sync between"])
def test_deleted_on_both_sides_is_not_made_again(coupled: CoupledTenant, stream: str, order: str) -> None:
    """R1.13: whatever came first, and also after the clean-up; nor is its work address."""
    sync(coupled.context, coupled.tenant, "one")
    key = some_key(coupled, stream)
    if order == "Simon first":
        delete_in_simon(coupled, stream, key)
    coupled.accounting.delete_record(stream, key)
    if order == "sync between":
        sync(coupled.context, coupled.tenant, "between")
    if order != "Simon first":
        delete_in_simon(coupled, stream, key)
    for number in range(2):
        counts = sync(coupled.context, coupled.tenant, f"later {number}")
        assert sum(each["new"] + each["corrected"] for each in counts.values()) == 0
        clean_up(coupled.context, coupled.tenant, f"clean {number}")
    assert key not in keys(coupled, ENTITIES[stream])
    assert key not in keys(coupled, "Location")


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_deleted_while_nobody_looked_does_not_come_back(coupled: CoupledTenant, stream: str) -> None:
    """R1.13, R5.6: Simon was emptied and the links are gone, as after a wipe, and the package has it no more."""
    sync(coupled.context, coupled.tenant, "one")
    key = some_key(coupled, stream)
    for entity in ("Customer", "Item", "ItemGroup"):
        for row in coupled.simon(entity):
            call_simon(coupled, "DELETE", f"{entity}({row['Id']})")
    with coupled.context.store.begin() as tx:
        tx.execute(text("DELETE FROM links"))
    coupled.accounting.delete_record(stream, key)
    sync(coupled.context, coupled.tenant, "again")
    assert coupled.simon("Customer")
    assert key not in keys(coupled, ENTITIES[stream])
    assert key not in keys(coupled, "Location")


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_what_was_refused_and_then_vanished_is_over(coupled: CoupledTenant, sandbox: Sandbox, stream: str) -> None:
    """R1.13, R7.5: it is not tried in every sync for ever, and its problem closes."""
    refusal = {"kind": "status", "status": 400, "path": f"/odata/{ENTITIES[stream]}$", "method": "POST", "count": 1}
    sandbox.server.world.faults.add(refusal)
    sync(coupled.context, coupled.tenant, "one")
    assert "sync.record_refused" in [problem.code for problem in coupled.open_problems()]
    with coupled.context.store.begin() as tx:
        query = "SELECT key FROM records r WHERE stream = :s AND in_scope AND NOT EXISTS"
        query += " (SELECT FROM links l WHERE (l.stream, l.key) = (r.stream, r.key))"
        key = tx.execute(text(query), {"s": stream}).scalar_one()
    coupled.accounting.delete_record(stream, key)
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert count_simon_writes(coupled, mark) == {}
    assert "sync.record_refused" not in [problem.code for problem in coupled.open_problems()]


def test_a_group_of_the_filter_that_is_gone_is_reported_by_the_sync(couple: CoupleTenant) -> None:
    """R1.6, R1.13: the sync reports it, not only the night."""
    coupled = couple("unit4", article_groups=["Materiaal", "Arbeid"])
    sync(coupled.context, coupled.tenant, "one")
    group = next(row for row in coupled.simon("ItemGroup") if row["Name"] == "Arbeid")
    coupled.accounting.delete_record("article_groups", group["ExternalId"])
    sync(coupled.context, coupled.tenant, "two")
    assert [(p.code, p.record) for p in coupled.open_problems()] == [("filter.group_unknown", "Arbeid")]


def test_a_key_that_comes_back_is_made_again(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.13: what the listing holds again is in scope again."""
    sync(coupled.context, coupled.tenant, "one")
    key = some_key(coupled, "articles")
    table = coupled.accounting.table("articles")
    row = coupled.accounting.rows("articles")[key]
    coupled.accounting.delete_record("articles", key)
    sync(coupled.context, coupled.tenant, "two")
    delete_in_simon(coupled, "articles", key)
    sync(coupled.context, coupled.tenant, "three")
    assert key not in keys(coupled, "Item")
    table.put(key, row) if coupled.package == "unit4" else table.add(row)
    sync(coupled.context, coupled.tenant, "four")
    assert key in keys(coupled, "Item")
