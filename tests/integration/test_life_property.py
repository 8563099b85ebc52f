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
from include.store import Store
from include.tenants.states import STATES
from local.database import RoleUrls
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    archive_for_first_customer,
    connect_package,
    connect_simon,
    document_references,
    import_first,
    push_if_allowed,
    register_new,
    save_settings,
    wipe_simon,
)
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox

REFUSALS = (UserError, IntegrationError, RunSuperseded)
STEPS: dict[str, Any] = {
    "connect simon": connect_simon,
    "connect package": connect_package,
    "wipe": wipe_simon,
    "keep": lambda lifecycle: wipe_step.keep(lifecycle.context, lifecycle.tenant, BY),
    "go on wiping": lambda lifecycle: wipe_step.carry_out(lifecycle.context, lifecycle.tenant),
    "choose": lambda lifecycle: choose(
        lifecycle.context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY
    ),
    "save": save_settings,
    "import": lambda lifecycle: start_import(lifecycle.context, lifecycle.tenant, BY),
    "sync": import_first,
    "push": push_if_allowed,
    "pause": lambda lifecycle: pause(lifecycle.context, lifecycle.tenant, BY),
    "resume": lambda lifecycle: resume(lifecycle.context, lifecycle.tenant, BY),
    "deactivate": lambda lifecycle: deactivate(lifecycle.context, lifecycle.tenant, BY),
    "reactivate": lambda lifecycle: reactivate(lifecycle.context, lifecycle.tenant, BY),
    "afresh": lambda lifecycle: reactivate(lifecycle.context, lifecycle.tenant, BY, reset=True),
    "backfill": lambda lifecycle: backfill(
        lifecycle.context, lifecycle.tenant, datetime.now(UTC).date() - timedelta(days=1), by=BY, dry_run=False
    ),
    "archive": archive_for_first_customer,
}
UP = ["connect simon", "keep", "connect package", "choose", "save", "import", "sync"]


def take(lifecycle: LifecycleTenant, step: str) -> None:
    """What is refused leaves everything as it was; a document only comes of a push while active."""
    before, made = lifecycle.status, document_references(lifecycle)
    active = lifecycle.tenant.active
    try:
        STEPS[step](lifecycle)
    except REFUSALS:
        # a wipe is confirmed and carried out: it may get halfway
        assert lifecycle.status == before or step == "wipe"
    assert lifecycle.status in STATES
    if document_references(lifecycle) != made:
        assert (step, active) == ("push", True)


@pytest.mark.parametrize("package", PACKAGES)
@settings(
    max_examples=12,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_of_steps(
    package: str, context: Context, sandbox: Sandbox, store_roles: RoleUrls, *, data: st.DataObject
) -> None:
    """R3.12, R5.1, R5.5, R5.6: whatever the order of the steps, no work order is booked twice."""
    sandbox.server.reset()
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    with Store(store_roles.owner).begin() as tx:
        tx.execute(text("TRUNCATE tenants RESTART IDENTITY CASCADE"))
    lifecycle = register_new(context, sandbox, package)
    # often far enough to have something to lose, and then anything
    chosen = st.one_of(st.just(UP), st.sampled_from(list(STEPS)).map(lambda step: [step]))
    for steps in data.draw(st.lists(chosen, min_size=3, max_size=12)):
        for step in steps:
            take(lifecycle, step)
    made = document_references(lifecycle)
    assert len(made) == len(set(made))
