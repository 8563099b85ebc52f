"""The texts of the pages: complete in Dutch, and none that nobody uses (R7.2)."""

import re
from enum import StrEnum

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from include.messages import Severity
from include.store.ledger import LedgerState
from include.store.removals import RemovalReason, RemovalState
from plugins.koppel.labels import STATES
from tests.helpers.paths import ROOT

PAGES = ROOT / "plugins" / "koppel"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}}
WORDS = {"_": None, "gettext": None, "N_": None}


def used() -> set[str]:
    texts = extract_from_dir(PAGES, METHODS, OPTIONS, keywords=WORDS)
    return {str(text) for _, _, text, _, _ in texts}


def dutch() -> dict[str, str]:
    with (PAGES / "locale" / "nl" / "koppel.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def names(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|\{\w+\}", text))


def test_every_text_is_there_in_dutch() -> None:
    """R7.2: and the catalogue holds no others."""
    assert used()
    assert set(dutch()) == used()
    assert [text for text, said in dutch().items() if not said.strip()] == []


def test_what_is_filled_in_is_the_same() -> None:
    """R7.2: the Dutch text has the same places for values."""
    assert [text for text, said in dutch().items() if names(text) != names(said)] == []


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("ledger_state", LedgerState),
        ("removal_state", RemovalState),
        ("removal_reason", RemovalReason),
        ("severity", Severity),
    ],
)
def test_every_state_has_a_label(kind: str, states: type[StrEnum]) -> None:
    """R7.2: a person reads no state in the words of the code, and no label is of a state that is gone."""
    assert set(STATES[kind]) == set(states)


def test_no_other_percent_sign_is_taken_for_a_place() -> None:
    """R7.2: one that a person is to read is doubled, or the page that shows it would be an error."""
    plain = {text: re.sub(r"%\(\w+\)s|%%", "", said) for text, said in dutch().items()}
    assert [text for text, said in plain.items() if "%" in said] == []
