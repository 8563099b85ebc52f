"""A server that cuts its lists, and rows with odd values: all is read, or what is not is reported (R1.13, R3.13)."""

from decimal import Decimal
from typing import Any

import pytest

from include.access.systems import open_package
from include.cleanup.pipeline import clean_up
from include.connectors.rompslomp import mapping as rompslomp_mapping
from include.connectors.unit4 import mapping as unit4_mapping
from include.errors import ContractBroken
from include.push.worker import push
from include.sync.pipeline import sync
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import archive_work_order

CAP = 4


def cap_pages(coupled: CoupledTenant) -> None:
    coupled.control.call("PUT", "switches", {f"{coupled.package}.page_cap": CAP})


def test_a_server_that_gives_less_than_asked_is_read_to_its_end(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.13, R2.4: nothing of it is taken for gone, by the sync or by the clean-up."""
    cap_pages(coupled)
    sync(coupled.context, coupled.tenant, "one")
    assert len(coupled.simon("Customer")) == len(coupled.accounting.customers()) > CAP
    assert {row["Code"] for row in coupled.simon("Item")} == coupled.accounting.article_codes()
    assert clean_up(coupled.context, coupled.tenant, "clean").ended.get("customers", {}).get("deleted", 0) == 0
    assert len(coupled.simon("Customer")) == len(coupled.accounting.customers())


def test_prices_and_orders_are_read_to_their_end(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.10, R3.11: a document of many articles, and the search for those that are there already."""
    sync(coupled.context, coupled.tenant, "one")
    cap_pages(coupled)
    items = [row for row in coupled.simon("Item") if row["Code"] in coupled.accounting.article_codes()][:9]
    customer = next(
        row["Id"] for row in coupled.simon("Customer") if row["VatNumber"]
    )  # some articles are sold to firms
    place = next(row["Id"] for row in coupled.simon("Location") if row["CustomerId"] == customer)
    archive_work_order(
        coupled,
        CustomerId=customer,
        LocationId=place,
        UsedItems=[{"ItemId": item["Id"], "Quantity": 1} for item in items],
    )
    assert push(coupled.context, coupled.tenant, "push") == {"confirmed": 1}
    assert not [each for each in coupled.open_problems() if each.code.startswith("work_order.")]


def test_a_page_that_comes_again_is_no_list(couple: CoupleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2.4: a server that does not skip would be read for ever; it is one clear message."""
    coupled = couple("unit4")
    client = "include.connectors.unit4.client.Unit4Client.call"
    whole = __import__("include.connectors.unit4.client", fromlist=["Unit4Client"]).Unit4Client.call

    def not_skipping(self: Any, method: str, path: str, **request: Any) -> Any:
        query = {name: value for name, value in (request.get("query") or {}).items() if name != "$skip"}
        return whole(self, method, path, **{**request, "query": query})

    monkeypatch.setattr(client, not_skipping)
    with pytest.raises(ContractBroken):
        sync(coupled.context, coupled.tenant, "one")
    assert [row.values["reason"] for row in coupled.log("error")] == ["the same page twice"]


ODD: list[tuple[str, str, dict[str, Any]]] = [
    ("unit4", "customers", {"vatScenarioId": ""}),
    ("unit4", "customers", {"vatScenarioId": "abc"}),
    ("unit4", "customers", {"chargeVatTypeId": None}),
    ("unit4", "customers", {"name": None, "street1": None, "zipCode": 1234}),
    ("unit4", "articles", {"priceExclVat": "12.50"}),
    ("unit4", "articles", {"priceExclVat": "12,50"}),
    ("unit4", "articles", {"pricePer": 0}),
    ("unit4", "articles", {"priceExclVat": None, "vatCodeId": ""}),
    ("unit4", "articles", {"productType": "2"}),
]


@pytest.mark.parametrize(("package", "stream", "fields"), ODD)
def test_an_odd_value_concerns_its_record_at_most(
    couple: CoupleTenant, package: str, stream: str, fields: dict[str, Any]
) -> None:
    """R3.13, R7.1: it is read, or that one record is reported; all others come over."""
    coupled = couple(package)
    table = coupled.accounting.table(stream)
    key = sorted(coupled.accounting.rows(stream))[0]
    table.put(key, {**table.get(key), **fields})
    sync(coupled.context, coupled.tenant, "one")
    entity = {"customers": "Customer", "articles": "Item"}[stream]
    keys = {row["ExternalId"] for row in coupled.simon(entity)}
    unreadable = [row.record for row in coupled.log("error") if row.code == "sync.record_unreadable"]
    assert len(keys) >= 10
    assert (key in keys) is not (key in unreadable)


def test_a_company_that_does_not_tell_its_access_hides_no_other(couple: CoupleTenant) -> None:
    """R4.1: what it lacks is found out by asking; the list of administrations is whole."""
    coupled = couple("rompslomp")
    client = open_package(coupled.context, coupled.tenant)
    before = client.administrations()
    companies = client._companies()  # type: ignore[attr-defined]
    for row in companies:
        row["access_control"] = None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(client), "_companies", lambda self: [*companies, {"id": 7}])
        after = client.administrations()
    assert [each.number for each in after] == [each.number for each in before]
    assert all(each.has_api and not each.missing_rights for each in after)


@pytest.mark.parametrize("rate", [0.21, "0.21"])
def test_amounts_may_be_numbers_or_texts(rate: Any) -> None:
    """R3.11: exact, whichever way JSON has them; nought is a rate too."""
    line = {"product_code": "A", "description": "A", "price_per_unit": 12.1, "vat_rate": rate}
    article = rompslomp_mapping.article({"id": 1, "invoice_line": line})
    assert (article.vat_rate, article.price) == (Decimal("0.21"), Decimal("12.1"))
    assert rompslomp_mapping.article({"id": 1, "invoice_line": {**line, "vat_rate": 0}}).vat_rate == 0
    assert rompslomp_mapping.article({"id": 1, "invoice_line": {**line, "vat_rate": ""}}).vat_rate is None
    invoice = {"id": 1, "price_without_vat": 0.1, "price_with_vat": 0.3, "invoice_lines": None}
    document = rompslomp_mapping.package_document(invoice)
    assert (document.total_excl_vat, document.total_incl_vat) == (Decimal("0.1"), Decimal("0.3"))
    order = {"orderId": "1", "totalOrderAmount": "12.10", "totalVatAmount": 2.1, "orderLines": []}
    assert unit4_mapping.package_document(order).total_excl_vat == Decimal(10)
    customer = {"customerId": "1", "name": "A", "vatScenarioId": ""}
    assert unit4_mapping.customer(customer).vat_scenario is None
