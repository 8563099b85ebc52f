"""A work order and the master data it needs, for the tests of the document that is made of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from include.connectors.settings import PackageSettings
from include.errors import RecordRejected
from include.push.document import MasterData, build
from include.records import Article, Customer, Document, TimeEntry, UsedArticle, WorkOrder

CUSTOMER = Customer(key="1001", number="1001", name="De Boer", vat_kind="normal")


ARTICLES = {
    1: Article(key="K1", code="KRAAN", description="Kogelkraan", price=Decimal("12.85")),
    2: Article(key="K2", code="BUIS", description="Koperbuis", price=Decimal("7.45")),
    3: Article(key="R", code="REIS", description="Reisuur", price=Decimal(45)),
    4: Article(key="W", code="WERK", description="Werkuur", price=Decimal("62.5")),
    5: Article(key="V", code="VOORRIJ", description="Voorrijkosten", price=Decimal(35)),
    6: Article(key="OUD", code="OUD", description="Thermostaat 2009", active=False),
}


BuiltLine = tuple[str, str | None, Decimal | None]


def master_data(customers: dict[int, Customer] | None = None) -> MasterData:
    """Return what the package knows: ``CUSTOMER`` as Simon's 31, the articles by Simon's id and by code."""
    known = {31: CUSTOMER} if customers is None else customers
    codes = {article.code: [article] for article in ARTICLES.values()}
    return MasterData(customer=known.get, article=ARTICLES.get, articles_by_code=lambda code: codes.get(code, []))


def work_order(**fields: Any) -> WorkOrder:
    """Return a work order on which everything is in order."""
    usual: dict[str, Any] = {
        "id": 5012,
        "number": "20260512",
        "archived_at": datetime(2026, 11, 20, 15, 4, tzinfo=UTC),
        "customer_id": 31,
        "work_address_id": 77,
        "work_address_customer_id": 31,
        "work_address": "Werkplaats, Havenstraat 12, 9712 AB Groningen",
        "description": "Cv-ketel nazien",
        "used_articles": (used_article(1, 1),),
    }
    return WorkOrder(**(usual | fields))


def used_article(article_id: int | None, quantity: Any, code: str = "", description: str = "") -> UsedArticle:
    return UsedArticle(article_id=article_id, code=code, description=description, quantity=Decimal(quantity))


def time_entries(**minutes: Sequence[int]) -> tuple[TimeEntry, ...]:
    """Return ``travel`` and ``work``, each as the minutes of its entries."""
    return tuple(TimeEntry.model_validate({"kind": k, "minutes": m}) for k, ms in minutes.items() for m in ms)


def settings_with(**settings: Any) -> PackageSettings:
    return PackageSettings.model_validate({"administration": "1", **settings})


def build_document(order: WorkOrder, known: MasterData | None = None, **settings: Any) -> Document:
    return build(order, settings_with(**settings), known or master_data())


def lines_of(document: Document) -> list[BuiltLine]:
    return [(line.rule, line.article.code if line.article else None, line.quantity) for line in document.lines]


def refusal(order: WorkOrder, known: MasterData | None = None, **settings: Any) -> RecordRejected:
    with pytest.raises(RecordRejected) as caught:
        build_document(order, known, **settings)
    assert caught.value.record == order.number
    assert "?" not in caught.value.text()  # what shows for a value that was not given
    assert caught.value.action()
    return caught.value
