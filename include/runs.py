"""Runs of a tenant: where each begins, is guarded against others, and ends."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from include.context import Context
from include.errors import IntegrationError, RunSuperseded, Transient
from include.log.writer import IntegrationLog
from include.store import Transaction, sync_state
from include.store import runs as runs_table
from include.store import tenants as tenants_table
from include.store.runs import NewRun, RunRow, RunState
from include.tenants.states import RUNNING, TenantState, require_running
from include.tenants.tenant import Tenant

__all__ = ["TRANSITIONS", "Run", "RunKind", "RunState", "begin", "is_stalled", "log_errors", "supersede_open"]

RESUMABLE = timedelta(hours=1)  # what was read longer ago is read again
STALLED = timedelta(minutes=20)  # longer than any pause between two tries of a task

# which state may follow which
TRANSITIONS: Mapping[RunState, frozenset[RunState]] = {
    RunState.OPEN: frozenset({RunState.FINISHED, RunState.SUPERSEDED}),
    RunState.FINISHED: frozenset(),
    RunState.SUPERSEDED: frozenset(),
}


class RunKind(StrEnum):
    """What a run does. A tenant has one open run of a kind."""

    # It brings the package's master data to Simon.
    SYNC = "sync"
    # It reads what a sync would read, and writes nothing to Simon.
    DRY_RUN = "dry_run"
    # It removes from Simon what is gone from the package.
    CLEANUP = "cleanup"
    # It reads what a clean-up would read, and writes nothing to Simon.
    CLEANUP_DRY_RUN = "cleanup_dry_run"
    # It removes the set that a person approved; its target is the proposal.
    REMOVAL = "removal"
    # It puts back what a clean-up or a wipe removed; its target is that run.
    RESTORE = "restore"
    # It empties Simon before a coupling begins.
    WIPE = "wipe"

    @property
    def exclusive(self) -> bool:
        """Whether it writes to Simon: of all the kinds that do, a tenant has one open run."""
        return self not in (RunKind.DRY_RUN, RunKind.CLEANUP_DRY_RUN)

    @property
    def asks_package(self) -> bool:
        """Whether it reads the accounting package."""
        return self not in (RunKind.RESTORE, RunKind.WIPE)

    @property
    def tenant_states(self) -> tuple[TenantState, ...] | None:
        """The states of a tenant in which it may run; None when any will do, because a person asked for it."""
        return _TENANT_STATES.get(self)


_TENANT_STATES: Mapping[RunKind, tuple[TenantState, ...]] = {
    RunKind.SYNC: RUNNING,
    RunKind.CLEANUP: (TenantState.ACTIVE,),
    RunKind.REMOVAL: (TenantState.ACTIVE,),
}


@dataclass(frozen=True)
class Run:
    """A run that this process works at."""

    row: RunRow
    context: Context
    tenant: Tenant
    log: IntegrationLog

    @property
    def id(self) -> int:
        """The number that its staged rows and removals point at."""
        return self.row.id

    @property
    def key(self) -> str:
        """Airflow's run id, or the one that the command line made up; the log names it."""
        return self.row.key

    @property
    def streams(self) -> tuple[str, ...]:
        """The chosen streams in their order; empty where it is about none."""
        return self.row.streams

    @property
    def full(self) -> bool:
        """Whether it also reads what the package's lists do not show."""
        return self.row.full

    @property
    def target(self) -> int | None:
        """The proposal that is carried out, or the run that is restored."""
        return self.row.target

    @property
    def requested_by(self) -> str | None:
        """The person who asked for it; None when nobody did."""
        return self.row.requested_by

    @property
    def finished(self) -> bool:
        """Whether it came to its end before: then there is nothing left to do."""
        return self.row.finished

    @contextmanager
    def transaction(self, with_tenant: bool = False) -> Iterator[Transaction]:
        """Open a transaction that only commits while this run is the tenant's own. Raises RunSuperseded.

        ``with_tenant`` locks the tenant first: whoever changes it in this transaction has to.
        """
        with self.context.store.begin() as tx:
            if with_tenant:
                tenants_table.lock(tx, self.tenant.id)
            if not runs_table.lock_current(tx, self.id, self.key):
                raise RunSuperseded(self.key)
            yield tx

    def ensure_current(self) -> None:
        """Do nothing while this run is the tenant's own. Raises RunSuperseded when it is not."""
        with self.transaction():
            return

    def finish(self, tx: Transaction) -> None:
        """Note that this run came to its own end, and let its staged rows go."""
        _end(tx, self.id, RunState.FINISHED)


