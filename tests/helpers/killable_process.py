"""The other process, which works and is killed: starting it, and giving it orders."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.context import Context
from tests.helpers.encryption import KEY
from tests.helpers.paths import ROOT


@dataclass
class KillableProcess:
    """``begin`` and ``end`` are apart, so that two of them can work at once."""

    process: "subprocess.Popen[str]"
    complaints: Path

    def begin(self, work: str, slug: str, key: str, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"work": work, "slug": slug, "key": key, **order}) + "\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """``{"points": [...]}`` when it came to the end, ``{"signal": 9}`` when it was killed."""
        assert self.process.stdout
        answer = json.loads(self.process.stdout.readline() or '{"signal": 0}')
        assert answer.get("signal") != 0, self.complaints.read_text()
        return dict(answer)

    def do(self, work: str, slug: str, key: str, **order: Any) -> dict[str, Any]:
        self.begin(work, slug, key, **order)
        return self.end()


@contextmanager
def killable_processes(context: Context, number: int) -> Iterator[list[KillableProcess]]:
    """So many other processes, on the same store and with the same key."""
    environment = {
        **os.environ,
        "KOPPEL_STORE_URL": context.store.url,
        "KOPPEL_KEYS": KEY,
        "KOPPEL_STATE": str(context.state),
    }
    started = [_start(context.state / f"complaints-{each}", environment) for each in range(number)]
    try:
        yield started
    finally:
        for each in started:
            each.process.kill()
            with each.process:
                pass  # waits for its end, and closes the pipes


def _start(complaints: Path, environment: dict[str, str]) -> KillableProcess:
    command = [sys.executable, "-m", "tests.helpers.killable_program"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with complaints.open("w") as errors:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stderr=errors, **pipes)
    return KillableProcess(process, complaints)
