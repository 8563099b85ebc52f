"""The files of SQL (house style): every statement is described, and used under the name that it has."""

import ast
from pathlib import Path

import pytest

from include.store import sql

ROOT = Path(__file__).resolve().parents[2]
SUBJECTS = sorted(file.stem for file in sql.FOLDER.glob("*.sql"))


def used() -> set[tuple[str, str]]:
    """The (subject, name) of every statement that the code asks for."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in (ROOT / "include" / "store").glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "statement"]
    return {(ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1])) for call in named}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_statement_is_a_sentence_and_sql(subject: str) -> None:
    """A statement whose name or description is not in its place would be part of the one above it."""
    content = (sql.FOLDER / f"{subject}.sql").read_text(encoding="utf-8")
    assert len(sql.statements(subject)) == content.count("-- name:")
    for about, text in sql.statements(subject).values():
        assert about.endswith(".")
        assert text
        assert "--" not in text


def test_every_statement_is_used_and_there() -> None:
    """A name that nobody asks for is dead, one that is not there fails only when it is needed."""
    assert used() == {(subject, name) for subject in SUBJECTS for name in sql.statements(subject)}
