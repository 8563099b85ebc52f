"""Every step of a coupling's life, killed before and after its commits and requests, and taken again (R5): at every
third of these points, or as KOPPEL_EVERY says."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.deactivation import deactivate, reactivate
from tests.conftest import PACKAGES, Sandbox, simon_call
from tests.integration.killing import Killable, context, killables
from tests.integration.living import BY, Living, born, bring_in, connect_package, connect_simon, save, set_up, wipe

__all__ = ["context"]
EVERY = int(os.environ.get("KOPPEL_EVERY", "3"))


@pytest.fixture(params=PACKAGES)
def living(request: pytest.FixtureRequest, context: object, sandbox: Sandbox) -> Living:
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    new = born(context, sandbox, request.param)  # type: ignore[arg-type]
    connect_simon(new)
    return new


@pytest.fixture
def runner(living: Living) -> Iterator[Killable]:
    with killables(living.context, 1) as [process]:
        yield process


def killed_everywhere(living: Living, runner: Killable, step: str, before: Callable[[], object], after: str) -> int:
    """The step is killed at one point after another, each time from ``before`` on, and then taken to its end."""
    for at in count(1, EVERY):
        before()
        answer = runner.do(step, living.slug, f"{step} {at}", at=at)
        again = answer if "points" in answer else runner.do(step, living.slug, f"{step} {at} again")
        assert "points" in again
        assert living.status == after
        assert living.went()[-1] == after
        if "points" in answer:
            break
    return at - EVERY


def test_a_wipe_killed_anywhere_goes_on(living: Living, runner: Killable) -> None:
    """R5.2: nothing is left behind, and what was taken is exported once."""

    def begin() -> None:
        if living.status != "new":
            deactivate(living.context, living.tenant, BY)
            reactivate(living.context, living.tenant, BY)
            connect_simon(living)
        made = simon_call(living, "POST", "Customer", {"Name": "Oude klant"})
        simon_call(living, "POST", "Location", {"Name": "Oud adres", "CustomerId": made["Id"]})
        shown = wipe_step.contents(living.context, living.tenant).counts
        wipe_step.confirm(living.context, living.tenant, shown, parts=wipe_step.PARTS, by=BY)

    assert killed_everywhere(living, runner, "go_on_wiping", begin, "connecting") > 20
    assert living.simon("Customer") == []


def test_the_way_to_the_import_killed_anywhere(living: Living, runner: Killable) -> None:
    """R5.1: choosing, saving and starting, as apply takes them; the state is never between two."""

    def begin() -> None:
        if living.status != "new":
            deactivate(living.context, living.tenant, BY)
            reactivate(living.context, living.tenant, BY)
            connect_simon(living)
        wipe_step.keep(living.context, living.tenant, BY)
        connect_package(living)
        choose(living.context, living.tenant, living.given["settings"]["administration"], BY)
        save(living)

    assert killed_everywhere(living, runner, "start_import", begin, "importing") > 5
    assert start_import(living.context, living.tenant, BY).status == "importing"


def test_the_import_killed_at_its_end(living: Living, runner: Killable) -> None:
    """R5.3: active exactly when it is done; a later run finishes what was broken off."""
    wipe(living)
    set_up(living)
    points = runner.do("sync", living.slug, "count")["points"]
    last = len(points)
    for at in (last - 4, last - 2, last - 1):
        deactivate(living.context, living.tenant, BY)
        reactivate(living.context, living.tenant, BY)
        connect_simon(living)
        wipe_step.keep(living.context, living.tenant, BY)
        set_up(living)
        runner.do("sync", living.slug, f"import {at}", at=at)
        assert living.status in ("importing", "active")
        bring_in(living)
        assert living.status == "active"
        assert living.went().count("active") == living.went().count("importing")


def test_a_deactivation_killed_anywhere_is_finished(living: Living, runner: Killable) -> None:
    """R5.5: stopped or not, never half; done again, the access is gone."""

    def begin() -> None:
        if living.status == "inactive":
            reactivate(living.context, living.tenant, BY)
            connect_simon(living)

    assert killed_everywhere(living, runner, "deactivate", begin, "inactive") > 4
    assert deactivate(living.context, living.tenant, BY).destroyed == []
