"""What people change or remove in Simon on coupled records is put right by the daily full run (R1.12)."""

from typing import Any

import pytest

from include.sync.dry_run import dry_run
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_requests, count_simon_writes, simon_state
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

# entity, field, what somebody makes of it
CHANGES: list[tuple[str, str, Any]] = [
    ("Customer", "Name", "Zo noemen wij hem"),
    ("Customer", "CustomerNumber", "99999"),
    ("Customer", "Street", "Andere straat 1"),
    ("Customer", "Email", "met@de.hand"),
    ("Customer", "VatNumber", None),
    ("Customer", "Active", False),
    ("Customer", "ExternalId", "x-1"),
    ("Location", "Street", ""),
    ("Location", "Name", "Achterom"),
    ("Location", "Active", False),
    ("Location", "ExternalId", None),
    ("Item", "Code", "ZELF-1"),
    ("Item", "Description", "Eigen omschrijving"),
    ("Item", "Active", False),
    ("Item", "Unit", "doos"),
]
STREAMS = {"Customer": "customers", "Location": "work_addresses", "Item": "articles", "ItemGroup": "article_groups"}


def change(coupled: CoupledTenant, entity: str, row: dict[str, Any], **fields: Any) -> None:
    call_simon(coupled, "PUT", f"{entity}({row['Id']})", {**row, **fields})


def corrections(coupled: CoupledTenant, run: str) -> list[tuple[str, str]]:
    return [
        (row.code, row.table)
        for row in coupled.log()
        if row.run == run and row.code in ("sync.corrected", "sync.made_again")
    ]


@pytest.fixture
def synced(coupled: CoupledTenant) -> CoupledTenant:
    sync(coupled.context, coupled.tenant, "one")
    return coupled


@pytest.mark.parametrize(("entity", "field", "value"), CHANGES)
def test_a_field_changed_by_hand_is_put_right(synced: CoupledTenant, entity: str, field: str, value: Any) -> None:
    """R1.12: one write, one line that names the field with both values, and a count; the next run is quiet."""
    row = next(each for each in synced.simon(entity) if each[field] != value)
    state = simon_state(synced)
    change(synced, entity, row, **{field: value})
    foreseen = [each for each in dry_run(synced.context, synced.tenant, "foreseen") if each.effect == "correct"]
    assert [(each.stream, list(each.fields)) for each in foreseen] == [(STREAMS[entity], [field])]

    mark = synced.control.mark()
    counts = sync(synced.context, synced.tenant, "two")
    assert simon_state(synced) == state
    assert count_simon_writes(synced, mark) == {f"PUT {entity}": 1}
    assert {stream: each["corrected"] for stream, each in counts.items() if each["corrected"]} == {STREAMS[entity]: 1}
    line = next(each for each in synced.log() if each.code == "sync.corrected")
    assert str(row[field]) in line.values["changes"]["nl"] or row[field] in (None, True)
    mark = synced.control.mark()
    assert sum(each["corrected"] for each in sync(synced.context, synced.tenant, "three").values()) == 0
    assert count_simon_writes(synced, mark) == {}
    assert corrections(synced, "three") == []


