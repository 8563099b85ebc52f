"""Both lines of an address arrive, and a country is never guessed (R1.15)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.connectors.addresses import contact, street_lines
from include.connectors.countries import country_code
from include.typed_text import fold

STREETS = [
    ("Prinsengracht", "263 III", "Prinsengracht 263 III"),
    ("Prinsengracht", "263-huis", "Prinsengracht 263-huis"),
    ("Industrieweg", "10 unit B", "Industrieweg 10 unit B"),
    ("Industrieweg 10", "unit B", "Industrieweg 10, unit B"),
    ("Gebouw 3", "Kerkstraat 5", "Gebouw 3, Kerkstraat 5"),
    ("Kerkstraat 5", "Gebouw 3", "Kerkstraat 5, Gebouw 3"),
    ("Kerkstraat", "12-14", "Kerkstraat 12-14"),
    ("Laan van Meerdervoort", "500 t/m 510", "Laan van Meerdervoort 500 t/m 510"),
    ("Kerkstraat", "nr. 5", "Kerkstraat nr. 5"),
    ("5a", "Kerkstraat", "Kerkstraat 5a"),
    ("Plein 1944", "12", "Plein 1944 12"),
    ("1e Helmersstraat", "20-3", "1e Helmersstraat 20-3"),
    ("1e Helmersstraat 20/3", "", "1e Helmersstraat 20/3"),
    ("Postbus 12", "Kerkstraat 5", "Postbus 12, Kerkstraat 5"),
    ("Kerkstraat 5", "2e verdieping", "Kerkstraat 5, 2e verdieping"),
    ("Kerkstraat 5", "7", "Kerkstraat 5, 7"),
    ("Kerkstraat 15", "5", "Kerkstraat 15, 5"),
    ("5", "Kerkstraat 15", "5, Kerkstraat 15"),
    ("Kerkstraat 5", "Kerkstraat 5", "Kerkstraat 5"),
    ("Prinsengracht", "Prinsengracht 263", "Prinsengracht 263"),
    ("Hoofdstraat", "10 Bedrijvenpark", "Hoofdstraat, 10 Bedrijvenpark"),
    ("Technische dienst", "Zonnebaan 15", "Technische dienst, Zonnebaan 15"),
    ("Tavernierstraat 7", "", "Tavernierstraat 7"),
    ("Afdelingsweg 3", "", "Afdelingsweg 3"),
    ("", "Dorpsstraat 1", "Dorpsstraat 1"),
    ("", "", ""),
]
ATTENTION = [
    ("T.a.v. mevr. A. de Boer", "Havenstraat 12", "Havenstraat 12", "mevr. A. de Boer"),
    ("Havenstraat 12", "t.a.v. Inkoop", "Havenstraat 12", "Inkoop"),
    ("Tav de heer Smit", "Kade", "Kade", "de heer Smit"),
    ("T.n.v. J. Jansen", "", "", "J. Jansen"),
    ("Attn: J. Smit", "Laan 3", "Laan 3", "J. Smit"),
    ("Afd. Crediteuren", "Laan 3", "Laan 3", "Afd. Crediteuren"),
    ("Dhr. P. de Vries", "Laan 3", "Laan 3", "Dhr. P. de Vries"),
    ("c/o Beheer Noord", "Laan 3", "Laan 3", "c/o Beheer Noord"),
    ("Havenstraat 12", "p/a Beheer Noord 2", "Havenstraat 12", "p/a Beheer Noord 2"),
    ("T.a.v. Jansen", "p/a Kade 3", "p/a Kade 3", "Jansen"),
]


@pytest.mark.parametrize(("first", "second", "street"), STREETS)
def test_lines_are_put_together(first: str, second: str, street: str) -> None:
    """R1.15: a number joins its street, two places stand beside each other, and what is written twice is so once."""
    assert street_lines([first, second]) == (street, "")


@pytest.mark.parametrize(("first", "second", "street", "attention"), ATTENTION)
def test_an_attention_line_goes_to_the_contact(first: str, second: str, street: str, attention: str) -> None:
    """R1.15: it is no part of where to go, unless it is all that says so."""
    assert street_lines([first, second]) == (street, attention)


WORDS = st.sampled_from(["Kerkstraat", "5", "263 III", "unit B", "t.a.v. Jansen", "Gebouw 3", "afd. Inkoop", "12a", ""])


@given(st.lists(WORDS | st.text(st.characters(categories=["L", "N", "Zs", "P"]), max_size=12), max_size=3))
def test_no_word_is_lost(lines: list[str]) -> None:
    """R1.15: whatever the lines are, each of their words is in the street or in the contact."""
    made = street_lines(lines)
    there = set(re.findall(r"\w+", fold(f"{made.street} {made.attention}")))
    prefixes = {"t", "a", "v", "n", "tav", "tnv", "att", "attn", "attentie", "z", "hd", "zhd"}
    assert set(re.findall(r"\w+", fold(" ".join(lines)))) - there <= prefixes


def test_a_contact_is_named_once() -> None:
    """R1.15: who is on a line and in the field for it is one person."""
    assert contact("Jansen", "jansen", "") == "Jansen"
    assert contact("Jansen", "mevr. Jansen") == "mevr. Jansen"
    assert contact("Jansen", "Pietersen") == "Jansen, Pietersen"


KNOWN = {
    "NL": ["", "  ", "nl", "NLD", "Nederland", "The Netherlands", "HOLLAND"],
    "BE": ["B", "BE", "BEL", "België", "belgie", "Belgium", "Belgique"],
    "DE": ["D", "DEU", "Duitsland", "Germany", "Deutschland"],
    "GR": ["EL", "GR", "GRC", "Griekenland"],
    "GB": ["UK", "GBR", "Engeland", "Verenigd Koninkrijk", "Great Britain"],
    "US": ["USA", "U.S.A.", "Verenigde Staten"],
    "CH": ["CHE", "Zwitserland"],
    "PL": ["POL", "Polen"],
    "SR": ["SUR", "Suriname"],
    "CI": ["Côte d'Ivoire", "Ivoorkust"],
    "TR": ["TUR", "Turkije", "Turkey"],
    "LU": ["L", "Luxemburg", "Luxembourg"],
}


@pytest.mark.parametrize(("code", "written"), [(code, text) for code, texts in KNOWN.items() for text in texts])
def test_a_country_is_read_as_people_write_it(code: str, written: str) -> None:
    """R1.15: codes of two and three letters, car signs, and names with or without their accents."""
    assert country_code(written) == code


@pytest.mark.parametrize("written", ["XX", "ZZ", "EU", "Q", "ABC", "Narnia", "12", "?", "NL/BE"])
def test_what_is_no_country_is_not_guessed(written: str) -> None:
    """R1.15: it is none, rather than the one at home."""
    assert country_code(written) is None
