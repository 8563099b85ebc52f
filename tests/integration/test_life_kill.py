"""Every step of a coupling's life, killed before and after its commits and requests, and taken again (R5): at every
third of these points, or as KOPPEL_EVERY says."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.deactivation import deactivate, reactivate
from tests.helpers.killable_process import KillableProcess, killable_processes
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    connect_package,
    connect_simon,
    import_first,
    register_new,
    save_settings,
    set_up,
    wipe_simon,
)
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import call_simon

EVERY = int(os.environ.get("KOPPEL_EVERY", "3"))


@pytest.fixture(params=PACKAGES)
def lifecycle(request: pytest.FixtureRequest, context: object, sandbox: Sandbox) -> LifecycleTenant:
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    new = register_new(context, sandbox, request.param)  # type: ignore[arg-type]
    connect_simon(new)
    return new


@pytest.fixture
def runner(lifecycle: LifecycleTenant) -> Iterator[KillableProcess]:
    with killable_processes(lifecycle.context, 1) as [process]:
        yield process


def killed_everywhere(
    lifecycle: LifecycleTenant, runner: KillableProcess, step: str, before: Callable[[], object], after: str
) -> int:
    """The step is killed at one point after another, each time from ``before`` on, and then taken to its end."""
    for at in count(1, EVERY):
        before()
        answer = runner.do(step, lifecycle.slug, f"{step} {at}", at=at)
        again = answer if "points" in answer else runner.do(step, lifecycle.slug, f"{step} {at} again")
        assert "points" in again
        assert lifecycle.status == after
        assert lifecycle.went()[-1] == after
        if "points" in answer:
            break
    return at - EVERY


def test_a_wipe_killed_anywhere_goes_on(lifecycle: LifecycleTenant, runner: KillableProcess) -> None:
    """R5.2: nothing is left behind, and what was taken is exported once."""

    def begin() -> None:
        if lifecycle.status != "new":
            deactivate(lifecycle.context, lifecycle.tenant, BY)
            reactivate(lifecycle.context, lifecycle.tenant, BY)
            connect_simon(lifecycle)
        made = call_simon(lifecycle, "POST", "Customer", {"Name": "Oude klant"})
        call_simon(lifecycle, "POST", "Location", {"Name": "Oud adres", "CustomerId": made["Id"]})
        shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
        wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=wipe_step.PARTS, by=BY)

    assert killed_everywhere(lifecycle, runner, "go_on_wiping", begin, "connecting") > 20
    assert lifecycle.simon("Customer") == []


def test_the_way_to_the_import_killed_anywhere(lifecycle: LifecycleTenant, runner: KillableProcess) -> None:
    """R5.1: choosing, saving and starting, as apply takes them; the state is never between two."""

    def begin() -> None:
        if lifecycle.status != "new":
            deactivate(lifecycle.context, lifecycle.tenant, BY)
            reactivate(lifecycle.context, lifecycle.tenant, BY)
            connect_simon(lifecycle)
        wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
        connect_package(lifecycle)
        choose(lifecycle.context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY)
        save_settings(lifecycle)

    assert killed_everywhere(lifecycle, runner, "start_import", begin, "importing") > 5
    assert start_import(lifecycle.context, lifecycle.tenant, BY).status == "importing"


def test_the_import_killed_at_its_end(lifecycle: LifecycleTenant, runner: KillableProcess) -> None:
    """R5.3: active exactly when it is done; a later run finishes what was broken off."""
    wipe_simon(lifecycle)
    set_up(lifecycle)
    points = runner.do("sync", lifecycle.slug, "count")["points"]
    last = len(points)
    for at in (last - 4, last - 2, last - 1):
        deactivate(lifecycle.context, lifecycle.tenant, BY)
        reactivate(lifecycle.context, lifecycle.tenant, BY)
        connect_simon(lifecycle)
        wipe_step.keep(lifecycle.context, lifecycle.tenant, BY)
        set_up(lifecycle)
        runner.do("sync", lifecycle.slug, f"import {at}", at=at)
        assert lifecycle.status in ("importing", "active")
        import_first(lifecycle)
        assert lifecycle.status == "active"
        assert lifecycle.went().count("active") == lifecycle.went().count("importing")


def test_a_deactivation_killed_anywhere_is_finished(lifecycle: LifecycleTenant, runner: KillableProcess) -> None:
    """R5.5: it stops or goes on, never half; done again, the access is gone."""

    def begin() -> None:
        if lifecycle.status == "inactive":
            reactivate(lifecycle.context, lifecycle.tenant, BY)
            connect_simon(lifecycle)

    assert killed_everywhere(lifecycle, runner, "deactivate", begin, "inactive") > 4
    assert deactivate(lifecycle.context, lifecycle.tenant, BY).destroyed == []
