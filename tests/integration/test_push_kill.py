"""A push that is killed anywhere and run again makes exactly one document of each work order; and the same harness sees
it when it does not. ``make bench`` does it for 10,000 work orders."""

import os
import random
from collections.abc import Iterator

import pytest

from include.context import Context
from include.sync.pipeline import sync
from tests.helpers.killable_process import KillableProcess, killable_processes
from tests.helpers.packages import PACKAGES, package_kind
from tests.helpers.push_trials import PushTrial, count_documents, kill_at_every_point, kill_at_random
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant

SEED = int(os.environ.get("KOPPEL_KILL_SEED", "6"))
# what a run must pass at the very least: the names of the places it is killed at
COMMON = {"GET WorkOrder", "GET WorkOrder(…)", "GET UsedItem", "GET TimeSheet", "POST login", "commit"}


@pytest.fixture
def runners(context: Context) -> Iterator[list[KillableProcess]]:
    with killable_processes(context, 2) as two:
        yield two


def ready(couple: CoupleTenant, sandbox: Sandbox, package: str) -> CoupledTenant:
    """Its master data is in Simon, and so many runs in a minute are no matter of limits."""
    sandbox.control.call("PUT", "switches", {"rompslomp.rate_limit": 0})
    coupled = couple(package)
    sync(coupled.context, coupled.tenant, "sync")
    return coupled


@pytest.mark.parametrize("package", PACKAGES)
def test_killed_anywhere_each_work_order_has_one_document(
    couple: CoupleTenant, sandbox: Sandbox, runners: list[KillableProcess], package: str
) -> None:
    """R3.10, architecture 4: at every point that has a name, at random moments, and with the work order moved to
    another customer meanwhile; then other runs, two at once."""
    trial = PushTrial(ready(couple, sandbox, package), runners)
    points = kill_at_every_point(trial, moved=lambda at: at % 3 == 0)
    passed = {point.split(" ", 1)[1] for point in points}
    assert passed >= COMMON | package_kind(package).push_requests, points
    assert trial.kills == len(points)
    kill_at_random(trial, random.Random(SEED), times=8, most_points=len(points) * 3, most_s=0.5)
    trial.finish()
    counted = count_documents(trial)
    assert counted.right, counted


@pytest.mark.parametrize("package", PACKAGES)
def test_a_naive_loop_makes_doubles(
    couple: CoupleTenant, sandbox: Sandbox, runners: list[KillableProcess], package: str
) -> None:
    """R3.10: the same kills, of a loop that posts and tries again; so the harness sees doubles where there are any."""
    trial = PushTrial(ready(couple, sandbox, package), runners[:1], program="naive")
    points = kill_at_every_point(trial)
    trial.finish()
    counted = count_documents(trial)
    assert not counted.missing
    assert len(counted.double) >= 1, points
    assert not counted.right


def test_without_the_intent_a_second_document_is_made(
    couple: CoupleTenant, sandbox: Sandbox, runners: list[KillableProcess]
) -> None:
    """R3.10: under the intent stands the customer, by whom Unit4 is searched; without it the search is in vain."""
    trial = PushTrial(ready(couple, sandbox, "unit4"), runners, without="intent")
    kill_at_every_point(trial, moved=lambda _: True, only="after POST Order")
    trial.finish()
    assert count_documents(trial).double


@pytest.mark.parametrize("package", PACKAGES)
def test_without_the_search_it_goes_wrong(
    couple: CoupleTenant, sandbox: Sandbox, runners: list[KillableProcess], package: str
) -> None:
    """R3.10, R3.15: nothing shows what became of the call, so nothing is sent again or settled."""
    trial = PushTrial(ready(couple, sandbox, package), runners, without="search")
    kill_at_every_point(trial, only=f"after POST {package_kind(package).documents_route}")
    trial.finish()
    counted = count_documents(trial)
    assert counted.unsettled
    assert not counted.double
