"""Clean-up on both packages and both generations of Simon: what goes, what people made, and what they keep (R2)."""

import pytest

from include.connectors.simple_simon.sink import SimonConnection
from tests.conftest import Couple, Coupled, Sandbox, simon_call
from tests.integration.cleaning import (
    ENTITY,
    UNLIMITED,
    active,
    begun,
    by_key,
    change_settings,
    clean,
    cleaned,
    cleaned_unit4,
    couple_to_rest,
    ids,
    let_sleep,
    make,
    make_all,
    resync,
    said,
    some,
    take_away,
    work_order,
)
from tests.integration.state import package_writes, simon_writes
from tests.integration.test_sync_drift import rompslomp, unit4

__all__ = ["cleaned", "cleaned_unit4"]


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_deleted_in_the_package(cleaned: Coupled, sandbox: Sandbox, stream: str) -> None:
    """R2.1: it goes, and nothing else does; its link goes with it, and the log says why."""
    before, (key,) = by_key(cleaned, stream), some(cleaned, stream)
    take_away(cleaned, sandbox, stream, key)
    mark = cleaned.control.mark()
    report = clean(cleaned)
    assert report.ended == {stream: {"deleted": 1}}
    assert set(by_key(cleaned, stream)) == set(before) - {key}
    assert simon_writes(cleaned, mark) == {f"DELETE {ENTITY[stream]}": 1}
    assert package_writes(cleaned, mark) == 0
    assert said(cleaned) == {"cleanup.removed_deleted": 1}
    resync(cleaned)
    assert key not in by_key(cleaned, stream)


