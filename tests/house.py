"""Counts what the house rules forbid: ``python -m tests.house`` prints it, ``tests/unit/test_house.py`` holds it.

What is counted, and over which code, is said beside each count.
"""

import ast
import builtins
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("include", "cli", "dags", "plugins")
CODE = (*PRODUCT, "sandbox", "local", "bench")
EVERYTHING = (*CODE, "tests")
PRONOUNS = ("found", "one", "given")
MOST_ARGUMENTS, MOST_LINES, MOST_IN_FUNCTION = 4, 350, 45
VERBS = frozenset((Path(__file__).parent / "verbs.txt").read_text().split())
Function = ast.FunctionDef | ast.AsyncFunctionDef
Count = Callable[[], Sequence[object]]


@dataclass(frozen=True)
class Place:
    """Where something was counted, and what it is called there."""

    file: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.name}"


@cache
def trees(*folders: str) -> dict[str, ast.Module]:
    """Return the parsed files of these folders by their path, migrations apart."""
    files = (file for folder in folders for file in sorted((ROOT / folder).rglob("*.py")))
    kept = (file for file in files if "migrations" not in file.parts)
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in kept}


def nodes(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield every node of these folders with its file."""
    for file, tree in trees(*folders).items():
        for node in ast.walk(tree):
            yield file, node


def classes(*folders: str) -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield every class of these folders with its file."""
    for file, node in nodes(*folders):
        if isinstance(node, ast.ClassDef):
            yield file, node


def functions(*folders: str) -> Iterator[tuple[str, Function]]:
    """Yield every function of these folders with its file."""
    for file, node in nodes(*folders):
        if isinstance(node, Function):
            yield file, node


def twin_classes() -> list[Place]:
    """Return the classes of the code whose name another class has too."""
    by_name: defaultdict[str, list[Place]] = defaultdict(list)
    for file, node in classes(*CODE):
        by_name[node.name].append(Place(file, node.lineno, node.name))
    return [place for places in by_name.values() if len(places) > 1 for place in places]


def bindings(name: str, *folders: str) -> list[Place]:
    """Return where a variable, an argument or a member of this name is made."""
    return [Place(file, line, name) for file, tree in trees(*folders).items() for line in _lines_that_bind(tree, name)]


def bound_names(code: str, name: str) -> list[int]:
    """Return the lines of a piece of code in which the name is made."""
    return list(_lines_that_bind(ast.parse(code), name))


def _lines_that_bind(tree: ast.AST, name: str) -> Iterator[int]:
    for node in ast.walk(tree):
        bound = (
            (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name)
            or (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr == name)
            or (isinstance(node, ast.arg) and node.arg == name)
            or (isinstance(node, ast.ExceptHandler | Function) and node.name == name)
            or (isinstance(node, ast.alias) and node.asname == name)
        )
        if bound:
            yield getattr(node, "lineno", 0)


# the trigger form of the sync DAG and the forms and commands that make the same choice
SELECTION = ("dags/sync.py", "plugins/koppel/dag_runs.py", "plugins/koppel/routers/tenants.py", "cli/sync.py")


def unclear_what() -> list[Place]:
    """Return where ``what`` is a name of anything but the selection of a form."""
    return [place for place in bindings("what", *EVERYTHING) if place.file not in SELECTION]


def many_arguments() -> list[Place]:
    """Return the functions that take more than four arguments by position, ``self`` apart."""
    places = []
    for file, node in functions(*CODE):
        arguments = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        if len([name for name in arguments if name not in ("self", "cls")]) > MOST_ARGUMENTS:
            places.append(Place(file, node.lineno, node.name))
    return places


def verbless_docstrings() -> list[Place]:
    """Return the docstrings of functions that begin with no verb, and those of classes and modules without one."""
    places = []
    for file, node in nodes(*EVERYTHING):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and (text := ast.get_docstring(node)):
            name = getattr(node, "name", "")
            if not (verbs_at_the_start(text) if _begins(node, file) else verbs_within(text)):
                places.append(Place(file, getattr(node, "lineno", 1), f"{name}: {text.splitlines()[0]}"))
    return places


def _begins(node: ast.AST, file: str) -> bool:
    """Return whether a docstring has to begin with a verb: of functions, properties and tests apart."""
    if not isinstance(node, Function) or file.startswith("tests/"):
        return False
    decorators = {getattr(each, "attr", getattr(each, "id", "")) for each in node.decorator_list}
    return not decorators & {"property", "cached_property"}


def verbs_at_the_start(text: str) -> bool:
    """Tell whether a docstring begins with a verb."""
    return bool(words := re.findall(r"[A-Za-z]+", text)) and words[0].lower() in VERBS


def verbs_within(text: str) -> bool:
    """Tell whether the first sentence has a word that is a verb in one of its forms."""
    first = re.split(r"[.;](?:\s|$)", text.strip(), maxsplit=1)[0]
    words = {word.lower() for word in re.findall(r"[A-Za-z']+", first)}
    return any(form in VERBS for word in words for form in _forms(word))


def _forms(word: str) -> Iterator[str]:
    """Yield what a word may be a form of: sends, sent, sending → send."""
    yield word
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("d", "")):
        if word.endswith(ending):
            yield word.removesuffix(ending) + instead


