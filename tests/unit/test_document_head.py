"""What a document says besides its lines: memo, reference, day; and the word that keeps it back (R3.8, R3.9, R3.11)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.connectors.unit4.settings import Unit4Settings
from include.push.document import build, filter_word_in, reference
from tests.helpers.document_building import (
    ARTICLES,
    build_document,
    master_data,
    settings_with,
    used_article,
    work_order,
)


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
    assert build(work_order(), settings, master_data()).memo == expected


def test_memo_leaves_out_what_is_empty() -> None:
    """R3.8: no blank line for a description that is not there."""
    settings = Unit4Settings.model_validate({"administration": "MVL00001", "memo": "both"})
    assert build(work_order(description=" "), settings, master_data()).memo == work_order().work_address


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


def test_articles_and_prices_are_the_packages_own() -> None:
    """R3.11: what stood on the work order counts for the quantity only."""
    [line] = build_document(work_order(used_articles=(used_article(1, 2, "ANDERS", "Anders genoemd"),))).lines
    assert line.article == ARTICLES[1]
    assert line.description == "Kogelkraan"


def test_document_can_be_found_from_both_sides() -> None:
    """R3.11: it carries the work order's number, and a reference made of number and id."""
    document = build_document(work_order())
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
    assert build_document(work_order(archived_at=archived_at)).date == expected


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
