"""From a work order to a document: ``include.push.document`` against R3.3 to R3.9 and R3.11."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.connectors.settings import PackageSettings, setting_text
from include.push.document import hours
from tests.helpers.document_building import (
    ARTICLES,
    CUSTOMER,
    BuiltLine,
    build_document,
    lines_of,
    master_data,
    refusal,
    time_entries,
    used_article,
    work_order,
)

EVERYTHING: dict[str, Any] = {
    "administration": "MVL00001",
    "travel_article": "REIS",
    "work_article": "WERK",
    "default_article": "VOORRIJ",
    "work_description": True,
}


# R3.3, R3.4: whose document it is


def test_document_is_the_work_order_customers() -> None:
    """R3.3: booked on the package's own customer of the work order."""
    assert build_document(work_order()).customer == CUSTOMER


def test_work_order_without_customer_is_refused() -> None:
    """R3.3: without a customer no document is made."""
    assert refusal(work_order(customer_id=None, work_address_customer_id=None)).code == "work_order.no_customer"


def test_customer_must_come_from_the_package() -> None:
    """R3.3: a customer that people made in Simon has no counterpart to book on."""
    assert refusal(work_order(), master_data(customers={})).code == "work_order.customer_not_linked"


def test_inactive_customer_is_refused_by_name() -> None:
    """R3.3: the package takes no document for a passive customer; the message says who it is."""
    gone = CUSTOMER.model_copy(update={"active": False})
    error = refusal(work_order(), master_data(customers={31: gone}))
    assert error.code == "work_order.customer_inactive"
    assert "1001 De Boer" in error.text()


@pytest.mark.parametrize("owner", [32, None])
def test_work_address_must_be_of_the_same_customer(owner: int | None) -> None:
    """R3.4: neither another customer's address nor nobody's is taken."""
    assert refusal(work_order(work_address_customer_id=owner)).code == "work_order.address_of_another_customer"


# R3.5: the lines


def test_lines_stand_in_their_order() -> None:
    """R3.5: description, default article, used articles as they were used, travel time, work time."""
    order = work_order(
        used_articles=(used_article(2, 3), used_article(1, 1)), times=time_entries(work=[120], travel=[15])
    )
    assert lines_of(build_document(order, **EVERYTHING)) == [
        ("work_description", None, None),
        ("default_article", "VOORRIJ", Decimal(1)),
        ("used_article", "BUIS", Decimal(3)),
        ("used_article", "KRAAN", Decimal(1)),
        ("travel_time", "REIS", Decimal("0.25")),
        ("work_time", "WERK", Decimal(2)),
    ]


def test_only_used_articles_when_nothing_is_set() -> None:
    """R3.5, R3.6: description, default article and time do not come without their settings."""
    order = work_order(times=time_entries(work=[120], travel=[15]))
    assert lines_of(build_document(order)) == [("used_article", "KRAAN", Decimal(1))]


def test_description_line_is_text_only() -> None:
    """R3.5: it has no article or quantity, and no blanks around it."""
    [line, _] = build_document(work_order(description=" Cv-ketel nazien\n"), work_description=True).lines
    assert (line.description, line.article, line.quantity) == ("Cv-ketel nazien", None, None)


def test_empty_description_makes_no_line() -> None:
    """R3.5: asked for, but there is none."""
    assert [line.rule for line in build_document(work_order(description=" \n"), work_description=True).lines] == [
        "used_article"
    ]


def test_same_article_twice_stays_two_lines() -> None:
    """R3.5: one line for each used article, also a correction and a zero."""
    order = work_order(used_articles=(used_article(1, "2.5"), used_article(1, "-0.125"), used_article(1, 0)))
    assert [line.quantity for line in build_document(order).lines] == [Decimal("2.5"), Decimal("-0.125"), Decimal(0)]


def test_description_alone_is_nothing_to_book() -> None:
    """R3.5: a document needs at least one article."""
    order = work_order(used_articles=(), times=time_entries(work=[30]))
    assert refusal(order, work_description=True).code == "work_order.nothing_to_book"


@pytest.mark.parametrize("setting", ["default_article", "travel_article", "work_article"])
@pytest.mark.parametrize("code", ["NIET", "OUD", "reis"])
def test_article_of_a_setting_must_exist_and_be_active(setting: str, code: str) -> None:
    """R3.5, R3.6: it is unknown, inactive or spelled otherwise; the message names the article and the setting."""
    order = work_order(times=time_entries(work=[30], travel=[30]))
    chosen: dict[str, Any] = {setting: code}
    error = refusal(order, **chosen)
    assert error.code == "work_order.setting_article_unknown"
    assert setting_text(PackageSettings, setting).title("nl") in error.text()
    assert setting_text(PackageSettings, setting).title("en") in error.text("en")
    assert code in error.text()


def test_article_of_a_setting_is_not_looked_up_without_need() -> None:
    """R3.6: a wrong travel article holds nothing up when there was no travel time."""
    assert build_document(work_order(), travel_article="NIET", work_article="NIET").lines


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
    order = work_order(times=time_entries(travel=[10, 10, 10], work=[20, 25]))
    assert lines_of(build_document(order, travel_article="REIS", work_article="WERK"))[1:] == [
        ("travel_time", "REIS", Decimal("0.5")),
        ("work_time", "WERK", Decimal("0.75")),
    ]


def test_no_minutes_no_line() -> None:
    """R3.6: entries of nothing make no line."""
    assert len(build_document(work_order(times=time_entries(travel=[0], work=[0, 0])), **EVERYTHING).lines) == 3


# R3.7: material


def test_free_text_material_is_refused() -> None:
    """R3.7: typed in by hand; the message repeats what it says."""
    order = work_order(used_articles=(used_article(1, 1), used_article(None, 2, description="Afvoer oude pomp")))
    error = refusal(order)
    assert error.code == "work_order.article_free_text"
    assert "Afvoer oude pomp" in error.text()


@pytest.mark.parametrize(
    ("article_id", "code"), [(99, "work_order.article_not_linked"), (6, "work_order.article_inactive")]
)
@pytest.mark.parametrize(("shown", "description"), [("ONT-7", "Ontsteker"), ("", "Ontsteker")])
def test_material_without_counterpart_is_refused(article_id: int, code: str, shown: str, description: str) -> None:
    """R3.7: it is not from the package, or inactive there; the message names its code, else its description."""
    error = refusal(work_order(used_articles=(used_article(article_id, 1, shown, description),)))
    assert error.code == code
    assert (shown or description) in error.text()


quantities = st.integers(-99_999, 999_999).map(lambda n: Decimal(n) / 10_000)
minutes = st.lists(st.integers(0, 1500), max_size=4)


def rounded_up_hours(total: int) -> Decimal:
    """Return hours in whole ten thousandths; a half one counts."""
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
    expected: list[BuiltLine] = []
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
        used_articles=tuple(used_article(*pair) for pair in material),
        times=time_entries(travel=travel, work=work),
    )
    if any(article for _, article, _ in expected):
        assert lines_of(build_document(order, **settings)) == expected
    else:
        assert refusal(order, **settings).code == "work_order.nothing_to_book"
