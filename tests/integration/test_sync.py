"""Master data is written from the package to Simon: real Postgres, real HTTP to the sandboxes."""

from math import ceil
from typing import Any

import pytest
from sqlalchemy import text

from include.errors import InvalidInput, Misconfigured, Transient
from include.sync.extract import extract
from include.sync.pipeline import sync
from include.sync.run import begin_sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon


def test_simon_holds_exactly_what_the_package_holds(coupled: CoupledTenant) -> None:
    """R1.1, R1.2, R1.3: customers and articles come over to Simon, no more and no less."""
    sync(coupled.context, coupled.tenant, "one")

    expected = {customer.key: customer for customer in coupled.accounting.customers()}
    in_simon = {row["ExternalId"]: row for row in coupled.simon("Customer")}
    assert set(in_simon) == set(expected)
    for key, row in in_simon.items():
        assert row["CustomerNumber"] == expected[key].number
        assert (row["Name"] == expected[key].name) or row["Name"].endswith("…")
    assert {row["Code"] for row in coupled.simon("Item")} == coupled.accounting.article_codes()


def test_each_customer_has_one_default_work_address(coupled: CoupledTenant) -> None:
    """R1.4: it is made of the invoice address (Unit4), else of the default address, under the right customer."""
    sync(coupled.context, coupled.tenant, "one")

    customers = {row["Id"]: row for row in coupled.simon("Customer")}
    work_places = {customer.key: customer.work_place for customer in coupled.accounting.customers()}
    places = coupled.simon("Location")
    assert sorted(place["CustomerId"] for place in places) == sorted(customers)
    for place in places:
        own = customers[place["CustomerId"]]
        streets, city = work_places[own["ExternalId"]] or ((own["Street"],), own["City"])
        assert place["Street"] in streets or any(street in place["Street"] for street in streets)
        assert place["City"] == city


def test_some_unit4_customer_has_an_invoice_address_of_its_own(couple: CoupleTenant) -> None:
    """R1.4: the seed makes the rule above mean something."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    customers = {row["Id"]: row for row in coupled.simon("Customer")}
    assert any(place["Street"] != customers[place["CustomerId"]]["Street"] for place in coupled.simon("Location"))


def test_filters_on_group_and_type(couple: CoupleTenant) -> None:
    """R1.6, R1.7: exact names; an article needs both its group and its type."""
    coupled = couple("unit4", article_groups=["Materiaal", "Arbeid", "materiaal "], article_types=[0, 2])
    sync(coupled.context, coupled.tenant, "one")

    assert {row["Code"] for row in coupled.simon("Item")} == coupled.accounting.article_codes({"10", "ARB"}, {0, 2})
    assert {row["Name"] for row in coupled.simon("ItemGroup")} == {"Materiaal", "Arbeid"}
    near = [row for row in coupled.log("warning") if row.code == "filter.group_near_miss"]
    assert [(row.record, row.values["near"]) for row in near] == [("materiaal ", "Materiaal")]
    assert int(near[0].values["count"]) == len(coupled.accounting.article_codes({"10"}))


def test_article_sits_in_its_group(couple: CoupleTenant) -> None:
    """R1.2: article groups come over and articles point at them."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    groups = {row["Id"]: row["ExternalId"] for row in coupled.simon("ItemGroup")}
    expected = {r["productId"]: r["productGroupId"] for r in coupled.control.package("unit4")["products"]}
    assert {r["Code"]: groups[r["ItemGroupId"]] for r in coupled.simon("Item")}.items() <= expected.items()


def test_a_second_sync_writes_nothing(coupled: CoupledTenant) -> None:
    """R1.10: counted at the sandbox."""
    sync(coupled.context, coupled.tenant, "one")
    mark = coupled.control.mark()
    counts = sync(coupled.context, coupled.tenant, "two")
    assert coupled.control.writes(coupled.key, mark) == 0
    assert all(numbers["new"] == numbers["changed"] == numbers["rejected"] == 0 for numbers in counts.values())
    assert counts["customers"]["same"] == len(coupled.simon("Customer"))


def test_nothing_is_written_to_the_package(coupled: CoupledTenant) -> None:
    """R1.1: master data goes one way only."""
    sync(coupled.context, coupled.tenant, "one")
    assert coupled.control.writes(coupled.control.administration(coupled.package), 0) == 0