def begin(
    context: Context,
    tenant: Tenant,
    kind: RunKind,
    key: str,
    *,
    streams: Sequence[str] = (),
    full: bool = True,
    target: int | None = None,
    requested_by: str | None = None,
    fingerprint: str | None = None,
) -> Run:
    """Return the run of this key, and begin it if nobody did.

    Raises RunSuperseded when another run has taken its place, Transient while a run that excludes it is under way, and
    TenantNotActive when nothing of its kind may happen in the state that the tenant is in.
    """
    if kind.asks_package:
        require_no_wait(context, tenant)
    asked = NewRun(tenant.id, kind, key, tuple(streams), full, target, requested_by, fingerprint)
    with context.store.begin() as tx:
        row = _take_up(tx, asked, kind)
        if row.open and kind.tenant_states is not None:
            require_running(tx, tenant.id, *kind.tenant_states)
    if row.state is RunState.SUPERSEDED:
        raise RunSuperseded(key)
    return Run(row, context, tenant, IntegrationLog(context.store, tenant.id, tenant.slug, key))


def _take_up(tx: Transaction, asked: NewRun, kind: RunKind) -> RunRow:
    """Return the row of this key; else take over an open run that does the same, or insert a new one."""
    # one begins at a time: the tasks of a run start together, and so may the command line
    tenants_table.lock(tx, asked.tenant_id)
    if row := runs_table.find(tx, asked.tenant_id, kind, asked.key):
        return row
    if kind.exclusive:
        _make_way(tx, asked, kind)
    for row in runs_table.lock_open(tx, asked.tenant_id, [kind]):
        if _does_the_same(row, asked) and row.started_at > runs_table.now(tx) - RESUMABLE:
            return runs_table.take_over(tx, row, asked.key)
        _end(tx, row.id, RunState.SUPERSEDED)
    return runs_table.add(tx, asked)


def _make_way(tx: Transaction, asked: NewRun, kind: RunKind) -> None:
    """End stalled runs of the other kinds that write to Simon. Raises Transient for one that is not stalled."""
    others = [other for other in RunKind if other.exclusive and other is not kind]
    for row in runs_table.lock_open(tx, asked.tenant_id, others):
        if not is_stalled(tx, row, runs_table.now(tx)):
            raise Transient("run.other_open", kind, other=row.kind)
        _end(tx, row.id, RunState.SUPERSEDED)


def _does_the_same(row: RunRow, asked: NewRun) -> bool:
    return (row.streams, row.full, row.target) == (asked.streams, asked.full, asked.target)


def _end(tx: Transaction, run_id: int, after: RunState) -> None:
    """Bring a run to its last state, if it is in one that this may follow."""
    runs_table.end(tx, run_id, [before for before in RunState if after in TRANSITIONS[before]], after)


def is_stalled(tx: Transaction, row: RunRow, now: datetime) -> bool:
    """Return whether nothing of an open run was stored for so long that another may take its place."""
    return runs_table.last_activity(tx, row) <= now - STALLED


def supersede_open(tx: Transaction, tenant_id: int) -> None:
    """End all that is under way for a tenant, whatever its kind; wait for the record that is being written."""
    for row in runs_table.lock_open(tx, tenant_id):
        _end(tx, row.id, RunState.SUPERSEDED)


@contextmanager
def log_errors(run: Run) -> Iterator[None]:
    """Write an error that ends the run to the integration log before it goes on its way.

    Not that of a run that is over: another has its place, or the tenant was deactivated and its access is gone.
    """
    try:
        yield
    except IntegrationError as error:
        run.ensure_current()
        run.log.error(error)
        note_wait(run.context, run.tenant, error)
        raise


def note_wait(context: Context, tenant: Tenant, error: IntegrationError) -> None:
    """Note until when a system asked to be left alone: also the next try, in whatever process, waits until then."""
    if isinstance(error, Transient) and error.retry_after_s:
        until = context.now() + timedelta(seconds=error.retry_after_s)
        with context.store.begin() as tx:
            sync_state.put(tx, tenant.id, wait_until=until, wait_for=str(error.values.get("system", "")))


def require_no_wait(context: Context, tenant: Tenant) -> None:
    """Do nothing when no system of the tenant asked to be left alone. Raises Transient, with how long to wait still."""
    with context.store.begin() as tx:
        state = sync_state.get(tx, tenant.id)
    if state.wait_until is not None and (left := state.wait_until - context.now()) > timedelta(0):
        error = Transient(
            "connection.busy", system=state.wait_for, reason=f"asked for until {state.wait_until:%H:%M} UTC"
        )
        error.retry_after_s = left.total_seconds()
        raise error
