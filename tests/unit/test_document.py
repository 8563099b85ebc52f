"""From a work order to a document: ``include.push.document`` against R3.3 to R3.9 and R3.11."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.connectors.settings import PackageSettings, setting_text
from include.connectors.unit4.settings import Unit4Settings
from include.errors import RecordRejected
from include.push.document import MasterData, build, filter_word_in, hours, reference
from include.records import Article, Customer, Document, TimeEntry, UsedArticle, WorkOrder

CUSTOMER = Customer(key="1001", number="1001", name="De Boer")
ARTICLES = {
    1: Article(key="K1", code="KRAAN", description="Kogelkraan", price=Decimal("12.85")),
    2: Article(key="K2", code="BUIS", description="Koperbuis", price=Decimal("7.45")),
    3: Article(key="R", code="REIS", description="Reisuur", price=Decimal(45)),
    4: Article(key="W", code="WERK", description="Werkuur", price=Decimal("62.5")),
    5: Article(key="V", code="VOORRIJ", description="Voorrijkosten", price=Decimal(35)),
    6: Article(key="OUD", code="OUD", description="Thermostaat 2009", active=False),
}
EVERYTHING: dict[str, Any] = {
    "administration": "MVL00001",
    "travel_article": "REIS",
    "work_article": "WERK",
    "default_article": "VOORRIJ",
    "work_description": True,
}
Outcome = tuple[str, str | None, Decimal | None]


def books(customers: dict[int, Customer] | None = None) -> MasterData:
    """What the package knows: ``CUSTOMER`` as Simon's 31, the articles by Simon's id and by code."""
    known = {31: CUSTOMER} if customers is None else customers
    codes = {article.code: article for article in ARTICLES.values()}
    return MasterData(customer=known.get, article=ARTICLES.get, article_by_code=codes.get)


def work_order(**fields: Any) -> WorkOrder:
    """One on which everything is in order."""
    usual: dict[str, Any] = {
        "id": 5012,
        "number": "20260512",
        "archived_at": datetime(2026, 11, 20, 15, 4, tzinfo=UTC),
        "customer_id": 31,
        "work_address_id": 77,
        "work_address_customer_id": 31,
        "work_address": "Werkplaats, Havenstraat 12, 9712 AB Groningen",
        "description": "Cv-ketel nazien",
        "used_articles": (used(1, 1),),
    }
    return WorkOrder(**(usual | fields))


def used(article_id: int | None, quantity: Any, code: str = "", description: str = "") -> UsedArticle:
    return UsedArticle(article_id=article_id, code=code, description=description, quantity=Decimal(quantity))


def times(**minutes: Sequence[int]) -> tuple[TimeEntry, ...]:
    """``travel`` and ``work``, each as the minutes of its entries."""
    return tuple(TimeEntry.model_validate({"kind": k, "minutes": m}) for k, ms in minutes.items() for m in ms)


def settings_with(**settings: Any) -> PackageSettings:
    return PackageSettings.model_validate({"administration": "1", **settings})


def made(order: WorkOrder, known: MasterData | None = None, **settings: Any) -> Document:
    return build(order, settings_with(**settings), known or books())


def outcome(document: Document) -> list[Outcome]:
    return [(line.rule, line.article.code if line.article else None, line.quantity) for line in document.lines]


def refusal(order: WorkOrder, known: MasterData | None = None, **settings: Any) -> RecordRejected:
    with pytest.raises(RecordRejected) as caught:
        made(order, known, **settings)
    assert caught.value.record == order.number
    assert "?" not in caught.value.text()  # what shows for a value that was not given
    assert caught.value.action()
    return caught.value


# R3.3, R3.4: whose document it is


def test_document_is_the_work_order_customers() -> None:
    """R3.3: booked on the package's own customer of the work order."""
    assert made(work_order()).customer == CUSTOMER