def test_a_group_renamed_by_hand_is_put_right(couple: CoupleTenant) -> None:
    """R1.12: groups too, and the place of an article in them."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    state = simon_state(coupled)
    first, second = coupled.simon("ItemGroup")[:2]
    change(coupled, "ItemGroup", first, Name="Spul")
    article = next(row for row in coupled.simon("Item") if row["ItemGroupId"] == first["Id"])
    change(coupled, "Item", article, ItemGroupId=second["Id"])
    sync(coupled.context, coupled.tenant, "two")
    assert simon_state(coupled) == state
    assert sorted(corrections(coupled, "two")) == [("sync.corrected", "article"), ("sync.corrected", "article_group")]


def test_what_was_removed_by_hand_is_made_again(synced: CoupledTenant) -> None:
    """R1.12, R1.4: a customer with its work address, a work address by itself, and an article; with their links."""
    state = simon_state(synced)
    customers, places, articles = (synced.simon(entity) for entity in ("Customer", "Location", "Item"))
    call_simon(synced, "DELETE", f"Customer({customers[0]['Id']})")
    place = next(row for row in places if row["CustomerId"] != customers[0]["Id"])
    call_simon(synced, "DELETE", f"Location({place['Id']})")
    call_simon(synced, "DELETE", f"Item({articles[-1]['Id']})")
    foreseen = [each.stream for each in dry_run(synced.context, synced.tenant, "foreseen") if each.effect == "correct"]
    assert sorted(foreseen) == ["articles", "customers", "work_addresses", "work_addresses"]
    sync(synced.context, synced.tenant, "two")
    assert simon_state(synced) == state
    tables = sorted(table for _, table in corrections(synced, "two"))
    assert tables == ["article", "customer", "work_address", "work_address"]
    assert {code for code, _ in corrections(synced, "two")} == {"sync.made_again"}


def test_a_default_work_address_moved_by_hand_goes_back(synced: CoupledTenant) -> None:
    """R1.4, R1.12: it is recognised by its own link."""
    state = simon_state(synced)
    first, second = synced.simon("Customer")[:2]
    place = next(row for row in synced.simon("Location") if row["CustomerId"] == first["Id"])
    change(synced, "Location", place, CustomerId=second["Id"])
    sync(synced.context, synced.tenant, "two")
    assert simon_state(synced) == state


def test_what_people_made_or_may_set_stays_theirs(synced: CoupledTenant) -> None:
    """R1.5: a work address of their own, and fields that we do not write; and their own group for an article."""
    customer = synced.simon("Customer")[0]
    call_simon(synced, "POST", "Location", {"Name": "Loods", "CustomerId": customer["Id"], "Street": "Kade 1"})
    change(synced, "Customer", customer, Remark="Sleutel bij de buren")
    if synced.package == "rompslomp":
        group = call_simon(synced, "POST", "ItemGroup", {"Code": "E", "Name": "Eigen groep"})
        change(synced, "Item", synced.simon("Item")[0], ItemGroupId=group["Id"])
    before = {entity: synced.simon(entity) for entity in ("Customer", "Location", "Item", "ItemGroup")}
    mark = synced.control.mark()
    sync(synced.context, synced.tenant, "two")
    assert count_simon_writes(synced, mark) == {}
    assert {entity: synced.simon(entity) for entity in before} == before


def test_the_comparison_reads_pages_and_no_record(synced: CoupledTenant) -> None:
    """R1.10, R1.12: a full run in which nothing differs asks for Simon's lists only, and writes nothing."""
    mark = synced.control.mark()
    sync(synced.context, synced.tenant, "two")
    requests = count_requests(synced, mark, "simon")
    pages = {"GET Customer", "GET Location", "GET Item"} | ({"GET ItemGroup"} if synced.package == "unit4" else set())
    assert {name for name in requests if name.split()[1] in ("Customer", "Location", "Item", "ItemGroup")} == pages
    assert {count for name, count in requests.items() if name in pages} == {1}


def test_a_run_that_is_not_full_compares_nothing(synced: CoupledTenant) -> None:
    """R6.1: every few minutes only what changed in the package is written."""
    change(synced, "Customer", synced.simon("Customer")[0], City="Elders")
    mark = synced.control.mark()
    sync(synced.context, synced.tenant, "two", full=False)
    assert count_simon_writes(synced, mark) == {}
    sync(synced.context, synced.tenant, "three")
    assert count_simon_writes(synced, mark) == {"PUT Customer": 1}


def test_a_form_of_simons_own_is_reported_once(synced: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.10: what Simon keeps in another form than it was written is no drift, else it were written every day."""
    sandbox.control.call("PUT", "switches", {"simon.upper_case_names": True})
    row = next(each for each in synced.simon("Customer") if not each["Name"].isupper())
    change(synced, "Customer", row, Street="Anders")
    sync(synced.context, synced.tenant, "two")
    assert [each.code for each in synced.open_problems() if each.code == "sync.not_kept"] == ["sync.not_kept"]
    mark = synced.control.mark()
    sync(synced.context, synced.tenant, "three")
    assert count_simon_writes(synced, mark) == {}
    now = next(each for each in synced.simon("Customer") if each["Id"] == row["Id"])
    assert (now["Street"], now["Name"]) == (row["Street"], row["Name"].upper())
    change(synced, "Customer", now, Street="Weer anders")
    sync(synced.context, synced.tenant, "four")
    assert count_simon_writes(synced, mark)["PUT Customer"] == 2  # by hand, and put right
