"""VAT follows the customer's kind and the article's code, in both packages, to the cent (R3.11)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest

from include.push.worker import push
from include.records import ExpectedDocument
from include.store import ledger
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.waiting_orders import is_announced, open_work_order_problems
from tests.helpers.work_orders import archive_work_order, documents_of, only_document_of

NONE, NORMAL, REVERSE_CHARGED = 0, 1, 2
WITHOUT_VAT = ("vat_none", "vat_zero", "vat_reverse_charged")  # types of Rompslomp
ROUNDS = 2  # of all customers, each with another kind


def expected_of(coupled: CoupledTenant, made: Mapping[str, Any]) -> ExpectedDocument:
    with coupled.context.store.begin() as tx:
        entry = ledger.latest_of(tx, coupled.tenant.id, made["Number"])
    assert entry is not None
    return ExpectedDocument.model_validate(entry.expected)


def item_of_each_vat_code(coupled: CoupledTenant, codes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return three of one article of each VAT code, and of a second one, so that rounding has something to round."""
    items = {row["Code"]: row["Id"] for row in coupled.simon("Item") if row["Active"]}
    by_vat: dict[Any, list[int]] = {}
    for code, vat in codes.items():
        if code in items:
            by_vat.setdefault(vat, []).append(items[code])
    chosen = [id for ids in by_vat.values() for id in ids[:3]]
    return [{"ItemId": id, "Quantity": quantity} for id, quantity in zip(chosen, cycle((3, 7, 0.33)), strict=False)]


def places(coupled: CoupledTenant) -> list[tuple[str, dict[str, Any]]]:
    """Return each customer's key with what a work order of his says."""
    keys = {row["Id"]: row["ExternalId"] for row in coupled.simon("Customer")}
    rows = {row["CustomerId"]: row for row in coupled.simon("Location") if row["CustomerId"]}
    return [(keys[id], {"CustomerId": id, "LocationId": row["Id"]}) for id, row in rows.items()]


def raise_prices(coupled: CoupledTenant, codes: Sequence[str], price: Decimal) -> None:
    """Give these articles another price in the package, as a bookkeeper does."""
    products = coupled.accounting.administration.products
    if coupled.package == "unit4":
        for code in codes:
            products.get(code)["priceExclVat"] = price
    else:
        for row in products.rows:
            row.price_per_unit = price if row.product_code in codes else row.price_per_unit


def test_unit4_charges_what_the_customer_says(couple: CoupleTenant) -> None:
    """R3.11, contract 7 and 10: it is the kind of customer × the VAT code; what must bear no VAT is charged none."""
    coupled = couple("unit4", default_article="", payment_condition="14")
    books = coupled.accounting.administration
    books.prices.clear()
    sync(coupled.context, coupled.tenant, "sync")
    used = item_of_each_vat_code(coupled, {row["productId"]: row["vatCodeId"] for row in books.products})
    kinds = cycle((NONE, NORMAL, REVERSE_CHARGED))
    seen: dict[int, int] = {}
    for number in range(ROUNDS):
        kind_of = {key: next(kinds) for key, _ in places(coupled)}
        next(kinds)
        for key, kind in kind_of.items():
            books.customers.get(key)["chargeVatTypeId"] = kind
        sync(coupled.context, coupled.tenant, f"sync-{number}")
        for key, place in places(coupled):
            made = archive_work_order(coupled, UsedItems=used, TimeSheets=[], **place)
            assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
            document, expected = only_document_of(coupled, made), expected_of(coupled, made)
            assert (expected.total_excl_vat, expected.total_incl_vat) == (document.total_excl, document.total_incl)
            assert (document.total_incl > document.total_excl) == (kind_of[key] == NORMAL)
            seen[kind_of[key]] = seen.get(kind_of[key], 0) + 1
    assert set(seen) == {NONE, NORMAL, REVERSE_CHARGED}
    assert sum(seen.values()) >= 20
    assert open_work_order_problems(coupled) == []


