"""From a work order to a document. Pure functions: everything they need is handed to them (R3.5 to R3.9)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from include.connectors.settings import PackageSettings
from include.errors import RecordRejected
from include.records import Article, Customer, Document, DocumentLine, UsedArticle, WorkOrder
from include.settings.lookup import fault_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOURS = Decimal("0.0001")  # at most four decimals (R3.6)


@dataclass(frozen=True)
class MasterData:
    """What is known of the package's records. Each looks up by Simon's id or by article code; None is unknown."""

    customer: Callable[[int], Customer | None]
    article: Callable[[int], Article | None]
    article_by_code: Callable[[str], Article | None]


def reference(id: int, number: str) -> str:
    """Stable, readable and findable on both sides: letters, digits and ``-`` only, as the strictest package asks."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", number).strip("-")[:30]
    return f"WB-{readable}-{id}" if readable else f"WB-{id}"


def filter_word_in(work_order: WorkOrder, settings: PackageSettings) -> str | None:
    """The filter word, when it keeps this work order from being sent (R3.9)."""
    word = settings.filter_word.strip()
    return word if word and word.casefold() in work_order.description.casefold() else None


def build(work_order: WorkOrder, settings: PackageSettings, books: MasterData) -> Document:
    """The document of a work order. Raises RecordRejected with the first thing that is in its way."""
    customer = _customer(work_order, books)
    lines = tuple(_lines(work_order, settings, books))
    if all(line.article is None for line in lines):
        raise RecordRejected("work_order.nothing_to_book", work_order.number)
    return Document(
        reference=reference(work_order.id, work_order.number),
        work_order_number=work_order.number,
        date=work_order.archived_at.astimezone(AMSTERDAM).date(),
        customer=customer,
        lines=lines,
        memo=_memo(work_order, settings),
    )


def _customer(work_order: WorkOrder, books: MasterData) -> Customer:
    number = work_order.number
    if work_order.customer_id is None:
        raise RecordRejected("work_order.no_customer", number)
    customer = books.customer(work_order.customer_id)
    if customer is None:
        raise RecordRejected("work_order.customer_not_linked", number)
    if not customer.active:
        raise RecordRejected("work_order.customer_inactive", number, customer=f"{customer.number} {customer.name}")
    if work_order.work_address_customer_id != work_order.customer_id:
        raise RecordRejected("work_order.address_elsewhere", number)
    return customer


def _lines(work_order: WorkOrder, settings: PackageSettings, books: MasterData) -> list[DocumentLine]:
    lines = []
    if any(entry.kind == "other" and entry.minutes for entry in work_order.times):
        raise RecordRejected("work_order.time_unknown", work_order.number)
    if settings.work_description and work_order.description.strip():
        lines.append(DocumentLine(rule="work_description", description=work_order.description.strip()))
    if article := _set_article("default_article", work_order, settings, books):
        lines.append(_line("default_article", article, Decimal(1)))
    lines += [_line("used_article", _used(work_order, used, books), used.quantity) for used in work_order.used_articles]
    for kind in ("travel", "work"):
        lines += _time_line("travel" if kind == "travel" else "work", work_order, settings, books)
    return lines


def _line(
    rule: Literal["default_article", "used_article", "travel_time", "work_time"], article: Article, quantity: Decimal
) -> DocumentLine:
    return DocumentLine(rule=rule, description=article.description, article=article, quantity=quantity)


def _used(work_order: WorkOrder, used: UsedArticle, books: MasterData) -> Article:
    """The package's own article (R3.7)."""
    shown = used.code or used.description
    if used.article_id is None:
        raise RecordRejected("work_order.article_free_text", work_order.number, article=used.description)
    article = books.article(used.article_id)
    if article is None:
        raise RecordRejected("work_order.article_not_linked", work_order.number, article=shown)
    if not article.active:
        raise RecordRejected("work_order.article_inactive", work_order.number, article=shown)
    return article


def _time_line(
    kind: Literal["travel", "work"], work_order: WorkOrder, settings: PackageSettings, books: MasterData
) -> list[DocumentLine]:
    """All minutes of a kind as one line; no minutes or no article, no line."""
    minutes = sum(entry.minutes for entry in work_order.times if entry.kind == kind)
    if not minutes:
        return []
    if minutes < 0:
        raise RecordRejected("work_order.time_negative", work_order.number, minutes=minutes)
    article = _set_article("travel_article" if kind == "travel" else "work_article", work_order, settings, books)
    if article is None:
        return []
    return [_line("travel_time" if kind == "travel" else "work_time", article, hours(minutes))]


def hours(minutes: int) -> Decimal:
    """15 → 0.25, 120 → 2, 10 → 0.1667 (R3.6)."""
    exact = (Decimal(minutes) / 60).quantize(HOURS, ROUND_HALF_UP)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact.normalize()


def _set_article(
    setting: Literal["default_article", "travel_article", "work_article"],
    work_order: WorkOrder,
    settings: PackageSettings,
    books: MasterData,
) -> Article | None:
    """The article of a setting; None when it is not set."""
    code: str = getattr(settings, setting)
    if not code:
        return None
    article = books.article_by_code(code)
    if fault_of(article) is None:  # the rule of the setting's own check (R4.2)
        return article
    title = type(settings).model_fields[setting].title
    raise RecordRejected("work_order.setting_article_unknown", work_order.number, article=code, setting=f"'{title}'")


def _memo(work_order: WorkOrder, settings: PackageSettings) -> str:
    """What goes into the order's remarks (R3.8)."""
    texts = {"work_address": work_order.work_address, "work_description": work_order.description.strip()}
    return "\n".join(texts[part] for part in settings.memo_parts if texts[part])
