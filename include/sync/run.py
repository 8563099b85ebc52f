"""How a sync begins: the streams that were chosen, and whether everything is read."""

from collections.abc import Sequence

from include.context import Context
from include.errors import InvalidInput
from include.runs import Run, RunKind, begin
from include.store import runs, sync_state
from include.sync.schedule import full_is_due
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


def is_overtaken(context: Context, tenant: Tenant, key: str) -> bool:
    """Tell whether another run did, since this one was announced, what it was announced for."""
    with context.store.begin() as tx:
        state = sync_state.get(tx, tenant.id)
        begun = runs.find(tx, tenant.id, RunKind.SYNC, key) is not None
    is_due = state.fingerprint != state.synced_fingerprint or full_is_due(tenant, state, context.now())
    return not (begun or is_due)


def selection(tenant: Tenant, streams: Sequence[str] | None) -> tuple[str, ...]:
    """Return the chosen streams in the package's order. Raises InvalidInput for one that it does not have."""
    choices = tenant.package.choices
    if unknown := [name for name in streams or () if name not in choices]:
        raise InvalidInput(f"what: {', '.join(unknown)} is not allowed; use {', '.join(choices)}")
    return tuple(name for name in choices if not streams or name in streams)
