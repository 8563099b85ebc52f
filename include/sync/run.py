"""How a sync begins: the streams that were chosen, and whether everything is read."""

from collections.abc import Sequence

from include.context import Context
from include.errors import InvalidInput
from include.runs import Run, RunKind, begin
from include.store import runs, sync_state
from include.streams import with_needed
from include.sync.schedule import full_is_due, sync_is_due
from include.tenants.tenant import Tenant


def begin_sync(
    context: Context, tenant: Tenant, key: str, streams: Sequence[str] | None = None, *, full: bool | None = None
) -> Run:
    """Return the sync of this key, and begin it if nobody did; nothing chosen is everything.

    ``full`` None leaves it to the schedule: once a day. Raises InvalidInput, and as ``include.runs.begin``.
    """
    chosen = selection(tenant, streams)
    with context.store.begin() as tx:
        state = sync_state.get(tx, tenant.id)
    if full is None:
        full = full_is_due(tenant, state, context.now())
    return begin(context, tenant, RunKind.SYNC, key, streams=chosen, full=full, fingerprint=state.fingerprint)


def begin_announced(context: Context, tenant: Tenant, key: str, streams: Sequence[str]) -> Run | None:
    """Return the sync of this key that the watcher announced; None when another did meanwhile what it was for.

    Under load an announcement may wait for minutes, and be made again. Raises as ``begin_sync``.
    """
    with context.store.begin() as tx:
        begun = runs.find(tx, tenant.id, RunKind.SYNC, key)
        state = sync_state.get(tx, tenant.id)
    if begun is None and not sync_is_due(tenant, state, context.now()):
        return None
    return begin_sync(context, tenant, key, streams)


def selection(tenant: Tenant, streams: Sequence[str] | None) -> tuple[str, ...]:
    """Return the chosen streams in the package's order, with those that they point at.

    Raises InvalidInput for one that the package does not have.
    """
    choices = tenant.package.choices
    if unknown := [name for name in streams or () if name not in choices]:
        raise InvalidInput(f"what: {', '.join(unknown)} is not allowed; use {', '.join(choices)}")
    wanted = with_needed(streams or choices)
    return tuple(name for name in choices if name in wanted)