@pytest.mark.parametrize("kind", [3, 9, None])
def test_an_unknown_vat_kind_is_an_error(couple: CoupleTenant, kind: int | None) -> None:
    """R3.11, R7.2: nothing is assumed; it goes out by itself once the package says how VAT is charged."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    [(key, place), *_] = places(coupled)
    customer = coupled.accounting.administration.customers.get(key)
    before = customer["chargeVatTypeId"]
    customer["chargeVatTypeId"] = kind
    sync(coupled.context, coupled.tenant, "changed")
    made = archive_work_order(coupled, **place)
    assert push(coupled.context, coupled.tenant, "run") == {"rejected": 1}
    assert [code for code, _, _ in open_work_order_problems(coupled)] == ["work_order.vat_kind_unknown"]
    assert documents_of(coupled, made) == []
    customer["chargeVatTypeId"] = before
    sync(coupled.context, coupled.tenant, "repaired")
    assert is_announced(coupled)
    assert push(coupled.context, coupled.tenant, "later") == {"confirmed": 1}
    assert open_work_order_problems(coupled) == []


@pytest.mark.parametrize("rounding", ["line", "document"])
def test_rompslomp_charges_what_the_article_says(couple: CoupleTenant, sandbox: Sandbox, rounding: str) -> None:
    """R3.11, contract 9: every VAT type for every customer, wherever it rounds; none is left with a difference."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rounding": rounding, "rompslomp.rate_limit": 0})
    coupled = couple("rompslomp", default_article="")
    sync(coupled.context, coupled.tenant, "sync")
    company = coupled.accounting.administration
    types = {vat_type.id: vat_type.name for vat_type in company.vat_types}
    codes = {row.product_code: types[row.vat_type_id] for row in company.products.rows}
    free = {code: name for code, name in codes.items() if name in WITHOUT_VAT}
    for wanted in (codes, free):
        used = item_of_each_vat_code(coupled, wanted)
        for key, place in places(coupled):
            company.contacts.get(int(key)).vat_number = "NL801234567B01"  # without it nothing can be reverse-charged
            made = archive_work_order(coupled, UsedItems=used, TimeSheets=[], **place)
            assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
            document, expected = only_document_of(coupled, made), expected_of(coupled, made)
            assert document.total_excl == expected.total_excl_vat
            assert document.total_incl == (expected.total_incl_vat if rounding == "line" else expected.also_incl_vat)
            assert (document.total_incl == document.total_excl) == (wanted is free)
    assert open_work_order_problems(coupled) == []
    assert Decimal("0.01") in {
        abs((expected.total_incl_vat or 0) - (expected.also_incl_vat or 0)) for expected in _all_expected(coupled)
    }


def _all_expected(coupled: CoupledTenant) -> list[ExpectedDocument]:
    with coupled.context.store.begin() as tx:
        return [ExpectedDocument.model_validate(entry.expected) for entry in ledger.listing(tx, coupled.tenant.id)]


def test_a_price_agreement_is_one_notice(couple: CoupleTenant) -> None:
    """R3.11, R7.5: it is said of the customer, and not of every document of his."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    key = next(row["ExternalId"] for row in coupled.simon("Customer"))
    coupled.accounting.administration.prices[key, "ONT-7"] = Decimal("40.00")
    for _ in range(3):
        archive_work_order(coupled)
        assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
    said = [(problem.code, problem.count) for problem in coupled.open_problems() if problem.code.startswith("work")]
    assert said == [("work_order.customer_prices", 1)]
    [problem] = [problem for problem in coupled.open_problems() if problem.code.startswith("work")]
    assert key in problem.record
    assert "€ 97.90 → € 80.00" in problem.message


def test_a_price_of_this_moment_is_expected_of_unit4(couple: CoupleTenant) -> None:
    """R3.11: it was raised since the last synchronisation; Unit4 fills it in, so it is no difference."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "sync")
    raise_prices(coupled, ["ONT-7"], Decimal("60.00"))
    made = archive_work_order(coupled)
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
    assert expected_of(coupled, made).total_excl_vat == only_document_of(coupled, made).total_excl
    assert [problem for problem in coupled.open_problems() if problem.code.startswith("work")] == []


@pytest.mark.parametrize("package", ["rompslomp", "unit4"])
def test_prices_of_more_articles_than_a_page_has(couple: CoupleTenant, sandbox: Sandbox, package: str) -> None:
    """R3.11: there are 130 articles on one document, and all have the prices of this moment."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    coupled = couple(package, default_article="")
    codes = [f"MAT-{number:03}" for number in range(130)]
    for code in codes:
        coupled.accounting.create_article(code, "1.00")
    sync(coupled.context, coupled.tenant, "sync")
    raise_prices(coupled, codes, Decimal("2.00"))
    items = {row["Code"]: row["Id"] for row in coupled.simon("Item")}
    used = [{"ItemId": items[code], "Quantity": 1} for code in codes]
    made = archive_work_order(coupled, UsedItems=used, TimeSheets=[])
    assert push(coupled.context, coupled.tenant, "run") == {"confirmed": 1}
    assert only_document_of(coupled, made).total_excl == expected_of(coupled, made).total_excl_vat == 260
