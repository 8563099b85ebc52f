"""Any order of steps and refusals: always one of the seven states, and never a document while not active (R5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from include.context import Context
from include.errors import IntegrationError, RunSuperseded, UserError
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.deactivation import deactivate, pause, reactivate, resume
from include.push.operations import backfill
from include.tenants.states import STATES
from tests.conftest import PACKAGES, Sandbox
from tests.integration.living import (
    BY,
    Living,
    archive,
    born,
    bring_in,
    connect_package,
    connect_simon,
    push_now,
    references,
    save,
    wipe,
)

REFUSALS = (UserError, IntegrationError, RunSuperseded)
STEPS: dict[str, Any] = {
    "connect simon": connect_simon,
    "connect package": connect_package,
    "wipe": wipe,
    "keep": lambda living: wipe_step.keep(living.context, living.tenant, BY),
    "go on wiping": lambda living: wipe_step.carry_out(living.context, living.tenant),
    "choose": lambda living: choose(living.context, living.tenant, living.given["settings"]["administration"], BY),
    "save": save,
    "import": lambda living: start_import(living.context, living.tenant, BY),
    "sync": bring_in,
    "push": push_now,
    "pause": lambda living: pause(living.context, living.tenant, BY),
    "resume": lambda living: resume(living.context, living.tenant, BY),
    "deactivate": lambda living: deactivate(living.context, living.tenant, BY),
    "reactivate": lambda living: reactivate(living.context, living.tenant, BY),
    "afresh": lambda living: reactivate(living.context, living.tenant, BY, reset=True),
    "backfill": lambda living: backfill(
        living.context, living.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False
    ),
    "archive": archive,
}
UP = ["connect simon", "keep", "connect package", "choose", "save", "import", "sync"]


def take(living: Living, step: str) -> None:
    """What is refused leaves everything as it was; a document only comes of a push while active."""
    before, made = living.status, references(living)
    active = living.tenant.active
    try:
        STEPS[step](living)
    except REFUSALS:
        # a wipe is confirmed and carried out: it may get halfway
        assert living.status == before or step == "wipe"
    assert living.status in STATES
    if references(living) != made:
        assert (step, active) == ("push", True)


@pytest.mark.parametrize("package", PACKAGES)
@settings(
    max_examples=12,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_of_steps(package: str, context: Context, sandbox: Sandbox, data: st.DataObject) -> None:
    """R3.12, R5.1, R5.5, R5.6."""
    sandbox.server.reset()
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    with context.store.begin() as tx:
        tx.execute(text("TRUNCATE tenants RESTART IDENTITY CASCADE"))
    living = born(context, sandbox, package)
    # often far enough to have something to lose, and then anything
    chosen = st.one_of(st.just(UP), st.sampled_from(list(STEPS)).map(lambda step: [step]))
    for steps in data.draw(st.lists(chosen, min_size=3, max_size=12)):
        for step in steps:
            take(living, step)
    made = references(living)
    assert len(made) == len(set(made))
