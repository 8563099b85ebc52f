"""What is in use is not deleted: left while a work order is open, inactive while Simon refuses, gone when free."""

import pytest

from include.connectors.simple_simon.sink import SimonConnection
from tests.helpers.cleanup_tenants import (
    UNLIMITED,
    archive_existing,
    change_settings,
    count_logged_codes,
    create_in_simon,
    create_work_order,
    is_active_in_simon,
    keys_not_in_settings,
    reopen_and_delete,
    run_cleanup,
    run_sync,
    simon_ids,
    simon_records_by_key,
    with_first_cleanup,
)
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_simon_writes
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def test_refused_then_inactive_then_deleted(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3: a customer with archived work orders is made inactive, said once, tried again, and goes when it is free."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    id = simon_records_by_key(cleaned, "customers")[key]["Id"]
    made = create_work_order(cleaned, id, "Archived")
    cleaned.accounting.delete_record("customers", key)
    for _ in range(2):
        assert run_cleanup(cleaned).ended == {"customers": {"inactive": 1}}
        assert not is_active_in_simon(cleaned, "Customer", id)
    assert count_logged_codes(cleaned) == {"cleanup.made_inactive": 1}
    reopen_and_delete(cleaned, made)
    assert run_cleanup(cleaned).ended == {"customers": {"deleted": 1}}
    assert id not in simon_ids(cleaned, "Customer")


@pytest.mark.parametrize("status", ["New", "Planned", "InProgress", "Ready"])
def test_left_while_its_work_order_is_open(cleaned: CoupledTenant, sandbox: Sandbox, status: str) -> None:
    """R2.3: it stays active and untouched, which is said once; it goes when the work order is archived."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    id = simon_records_by_key(cleaned, "customers")[key]["Id"]
    made = create_work_order(cleaned, id, status)
    cleaned.accounting.delete_record("customers", key)
    mark = cleaned.control.mark()
    for _ in range(2):
        assert run_cleanup(cleaned).ended == {"customers": {"in_use": 1}}
    assert count_simon_writes(cleaned, mark) == {}
    assert is_active_in_simon(cleaned, "Customer", id)
    left = [row for row in cleaned.log() if row.code == "cleanup.left_in_use"]
    assert [row.values["work_order"] for row in left] == [made["Number"]]
    archive_existing(cleaned, made)
    assert run_cleanup(cleaned).ended == {"customers": {"inactive": 1}}


def test_said_again_for_another_work_order(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3: it is left for that one now."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    id = simon_records_by_key(cleaned, "customers")[key]["Id"]
    first = create_work_order(cleaned, id)
    cleaned.accounting.delete_record("customers", key)
    run_cleanup(cleaned)
    second = create_work_order(cleaned, id)
    archive_existing(cleaned, first)
    run_cleanup(cleaned)
    left = [row.values["work_order"] for row in reversed(cleaned.log()) if row.code == "cleanup.left_in_use"]
    assert left == [first["Number"], second["Number"]]


def test_article_used_on_an_open_work_order(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3: as long as that is not archived; then Simon refuses, and it is made inactive."""
    (key,) = keys_not_in_settings(cleaned, "articles")
    id = simon_records_by_key(cleaned, "articles")[key]["Id"]
    customer = cleaned.simon("Customer")[0]["Id"]
    made = create_work_order(cleaned, customer, "InProgress", UsedItems=[{"ItemId": id, "Quantity": 2}])
    cleaned.accounting.delete_record("articles", key)
    assert run_cleanup(cleaned).ended == {"articles": {"in_use": 1}}
    assert is_active_in_simon(cleaned, "Item", id)
    archive_existing(cleaned, made)
    assert run_cleanup(cleaned).ended == {"articles": {"inactive": 1}}
    reopen_and_delete(cleaned, made)
    assert run_cleanup(cleaned).ended == {"articles": {"deleted": 1}}


def test_customer_whose_work_address_is_on_an_open_work_order_of_another(
    cleaned: CoupledTenant, sandbox: Sandbox
) -> None:
    """R2.3, R3.4: its address would go along, so it is left; afterwards Simon refuses."""
    owner, other = keys_not_in_settings(cleaned, "customers", 2)
    held = simon_records_by_key(cleaned, "customers")
    place = next(row["Id"] for row in cleaned.simon("Location") if row["CustomerId"] == held[owner]["Id"])
    made = create_work_order(cleaned, held[other]["Id"], LocationId=place)
    cleaned.accounting.delete_record("customers", owner)
    assert run_cleanup(cleaned).ended == {"customers": {"in_use": 1}}
    archive_existing(cleaned, made)
    assert run_cleanup(cleaned).ended == {"customers": {"inactive": 1}}


def test_hand_made_and_in_use(cleaned: CoupledTenant) -> None:
    """R2.2, R2.3: the same holds for what people made."""
    customer = create_in_simon(cleaned, "Customer", Name="Zelf gemaakt")
    create_in_simon(cleaned, "Location", Name="Zelf gemaakt", CustomerId=customer)
    article = create_in_simon(cleaned, "Item", Description="Eigen artikel")
    made = create_work_order(cleaned, customer, UsedItems=[{"ItemId": article, "Quantity": 1}])
    assert run_cleanup(cleaned).ended == {"customers": {"in_use": 1}, "articles": {"in_use": 1}}
    archive_existing(cleaned, made)
    for _ in range(2):
        assert run_cleanup(cleaned).ended == {"customers": {"inactive": 1}, "articles": {"inactive": 1}}
    reopen_and_delete(cleaned, made)
    assert run_cleanup(cleaned).ended == {"customers": {"deleted": 1}, "articles": {"deleted": 1}}


def test_work_order_that_is_made_just_before_the_deletion(
    cleaned: CoupledTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2.3: Simon refuses, and the reason is looked up again: it is left, not made inactive."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    id = simon_records_by_key(cleaned, "customers")[key]["Id"]
    cleaned.accounting.delete_record("customers", key)
    export = SimonConnection.export

    def late(simon: SimonConnection, stream: str, record: int) -> object:
        create_work_order(cleaned, record)
        return export(simon, stream, record)

    monkeypatch.setattr(SimonConnection, "export", late)
    assert run_cleanup(cleaned).ended == {"customers": {"in_use": 1}}
    assert is_active_in_simon(cleaned, "Customer", id)


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_active_in_the_package_again(cleaned_unit4: CoupledTenant, sandbox: Sandbox, stream: str) -> None:
    """R2.3, R1.1: what was made inactive is active after the next sync, on the same record, and stays."""
    (key,) = keys_not_in_settings(cleaned_unit4, stream)
    id = simon_records_by_key(cleaned_unit4, stream)[key]["Id"]
    customer = id if stream == "customers" else cleaned_unit4.simon("Customer")[0]["Id"]
    used = [{"ItemId": id, "Quantity": 1}] if stream == "articles" else []
    create_work_order(cleaned_unit4, customer, "Archived", UsedItems=used)
    cleaned_unit4.accounting.set_active(stream, key, False)
    run_sync(cleaned_unit4)
    assert run_cleanup(cleaned_unit4).ended == {stream: {"inactive": 1}}
    cleaned_unit4.accounting.set_active(stream, key, True)
    run_sync(cleaned_unit4)
    row = simon_records_by_key(cleaned_unit4, stream)[key]
    assert (row["Id"], row["Active"]) == (id, True)
    assert run_cleanup(cleaned_unit4).ended == {}
    assert row == simon_records_by_key(cleaned_unit4, stream)[key]


def test_what_was_waited_for_counts_as_new_after_it_came_back(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.3, R2.5: the limit lets through what could not go before, but not what was wanted in the meantime."""
    coupled = with_first_cleanup(couple("unit4", **UNLIMITED))
    keys = keys_not_in_settings(coupled, "customers", 3)
    for key in keys:
        create_work_order(coupled, simon_records_by_key(coupled, "customers")[key]["Id"], "Archived")
        coupled.accounting.set_active("customers", key, False)
    change_settings(coupled, cleanup_most=3)
    assert run_cleanup(coupled).ended == {"customers": {"inactive": 3}}
    change_settings(coupled, cleanup_most=0)
    assert run_cleanup(coupled).ended == {"customers": {"inactive": 3}}
    for key in keys:
        coupled.accounting.set_active("customers", key, True)
    run_sync(coupled)
    assert run_cleanup(coupled).ended == {}
    for key in keys:
        coupled.accounting.set_active("customers", key, False)
    assert run_cleanup(coupled).ended == {"customers": {"proposed": 3}}


def test_group_whose_article_is_still_in_use(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.3: the group is made inactive as long as the article has to stay, and goes after it."""
    rows = [row for row in cleaned_unit4.control.package("unit4")["products"] if row["productGroupId"] == "DIV"]
    used = simon_records_by_key(cleaned_unit4, "articles")["MILIEU"]["Id"]
    customer = cleaned_unit4.simon("Customer")[0]["Id"]
    made = create_work_order(cleaned_unit4, customer, "Archived", UsedItems=[{"ItemId": used, "Quantity": 1}])
    for row in rows:
        cleaned_unit4.accounting.delete_record("articles", row["productId"])
    cleaned_unit4.accounting.delete_record("article_groups", "DIV")
    ended = run_cleanup(cleaned_unit4).ended
    assert (ended["articles"]["inactive"], ended["article_groups"]) == (1, {"inactive": 1})
    reopen_and_delete(cleaned_unit4, made)
    assert run_cleanup(cleaned_unit4).ended == {"articles": {"deleted": 1}, "article_groups": {"deleted": 1}}


def test_said_in_the_words_of_the_reason_at_the_end(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R7.1: inactive first, and when it goes at last the log still says why."""
    (key,) = keys_not_in_settings(cleaned, "customers")
    made = create_work_order(cleaned, simon_records_by_key(cleaned, "customers")[key]["Id"], "Archived")
    cleaned.accounting.delete_record("customers", key)
    run_cleanup(cleaned)
    reopen_and_delete(cleaned, made)
    run_cleanup(cleaned)
    assert count_logged_codes(cleaned) == {"cleanup.made_inactive": 1, "cleanup.removed_deleted": 1}


def test_the_limit_does_not_hold_what_waited(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.3, R2.5: it was let through once."""
    coupled = with_first_cleanup(couple("rompslomp", **UNLIMITED))
    keys = keys_not_in_settings(coupled, "customers", 3)
    made = [create_work_order(coupled, simon_records_by_key(coupled, "customers")[key]["Id"]) for key in keys]
    for key in keys:
        coupled.accounting.delete_record("customers", key)
    run_cleanup(coupled)
    change_settings(coupled, cleanup_most=0)
    for record in made:
        archive_existing(coupled, record)
    assert run_cleanup(coupled).ended == {"customers": {"inactive": 3}}
