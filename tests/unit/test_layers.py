"""Who may import whom: import-linter holds the code to the table in pyproject.toml, and would notice a breach."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).parent / "lint-imports"
CODE = ("include", "cli", "dags", "plugins", "local", "sandbox")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(LINT), "--no-cache", "--no-logo"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code and the table, to break."""
    for name in CODE:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add_import(folder: Path, module: str, line: str) -> None:
    path = folder / f"{module.replace('.', '/')}.py"
    text = path.read_text()
    path.write_text(f"{text}\n\n{line}  # noqa\n")


def test_layers_are_kept() -> None:
    """As the code is."""
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_copy_of_the_code_is_kept_too(copy: Path) -> None:
    """The counter-proof of the tests below: what breaks there is what they add."""
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("include.connectors.unit4.client", "import airflow"),
        ("include.connectors.rompslomp.sink", "from airflow.sdk import Variable"),
        ("include.sync.extract", "import dags.sync"),
        ("include.connectors.simple_simon.mapping", "import include.http"),
        ("include.connectors.unit4.sink", "from include.store import ledger"),
        ("include.connectors.unit4.client", "import requests"),
        ("include.push.worker", "import sqlalchemy"),
        ("include.records", "import include.http"),
        ("include.http.client", "import include.connectors.responses"),
        ("include.push.worker", "import sandbox.unit4.seed"),
    ],
)
def test_breach_is_found_and_named(copy: Path, module: str, line: str) -> None:
    """One wrong import, and the check fails and names the module."""
    add_import(copy, module, line)
    done = lint(copy)
    assert done.returncode != 0
    assert re.search(r"[1-3] broken", done.stdout)
    assert module in done.stdout


def strangers(folder: Path) -> list[str]:
    """The imports of one connector's folder by another's; a folder that is added is held to it by itself."""
    names = {file.parent.name for file in (folder / "include" / "connectors").glob("*/__init__.py")}
    problems = []
    for name in sorted(names):
        for file in sorted((folder / "include" / "connectors" / name).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
                others = {module.split(".")[2] for module in modules if module.startswith("include.connectors.")}
                problems += [f"{file.relative_to(folder)} imports {other}" for other in others & names - {name}]
    return problems


def test_connectors_do_not_know_each_other(copy: Path) -> None:
    """House style 3: no folder of a connector imports another's; and an import that does is reported."""
    assert strangers(ROOT) == []
    add_import(copy, "include.connectors.rompslomp.client", "import include.connectors.unit4.mapping")
    assert strangers(copy) == ["include/connectors/rompslomp/client.py imports unit4"]
