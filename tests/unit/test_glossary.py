"""Holds docs/glossary.md against the code: the words of one are those of the other."""

import ast
import re
from collections.abc import Iterator

from tests.helpers.paths import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r"^\| \*\*(.+?)\*\* \|", GLOSSARY, re.MULTILINE)
SECTION = GLOSSARY.partition("## Words in names")[2]
WORDS = [word for line in SECTION.splitlines() if line.startswith("| `") for word in re.findall(r"`(\w+)`", line)]


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of the application and the command line with its name, migrations apart."""
    for file in sorted(path for folder in ("include", "cli") for path in (ROOT / folder).rglob("*.py")):
        if "migrations" not in file.parts:
            yield file.parent.name if file.stem == "__init__" else file.stem, ast.parse(file.read_text("utf-8"))


def joined(name: str) -> str:
    """Return a name in one form, however it is written: LedgerEntry, ledger_entry, ledger entry."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def words_of(name: str) -> list[str]:
    """Return the words of a class name, in small letters and the singular."""
    parts = re.findall(r"OAuth|OData|[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", name)
    return [singular(part.lower()) for part in parts]


def singular(word: str) -> str:
    return word.removesuffix("s") if not word.endswith("ss") else word


def public_classes() -> dict[str, str]:
    """Return the public classes with the module that each is in."""
    return {
        node.name: module
        for module, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def names_of_the_code() -> set[str]:
    """Return the names of modules, classes, functions, fields, enum members and columns."""
    names = {"sandbox"}
    for module, tree in trees():
        names.add(module)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.AnnAssign | ast.Assign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Column" and node.args:
                names |= {str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant)}
            elif isinstance(node, ast.arg):
                names.add(node.arg)
    return {joined(name) for name in names}


def test_each_term_is_there_once() -> None:
    """No term is explained twice."""
    assert sorted({term for term in TERMS if TERMS.count(term) > 1}) == []


def test_each_term_exists_in_the_code() -> None:
    """A term is the name of a module, class, function, field, enum member or column."""
    names = names_of_the_code()
    missing = [term for term in TERMS if not {joined(term), joined(term) + "s"} & names]
    assert missing == [], f"docs/glossary.md has terms that the code does not know: {', '.join(missing)}"


def test_each_public_class_is_made_of_terms() -> None:
    """A class is a term, or each word of its name is one of the words of the glossary.

    Exceptions are drawn in include/errors.py instead, with a line for each.
    """
    known = {singular(word) for term in TERMS for word in re.split(r"[ -]", term)} | {singular(word) for word in WORDS}
    whole = {joined(term) for term in TERMS}
    missing = {
        name: [word for word in words_of(name) if word not in known]
        for name, module in public_classes().items()
        if joined(name) not in whole and module != "errors"
    }
    unknown = "\n".join(f"  {name}: {', '.join(words)}" for name, words in sorted(missing.items()) if words)
    assert unknown == "", f"words of classes that docs/glossary.md does not explain:\n{unknown}"


def test_each_word_in_names_is_used() -> None:
    """The list of words has none that no class uses any more."""
    used = {word for name in public_classes() for word in words_of(name)}
    assert [word for word in WORDS if singular(word) not in used] == []


def test_each_exception_is_drawn() -> None:
    """The tree at the top of include/errors.py has them all."""
    drawing = (ROOT / "include" / "errors.py").read_text(encoding="utf-8").split('"""')[1]
    drawn = set(re.findall(r"[A-Za-z]+", drawing))
    assert [name for name, module in public_classes().items() if module == "errors" and name not in drawn] == []
