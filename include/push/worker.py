"""The worker that drains a tenant's ledger: one entry at a time, fresh ones first, none held up by another (R3.13)."""

from contextlib import suppress
from datetime import timedelta
from types import TracebackType

from include.connectors import registry
from include.context import Context, StoreAway
from include.errors import ClaimLost, IntegrationError, TenantNotActive, TurnTaken
from include.log.writer import IntegrationLog
from include.push.circuit_breaker import guarding, open_circuit, reached
from include.push.discover import discover
from include.push.ledger import CONFIRMED, drop_claim, give_up
from include.push.process import process
from include.push.push_run import LEASE, WORK_ORDER_S, PushRun, open_run
from include.push.trouble import MOST_FAILED_CLAIMS, requeue
from include.store import ledger, problems
from include.store.ledger import LedgerEntry, LedgerState
from include.store.problems import ProblemFilter
from include.tenants.states import TenantState, require_running
from include.tenants.tenant import Tenant

__all__ = ["LEASE", "push"]

BATCH_SIZE = 200  # a run takes so many and yields; what is left is announced again
RUN_S = 180.0  # after so long a run takes nothing new and gives its slot to others; what is left is announced again
ASK_AGAIN = 10  # after so many, what is due is asked anew: work that was archived meanwhile goes before a backlog
LOST_IN_A_ROW = 3  # answers; after that it is no matter of one work order
AFTER_ANOTHER_TURN = timedelta(seconds=30)
MOST_KILLED = 20  # claims of which nobody heard again, whatever killed them


def push(context: Context, tenant: Tenant, key: str) -> dict[str, int]:
    """Send what is due; how many ended in which state. ``key`` is the run's.

    Raises the IntegrationError that stops this tenant for now, and TenantNotActive.
    """
    with context.store.begin() as tx:
        require_running(tx, tenant.id, TenantState.ACTIVE)
    if open_circuit(context, tenant):
        return {}
    log = IntegrationLog(context.store, tenant.id, tenant.slug, key)
    with guarding(context, tenant, log):
        run = open_run(context, tenant, log)
        run.budget.allow(WORK_ORDER_S)
        discover(context, tenant, run.app, log)
        reached(context, tenant, log, registry.field_service().title)
        _drain(run)
    with context.store.begin() as tx:
        problems.resolve(tx, tenant.id, ProblemFilter(codes=("run.failed",), record_prefix=f"push__{tenant.slug}."))
    return dict(run.ended)


def _drain(run: PushRun) -> None:
    """Process what is due until nothing is, or the batch is full."""
    taken, end = 0, run.budget.monotonic() + RUN_S
    while taken < BATCH_SIZE:
        with run.context.store.begin() as tx:
            due = ledger.due(tx, run.tenant.id, run.context.now(), min(ASK_AGAIN, BATCH_SIZE - taken))
        if not due:
            return
        for entry_id in due:
            if run.budget.monotonic() > end:
                return
            taken += 1
            try:
                claim_and_process(run, entry_id)
            except TurnTaken:
                if run.package.serial:
                    return  # the run that has the turn goes on with what is due
            if len(run.lost) >= LOST_IN_A_ROW:
                raise run.lost[-1]


def claim_and_process(run: PushRun, entry_id: int, *, explicit: bool = False) -> LedgerState | None:
    """Claim an entry and process it; the state it ended in, None when somebody else has it.

    Raises TurnTaken, and TenantNotActive when the tenant was deactivated or paused; then the entry is as it was.
    """
    with run.context.store.begin() as tx:
        require_running(tx, run.tenant.id, TenantState.ACTIVE)
        entry = ledger.claim(tx, entry_id, run.context.now(), LEASE)
    if entry is None:
        return None
    run.budget.allow(WORK_ORDER_S)
    try:
        run.refresh()
        with CrashGuard(run, entry):
            state = process(run, entry, explicit=explicit)
    except ClaimLost:
        return None  # our lease ran out and somebody took it over
    except TenantNotActive:
        with suppress(ClaimLost):
            requeue(run, entry)
        raise
    except TurnTaken:
        with suppress(ClaimLost):
            requeue(run, entry, later=AFTER_ANOTHER_TURN)
        raise
    if entry.state in ledger.FINAL and state == entry.state:
        return state  # it was only searched for
    run.ended[state] += 1
    if state == CONFIRMED and run.ended[state] == 1:
        reached(run.context, run.tenant, run.log, run.system)
    return state


class CrashGuard:
    """Keeps a fault of ours, met with one entry, from stopping the others: it ends the run, but the next one goes on.

    Such an entry goes to the end of the line, and after a few times it is held.
    """

    def __init__(self, run: PushRun, entry: LedgerEntry) -> None:
        self._run, self._entry = run, entry

    def __enter__(self) -> None:
        if self._entry.failed_claims > MOST_KILLED:
            self._note("a process that ended", hold=True)
            raise ClaimLost(self._entry.reference)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        # a killed process gets nowhere near this, and a store that is away is nobody's fault here
        foreseen = IntegrationError | ClaimLost | TenantNotActive | TurnTaken | StoreAway
        if isinstance(error, Exception) and not isinstance(error, foreseen):
            self._note(type(error).__name__, hold=self._entry.failed_claims >= MOST_FAILED_CLAIMS)

    def _note(self, reason: str, hold: bool) -> None:
        code = "work_order.unexpected_error"
        with self._run.context.store.begin() as tx:
            if hold:
                give_up(tx, self._entry, code)
            else:
                drop_claim(tx, self._entry, code)
        if hold:
            self._run.log.write(code, self._entry.number, reason=reason, count=self._entry.failed_claims)
