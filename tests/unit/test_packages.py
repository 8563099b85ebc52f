"""The packages' clients and sinks where an example cannot show it: paths, look-ups, and what a 404 means."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from include.connectors import registry
from include.connectors.package import PackageConnection
from include.connectors.unit4.client import path_key
from include.errors import ContractBroken, Misconfigured, OutcomeUnknown, RecordRejected
from include.records import Article, Customer, Document, DocumentLine
from tests.helpers.memory_credentials import MemoryCredentials
from tests.helpers.packages import package_kind
from tests.helpers.stub_server import StubReply, StubServer, json_reply
from tests.unit.conftest import RecordedWaits

ARTICLE = Article(key="945545347", code="VOORRIJ", description="Voorrijkosten")
DOCUMENT = Document(
    reference="WB-20260512-5012",
    work_order_number="20260512",
    date=date(2026, 11, 20),
    customer=Customer(key="1213", number="1213", name="De Boer", payment_condition="14", vat_kind="normal"),
    lines=(DocumentLine(rule="default_article", description="Voorrijkosten", article=ARTICLE, quantity=Decimal(1)),),
)
Open = Callable[..., PackageConnection]


@pytest.fixture
def opened(stub: StubServer, patience: RecordedWaits) -> Open:
    """Open one administration of a package, with these settings besides."""

    def open_(package: str, **settings: Any) -> PackageConnection:
        connector = registry.package(package)
        credentials = MemoryCredentials(connector.access.model_validate(package_kind(package).access_at(stub.url)))
        return connector.open(
            credentials, connector.settings.model_validate({"administration": "MVL00001", **settings}), patience.http
        )

    return open_


each_package = pytest.mark.parametrize("package", registry.packages())


# an administration that is not there


@each_package
def test_reading_an_administration_that_is_gone_is_for_a_person(stub: StubServer, opened: Open, package: str) -> None:
    """R4.4: the message names the administration."""
    stub.answer(json_reply({"error": {"message": "Niet gevonden"}}, 404))
    with pytest.raises(Misconfigured) as caught:
        opened(package).page(registry.package(package).stream("customers"), None)
    assert caught.value.code == "connection.not_found"
    assert "MVL00001" in caught.value.text()


@each_package
def test_sending_to_an_administration_that_is_gone_is_for_a_person(
    stub: StubServer, opened: Open, package: str
) -> None:
    """R4.4, R7.2: whether it is looked for or sent, somebody must be told what to do."""
    stub.answer(json_reply({"error": {"message": "Niet gevonden"}}, 404))
    connection = opened(package)
    with pytest.raises(Misconfigured):  # noqa: PT012 - either of the two may say it
        connection.find(DOCUMENT.reference, DOCUMENT.customer.key)
        connection.send(DOCUMENT)


# what the packages answer to a write


@each_package
def test_refusal_names_the_work_order(stub: StubServer, opened: Open, package: str) -> None:
    """R7.1: its number, and the package's own words."""
    stub.answer(json_reply({"error": {"message": "Te oud"}, "messages": [{"message": "Te oud"}]}, 422))
    with pytest.raises(RecordRejected) as caught:
        opened(package).send(DOCUMENT)
    assert (caught.value.code, caught.value.record) == ("work_order.refused", "20260512")
    assert "Te oud" in caught.value.text()


@each_package
@pytest.mark.parametrize("body", [b"<html>", b"", b"{}", b"[]"])
def test_success_without_the_document_is_a_lost_answer(
    stub: StubServer, opened: Open, package: str, body: bytes
) -> None:
    """R3.10: it was carried out, so it must be looked for before it is sent again."""
    stub.answer(StubReply(200, body))
    with pytest.raises(OutcomeUnknown):
        opened(package).send(DOCUMENT)
    assert stub.methods == ["POST"]


