"""Runs ``koppel …`` as a process of its own, on the store of a test and with a key that the test has too."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet, MultiFernet

from include.context import Context
from local.sandbox import registration_variables
from tests.conftest import ROOT, Sandbox

KEY = Fernet.generate_key().decode()
COMMAND = str(ROOT / "bin" / "koppel")
StartKoppel = Callable[..., "subprocess.Popen[str]"]


def environment_of(context: Context) -> dict[str, str]:
    """Return the environment of a process that works on the store of this context."""
    own = {"KOPPEL_STORE_URL": context.store.url, "KOPPEL_KEYS": KEY, "COLUMNS": "160"}
    return {**os.environ, **own, **context.registered}


def run_koppel(context: Context, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment_of(context),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def context(context: Context, sandbox: Sandbox) -> Context:
    """Has the key of the processes, and is registered with both vendors."""
    return replace(context, cipher=MultiFernet([Fernet(KEY)]), registered=registration_variables(sandbox.access))


@pytest.fixture
def start_koppel(context: Context) -> Iterator[StartKoppel]:
    """Starts a command that the test talks with; it is ended with the test."""
    processes, pipe = [], subprocess.PIPE

    def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
        env = environment_of(context) | environment
        process = subprocess.Popen([COMMAND, *arguments], env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def consent_address(process: "subprocess.Popen[str]") -> str:
    """Return the address that ``koppel access connect`` tells the person to open."""
    assert process.stderr
    for line in process.stderr:
        if line.startswith("http"):
            return line.strip()
    raise AssertionError("no address")
