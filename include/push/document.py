"""From a work order to a document. Pure functions: everything they need is handed to them (R3.5 to R3.9)."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from include.connectors.settings import PackageSettings, setting_titles
from include.errors import RecordRejected
from include.local_time import local_date
from include.records import Article, Customer, Document, DocumentLine, UsedArticle, WorkOrder
from include.settings.lookup import is_bookable, named
from include.typed_text import fold

HOURS = Decimal("0.0001")  # at most four decimals (R3.6)
ArticleSetting = Literal["default_article", "travel_article", "work_article"]
ArticleRule = Literal["default_article", "used_article", "travel_time", "work_time"]


@dataclass(frozen=True)
class MasterData:
    """What is known of the package's records. Each looks up by Simon's id or by article code; None is unknown.

    Several articles may have one code.
    """

    customer: Callable[[int], Customer | None]
    article: Callable[[int], Article | None]
    articles_by_code: Callable[[str], Sequence[Article]]


def reference(id: int, number: str) -> str:
    """Return what both sides are found by: letters, digits and ``-`` only, as the strictest package asks (R3.11)."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", number).strip("-")[:30]
    return f"WB-{readable}-{id}" if readable else f"WB-{id}"


def digest(document: Document) -> bytes:
    """Return a digest of a whole document."""
    return hashlib.blake2b(document.model_dump_json().encode(), digest_size=16).digest()


def filter_word_in(work_order: WorkOrder, settings: PackageSettings) -> str | None:
    """Return the filter word, when it keeps this work order from being sent (R3.9)."""
    word = fold(settings.filter_word)
    return settings.filter_word.strip() if word and word in fold(work_order.description) else None


def build(work_order: WorkOrder, settings: PackageSettings, master_data: MasterData) -> Document:
    """Return the document of a work order. Raises RecordRejected with the first thing that is in its way."""
    return _Builder(work_order, settings, master_data).document()


def hours(minutes: int) -> Decimal:
    """Return minutes as hours: 15 → 0.25, 120 → 2, 10 → 0.1667 (R3.6)."""
    exact = (Decimal(minutes) / 60).quantize(HOURS, ROUND_HALF_UP)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact.normalize()


@dataclass(frozen=True)
class _Builder:
    work_order: WorkOrder
    settings: PackageSettings
    master_data: MasterData

    def document(self) -> Document:
        order = self.work_order
        customer = self._customer()
        lines = tuple(self._lines())
        if all(line.article is None for line in lines):
            raise self._rejected("work_order.nothing_to_book")
        return Document(
            reference=reference(order.id, order.number),
            work_order_number=order.number,
            date=local_date(order.archived_at),
            customer=customer,
            lines=lines,
            memo=self._memo(),
        )

    def _rejected(self, code: str, **values: object) -> RecordRejected:
        return RecordRejected(code, self.work_order.number, **values)

    def _customer(self) -> Customer:
        """Return the package's own customer (R3.3), whose work address it is (R3.4)."""
        order = self.work_order
        if order.customer_id is None:
            raise self._rejected("work_order.no_customer")
        customer = self.master_data.customer(order.customer_id)
        if customer is None:
            raise self._rejected("work_order.customer_not_linked")
        if not customer.active:
            raise self._rejected("work_order.customer_inactive", customer=f"{customer.number} {customer.name}")
        if order.work_address_customer_id != order.customer_id:
            raise self._rejected("work_order.address_of_another_customer")
        return customer

    def _lines(self) -> Iterator[DocumentLine]:
        """Yield the lines in their order (R3.5)."""
        if any(entry.kind == "other" and entry.minutes for entry in self.work_order.times):
            raise self._rejected("work_order.time_unknown")
        description = self.work_order.description.strip()
        if self.settings.work_description and description:
            yield DocumentLine(rule="work_description", description=description)
        if article := self._set_article("default_article"):
            yield _line("default_article", article, Decimal(1))
        for used in self.work_order.used_articles:
            yield _line("used_article", self._used_article(used), used.quantity)
        yield from self._time_line("travel")
        yield from self._time_line("work")

    def _used_article(self, used: UsedArticle) -> Article:
        """Return the package's own article (R3.7)."""
        shown = used.code or used.description
        if used.article_id is None:
            raise self._rejected("work_order.article_free_text", article=used.description)
        article = self.master_data.article(used.article_id)
        if article is None:
            raise self._rejected("work_order.article_not_linked", article=shown)
        if not article.active:
            raise self._rejected("work_order.article_inactive", article=shown)
        return article

    def _time_line(self, kind: Literal["travel", "work"]) -> Iterator[DocumentLine]:
        """Yield all minutes of a kind as one line; no minutes or no article, no line (R3.6)."""
        minutes = sum(entry.minutes for entry in self.work_order.times if entry.kind == kind)
        if not minutes:
            return
        if minutes < 0:
            raise self._rejected("work_order.time_negative", minutes=minutes)
        article = self._set_article("travel_article" if kind == "travel" else "work_article")
        if article is not None:
            yield _line("travel_time" if kind == "travel" else "work_time", article, hours(minutes))

    def _set_article(self, setting: ArticleSetting) -> Article | None:
        """Return the article of a setting; None when it is not set."""
        code: str = getattr(self.settings, setting)
        if not code:
            return None
        articles = self.master_data.articles_by_code(code)
        titles = setting_titles(type(self.settings), setting)
        if len(articles) > 1:
            names = named(articles)
            raise self._rejected("work_order.setting_article_several", article=code, setting=titles, names=names)
        article = articles[0] if articles else None
        if is_bookable(article):  # the rule of the setting's own check (R4.2)
            return article
        raise self._rejected("work_order.setting_article_unknown", article=code, setting=titles)

    def _memo(self) -> str:
        """Return what goes into the order's remarks (R3.8)."""
        order = self.work_order
        texts = {"work_address": order.work_address, "work_description": order.description.strip()}
        return "\n".join(texts[part] for part in self.settings.memo_parts if texts[part])


def _line(rule: ArticleRule, article: Article, quantity: Decimal) -> DocumentLine:
    return DocumentLine(rule=rule, description=article.description, article=article, quantity=quantity)