def stray_exceptions() -> list[Place]:
    """Return the exceptions that are not drawn in an ``errors.py``; those of the sandboxes are their own."""
    folders = (*PRODUCT, "local", "bench")
    known = {name for name in dir(builtins) if isinstance(getattr(builtins, name), type)}
    raised = {name for name in known if issubclass(getattr(builtins, name), BaseException)} | {"HTTPException"}
    pairs = [
        (file, node, {ast.unparse(base).split(".")[-1] for base in node.bases}) for file, node in classes(*folders)
    ]
    while more := {node.name for _, node, bases in pairs if bases & raised} - raised:
        raised |= more
    return [
        Place(file, node.lineno, node.name)
        for file, node, bases in pairs
        if bases & raised and Path(file).name != "errors.py"
    ]


def excused_asserts() -> list[Place]:
    """Return the asserts of the code outside tests, and every line that excuses one from the lint."""
    places = [
        Place(file, node.lineno, "assert")
        for file, node in nodes(*PRODUCT, "sandbox", "local")
        if isinstance(node, ast.Assert)
    ]
    for file in trees(*CODE):
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        places += [Place(file, number, "S101") for number, line in enumerate(lines, 1) if "noqa: S101" in line]
    return places


def import_circles() -> list[str]:
    """Return the groups of modules that import each other in a circle."""
    graph = grimp.build_graph("include", "cli", "dags", "plugins", "sandbox", "local", cache_dir=None)
    return sorted(circles({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}))


def circles(imports: dict[str, set[str]]) -> Iterator[str]:
    """Yield each strongly connected group of more than one module (Tarjan)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> Iterator[str]:
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(imports.get(module, ())):
            if other not in order:
                yield from visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == order[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                yield " ↔ ".join(sorted(group))

    for module in sorted(imports):
        if module not in order:
            yield from visit(module)


def long_modules() -> list[Place]:
    """Return the modules that are longer than a person reads at once."""
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in trees(*EVERYTHING)}
    return [Place(file, length, "lines") for file, length in lengths.items() if length > MOST_LINES]


def long_functions() -> list[Place]:
    """Return the functions that are longer than that."""
    return [
        Place(file, node.lineno, f"{node.name}: {length} lines")
        for file, node in functions(*EVERYTHING)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_IN_FUNCTION
    ]


def lines_of_include() -> int:
    """Return how many lines ``include/`` has."""
    return sum(len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in trees("include"))


def imports_between_tests() -> list[Place]:
    """Return where a test module imports another test module."""
    places = []
    for file, node in nodes("tests"):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        places += [Place(file, 0, name) for name in names if re.search(r"(^|\.)test_", name)]
    return places


def main() -> None:
    """Print every count; with names of counts as arguments, the places of those."""
    counts = {
        "twin class names": twin_classes(),
        "what": unclear_what(),
        **{name: bindings(name, *EVERYTHING) for name in PRONOUNS},
        "functions of more than four arguments": many_arguments(),
        "docstrings without a verb": verbless_docstrings(),
        "exceptions outside errors.py": stray_exceptions(),
        "asserts with a lint exception": excused_asserts(),
        "import circles": import_circles(),
        "modules over 350 lines": long_modules(),
        "functions over 45 lines": long_functions(),
        "test modules that import another": imports_between_tests(),
    }
    for name, places in counts.items():
        print(f"{len(places):6}  {name}")
        if name in sys.argv[1:]:
            print("\n".join(f"          {place}" for place in places))
    print(f"{lines_of_include():6}  lines of include/")
    print(Counter({name: len(list(classes(name))) for name in CODE}).most_common())


if __name__ == "__main__":
    main()
