"""What a command imports before it does anything: counted, since that is what a person waits for."""

import subprocess
import sys

import pytest

from cli.app import COMMANDS, load
from include import __version__
from tests.helpers.paths import ROOT

HEAVY = {"pandas", "alembic", "airflow", "apprise", "rich.markdown"}


def imported(*arguments: str) -> set[str]:
    command = [sys.executable, "-X", "importtime", "-m", "cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(
    ("arguments", "not_needed"),
    [
        (["--version"], HEAVY | {"sqlalchemy", "requests", "structlog"}),
        (["--help"], (HEAVY | {"sqlalchemy", "requests"}) - {"rich.markdown"}),
        (["log", "list", "jansen"], HEAVY),
        (["tenants", "list"], HEAVY),
        (["work-orders", "list", "jansen"], HEAVY),
        (["settings", "show", "jansen"], HEAVY),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_imports_what_it_takes(arguments: list[str], not_needed: set[str]) -> None:
    """R6.6: the help and a question do not wait for what other commands need."""
    assert imported(*arguments) & not_needed == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_is(name: str) -> None:
    """R6.6: the help, which imports none of them, says of each what it says itself."""
    assert (load(name).help or "").replace("\n", " ").startswith(COMMANDS[name][1].partition(";")[0].rstrip("."))


def test_the_version() -> None:
    """R6.6: it is the one of the project."""
    command = [sys.executable, "-m", "cli", "--version"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout
    assert said.strip() == f"koppel {__version__}"
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
