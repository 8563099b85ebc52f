"""What people typed matches what people read (R3.9): whatever its Unicode form, blanks and line ends."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.connectors.simple_simon.client import SimonAccess
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
SIMON = {"base": "https://simon.example", "key": "1111222233334444", "usr": "u", "pwd": "p", "api_key": "a"}


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


@pytest.mark.parametrize(
    "typed",
    [
        "1111-2222-3333-4444",
        "1111 2222 3333 4444",
        " 1111\u00a02222\u202f3333\u20094444\r\n",
        "1111\u20132222\u20133333\u20144444",
        "1111\u20112222\u22123333\u00ad4444\u200b",
        "\ufeff１１１１２２２２３３３３４４４４",
    ],
)
def test_a_licence_code_is_taken_as_it_is_meant(typed: str) -> None:
    """R5.1: copied from a letter, with blanks or dashes of any kind between its digits."""
    access = SimonAccess.model_validate({**SIMON, "key": typed})
    assert access.stored()["key"] == "1111222233334444"


def test_a_code_that_is_no_number_keeps_its_dashes() -> None:
    """R5.1: only what is around it goes; what is meant is not guessed."""
    assert SimonAccess.model_validate({**SIMON, "key": "\u00a0AB-12 34 "}).stored()["key"] == "AB-12 34"


def test_blanks_around_an_access_are_no_part_of_it() -> None:
    """R5.1: they are left out of user, API key and address; a password keeps those that it has."""
    typed = {
        "usr": "\u00a0kantoor@x.nl ",
        "api_key": "\tsleutel\u200b\n",
        "base": " https://simon.example ",
        "pwd": " p w ",
    }
    stored = SimonAccess.model_validate({**SIMON, **typed}).stored()
    assert [stored[name] for name in typed] == ["kantoor@x.nl", "sleutel", "https://simon.example", " p w "]


@given(st.text(max_size=30))
def test_a_password_is_whatever_was_typed(password: str) -> None:
    """R5.1: nothing of it is left out or changed."""
    assert SimonAccess.model_validate({**SIMON, "pwd": password}).stored()["pwd"] == password
