"""The loop that empties the ledger: one entry at a time, the fresh ones first, none held up by another (R3.13)."""

from contextlib import suppress
from types import TracebackType

from include.connectors import registry
from include.connectors.registry import FIELD_SERVICE
from include.errors import IntegrationError
from include.integration_log import IntegrationLog
from include.koppel import Koppel, StoreAway
from include.push.deliver import CRASHES, delivered, put_back
from include.push.discover import discover
from include.push.run import LEASE, Push
from include.push.stops import reached, stopped, stopping
from include.store import ledger, problems, tenants
from include.store.ledger import Entry, Superseded
from include.store.problems import Which
from include.tenants.opening import open_app, open_package
from include.tenants.states import NotActive
from include.tenants.tenant import ACTIVE, Tenant

__all__ = ["LEASE", "push"]

BATCH = 200  # a run takes so many and yields; what is left is announced again
ASK_AGAIN = 10  # after so many, what is due is asked anew: work that was archived meanwhile goes before a backlog
LOST_IN_A_ROW = 3  # answers; after that it is no matter of one work order
KILLED = 20  # claims of which nobody heard again, whatever killed them


def push(koppel: Koppel, tenant: Tenant, key: str) -> dict[str, int]:
    """Send what is due; how many ended in which state. ``key`` is the run's.

    Raises the IntegrationError that stops this tenant for now, and NotActive.
    """
    with koppel.store.begin() as tx:
        tenants.require(tx, tenant.id, ACTIVE)
    if stopped(koppel, tenant):
        return {}
    log = IntegrationLog(koppel.store, tenant.id, tenant.slug, key)
    with stopping(koppel, tenant, log):
        run = opened(koppel, tenant, log)
        discover(koppel, tenant, run.app)
        reached(koppel, tenant, log, registry.connector(FIELD_SERVICE).title)
        _empty(run)
    with koppel.store.begin() as tx:
        problems.close(tx, tenant.id, Which(codes=("run.failed",), family=f"push__{tenant.slug}."))
    return dict(run.ended)


def opened(koppel: Koppel, tenant: Tenant, log: IntegrationLog) -> Push:
    """A run with both systems open. Raises Misconfigured."""
    return Push(koppel, tenant, open_app(koppel, tenant), open_package(koppel, tenant), log)


def _empty(run: Push) -> None:
    taken = 0
    while taken < BATCH:
        with run.koppel.store.begin() as tx:
            due = ledger.due(tx, run.tenant.id, run.koppel.now(), min(ASK_AGAIN, BATCH - taken))
        if not due:
            return
        for entry_id in due:
            taken += 1
            take(run, entry_id)
            if len(run.lost) >= LOST_IN_A_ROW:
                raise run.lost[-1]


def take(run: Push, entry_id: int, explicit: bool = False) -> str | None:
    """Claim an entry and deliver it; the state it ended in, None when somebody else has it.

    Raises NotActive when the tenant was deactivated or paused; then the entry is as it was.
    """
    with run.koppel.store.begin() as tx:
        tenants.require(tx, run.tenant.id, ACTIVE)
        entry = ledger.claim(tx, entry_id, run.koppel.now(), LEASE)
    if entry is None:
        return None
    try:
        with Unforeseen(run, entry):
            state = delivered(run, entry, explicit)
    except Superseded:
        return None  # our lease ran out and somebody took it over
    except NotActive:
        with suppress(Superseded):
            put_back(run, entry)
        raise
    run.ended[state] += 1
    if state == "confirmed" and run.ended[state] == 1:
        reached(run.koppel, run.tenant, run.log, run.system)
    return state


class Unforeseen:
    """Around one entry: an error of ours ends the run, but not for the other entries.

    Such an entry goes to the end of the line, and after a few times it is held.
    """

    def __init__(self, run: Push, entry: Entry) -> None:
        self._run, self._entry = run, entry

    def __enter__(self) -> None:
        if self._entry.crashes > KILLED:
            self._note("a process that ended", hold=True)
            raise Superseded(self._entry.reference)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        # a killed process gets nowhere near this, and a store that is away is nobody's fault here
        if isinstance(error, Exception) and not isinstance(
            error, IntegrationError | Superseded | NotActive | StoreAway
        ):
            self._note(type(error).__name__, hold=self._entry.crashes >= CRASHES)

    def _note(self, reason: str, hold: bool) -> None:
        code = "work_order.unforeseen"
        with self._run.koppel.store.begin() as tx:
            if hold:
                ledger.give_up(tx, self._entry, code)
            else:
                ledger.let_go(tx, self._entry, code)
        if hold:
            self._run.log.write("work_order.unforeseen", self._entry.number, reason=reason, count=self._entry.crashes)