def test_work_order_without_customer_is_refused() -> None:
    """R3.3: without a customer no document is made."""
    assert refusal(work_order(customer_id=None, work_address_customer_id=None)).code == "work_order.no_customer"


def test_customer_must_come_from_the_package() -> None:
    """R3.3: a customer that people made in Simon has no counterpart to book on."""
    assert refusal(work_order(), books(customers={})).code == "work_order.customer_not_linked"


def test_inactive_customer_is_refused_by_name() -> None:
    """R3.3: the package takes no document for a passive customer; the message says who it is."""
    gone = CUSTOMER.model_copy(update={"active": False})
    error = refusal(work_order(), books(customers={31: gone}))
    assert error.code == "work_order.customer_inactive"
    assert "1001 De Boer" in error.text()


@pytest.mark.parametrize("owner", [32, None])
def test_work_address_must_be_of_the_same_customer(owner: int | None) -> None:
    """R3.4: neither another customer's address nor nobody's is taken."""
    assert refusal(work_order(work_address_customer_id=owner)).code == "work_order.address_of_another_customer"


# R3.5: the lines


def test_lines_stand_in_their_order() -> None:
    """R3.5: description, default article, used articles as they were used, travel time, work time."""
    order = work_order(used_articles=(used(2, 3), used(1, 1)), times=times(work=[120], travel=[15]))
    assert outcome(made(order, **EVERYTHING)) == [
        ("work_description", None, None),
        ("default_article", "VOORRIJ", Decimal(1)),
        ("used_article", "BUIS", Decimal(3)),
        ("used_article", "KRAAN", Decimal(1)),
        ("travel_time", "REIS", Decimal("0.25")),
        ("work_time", "WERK", Decimal(2)),
    ]


def test_only_used_articles_when_nothing_is_set() -> None:
    """R3.5, R3.6: description, default article and time do not come without their settings."""
    order = work_order(times=times(work=[120], travel=[15]))
    assert outcome(made(order)) == [("used_article", "KRAAN", Decimal(1))]


def test_description_line_is_text_only() -> None:
    """R3.5: it has no article or quantity, and no blanks around it."""
    [line, _] = made(work_order(description=" Cv-ketel nazien\n"), work_description=True).lines
    assert (line.description, line.article, line.quantity) == ("Cv-ketel nazien", None, None)


def test_empty_description_makes_no_line() -> None:
    """R3.5: asked for, but there is none."""
    assert [line.rule for line in made(work_order(description=" \n"), work_description=True).lines] == ["used_article"]


def test_same_article_twice_stays_two_lines() -> None:
    """R3.5: one line for each used article, also a correction and a zero."""
    order = work_order(used_articles=(used(1, "2.5"), used(1, "-0.125"), used(1, 0)))
    assert [line.quantity for line in made(order).lines] == [Decimal("2.5"), Decimal("-0.125"), Decimal(0)]


def test_description_alone_is_nothing_to_book() -> None:
    """R3.5: a document needs at least one article."""
    order = work_order(used_articles=(), times=times(work=[30]))
    assert refusal(order, work_description=True).code == "work_order.nothing_to_book"


@pytest.mark.parametrize("setting", ["default_article", "travel_article", "work_article"])
@pytest.mark.parametrize("code", ["NIET", "OUD", "reis"])
def test_article_of_a_setting_must_exist_and_be_active(setting: str, code: str) -> None:
    """R3.5, R3.6: it is unknown, inactive or spelled otherwise; the message names the article and the setting."""
    order = work_order(times=times(work=[30], travel=[30]))
    chosen: dict[str, Any] = {setting: code}
    error = refusal(order, **chosen)
    assert error.code == "work_order.setting_article_unknown"
    assert setting_text(PackageSettings, setting).title("nl") in error.text()
    assert setting_text(PackageSettings, setting).title("en") in error.text("en")
    assert code in error.text()


def test_article_of_a_setting_is_not_looked_up_without_need() -> None:
    """R3.6: a wrong travel article holds nothing up when there was no travel time."""
    assert made(work_order(), travel_article="NIET", work_article="NIET").lines


