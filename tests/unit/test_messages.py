"""The message catalogue: complete in both languages (R7.2), and in step with the code that uses it."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from include import errors
from include.errors import IntegrationError, RecordRejected
from include.messages import Language, Message, catalogue, lookup
from include.messages.catalogue import FOLDER
from include.messages.message import INSTALLATION, TABLES

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES: tuple[Language, ...] = ("nl", "en")
TREE = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, IntegrationError)}
CATALOGUE = catalogue()
PREFIXES = {code.split(".")[0] for code in CATALOGUE}

each_message = pytest.mark.parametrize("message", CATALOGUE.values(), ids=CATALOGUE)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def product_files() -> Iterator[Path]:
    """All code but the catalogue itself and the sandboxes, which are the other side."""
    for folder in ("include", "cli", "dags", "plugins"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).parts
            if "sandbox" not in parts and "messages" not in parts:
                yield path


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """The code in pieces, each with its place."""
    return [
        (f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node)
        for path in product_files()
        for node in ast.walk(ast.parse(path.read_text()))
    ]


def text_of(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_report(node: ast.AST) -> bool:
    """Making an error of our tree, or ``log.write``."""
    if not isinstance(node, ast.Call):
        return False
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return name_of(node.func) in TREE or (
        name_of(node.func) == "write" and owner is not None and name_of(owner) == "log"
    )


def reports() -> Iterator[tuple[str, str, ast.Call]]:
    """Where, the code, and the call: every report whose code is written out."""
    for where, node in nodes():
        if isinstance(node, ast.Call) and is_report(node) and node.args and (code := text_of(node.args[0])):
            yield where, code, node


@cache
def mentioned() -> set[str]:
    """Every text in the code that looks like one of our codes."""
    texts = {text for _, node in nodes() if (text := text_of(node))}
    return {
        text
        for text in texts
        if text.count(".") == 1 and text.split(".")[0] in PREFIXES and text[-1].isalpha() and not text.endswith(".html")
    }


# each entry


@each_message
def test_both_languages_are_there(message: Message) -> None:
    """R7.2: each has a sentence of its own, and not the same one."""
    assert message.nl.message.endswith((".", "?"))
    assert message.en.message.endswith((".", "?"))
    assert message.nl.message != message.en.message


@each_message
def test_warnings_and_errors_say_what_to_do(message: Message) -> None:
    """R7.2: they say it in both languages; what went well asks for nothing."""
    for text in (message.nl, message.en):
        assert bool(text.action.strip()) == (message.severity in ("warning", "error"))


@each_message
def test_both_languages_use_the_same_values(message: Message) -> None:
    """R7.2: what one names, the other names too."""
    assert fields(message.nl.message + message.nl.action) == fields(message.en.message + message.en.action)
    assert fields(message.nl.message) == fields(message.en.message)


def test_every_message_is_about_a_known_table() -> None:
    """R7.1: work orders, settings, the connection, a stream of master data, or the installation itself."""
    assert {message.table for message in CATALOGUE.values()} <= {*TABLES, INSTALLATION}


def test_no_code_stands_twice() -> None:
    """R7.2: a code is stable, so it has one meaning; YAML itself would take the last of two."""
    lines = [line for file in sorted(FOLDER.glob("*.yaml")) for line in file.read_text().splitlines()]
    codes = [line.rstrip(":") for line in lines if re.fullmatch(r"[a-z_]+\.[a-z_]+:", line)]
    assert sorted(codes) == sorted(CATALOGUE)


def test_a_message_has_no_member_that_nobody_reads() -> None:
    """R7.2: a misspelled name in the files would take an action away without a word."""
    for file in sorted(FOLDER.glob("*.yaml")):
        for code, entry in yaml.safe_load(file.read_text()).items():
            assert set(entry) <= {"severity", "closed_by", "table", "words", "nl", "en"}, code
            assert ("closed_by" in entry) is (entry["severity"] in ("warning", "error")), code
            assert set(entry["nl"]) | set(entry["en"]) <= {"message", "action"}, code


# the code that uses it


def test_codes_in_the_code_are_in_the_catalogue() -> None:
    """R7.2: a code that nobody can look up would break the run that reports it."""
    all_reports = list(reports())
    assert len(all_reports) > 20
    assert [(where, code) for where, code, _ in all_reports if code not in CATALOGUE] == []
    assert mentioned() - set(CATALOGUE) == set()


@pytest.mark.parametrize("code", CATALOGUE)
def test_catalogue_code_is_used(code: str) -> None:
    """R7.2: what nothing reports is no message."""
    assert code in mentioned()


def test_reports_give_the_values_of_their_text() -> None:
    """R7.1: a value that is not given would show as a question mark."""
    lacking = []
    for where, code, call in reports():
        names = {keyword.arg for keyword in call.keywords} | {"record"}
        text = lookup(code).nl
        if None not in names and (missing := fields(text.message + text.action) - names):
            lacking.append((where, code, missing))
    assert lacking == []


# filling in


def test_values_are_filled_in() -> None:
    """R7.1: text and action, in Dutch unless asked otherwise."""
    error = RecordRejected("work_order.refused", "20260512", system="Rompslomp", reason="datum ontbreekt")
    assert error.text() == "Rompslomp weigert werkbon 20260512: datum ontbreekt."
    assert error.text("en") == "Rompslomp refuses work order 20260512: datum ontbreekt."
    assert error.action() == "Verbeter wat Rompslomp noemt; de werkbon wordt vanzelf opnieuw aangeboden."
    assert "Correct what Rompslomp names" in error.action("en")


def test_missing_value_shows_as_a_question_mark() -> None:
    """R7.1: a message with a gap is better than none."""
    assert lookup("work_order.refused").text({}).message == "? weigert werkbon ?: ?."


def test_braces_in_a_value_stay_as_they_are() -> None:
    """R7.1: values come from other systems and from people."""
    error = RecordRejected("work_order.refused", "{0}", system="{record!r}", reason="{system.__class__}")
    assert error.text() == "{record!r} weigert werkbon {0}: {system.__class__}."


def test_error_reads_well_in_a_trace() -> None:
    """R7.4: code, record and sentence."""
    error = RecordRejected("work_order.no_customer", "20260512")
    assert str(error) == "work_order.no_customer 20260512: Work order 20260512 has no customer."
    assert (error.code, error.record, error.message.severity) == ("work_order.no_customer", "20260512", "error")


def test_unknown_code_cannot_be_reported() -> None:
    """R7.2: found at once by the one who writes it."""
    with pytest.raises(KeyError):
        RecordRejected("work_order.something_new")
    with pytest.raises(KeyError):
        lookup("something.new")


@pytest.mark.parametrize("name", sorted(TREE - {"IntegrationError"}))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_error_carries_text_and_action(name: str, language: Language) -> None:
    """R7.2: whatever has to happen next, a person can read it."""
    kind: type[IntegrationError] = getattr(errors, name)
    error = kind("connection.refused", system="Rompslomp", reason="x")
    assert "Rompslomp" in error.text(language)
    assert "Rompslomp" in error.action(language)


def test_our_own_names_are_words_in_a_sentence() -> None:
    """R7.2: a reader of Dutch sees no names of streams, fields or runs."""
    values = {"record": "article_groups", "read": 5}
    assert "artikelgroepen" in lookup("cleanup.count_differs").text(values, "nl").message
    assert "article groups" in lookup("cleanup.count_differs").text(values, "en").message
    assert "eenheid" in lookup("sync.text_shortened").text({"field": "unit"}).message
    assert "(terugzetten)" in lookup("run.other_open").text({"other": "restore"}).message
    assert "(klanten, artikelen)" in lookup("coupling.wipe_confirmed").text({"parts": "customers, articles"}).message


def test_what_people_wrote_is_never_translated() -> None:
    """R7.1: a filter word, a group, a customer that happens to be called as one of our names stays as it is."""
    assert "'unit'" in lookup("work_order.filtered").text({"record": "1", "word": "unit"}).message
    assert "'sync'" in lookup("filter.group_unknown").text({"record": "sync"}).message
    assert "'sync'" in lookup("cleanup.filter_unmatched").text({"record": "articles", "group": "sync"}).message
    assert "street is" in lookup("cleanup.removed_deleted").text({"record": "street"}).message
    assert "name heet nu code" in lookup("sync.renumbered").text({"before": "name", "after": "code"}).message


@each_message
def test_words_are_values_of_the_text(message: Message) -> None:
    """R7.2: a word that the sentence does not name is a mistake in the catalogue."""
    assert set(message.words) <= fields(message.nl.message + message.nl.action)


def test_values_of_our_own_are_declared_as_words() -> None:
    """R7.2: a value of one of these names is always one of ours."""
    names = {"stream", "parent_stream", "parts", "field", "other"}
    undeclared = [
        (message.code, name)
        for message in CATALOGUE.values()
        for name in names & fields(message.nl.message + message.nl.action)
        if name not in message.words
    ]
    assert undeclared == []


IDLE = r"\b(niets|nothing|niks|geen actie|no action|not needed|niet nodig)\b"


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_no_action_is_to_do_nothing(code: str) -> None:
    """R7.2: whoever reads a warning or an error is told what to look at, or what to do and when."""
    message = catalogue()[code]
    for text in (message.nl, message.en):
        idle = re.search(
            r"\b(niets|nothing|niks|geen actie|no action|not needed|niet nodig)\b", text.action, re.IGNORECASE
        )
        assert idle is None, text.action
