"""What is in use is not deleted: left while a work order is open, inactive while Simon refuses, gone when free."""

import pytest

from include.connectors.simple_simon.sink import SimonConnection
from tests.conftest import Couple, Coupled, Sandbox
from tests.integration.cleaning import (
    UNLIMITED,
    active,
    archive,
    begun,
    by_key,
    change_settings,
    clean,
    cleaned,
    cleaned_unit4,
    ids,
    let_sleep,
    make,
    resync,
    said,
    some,
    take_away,
    throw_away,
    work_order,
)
from tests.integration.state import simon_writes

__all__ = ["cleaned", "cleaned_unit4"]


def test_refused_then_inactive_then_deleted(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.3: a customer with archived work orders is made inactive, said once, tried again, and goes when it is free."""
    (key,) = some(cleaned, "customers")
    id = by_key(cleaned, "customers")[key]["Id"]
    made = work_order(cleaned, id, "Archived")
    take_away(cleaned, sandbox, "customers", key)
    for _ in range(2):
        assert clean(cleaned).ended == {"customers": {"inactive": 1}}
        assert not active(cleaned, "Customer", id)
    assert said(cleaned) == {"cleanup.made_inactive": 1}
    throw_away(cleaned, made)
    assert clean(cleaned).ended == {"customers": {"deleted": 1}}
    assert id not in ids(cleaned, "Customer")


@pytest.mark.parametrize("status", ["New", "Planned", "InProgress", "Ready"])
def test_left_while_its_work_order_is_open(cleaned: Coupled, sandbox: Sandbox, status: str) -> None:
    """R2.3: active and untouched, said once with the number; taken up by itself when the work order is archived."""
    (key,) = some(cleaned, "customers")
    id = by_key(cleaned, "customers")[key]["Id"]
    made = work_order(cleaned, id, status)
    take_away(cleaned, sandbox, "customers", key)
    mark = cleaned.control.mark()
    for _ in range(2):
        assert clean(cleaned).ended == {"customers": {"in_use": 1}}
    assert simon_writes(cleaned, mark) == {}
    assert active(cleaned, "Customer", id)
    left = [row for row in cleaned.log() if row.code == "cleanup.left_in_use"]
    assert [row.values["work_order"] for row in left] == [made["Number"]]
    archive(cleaned, made)
    assert clean(cleaned).ended == {"customers": {"inactive": 1}}


def test_said_again_for_another_work_order(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.3: it is left for that one now."""
    (key,) = some(cleaned, "customers")
    id = by_key(cleaned, "customers")[key]["Id"]
    first = work_order(cleaned, id)
    take_away(cleaned, sandbox, "customers", key)
    clean(cleaned)
    second = work_order(cleaned, id)
    archive(cleaned, first)
    clean(cleaned)
    left = [row.values["work_order"] for row in reversed(cleaned.log()) if row.code == "cleanup.left_in_use"]
    assert left == [first["Number"], second["Number"]]


def test_article_used_on_an_open_work_order(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.3: as long as that is not archived; then Simon refuses, and it is made inactive."""
    (key,) = some(cleaned, "articles")
    id = by_key(cleaned, "articles")[key]["Id"]
    customer = cleaned.simon("Customer")[0]["Id"]
    made = work_order(cleaned, customer, "InProgress", UsedItems=[{"ItemId": id, "Quantity": 2}])
    take_away(cleaned, sandbox, "articles", key)
    assert clean(cleaned).ended == {"articles": {"in_use": 1}}
    assert active(cleaned, "Item", id)
    archive(cleaned, made)
    assert clean(cleaned).ended == {"articles": {"inactive": 1}}
    throw_away(cleaned, made)
    assert clean(cleaned).ended == {"articles": {"deleted": 1}}


def test_customer_whose_work_address_is_on_an_open_work_order_of_another(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.3, R3.4: its address would go along, so it is left; afterwards Simon refuses."""
    owner, other = some(cleaned, "customers", 2)
    held = by_key(cleaned, "customers")
    place = next(row["Id"] for row in cleaned.simon("Location") if row["CustomerId"] == held[owner]["Id"])
    made = work_order(cleaned, held[other]["Id"], LocationId=place)
    take_away(cleaned, sandbox, "customers", owner)
    assert clean(cleaned).ended == {"customers": {"in_use": 1}}
    archive(cleaned, made)
    assert clean(cleaned).ended == {"customers": {"inactive": 1}}


def test_hand_made_and_in_use(cleaned: Coupled) -> None:
    """R2.2, R2.3: the same for what people made."""
    customer = make(cleaned, "Customer", Name="Zelf gemaakt")
    make(cleaned, "Location", Name="Zelf gemaakt", CustomerId=customer)
    article = make(cleaned, "Item", Description="Eigen artikel")
    made = work_order(cleaned, customer, UsedItems=[{"ItemId": article, "Quantity": 1}])
    assert clean(cleaned).ended == {"customers": {"in_use": 1}, "articles": {"in_use": 1}}
    archive(cleaned, made)
    for _ in range(2):
        assert clean(cleaned).ended == {"customers": {"inactive": 1}, "articles": {"inactive": 1}}
    throw_away(cleaned, made)
    assert clean(cleaned).ended == {"customers": {"deleted": 1}, "articles": {"deleted": 1}}


def test_work_order_that_is_made_just_before_the_deletion(
    cleaned: Coupled, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2.3: Simon refuses, and the reason is looked up again: it is left, not made inactive."""
    (key,) = some(cleaned, "customers")
    id = by_key(cleaned, "customers")[key]["Id"]
    take_away(cleaned, sandbox, "customers", key)
    export = SimonConnection.export

    def late(simon: SimonConnection, stream: str, record: int) -> object:
        work_order(cleaned, record)
        return export(simon, stream, record)

    monkeypatch.setattr(SimonConnection, "export", late)
    assert clean(cleaned).ended == {"customers": {"in_use": 1}}
    assert active(cleaned, "Customer", id)


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_active_in_the_package_again(cleaned_unit4: Coupled, sandbox: Sandbox, stream: str) -> None:
    """R2.3, R1.1: what was made inactive is active after the next sync, on the same record, and stays."""
    (key,) = some(cleaned_unit4, stream)
    id = by_key(cleaned_unit4, stream)[key]["Id"]
    customer = id if stream == "customers" else cleaned_unit4.simon("Customer")[0]["Id"]
    used = [{"ItemId": id, "Quantity": 1}] if stream == "articles" else []
    work_order(cleaned_unit4, customer, "Archived", UsedItems=used)
    let_sleep(cleaned_unit4, sandbox, stream, key)
    resync(cleaned_unit4)
    assert clean(cleaned_unit4).ended == {stream: {"inactive": 1}}
    let_sleep(cleaned_unit4, sandbox, stream, key, asleep=False)
    resync(cleaned_unit4)
    row = by_key(cleaned_unit4, stream)[key]
    assert (row["Id"], row["Active"]) == (id, True)
    assert clean(cleaned_unit4).ended == {}
    assert row == by_key(cleaned_unit4, stream)[key]


def test_what_was_waited_for_counts_as_new_after_it_came_back(couple: Couple, sandbox: Sandbox) -> None:
    """R2.3, R2.5: the limit lets through what could not go before, but not what was wanted in the meantime."""
    coupled = begun(couple("unit4", **UNLIMITED))
    keys = some(coupled, "customers", 3)
    for key in keys:
        work_order(coupled, by_key(coupled, "customers")[key]["Id"], "Archived")
        let_sleep(coupled, sandbox, "customers", key)
    change_settings(coupled, cleanup_most=3)
    assert clean(coupled).ended == {"customers": {"inactive": 3}}
    change_settings(coupled, cleanup_most=0)
    assert clean(coupled).ended == {"customers": {"inactive": 3}}
    for key in keys:
        let_sleep(coupled, sandbox, "customers", key, asleep=False)
    resync(coupled)
    assert clean(coupled).ended == {}
    for key in keys:
        let_sleep(coupled, sandbox, "customers", key)
    assert clean(coupled).ended == {"customers": {"proposed": 3}}


def test_group_whose_article_is_still_in_use(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.3: the group is made inactive as long as the article has to stay, and goes after it."""
    rows = [row for row in cleaned_unit4.control.package("unit4")["products"] if row["productGroupId"] == "DIV"]
    used = by_key(cleaned_unit4, "articles")["MILIEU"]["Id"]
    customer = cleaned_unit4.simon("Customer")[0]["Id"]
    made = work_order(cleaned_unit4, customer, "Archived", UsedItems=[{"ItemId": used, "Quantity": 1}])
    for row in rows:
        take_away(cleaned_unit4, sandbox, "articles", row["productId"])
    take_away(cleaned_unit4, sandbox, "article_groups", "DIV")
    ended = clean(cleaned_unit4).ended
    assert (ended["articles"]["inactive"], ended["article_groups"]) == (1, {"inactive": 1})
    throw_away(cleaned_unit4, made)
    assert clean(cleaned_unit4).ended == {"articles": {"deleted": 1}, "article_groups": {"deleted": 1}}


def test_said_in_the_words_of_the_reason_at_the_end(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R7.1: inactive first, and when it goes at last the log still says why."""
    (key,) = some(cleaned, "customers")
    made = work_order(cleaned, by_key(cleaned, "customers")[key]["Id"], "Archived")
    take_away(cleaned, sandbox, "customers", key)
    clean(cleaned)
    throw_away(cleaned, made)
    clean(cleaned)
    assert said(cleaned) == {"cleanup.made_inactive": 1, "cleanup.removed_deleted": 1}


def test_the_limit_does_not_hold_what_waited(couple: Couple, sandbox: Sandbox) -> None:
    """R2.3, R2.5: it was let through once."""
    coupled = begun(couple("rompslomp", **UNLIMITED))
    keys = some(coupled, "customers", 3)
    made = [work_order(coupled, by_key(coupled, "customers")[key]["Id"]) for key in keys]
    for key in keys:
        take_away(coupled, sandbox, "customers", key)
    clean(coupled)
    change_settings(coupled, cleanup_most=0)
    for record in made:
        archive(coupled, record)
    assert clean(coupled).ended == {"customers": {"inactive": 3}}