# R3.6: time


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (15, "0.25"),
        (120, "2"),
        (10, "0.1667"),
        (50, "0.8333"),
        (1, "0.0167"),
        (7, "0.1167"),
        (600, "10"),
        (6000, "100"),
    ],
)
def test_minutes_become_hours(minutes: int, expected: str) -> None:
    """R3.6: they are rounded half up to four decimals, and written plainly."""
    assert str(hours(minutes)) == expected


def test_time_of_a_kind_is_summed_before_it_is_rounded() -> None:
    """R3.6: three times 10 minutes is half an hour, not 0.5001."""
    order = work_order(times=times(travel=[10, 10, 10], work=[20, 25]))
    assert outcome(made(order, travel_article="REIS", work_article="WERK"))[1:] == [
        ("travel_time", "REIS", Decimal("0.5")),
        ("work_time", "WERK", Decimal("0.75")),
    ]


def test_no_minutes_no_line() -> None:
    """R3.6: entries of nothing make no line."""
    assert len(made(work_order(times=times(travel=[0], work=[0, 0])), **EVERYTHING).lines) == 3


# R3.7: material


def test_free_text_material_is_refused() -> None:
    """R3.7: typed in by hand; the message repeats what it says."""
    order = work_order(used_articles=(used(1, 1), used(None, 2, description="Afvoer oude pomp")))
    error = refusal(order)
    assert error.code == "work_order.article_free_text"
    assert "Afvoer oude pomp" in error.text()


@pytest.mark.parametrize(
    ("article_id", "code"), [(99, "work_order.article_not_linked"), (6, "work_order.article_inactive")]
)
@pytest.mark.parametrize(("shown", "description"), [("ONT-7", "Ontsteker"), ("", "Ontsteker")])
def test_material_without_counterpart_is_refused(article_id: int, code: str, shown: str, description: str) -> None:
    """R3.7: it is not from the package, or inactive there; the message names its code, else its description."""
    error = refusal(work_order(used_articles=(used(article_id, 1, shown, description),)))
    assert error.code == code
    assert (shown or description) in error.text()


# R3.8: the memo


@pytest.mark.parametrize(
    ("memo", "expected"),
    [
        ("none", ""),
        ("work_address", "Werkplaats, Havenstraat 12, 9712 AB Groningen"),
        ("work_description", "Cv-ketel nazien"),
        ("both", "Werkplaats, Havenstraat 12, 9712 AB Groningen\nCv-ketel nazien"),
    ],
)
def test_memo_holds_what_is_set(memo: str, expected: str) -> None:
    """R3.8: it holds nothing, one of the two, or both."""
    settings = Unit4Settings.model_validate({"administration": "MVL00001", "memo": memo})
    assert build(work_order(), settings, books()).memo == expected


def test_memo_leaves_out_what_is_empty() -> None:
    """R3.8: no blank line for a description that is not there."""
    settings = Unit4Settings.model_validate({"administration": "MVL00001", "memo": "both"})
    assert build(work_order(description=" "), settings, books()).memo == work_order().work_address


# R3.9: the filter word


@pytest.mark.parametrize("description", ["garantie", "Onder GARANTIE vervangen", "nagarantietermijn"])
def test_filter_word_holds_a_work_order_back(description: str) -> None:
    """R3.9: it is anywhere in the description, in any case; the word itself goes into the message."""
    settings = settings_with(filter_word=" Garantie ")
    assert filter_word_in(work_order(description=description), settings) == "Garantie"


@pytest.mark.parametrize(
    ("word", "description"), [("", "garantie"), ("  ", "a  b"), ("garantie", "garan tie"), ("x", "")]
)
def test_without_the_filter_word_all_are_sent(word: str, description: str) -> None:
    """R3.9: an empty word holds nothing back."""
    settings = settings_with(filter_word=word)
    assert filter_word_in(work_order(description=description), settings) is None