def test_a_change_is_one_write_and_keeps_what_people_added(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.1, R1.5: only the changed record is written, and only our fields of it."""
    sync(coupled.context, coupled.tenant, "one")
    key = coupled.accounting.rename_first_company("Nieuwe Naam B.V.")

    mark = coupled.control.mark()
    counts = sync(coupled.context, coupled.tenant, "two")
    in_simon = next(r for r in coupled.simon("Customer") if r["ExternalId"] == key)
    assert in_simon["Name"] == "Nieuwe Naam B.V."
    assert counts["customers"]["changed"] == 1
    assert coupled.control.writes(coupled.key, mark) <= 2  # the customer, and its work address if it bears the name


def test_work_addresses_of_people_are_left_alone(coupled: CoupledTenant) -> None:
    """R1.5: one made in Simon under a coupled customer is the same after more syncs."""
    sync(coupled.context, coupled.tenant, "one")
    customer = coupled.simon("Customer")[0]["Id"]
    address = {"CustomerId": customer, "Name": "Vakantiehuis", "City": "Zoutelande"}
    id = call_simon(coupled, "POST", "Location", address)["Id"]
    before = [row for row in coupled.simon("Location") if row["Id"] == id]
    for key in ("two", "three"):
        sync(coupled.context, coupled.tenant, key)
    assert [row for row in coupled.simon("Location") if row["Id"] == id] == before


def test_only_the_selection_is_touched(coupled: CoupledTenant) -> None:
    """R6.3: choosing articles leaves customers alone."""
    counts = sync(coupled.context, coupled.tenant, "one", ["customers"])
    assert set(counts) == {"customers", "work_addresses"}
    assert coupled.simon("Item") == []


def test_articles_bring_their_groups_along(coupled: CoupledTenant) -> None:
    """R6.3: chosen without their groups, each would be refused for want of one; customers still stay away."""
    counts = sync(coupled.context, coupled.tenant, "one", ["articles"])
    groups = {"article_groups"} & set(coupled.tenant.package.choices)
    assert set(counts) == {"articles", *groups}
    assert len(coupled.simon("Item")) == len(coupled.accounting.article_codes())
    assert bool(coupled.simon("ItemGroup")) == bool(groups)
    assert [row.code for row in coupled.log("error")] == []
    assert coupled.simon("Customer") == []


def test_an_unknown_selection_is_refused_by_name(coupled: CoupledTenant) -> None:
    """R6.3: a clear message that names what is allowed, before anything is done."""
    with pytest.raises(InvalidInput, match=r"what: suppliers is not allowed; use customers"):
        sync(coupled.context, coupled.tenant, "one", ["customers", "suppliers"])
    assert coupled.simon("Customer") == []


def test_long_text_is_shortened_with_a_warning(couple: CoupleTenant) -> None:
    """R1.9: it is never done silently."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    long = [row for row in coupled.simon("Customer") if row["Name"].endswith("…")]
    assert len(long) == 1
    assert len(long[0]["Name"]) == 100
    warned = [row for row in coupled.log("warning") if row.code == "sync.text_shortened" and row.table == "customer"]
    assert [row.values["field"] for row in warned] == ["name"]
    assert long[0]["CustomerNumber"] in warned[0].record


def test_an_extract_goes_on_where_it_was_killed(couple: CoupleTenant, sandbox: Sandbox, monkeypatch: Any) -> None:
    """Architecture 5: rows and cursor commit together; pages that are in are not read again."""
    monkeypatch.setattr("include.connectors.unit4.client.PAGE_SIZE", 5)
    coupled = couple("unit4")
    # the third page fails for as long as short waits last
    sandbox.server.world.faults.add(
        {"kind": "status", "status": 503, "path": "CustomerInfoList", "skip": 2, "count": 5}
    )
    run = begin_sync(coupled.context, coupled.tenant, "one", ["customers"])
    with pytest.raises(Transient):
        extract(run, "customers")
    mark = coupled.control.mark()
    progress = extract(begin_sync(coupled.context, coupled.tenant, "one", ["customers"]), "customers")

    total = len(coupled.control.package("unit4")["customers"])
    assert progress.read == total
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    pages = sum(row["read"] for row in counts if row["route"].endswith("CustomerInfoList"))
    assert pages == ceil(total / 5) + 1 - 2  # all pages and the end, but the two that were in


def test_a_removed_record_is_made_again(coupled: CoupledTenant) -> None:
    """R1.1: records that somebody removed in Simon, and that changed in the package since."""
    sync(coupled.context, coupled.tenant, "one")
    with coupled.context.store.begin() as tx:
        tx.execute(text("UPDATE links SET simon_id = simon_id + 100000, written_digest = '' WHERE stream = 'articles'"))
    coupled.control.call("PUT", "switches", {"simon.delete_mode": "hard"})
    for row in coupled.simon("Item"):
        call_simon(coupled, "DELETE", f"Item({row['Id']})")
    counts = sync(coupled.context, coupled.tenant, "two")
    assert counts["articles"]["new"] == len(coupled.accounting.article_codes())
    assert {row["Code"] for row in coupled.simon("Item")} == coupled.accounting.article_codes()


def test_dead_credentials_are_one_error_with_an_action(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R7.1, R7.2: the refresh token does not work any more; the run fails and says what to do."""
    coupled = couple("unit4")
    sandbox.server.world.faults.add({"kind": "status", "status": 400, "path": "OAuth/Token", "count": -1})
    with pytest.raises(Misconfigured):
        sync(coupled.context, coupled.tenant, "one")
    assert [row.code for row in coupled.log("error")] == ["connection.token_revoked"]


def test_a_post_whose_answer_was_lost_is_looked_up(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.10: no duplicate in Simon when the connection breaks after the record was stored."""
    sandbox.server.world.faults.add({"kind": "drop_after", "method": "POST", "path": "/odata/Customer$", "count": 1})
    sync(coupled.context, coupled.tenant, "one")
    in_simon = [row["ExternalId"] for row in coupled.simon("Customer")]
    assert sorted(in_simon) == sorted(coupled.accounting.customer_keys())
