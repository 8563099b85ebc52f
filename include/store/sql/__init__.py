"""SQL of more than a few lines: a file for each subject, in which every statement has a name and is described."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

FOLDER = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)\n((?:-- .*\n)+)", re.MULTILINE)


@cache
def statement(subject: str, name: str) -> TextClause:
    """Return a statement of ``<subject>.sql``, ready to be executed. Raises KeyError for one that is not there."""
    return text(statements(subject)[name][1])


@cache
def statements(subject: str) -> dict[str, tuple[str, str]]:
    """Return what each statement of ``<subject>.sql`` does, and its text, by its name."""
    _, *parts = _NAME.split((FOLDER / f"{subject}.sql").read_text(encoding="utf-8"))
    described = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return {name: (about.replace("-- ", "").strip(), sql.strip()) for name, about, sql in described}
