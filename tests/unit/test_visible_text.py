"""Texts from elsewhere, as log, terminal, spreadsheet and Airflow show them (house style: texts from elsewhere)."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from include.messages import lookup
from include.visible_text import as_cell, as_markdown, visible, visible_in_page

DIRECTIONS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
SPREADSHEET = re.compile(r"[,;|\t\n\r\"']")
# what people write and what they mean to hide, side by side
ODD = st.text(alphabet=st.sampled_from("a1=+-@|%;,\t\r\n\"' \x1b\x07\u202e\u2066\u200f\u2028\u0085é＝")) | st.text()


def hidden(text: str) -> list[str]:
    """The letters that nobody sees, or that move others."""
    return [
        letter
        for letter in text
        if unicodedata.category(letter) in ("Cc", "Zl", "Zp")
        or unicodedata.bidirectional(letter) in DIRECTIONS
        or letter in "\u200e\u200f\u061c"
    ]


@given(ODD)
def test_nothing_stays_hidden(text: str) -> None:
    """R7.1: what is shown has no control character, line end or mark of direction; what people see stays."""
    assert hidden(visible(text)) == []
    if not hidden(text):
        assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jansen\nRESOLVED", "Jansen␊RESOLVED"),
        ("\x1b[2Jleeg", "␛[2Jleeg"),
        ("factuur\u202egnp.exe", "factuur<U+202E>gnp.exe"),
        ("Café ‘t Hoekje – 100 %", "Café ‘t Hoekje – 100 %"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ],
)
def test_what_is_shown_instead(text: str, shown: str) -> None:
    """R7.1: a letter that says what was there."""
    assert visible(text) == shown


@given(ODD)
def test_messages_show_their_values(text: str) -> None:
    """R7.1: every value of a message shows what it holds, in both languages."""
    for language in ("nl", "en"):
        assert hidden(lookup("run.failed").text({"reason": text}, language).message) == []  # type: ignore[arg-type]


@given(ODD)
def test_no_part_of_a_cell_is_a_formula(text: str) -> None:
    """R7.3: not even for a spreadsheet that takes another letter for the end of a cell."""
    for part in SPREADSHEET.split(as_cell(text)):
        assert not part.lstrip().startswith(("=", "+", "-", "@", "%", "＝")) or "'" in as_cell(text)
    assert not re.search(r"(^|[,;|\"])\s*[=+\-@%＝]", as_cell(text))


@given(ODD)
def test_a_name_is_no_markdown(text: str) -> None:
    """R8.1: a company's name as a heading, a link or a picture of another host is text in Airflow's own pages."""
    rendered = MarkdownIt("commonmark").enable("table").parse(f"### Orders of {as_markdown(text)}")
    kinds = {child.type for token in rendered for child in token.children or ()}
    assert kinds <= {"text", "text_special"}
    said = "".join(child.content for token in rendered for child in token.children or ())
    assert said.split() == f"Orders of {visible(text)}".split()


def test_a_page_keeps_its_lines() -> None:
    """R7.2: the page's own line ends stay, what turns the line around does not."""
    assert visible_in_page("<p>\n\u202e\x1b</p>") == "<p>\n&lt;U+202E&gt;␛</p>"
