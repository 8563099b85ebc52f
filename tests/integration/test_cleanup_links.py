"""What looks like something to remove and is not: lost links, new keys, records that people removed themselves."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.helpers.cleanup_tenants import (
    ENTITY,
    UNLIMITED,
    count_logged_codes,
    create_in_simon,
    create_many_in_simon,
    create_work_order,
    is_active_in_simon,
    keys_not_in_settings,
    run_cleanup,
    run_sync,
    simon_ids,
    simon_records_by_key,
    with_first_cleanup,
)
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_simon_writes, external_ids, simon_state
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon


def lose_links(coupled: CoupledTenant) -> None:
    with coupled.context.store.begin() as tx:
        tx.execute(text("DELETE FROM links"))


def renumber(coupled: CoupledTenant, sandbox: Sandbox, before: str, after: str) -> None:
    """As Multivers' own screens can."""
    books = sandbox.server.services["unit4"].administrations[coupled.control.administration("unit4")]  # type: ignore[attr-defined]
    row = books.customers.get(before)
    books.customers.remove(before)
    books.customers.put(after, {**row, "customerId": after})
    books.customer_of[row["organizationId"]] = after


def test_lost_links_are_not_taken_for_hand_made(cleaned: CoupledTenant) -> None:
    """R2.2, R2.4: they carry a key that the package has; the next sync links them again."""
    lose_links(cleaned)
    before, mark = simon_state(cleaned), cleaned.control.mark()
    assert run_cleanup(cleaned).ended == {}
    assert count_simon_writes(cleaned, mark) == {}
    run_sync(cleaned)
    assert simon_state(cleaned) == before
    assert run_cleanup(cleaned).ended == {}


def test_lost_link_of_what_is_gone(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1: without its link too, what the package does not have leaves Simon."""
    (key,) = keys_not_in_settings(cleaned, "articles")
    lose_links(cleaned)
    cleaned.accounting.delete_record("articles", key)
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}
    assert key not in simon_records_by_key(cleaned, "articles")


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_a_double_is_hand_made(cleaned: CoupledTenant, stream: str) -> None:
    """R2.2: a second record with the key of one that is linked; the linked one stays."""
    (key,) = keys_not_in_settings(cleaned, stream)
    before = simon_records_by_key(cleaned, stream)[key]
    content = {name: value for name, value in before.items() if name not in ("Id", "CreationDate", "MutationDate")}
    double = create_in_simon(cleaned, ENTITY[stream], **content)
    assert run_cleanup(cleaned).ended == {stream: {"deleted": 1}}
    assert double not in simon_ids(cleaned, ENTITY[stream])
    assert simon_records_by_key(cleaned, stream)[key] == before


def test_a_key_that_people_typed(cleaned: CoupledTenant) -> None:
    """R2.2: an external id that the package never gave is no link."""
    create_in_simon(cleaned, "Item", Description="Eigen artikel", ExternalId="BESTAAT-NIET")
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}


def test_renumbered_customer(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.1: the same organization under another number is not gone; its record keeps its place."""
    id = simon_records_by_key(cleaned_unit4, "customers")["1002"]["Id"]
    renumber(cleaned_unit4, sandbox, "1002", "4444")
    mark = cleaned_unit4.control.mark()
    assert run_cleanup(cleaned_unit4).ended == {}
    assert count_simon_writes(cleaned_unit4, mark) == {}
    run_sync(cleaned_unit4)
    assert simon_records_by_key(cleaned_unit4, "customers")["4444"]["Id"] == id
    assert run_cleanup(cleaned_unit4).ended == {}


def test_contact_that_was_deleted_and_made_again(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.1: the number proves that it is the same customer."""
    coupled = with_first_cleanup(couple("rompslomp", **UNLIMITED))
    row = coupled.accounting.contact("K00002")
    id = simon_records_by_key(coupled, "customers")[str(row["id"])]["Id"]
    new = sandbox.package("rompslomp").recreate_contact(row)
    assert run_cleanup(coupled).ended == {}
    run_sync(coupled)
    assert simon_records_by_key(coupled, "customers")[new]["Id"] == id


def test_number_that_went_to_another_linked_customer(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.1: that proves nothing: who is gone, goes."""
    coupled = with_first_cleanup(couple("rompslomp", **UNLIMITED))
    first, second = coupled.accounting.contact("K00001"), coupled.accounting.contact("K00002")
    sandbox.package("rompslomp").call("DELETE", f"contacts/{first['id']}")
    sandbox.package("rompslomp").call("PATCH", f"contacts/{second['id']}", {"contact": {"contact_number": "K00001"}})
    assert run_cleanup(coupled).ended == {"customers": {"deleted": 1}}
    assert str(second["id"]) in simon_records_by_key(coupled, "customers")


def test_removed_by_hand_in_simon(cleaned: CoupledTenant) -> None:
    """R1.1, R1.4, R2.1: what people removed and the package has is made again, its work address included."""
    before = simon_state(cleaned)
    for stream in ("customers", "articles"):
        (key,) = keys_not_in_settings(cleaned, stream)
        call_simon(cleaned, "DELETE", f"{ENTITY[stream]}({simon_records_by_key(cleaned, stream)[key]['Id']})")
    assert run_cleanup(cleaned).ended == {}
    run_sync(cleaned)
    assert simon_state(cleaned) == before


def test_deleted_here_and_back_in_the_package(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.1, R1.1, R1.4: the next sync makes all of it again, once."""
    before = simon_state(cleaned_unit4)
    books = sandbox.server.services["unit4"].administrations["MVL00001"]  # type: ignore[attr-defined]
    kept = {}
    for stream, table in (("customers", books.customers), ("articles", books.products)):
        (key,) = keys_not_in_settings(cleaned_unit4, stream)
        kept[key] = (table, table.get(key))
        cleaned_unit4.accounting.delete_record(stream, key)
    run_cleanup(cleaned_unit4)
    for key, (table, row) in kept.items():
        table.put(key, row)
    run_sync(cleaned_unit4)
    assert simon_state(cleaned_unit4) == before
    assert run_cleanup(cleaned_unit4).ended == {}


def test_gone_and_back_while_it_was_in_use(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3, R1.1: made inactive because it was gone, it is active again with the same record."""
    books = sandbox.server.services["unit4"].administrations["MVL00001"]  # type: ignore[attr-defined]
    (key,) = keys_not_in_settings(cleaned_unit4, "customers")
    id, row = simon_records_by_key(cleaned_unit4, "customers")[key]["Id"], books.customers.get(key)
    create_work_order(cleaned_unit4, id, "Archived")
    cleaned_unit4.accounting.delete_record("customers", key)
    assert run_cleanup(cleaned_unit4).ended == {"customers": {"inactive": 1}}
    books.customers.put(key, row)
    run_sync(cleaned_unit4)
    assert simon_records_by_key(cleaned_unit4, "customers")[key]["Id"] == id
    assert is_active_in_simon(cleaned_unit4, "Customer", id)
    carried = external_ids(cleaned_unit4)
    assert len(carried) == len(set(carried))


def test_two_tenants_do_not_touch_each_other(cleaned: CoupledTenant, couple: CoupleTenant) -> None:
    """R3.13, R2.2: what one clean-up removes says nothing about another tenant."""
    other = with_first_cleanup(couple(cleaned.package, slug="other", **UNLIMITED))
    theirs: Any = create_many_in_simon(other, 2)
    before = simon_state(other)
    create_many_in_simon(cleaned, 2)
    run_cleanup(cleaned)
    assert simon_state(other) == before
    assert set(theirs) <= simon_ids(other, "Item")
    assert count_logged_codes(other) == {}