@each_package
@pytest.mark.parametrize("body", [{}, "tekst"])
def test_search_answered_with_nonsense_breaks_the_contract(
    stub: StubServer, opened: Open, package: str, body: Any
) -> None:
    """R3.10: only a search that was understood may lead to sending."""
    stub.answer(json_reply(body))
    with pytest.raises(ContractBroken):
        opened(package).find(DOCUMENT.reference, DOCUMENT.customer.key)


# looking for a document that is there already


def test_rompslomp_finds_by_exact_reference(stub: StubServer, opened: Open) -> None:
    """R3.10, contract 10: the search may give more than was asked for; it is compared again."""
    rows = [
        {"id": 1, "api_reference": "WB-20260512-50123", "invoice_number": None},
        {"id": 2, "api_reference": DOCUMENT.reference, "invoice_number": "2026110001", "price_with_vat": "363.0"},
        {"id": 3, "api_reference": None, "invoice_number": None},
    ]
    stub.answer(json_reply({"sales_invoices": rows}))
    [document] = opened("rompslomp").find(DOCUMENT.reference, DOCUMENT.customer.key)
    assert (document.id, document.number, document.total_incl_vat) == ("2", "2026110001", Decimal("363.0"))
    assert stub.seen[0].path.endswith("/sales_invoices?search%5Bapi_reference%5D=WB-20260512-5012")


def test_unit4_finds_what_carries_the_reference(stub: StubServer, opened: Open) -> None:
    """R3.10, contract 12: among all orders of the customer, whatever a bookkeeper added; compared again."""
    rows = [
        {"orderId": "20260001", "reference": f"{DOCUMENT.reference}3", "amountExclVat": 1.0, "amountInclVat": 1.21},
        {
            "orderId": "20260002",
            "reference": f"{DOCUMENT.reference.lower()} PO 4431",
            "amountExclVat": 35.0,
            "amountInclVat": 42.35,
            "orderLines": [],
        },
    ]
    stub.answer(json_reply(rows))
    [document] = opened("unit4").find(DOCUMENT.reference, DOCUMENT.customer.key)
    assert (document.id, document.total_excl_vat, document.total_incl_vat) == (
        "20260002",
        Decimal("35.0"),
        Decimal("42.35"),
    )
    assert stub.seen[0].path.startswith("/V23/api/MVL00001/OrderInfoList/1213?")


# Unit4's own


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("MVL-0001_x", "MVL-0001_x"),
        ("A/B 15", "A!_2FB!_2015"),
        ("UREN 150%", "UREN!_20150!_25"),
        ("Köln!", "K!_C3!_B6ln!_21"),
        ("a?b&c#d", "a!_3Fb!_26c!_23d"),
        ("..", "!_2E!_2E"),
        (".", "!_2E"),
        ("../x", "..!_2Fx"),
        ("v1.2", "v1.2"),
    ],
)
def test_unit4_keys_in_a_path(key: str, expected: str) -> None:
    """Contract 3: a path takes no percent sign, so ``!_`` stands for it."""
    assert path_key(key) == expected


@pytest.mark.parametrize(("own", "default", "expected"), [("14", "", "14"), ("14", "30", "14"), ("", "30", "30")])
def test_unit4_payment_condition(stub: StubServer, opened: Open, own: str, default: str, expected: str) -> None:
    """Contract 10: an order needs one; the customer's goes before the one that is set."""
    customer = DOCUMENT.customer.model_copy(update={"payment_condition": own})
    stub.answer(json_reply({"orderId": "20260001"}))
    opened("unit4", payment_condition=default).send(DOCUMENT.model_copy(update={"customer": customer}))
    assert stub.seen[0].json()["paymentConditionId"] == expected


def test_unit4_without_any_payment_condition(stub: StubServer, opened: Open) -> None:
    """Contract 10: it is not sent at all; the message names the customer."""
    customer = DOCUMENT.customer.model_copy(update={"payment_condition": ""})
    with pytest.raises(RecordRejected) as caught:
        opened("unit4").send(DOCUMENT.model_copy(update={"customer": customer}))
    assert caught.value.code == "work_order.no_payment_condition"
    assert "1213" in caught.value.text()
    assert stub.seen == []
