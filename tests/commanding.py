"""``koppel …`` as a process that a test talks with, on the store of the test and registered with both vendors."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet, MultiFernet

from include.context import Context
from local.sandbox import registered
from tests.conftest import ROOT, Sandbox

KEY = Fernet.generate_key().decode()
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def context(context: Context, sandbox: Sandbox) -> Context:
    """With a key that other processes are given too."""
    return replace(context, cipher=MultiFernet([Fernet(KEY)]), registered=registered(sandbox.access))


@pytest.fixture
def start(context: Context) -> Iterator[Start]:
    """Starts ``koppel …``; ended with the test."""
    own = {"KOPPEL_STORE_URL": context.store.url, "KOPPEL_KEYS": KEY, "COLUMNS": "160", **context.registered}
    started, pipe = [], subprocess.PIPE

    def begin(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
        command = [str(ROOT / "bin" / "koppel"), *arguments]
        env = os.environ | own | environment
        process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def address_of(process: "subprocess.Popen[str]") -> str:
    """What ``koppel connect`` tells the person to open."""
    assert process.stderr
    for line in process.stderr:
        if line.startswith("http"):
            return line.strip()
    raise AssertionError("no address")
