"""The command ``koppel sandbox``: what it prints, what it refuses, and that it leaves nothing behind."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from sandbox.sandboxes import switches
from sandbox.server import Server
from tests.helpers.paths import ROOT

COMMAND = [sys.executable, "-m", "cli", "sandbox"]
KEYS = {
    "simon": {"odata", "rest", "key", "usr", "pwd", "api_key"},
    "rompslomp": {"api", "oauth", "client_id", "client_secret", "personal_token", "company_id"},
    "unit4": {"base", "client_id", "client_secret", "refresh_token", "database"},
}


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, dict[str, Any]]]]:
    """The process and the line it printed when it was ready."""
    command = [*COMMAND, "--port", "0", "--json", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


def refused(*options: str) -> str:
    """What the command says when it stops at once; never a trace."""
    ended = subprocess.run([*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) in ((1, ""), (2, ""))
    assert "Traceback" not in ended.stderr
    return " ".join(ended.stderr.split())


def test_one_line_says_all() -> None:
    """With --json it prints exactly one line with exactly these keys; what it says works at once."""
    with started("--tenants", "1", "--customers", "3", "--set", "simon.page_size=2") as (process, access):
        assert {name: set(values) for name, values in access.items()} == KEYS
        simon = access["simon"]
        root = simon["odata"].removesuffix("/simon/odata")
        login = {"Key": simon["key"], "Usr": simon["usr"], "Pwd": simon["pwd"]}
        token = requests.post(f"{simon['odata']}/login", json=login, headers={"ApiKey": simon["api_key"]}, timeout=10)
        assert token.status_code == 200
        assert requests.get(f"{root}/_sandbox/switches", timeout=10).json()["simon.page_size"] == 2
        [tenant] = requests.get(f"{root}/_sandbox/tenants", timeout=10).json()
        assert {name: set(values) for name, values in tenant.items()} == KEYS
        process.terminate()
        assert process.stdout
        assert process.stdout.read() == ""


def test_a_port_in_use() -> None:
    """A sentence with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port: {port} cannot be used" in refused("--port", port)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--tenants", "-1"], "tenants: -1 is not allowed; use a whole number from 0 to 500"),
        (["--customers", "5"], "tenants: 0 is not allowed with a size; use 1 to 500"),
        (["--tenants", "1", "--articles", "999999999"], "articles: 999999999 is not allowed"),
        (["--set", "simon.page_size=x"], "simon.page_size: 'x' is not allowed"),
        (["--set", "simon.nothing=1"], "simon.nothing: no such switch"),
        (["--set", "simon.page_size"], "use NAME=VALUE"),
    ],
)
def test_wrong_options(options: list[str], named: str) -> None:
    """The option is named with what is allowed."""
    assert named in refused("--port", "0", *options)


def listed(*options: str) -> str:
    command = [*COMMAND, "--list-switches", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout


def test_the_list_of_switches() -> None:
    """Each with its default, what it takes, and a sentence; what is listed can be set."""
    rows = json.loads(listed("--json"))
    assert [row["name"] for row in rows] == [switch.name for switch in switches()]
    assert all(row["meaning"].endswith((".", ").")) and row["allowed"] for row in rows)
    lines = listed().splitlines()
    assert [line.strip() for line in lines[1::2]] == [row["meaning"] for row in rows]
    settings = dict(line.partition("  (")[0].split("=", 1) for line in lines[::2])
    assert Server(settings=settings).world.switches.values() == {row["name"]: row["default"] for row in rows}
