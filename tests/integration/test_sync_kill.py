"""A sync that is killed at any point and run again ends as if nothing had happened: 12 points for each package, or as
many as KOPPEL_KILLS says."""

import os
import random
import signal
from collections.abc import Iterator

import pytest

from include.context import Context
from include.sync.pipeline import sync
from tests.helpers.killable_process import KillableProcess, killable_processes
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import count_package_writes, external_ids, simon_state, store_state
from tests.helpers.tenants import CoupleTenant

KILLS = int(os.environ.get("KOPPEL_KILLS", "12"))
SEED = int(os.environ.get("KOPPEL_KILL_SEED", "4"))


@pytest.fixture
def killable(context: Context) -> Iterator[KillableProcess]:
    with killable_processes(context, 1) as [process]:
        yield process


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("package", PACKAGES)
def test_killed_at_any_point_and_run_again(
    couple: CoupleTenant, sandbox: Sandbox, killable: KillableProcess, package: str
) -> None:
    """R1.10, R5.3, architecture 4: no duplicate in Simon, no page lost; with the same key and with a new one."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})  # so many runs in a minute are not its matter
    undisturbed = couple(package, slug="undisturbed")
    points = len(killable.do("sync", undisturbed.slug, "one")["points"])
    simon, store = simon_state(undisturbed), store_state(undisturbed)
    assert simon["Customer"]
    assert store["staged"] == store["open"] == []

    chosen = random.Random(SEED).sample(range(1, points + 1), min(KILLS, points))
    for number, at in enumerate(chosen):
        coupled = couple(package, slug=f"killed_{number}")
        assert killable.do("sync", coupled.slug, "one", at=at)["signal"] == signal.SIGKILL
        again = "one" if number % 2 else "two"
        counts = sync(coupled.context, coupled.tenant, again)
        where = f"point {at} of {points}, then key {again!r}"
        ids = external_ids(coupled)
        assert len(ids) == len(set(ids)), where
        assert simon_state(coupled) == simon, where
        assert store_state(coupled) == store, where
        for stream, numbers in counts.items():
            kept = numbers["new"] + numbers["changed"] + numbers["same"]
            assert kept + numbers["left_out"] + numbers["rejected"] == numbers["read"], f"{stream} at {where}"
    assert count_package_writes(undisturbed) == 0
