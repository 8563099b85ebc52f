"""Brings a coupling to each state of its life by the steps that people take, and takes its access away there."""

from sqlalchemy import text

from include.lifecycle import wipe_step
from include.lifecycle.activation import choose
from include.lifecycle.deactivation import deactivate, reactivate
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    connect_package,
    import_first,
    save_settings,
    set_up,
    wipe_simon,
)

AGAIN = "new again"  # after a reactivation
STATES = ("new", "wiping", "connecting", "settings", "settings saved", "importing", "active", "inactive", AGAIN)


def bring_to(lifecycle: LifecycleTenant, state: str) -> None:
    """Bring a coupling that is new, with access to its Simon, to a state."""
    if state == "new":
        return
    if state == "wiping":
        shown = wipe_step.contents(lifecycle.context, lifecycle.tenant).counts
        wipe_step.confirm(lifecycle.context, lifecycle.tenant, shown, parts=wipe_step.PARTS, by=BY)
        return
    wipe_simon(lifecycle)
    if state in ("settings", "settings saved"):
        connect_package(lifecycle)
        choose(lifecycle.context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY)
        if state == "settings saved":
            save_settings(lifecycle)
    elif state != "connecting":
        set_up(lifecycle)
        if state != "importing":
            import_first(lifecycle)
        if state in ("inactive", AGAIN):
            deactivate(lifecycle.context, lifecycle.tenant, BY)
        if state == AGAIN:
            reactivate(lifecycle.context, lifecycle.tenant, BY)


def lose_access(lifecycle: LifecycleTenant) -> None:
    """Let the access to both systems be gone, as after a lost key or a withdrawn consent."""
    with lifecycle.context.store.begin() as tx:
        tx.execute(text("DELETE FROM credentials"))