def test_its_default_work_address_goes_along(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.1, R1.4: no address is left behind without a customer."""
    (key,) = some(cleaned, "customers")
    take_away(cleaned, sandbox, "customers", key)
    clean(cleaned)
    customers = ids(cleaned, "Customer")
    assert {row["CustomerId"] for row in cleaned.simon("Location")} == customers


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_inactive_in_unit4(cleaned_unit4: Coupled, sandbox: Sandbox, stream: str) -> None:
    """R2.1: one that is inactive in the package goes, with a reason of its own."""
    (key,) = some(cleaned_unit4, stream)
    let_sleep(cleaned_unit4, sandbox, stream, key)
    assert clean(cleaned_unit4).ended == {stream: {"deleted": 1}}
    assert key not in by_key(cleaned_unit4, stream)
    assert said(cleaned_unit4) == {"cleanup.removed_inactive": 1}


def test_a_rompslomp_customer_that_became_a_supplier(couple: Couple, sandbox: Sandbox) -> None:
    """R2.1: it is no customer any more, although it is still a contact."""
    coupled = begun(couple("rompslomp", **UNLIMITED))
    (key,) = some(coupled, "customers")
    rompslomp(sandbox, "PATCH", f"contacts/{key}", {"contact": {"is_supplier": True}})
    assert clean(coupled).ended == {"customers": {"deleted": 1}}


def test_an_article_that_moved_outside_the_filter(couple: Couple, sandbox: Sandbox) -> None:
    """R2.1, R1.6, R1.7: to a group, or to a type, that is not fetched."""
    coupled = begun(couple("unit4", article_groups=["Materiaal", "Arbeid"], article_types=[0, 2], **UNLIMITED))
    for key, change in (("ONT-7", {"productGroupId": "20"}), ("80.300", {"productType": 3})):
        unit4(sandbox, "PUT", f"Product/{key}", {**unit4(sandbox, "GET", f"Product/{key}"), **change})
    assert clean(coupled).ended == {"articles": {"deleted": 2}}
    assert not {"ONT-7", "80.300"} & set(by_key(coupled, "articles"))
    assert said(coupled) == {"cleanup.removed_outside_filter": 2}


def test_a_narrower_filter(cleaned_unit4: Coupled) -> None:
    """R2.1, R2.4, R1.6: not at the first clean-up after the change; at the second the articles go, and their groups."""
    change_settings(cleaned_unit4, article_groups=["Materiaal", "Arbeid"])
    assert clean(cleaned_unit4).ended == {}
    assert said(cleaned_unit4) == {"cleanup.filter_changed": 2}
    ended = clean(cleaned_unit4).ended
    assert set(by_key(cleaned_unit4, "article_groups")) == {"10", "ARB"}
    rows = cleaned_unit4.control.package("unit4")["products"]
    inside = {row["productId"] for row in rows if row["productGroupId"] in ("10", "ARB") and row["productState"] != 1}
    assert set(by_key(cleaned_unit4, "articles")) == inside
    assert set(ended) == {"articles", "article_groups"}
    assert clean(cleaned_unit4).ended == {}


def test_made_by_hand(cleaned: Coupled) -> None:
    """R2.2: a customer and an article without a counterpart go; what hangs on the customer as well."""
    held = {entity: ids(cleaned, entity) for entity in ("Customer", "Location", "Item")}
    customer = make(cleaned, "Customer", Name="Zelf gemaakt")
    make(cleaned, "Location", Name="Zelf gemaakt", CustomerId=customer)
    make(cleaned, "Item", Code="EIGEN", Description="Eigen artikel")
    assert clean(cleaned).ended == {"customers": {"deleted": 1}, "articles": {"deleted": 1}}
    assert {entity: ids(cleaned, entity) for entity in held} == held
    assert said(cleaned) == {"cleanup.removed_hand_made": 2}


def test_article_groups_of_people_stay(cleaned: Coupled) -> None:
    """R2.2: it is about customers and articles."""
    own = make(cleaned, "ItemGroup", Name="Eigen groep")
    assert clean(cleaned).ended == {}
    assert own in ids(cleaned, "ItemGroup")


def test_article_group_of_ours_that_is_gone(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.1, R1.2: its articles went first, in the same clean-up."""
    rows = [row for row in cleaned_unit4.control.package("unit4")["products"] if row["productGroupId"] == "DIV"]
    for row in rows:
        take_away(cleaned_unit4, sandbox, "articles", row["productId"])
    take_away(cleaned_unit4, sandbox, "article_groups", "DIV")
    ended = clean(cleaned_unit4).ended
    assert ended["article_groups"] == {"deleted": 1}
    assert "DIV" not in by_key(cleaned_unit4, "article_groups")


def test_work_addresses_of_people_survive(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R1.5: those under customers that stay, also when others go."""
    gone, *stay = some(cleaned, "customers", 4)
    by_hand = [
        make(cleaned, "Location", Name=f"Schuur {key}", CustomerId=by_key(cleaned, "customers")[key]["Id"])
        for key in stay
    ]
    before = {row["Id"]: row for row in cleaned.simon("Location") if row["Id"] in by_hand}
    take_away(cleaned, sandbox, "customers", gone)
    for _ in range(3):
        clean(cleaned)
    assert {row["Id"]: row for row in cleaned.simon("Location") if row["Id"] in by_hand} == before


def test_nothing_to_do_writes_nothing(cleaned: Coupled) -> None:
    """R1.10: neither here nor there."""
    mark = cleaned.control.mark()
    report = clean(cleaned)
    assert report.ended == {}
    assert simon_writes(cleaned, mark) == {}
    assert package_writes(cleaned, mark) == 0
    assert said(cleaned) == {}


def test_a_simon_and_a_store_without_anything(couple: Couple) -> None:
    """R2.1: a clean-up before the first sync finds nothing to do, or only what people made."""
    coupled = couple("unit4", **UNLIMITED)
    assert clean(coupled).ended == {}
    make(coupled, "Customer", Name="Zelf gemaakt")
    assert clean(coupled).ended == {"customers": {"deleted": 1}}


@pytest.mark.parametrize("package", ["unit4", "rompslomp"])
def test_the_older_generation_of_simon(couple: Couple, sandbox: Sandbox, package: str) -> None:
    """R2.1, R2.2, R2.3: the same over its select, insert, update and delete paths."""
    coupled = begun(couple_to_rest(couple, sandbox, package))
    gone, used = some(coupled, "customers", 2)
    open_order = work_order(coupled, by_key(coupled, "customers")[used]["Id"])
    for key in (gone, used):
        take_away(coupled, sandbox, "customers", key)
    (article,) = some(coupled, "articles")
    take_away(coupled, sandbox, "articles", article)
    make(coupled, "Item", Description="Eigen artikel")
    assert clean(coupled).ended == {"customers": {"deleted": 1, "in_use": 1}, "articles": {"deleted": 2}}
    assert gone not in by_key(coupled, "customers")
    coupled.control.call("POST", f"archive/{open_order['Id']}", {"force": True})
    assert clean(coupled).ended == {"customers": {"inactive": 1}}
    assert not active(coupled, "Customer", by_key(coupled, "customers")[used]["Id"])


def test_deletions_that_simon_answers_otherwise(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.1: with 200 and a body in the place of 204."""
    sandbox.control.call("PUT", "switches", {"simon.delete_status": 200})
    (key,) = some(cleaned, "articles")
    take_away(cleaned, sandbox, "articles", key)
    assert clean(cleaned).ended == {"articles": {"deleted": 1}}
    assert key not in by_key(cleaned, "articles")


@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_a_simon_that_keeps_what_is_deleted(cleaned: Coupled, sandbox: Sandbox, stream: str) -> None:
    """R2.1, R1.10: deleted is inactive there; it is deleted once, and then left alone."""
    sandbox.control.call("PUT", "switches", {"simon.delete_mode": "soft"})
    (own,) = make_all(cleaned, 1, ENTITY[stream])
    (key,) = some(cleaned, stream)
    take_away(cleaned, sandbox, stream, key)
    assert clean(cleaned).ended == {stream: {"deleted": 2}}
    assert not active(cleaned, ENTITY[stream], own)
    mark = cleaned.control.mark()
    assert clean(cleaned).ended == {}
    assert simon_writes(cleaned, mark) == {}


def test_soft_deleted_and_wanted_again(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.1, R1.1: the next sync takes the same record up again, and the clean-up after it leaves that alone."""
    sandbox.control.call("PUT", "switches", {"simon.delete_mode": "soft"})
    (key,) = some(cleaned_unit4, "customers")
    id = by_key(cleaned_unit4, "customers")[key]["Id"]
    let_sleep(cleaned_unit4, sandbox, "customers", key)
    clean(cleaned_unit4)
    let_sleep(cleaned_unit4, sandbox, "customers", key, asleep=False)
    resync(cleaned_unit4)
    assert by_key(cleaned_unit4, "customers")[key]["Id"] == id
    assert active(cleaned_unit4, "Customer", id)
    assert clean(cleaned_unit4).ended == {}
    let_sleep(cleaned_unit4, sandbox, "customers", key)
    assert clean(cleaned_unit4).ended == {"customers": {"deleted": 1}}


def test_a_deletion_whose_answer_was_lost(cleaned: Coupled, sandbox: Sandbox) -> None:
    """R2.1: it was carried out; that is noted, and the run goes on."""
    sandbox.server.world.faults.add({"kind": "drop_after", "path": "/odata/", "method": "DELETE"})
    for key in some(cleaned, "articles", 2):
        take_away(cleaned, sandbox, "articles", key)
    assert clean(cleaned).ended == {"articles": {"deleted": 2}}
    assert said(cleaned) == {"cleanup.removed_deleted": 2}


def test_the_label_is_what_people_know(cleaned: Coupled) -> None:
    """R7.1: number and name, not an id."""
    simon_call(cleaned, "POST", "Customer", {"Name": "Zelf gemaakt", "CustomerNumber": "Z-1"})
    clean(cleaned)
    assert [row.record for row in cleaned.log() if row.code == "cleanup.removed_hand_made"] == ["Z-1 Zelf gemaakt"]


@pytest.mark.parametrize("answer", ["404", "400", "null"])
@pytest.mark.parametrize("stream", ["customers", "articles"])
def test_however_unit4_says_that_a_key_is_gone(
    cleaned_unit4: Coupled, sandbox: Sandbox, stream: str, answer: str
) -> None:
    """R2.1: how it answers a key that does not exist is not documented."""
    sandbox.control.call("PUT", "switches", {"unit4.missing_key": answer})
    (key,) = some(cleaned_unit4, stream)
    take_away(cleaned_unit4, sandbox, stream, key)
    assert clean(cleaned_unit4).ended == {stream: {"deleted": 1}}


def test_a_unit4_that_does_not_list_what_is_inactive(cleaned_unit4: Coupled, sandbox: Sandbox) -> None:
    """R2.1: then it is missing from the list and still there, as inactive; it goes, and comes back with the sync."""
    sandbox.control.call("PUT", "switches", {"unit4.passive_in_lists": False})
    (key,) = some(cleaned_unit4, "customers")
    let_sleep(cleaned_unit4, sandbox, "customers", key)
    assert clean(cleaned_unit4).ended == {"customers": {"deleted": 1}}
    let_sleep(cleaned_unit4, sandbox, "customers", key, asleep=False)
    resync(cleaned_unit4)
    assert key in by_key(cleaned_unit4, "customers")


def test_pages_of_simon_that_overlap(cleaned: Coupled, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2.5: a record that is listed twice is one record, for the brake and for the person too."""
    listing = SimonConnection.listing
    monkeypatch.setattr(SimonConnection, "listing", lambda *arguments: [*listing(*arguments), *listing(*arguments)])
    change_settings(cleaned, cleanup_most=1)
    make_all(cleaned, 1)
    assert clean(cleaned).ended == {"articles": {"deleted": 1}}
