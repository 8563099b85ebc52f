"""A sync that is killed at any point and run again ends as if nothing had happened: 12 points for each package, or as
many as KOPPEL_KILLS says."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet

from include.koppel import Koppel
from include.sync.whole import sync
from tests.conftest import PACKAGES, ROOT, Couple, Coupled, Sandbox
from tests.integration.state import external_ids, package_writes, simon_state, small_steps, store_state

__all__ = ["small_steps"]
KEY = Fernet.generate_key()
KILLS = int(os.environ.get("KOPPEL_KILLS", "12"))
SEED = int(os.environ.get("KOPPEL_KILL_SEED", "4"))


@pytest.fixture
def koppel(koppel: Koppel) -> Koppel:
    """With a key that another process can be given."""
    return replace(koppel, cipher=MultiFernet([Fernet(KEY)]))


@dataclass
class Killable:
    """The other process."""

    process: "subprocess.Popen[str]"
    complaints: Path

    def sync(self, coupled: Coupled, key: str, at: int | None = None) -> dict[str, Any]:
        """``{"points": n}`` when it came to the end, ``{"signal": 9}`` when it was killed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"slug": coupled.slug, "key": key, "at": at}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or "{}")
        assert answer.get("signal") != 0, self.complaints.read_text()
        return dict(answer)


@pytest.fixture
def killable(koppel: Koppel, tmp_path: Path) -> Iterator[Killable]:
    environment = {**os.environ, "KOPPEL_STORE_URL": koppel.store.url, "KOPPEL_KEYS": KEY.decode()}
    complaints = tmp_path / "complaints"
    with complaints.open("w") as errors:
        command = [sys.executable, "-m", "tests.integration.killable"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)
        with process:
            yield Killable(process, complaints)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("package", PACKAGES)
def test_killed_at_any_point_and_run_again(couple: Couple, sandbox: Sandbox, killable: Killable, package: str) -> None:
    """R1.10, R5.3, architecture 4: no duplicate in Simon, no page lost; with the same key and with a new one."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})  # so many runs in a minute are not its matter
    undisturbed = couple(package, slug="undisturbed")
    points = killable.sync(undisturbed, "one")["points"]
    simon, store = simon_state(undisturbed), store_state(undisturbed)
    assert simon["Customer"]
    assert store["staged"] == store["open"] == []

    chosen = random.Random(SEED).sample(range(1, points + 1), min(KILLS, points))
    for number, at in enumerate(chosen):
        coupled = couple(package, slug=f"killed_{number}")
        assert killable.sync(coupled, "one", at)["signal"] == signal.SIGKILL
        again = "one" if number % 2 else "two"
        counts = sync(coupled.koppel, coupled.tenant, again)
        where = f"point {at} of {points}, then key {again!r}"
        found = external_ids(coupled)
        assert len(found) == len(set(found)), where
        assert simon_state(coupled) == simon, where
        assert store_state(coupled) == store, where
        for stream, numbers in counts.items():
            kept = numbers["new"] + numbers["changed"] + numbers["same"]
            assert kept + numbers["left_out"] + numbers["rejected"] == numbers["read"], f"{stream} at {where}"
    assert package_writes(undisturbed) == 0
