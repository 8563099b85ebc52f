"""Runs ``koppel …`` as a process of its own, on the store of a test and with a key that the test has too."""

import os
import subprocess
from collections.abc import Callable

from include.context import Context
from tests.helpers.encryption import KEY
from tests.helpers.paths import ROOT

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


def consent_address(process: "subprocess.Popen[str]") -> str:
    """Return the address that ``koppel access connect`` tells the person to open."""
    assert process.stderr
    for line in process.stderr:
        if line.startswith("http"):
            return line.strip()
    raise AssertionError("no address")
