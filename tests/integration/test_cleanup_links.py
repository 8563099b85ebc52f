"""What looks like something to remove and is not: lost links, new keys, records that people removed themselves."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Couple, Coupled, Sandbox, simon_call
from tests.integration.cleaning import (
    ENTITY,
    UNLIMITED,
    active,
    begun,
    by_key,
    clean,
    cleaned,
    cleaned_unit4,
    ids,
    make,
    make_all,
    resync,
    said,
    some,
    take_away,
    work_order,
)
from tests.integration.state import external_ids, simon_state, simon_writes
from tests.integration.test_sync_drift import contact, make_again, rompslomp

__all__ = ["cleaned", "cleaned_unit4"]


def lose_links(coupled: Coupled) -> None:
    with coupled.context.store.begin() as tx:
        tx.execute(text("DELETE FROM links"))


def renumber(coupled: Coupled, sandbox: Sandbox, before: str, after: str) -> None:
    """As Multivers' own screens can."""
    books = sandbox.server.services["unit4"].administrations[coupled.control.administration("unit4")]  # type: ignore[attr-defined]
    row = books.customers.get(before)
    books.customers.remove(before)
    books.customers.put(after, {**row, "customerId": after})
    books.customer_of[row["organizationId"]] = after


def test_lost_links_are_not_taken_for_hand_made(cleaned: Coupled) -> None:
    """R2.2, R2.4: they carry a key that the package has; the next sync links them again."""
    lose_links(cleaned)
    before, mark = simon_state(cleaned), cleaned.control.mark()
    assert clean(cleaned).ended == {}
    assert simon_writes(cleaned, mark) == {}
    resync(cleaned)
    assert simon_state(cleaned) == before
    assert clean(cleaned).ended == {}


def test_lost_link_of_what_is_gone(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.1: without its link too, what the package does not have leaves Simon."""
    (key,) = some(cleaned, "articles")
    lose_links(cleaned)
    take_away(cleaned, sandbox, "articles", key)
    assert clean(cleaned).ended == {"articles": {"deleted": 1}}
    assert key not in by_key(cleaned, "articles")


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_a_double_is_hand_made(cleaned: Coupled, stream: str) -> None:
    """R2.2: a second record with the key of one that is linked; the linked one stays."""
    (key,) = some(cleaned, stream)
    before = by_key(cleaned, stream)[key]
    content = {name: value for name, value in before.items() if name not in ("Id", "CreationDate", "MutationDate")}
    double = make(cleaned, ENTITY[stream], **content)
    assert clean(cleaned).ended == {stream: {"deleted": 1}}
    assert double not in ids(cleaned, ENTITY[stream])
    assert by_key(cleaned, stream)[key] == before


def test_a_key_that_people_typed(cleaned: Coupled) -> None:
    """R2.2: an external id that the package never gave is no link."""
    make(cleaned, "Item", Description="Eigen artikel", ExternalId="BESTAAT-NIET")
    assert clean(cleaned).ended == {"articles": {"deleted": 1}}


def test_renumbered_customer(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.1, R1.1: the same organization under another number is not gone; its record keeps its place."""
    id = by_key(cleaned_unit4, "customers")["1002"]["Id"]
    renumber(cleaned_unit4, sandbox, "1002", "4444")
    mark = cleaned_unit4.control.mark()
    assert clean(cleaned_unit4).ended == {}
    assert simon_writes(cleaned_unit4, mark) == {}
    resync(cleaned_unit4)
    assert by_key(cleaned_unit4, "customers")["4444"]["Id"] == id
    assert clean(cleaned_unit4).ended == {}


def test_contact_that_was_deleted_and_made_again(couple: Couple, sandbox: Sandbox) -> None:
    """R2.1, R1.1: the number proves that it is the same customer."""
    coupled = begun(couple("rompslomp", **UNLIMITED))
    row = contact(coupled, "K00002")
    id = by_key(coupled, "customers")[str(row["id"])]["Id"]
    new = make_again(sandbox, row)
    assert clean(coupled).ended == {}
    resync(coupled)
    assert by_key(coupled, "customers")[new]["Id"] == id


def test_number_that_went_to_another_linked_customer(couple: Couple, sandbox: Sandbox) -> None:
    """R2.1: that proves nothing: who is gone, goes."""
    coupled = begun(couple("rompslomp", **UNLIMITED))
    first, second = contact(coupled, "K00001"), contact(coupled, "K00002")
    rompslomp(sandbox, "DELETE", f"contacts/{first['id']}")
    rompslomp(sandbox, "PATCH", f"contacts/{second['id']}", {"contact": {"contact_number": "K00001"}})
    assert clean(coupled).ended == {"customers": {"deleted": 1}}
    assert str(second["id"]) in by_key(coupled, "customers")


def test_removed_by_hand_in_simon(cleaned: Coupled) -> None:
    """R1.1, R1.4, R2.1: what people removed and the package has is made again, its work address included."""
    before = simon_state(cleaned)
    for stream in ("customers", "articles"):
        (key,) = some(cleaned, stream)
        simon_call(cleaned, "DELETE", f"{ENTITY[stream]}({by_key(cleaned, stream)[key]['Id']})")
    assert clean(cleaned).ended == {}
    resync(cleaned)
    assert simon_state(cleaned) == before


def test_deleted_here_and_back_in_the_package(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.1, R1.1, R1.4: the next sync makes all of it again, once."""
    before = simon_state(cleaned_unit4)
    books = sandbox.server.services["unit4"].administrations["MVL00001"]  # type: ignore[attr-defined]
    kept = {}
    for stream, table in (("customers", books.customers), ("articles", books.products)):
        (key,) = some(cleaned_unit4, stream)
        kept[key] = (table, table.get(key))
        take_away(cleaned_unit4, sandbox, stream, key)
    clean(cleaned_unit4)
    for key, (table, row) in kept.items():
        table.put(key, row)
    resync(cleaned_unit4)
    assert simon_state(cleaned_unit4) == before
    assert clean(cleaned_unit4).ended == {}


def test_gone_and_back_while_it_was_in_use(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.3, R1.1: made inactive because it was gone, it is active again with the same record."""
    books = sandbox.server.services["unit4"].administrations["MVL00001"]  # type: ignore[attr-defined]
    (key,) = some(cleaned_unit4, "customers")
    id, row = by_key(cleaned_unit4, "customers")[key]["Id"], books.customers.get(key)
    work_order(cleaned_unit4, id, "Archived")
    take_away(cleaned_unit4, sandbox, "customers", key)
    assert clean(cleaned_unit4).ended == {"customers": {"inactive": 1}}
    books.customers.put(key, row)
    resync(cleaned_unit4)
    assert by_key(cleaned_unit4, "customers")[key]["Id"] == id
    assert active(cleaned_unit4, "Customer", id)
    carried = external_ids(cleaned_unit4)
    assert len(carried) == len(set(carried))


def test_two_tenants_do_not_touch_each_other(cleaned: Coupled, couple: Couple) -> None:
    """R3.13, R2.2: what one clean-up removes says nothing about another tenant."""
    other = begun(couple(cleaned.package, slug="other", **UNLIMITED))
    theirs: Any = make_all(other, 2)
    before = simon_state(other)
    make_all(cleaned, 2)
    clean(cleaned)
    assert simon_state(other) == before
    assert set(theirs) <= ids(other, "Item")
    assert said(other) == {}