# R3.11 and what identifies a document


def test_articles_and_prices_are_the_packages_own() -> None:
    """R3.11: what stood on the work order counts for the quantity only."""
    [line] = made(work_order(used_articles=(used(1, 2, "ANDERS", "Anders genoemd"),))).lines
    assert line.article == ARTICLES[1]
    assert line.description == "Kogelkraan"


def test_document_can_be_found_from_both_sides() -> None:
    """R3.11: it carries the work order's number, and a reference made of number and id."""
    document = made(work_order())
    assert (document.work_order_number, document.reference) == ("20260512", "WB-20260512-5012")


@pytest.mark.parametrize(
    ("archived_at", "expected"),
    [
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 23, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_date_is_the_dutch_day_of_archiving(archived_at: datetime, expected: date) -> None:
    """R3.1: archived late in the evening, booked on the day that people saw."""
    assert made(work_order(archived_at=archived_at)).date == expected


@given(st.integers(1, 2**31 - 1), st.text(max_size=60))
def test_reference_suits_the_strictest_package(id: int, number: str) -> None:
    """R3.10, R3.11: the same each time, letters, digits and dashes, at most 60, and it ends in Simon's id."""
    made_of = reference(id, number)
    assert made_of == reference(id, number)
    assert len(made_of) <= 60
    assert made_of.isascii()
    assert made_of.replace("-", "").isalnum()
    assert made_of.startswith("WB-")
    assert made_of.endswith(f"-{id}")


def test_reference_of_a_long_number_still_fits() -> None:
    """R3.11: the number is cut, the id never."""
    made_of = reference(2**31 - 1, "AB-123/" * 20)
    assert len(made_of) <= 60
    assert made_of.endswith("-2147483647")


# the whole, against a calculation of its own

quantities = st.integers(-99_999, 999_999).map(lambda n: Decimal(n) / 10_000)
minutes = st.lists(st.integers(0, 1500), max_size=4)


def rounded_up_hours(total: int) -> Decimal:
    """In whole numbers: ten thousandths of an hour, a half one counts."""
    return Decimal((total * 20_000 + 60) // 120) / 10_000


@given(
    st.sampled_from(["", " ", "Cv-ketel nazien"]),
    st.lists(st.tuples(st.sampled_from([1, 2, 3, 4, 5]), quantities), max_size=5),
    minutes,
    minutes,
    st.fixed_dictionaries(
        {
            "work_description": st.booleans(),
            "default_article": st.sampled_from(["", "VOORRIJ"]),
            "travel_article": st.sampled_from(["", "REIS"]),
            "work_article": st.sampled_from(["", "WERK"]),
        }
    ),
)
def test_lines_are_those_of_a_plain_calculation(
    description: str, material: list[tuple[int, Decimal]], travel: list[int], work: list[int], settings: dict[str, Any]
) -> None:
    """R3.5, R3.6: which lines, in which order, with which quantities, for any work order and settings."""
    expected: list[Outcome] = []
    if settings["work_description"] and description.strip():
        expected.append(("work_description", None, None))
    if settings["default_article"]:
        expected.append(("default_article", "VOORRIJ", Decimal(1)))
    for article_id, quantity in material:
        expected.append(("used_article", ARTICLES[article_id].code, quantity))
    if settings["travel_article"] and sum(travel) > 0:
        expected.append(("travel_time", "REIS", rounded_up_hours(sum(travel))))
    if settings["work_article"] and sum(work) > 0:
        expected.append(("work_time", "WERK", rounded_up_hours(sum(work))))

    order = work_order(
        description=description,
        used_articles=tuple(used(*pair) for pair in material),
        times=times(travel=travel, work=work),
    )
    if any(article for _, article, _ in expected):
        assert outcome(made(order, **settings)) == expected
    else:
        assert refusal(order, **settings).code == "work_order.nothing_to_book"
