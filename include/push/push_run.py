"""What one run of one tenant's pushes works with."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from include.access.systems import open_app, open_package
from include.connectors.field_service import FieldService
from include.connectors.package import PackageConnection
from include.context import Context
from include.errors import OutcomeUnknown
from include.http import TimeBudget
from include.log.writer import IntegrationLog
from include.push.ledger import SENDING, Outcome, advance, record
from include.store.advisory_lock import advisory_lock
from include.store.ledger import LedgerEntry
from include.tenants.states import TenantState, require_running
from include.tenants.tenant import Tenant, load

LEASE = timedelta(minutes=4)  # longer than a work order may take
# a work order may take so long, so that one that hangs gives its slot back; enough for a call with its whole time-out
WORK_ORDER_S = 150.0
NEUTRAL_CALL_S = 20.0
TURN_S = 20.0  # what is waited for another run's call; the other run goes on with what is due anyway


@dataclass
class PushRun:
    """``ended`` counts the entries of this run by the state they ended in; ``lost`` are answers lost in a row.

    ``customers`` are those of the documents of this run, by entry; ``failed`` the records that a fault met, by fault.
    """

    context: Context
    tenant: Tenant
    app: FieldService
    package: PackageConnection
    log: IntegrationLog
    ended: Counter[str] = field(default_factory=Counter)
    lost: list[OutcomeUnknown] = field(default_factory=list)
    budget: TimeBudget = field(default_factory=TimeBudget)
    customers: dict[int, str] = field(default_factory=dict)
    failed: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """The package, as people call it."""
        return self.tenant.package.title

    def refresh(self) -> None:
        """Go on with the settings of this moment (R4.3)."""
        tenant = load(self.context, self.tenant.slug)
        if tenant.settings_version != self.tenant.settings_version:
            self.package = open_package(self.context, tenant, budget=self.budget)
        self.tenant = tenant

    @contextmanager
    def turn(self, entry: LedgerEntry) -> Iterator[None]:
        """Keep every other run from sending this work order, or to a package that takes one document at a time at all.

        Raises TurnTaken when another run has it for long.
        """
        name = "push" if self.package.serial else f"push {entry.work_order_id}"
        with advisory_lock(self.context.store, self.tenant.id, name, wait_s=TURN_S):
            yield

    def begin_sending(self, entry: LedgerEntry, **intent: object) -> LedgerEntry:
        """Commit what is about to be sent. Raises ClaimLost, and TenantNotActive when the tenant was stopped."""
        # a lease of its own for the call: what came before it may have taken most of the first one
        now, unclear = self.context.now(), entry.unclear_calls + 1
        call = {"called_at": now, "unclear_calls": unclear, "send_again": False, "leased_until": now + LEASE}
        with self.context.store.begin() as tx:
            require_running(tx, self.tenant.id, TenantState.ACTIVE)
            advance(tx, entry, SENDING, None, attempts=entry.attempts + 1, **call, **intent)
        return replace(entry, state=SENDING, called_at=now, unclear_calls=unclear, lookup_attempts=0)

    def record(self, entry: LedgerEntry, outcome: Outcome) -> None:
        """Record what became of an entry, with its message. Raises ClaimLost."""
        record(self.log, entry, outcome, self.context.now())


def open_run(context: Context, tenant: Tenant, log: IntegrationLog) -> PushRun:
    """Open both systems for a run. Raises Misconfigured."""
    budget = TimeBudget()
    app, package = open_app(context, tenant, budget=budget), open_package(context, tenant, budget=budget)
    return PushRun(context, tenant, app, package, log, budget=budget)
