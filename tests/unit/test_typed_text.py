"""What people typed matches what people read (R3.9): whatever its Unicode form, blanks and line ends."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.connectors.unit4.settings import Unit4Settings
from include.push.document import filter_word_in
from include.records import WorkOrder
from include.typed_text import fold

WRITTEN = {
    "decomposed": "Geëerd ge\u0301mailed".replace("ë", "e\u0308"),
    "hard blanks": "niet\u00a0factureren",
    "line end": "niet\r\nfactureren",
    "many blanks": "niet \t  factureren",
    "soft hyphen": "niet fac\u00adtureren",
    "no width": "niet\u200b fac\u2060tureren",
    "full width": "ＮＩＥＴ　ｆａｃｔｕｒｅｒｅｎ",
    "ligature": "niet \ufb01atteren",
}


def kept_back(word: str, description: str) -> bool:
    settings = Unit4Settings(administration="MVL00001", filter_word=word)
    order = WorkOrder(
        id=1,
        number="1",
        archived_at=datetime(2026, 1, 1, tzinfo=UTC),
        customer_id=1,
        work_address_id=1,
        work_address_customer_id=1,
        description=description,
    )
    return filter_word_in(order, settings) is not None


@pytest.mark.parametrize("name", ["hard blanks", "line end", "many blanks", "soft hyphen", "no width", "full width"])
def test_a_filter_word_matches_as_people_read_it(name: str) -> None:
    """R3.9: what looks the same is the same."""
    assert kept_back("Niet factureren", f"Let op: {WRITTEN[name]}!")


def test_a_filter_word_matches_in_either_form() -> None:
    """R3.9: letters and accents stand apart, or in one."""
    composed, apart = unicodedata.normalize("NFC", "geëerd"), unicodedata.normalize("NFD", "GEËERD")
    assert composed != apart.lower()
    assert kept_back(composed, f"zeer {apart} lid")
    assert kept_back("fiatteren", WRITTEN["ligature"])


def test_another_word_does_not_match() -> None:
    """R3.9: blanks are folded, never dropped."""
    assert not kept_back("niet factureren", "nietfactureren")
    assert not kept_back("", "niet factureren")


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_every_form_is_folded_to_one(text: str, form: str) -> None:
    """R3.9: and folding again changes nothing."""
    assert fold(unicodedata.normalize(form, text)) == fold(text)
    assert fold(fold(text)) == fold(text)
