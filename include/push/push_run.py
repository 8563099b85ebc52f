"""One run of one tenant's pushes: what it works with, and how it notes where an entry stands."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from include.connectors.field_service import FieldService
from include.connectors.package import DocumentSink
from include.context import Context
from include.errors import OutcomeUnknown
from include.log.writer import IntegrationLog
from include.store import Transaction, ledger, problems, tenants
from include.store.ledger import LedgerEntry, LedgerState
from include.store.problems import ProblemFilter
from include.tenants.tenant import ACTIVE, Tenant

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class PushRun:
    """``ended`` counts the entries of this run by the state they ended in; ``lost`` are answers lost in a row."""

    context: Context
    tenant: Tenant
    app: FieldService
    package: DocumentSink
    log: IntegrationLog
    ended: Counter[str] = field(default_factory=Counter)
    lost: list[OutcomeUnknown] = field(default_factory=list)

    @property
    def system(self) -> str:
        """The package, as people call it."""
        return self.tenant.package.title

    def move(self, entry: LedgerEntry, state: LedgerState, code: str | None = None, **fields: object) -> None:
        """Raises Superseded; NotActive when something is about to be sent for a tenant that is not active any more."""
        with self.context.store.begin() as tx:
            if state == "sending":
                tenants.require(tx, self.tenant.id, ACTIVE)
            ledger.step(tx, entry, state, code, **fields)

    def settle(self, entry: LedgerEntry, state: LedgerState, code: str, **fields: object) -> None:
        """The end of an entry, and of what was said of it. Raises Superseded."""
        with self.context.store.begin() as tx:
            ledger.step(tx, entry, state, code, said=None, **fields)
            if state == "confirmed" or not ledger.others_wait(tx, entry):
                close_problems(tx, entry)
            ledger.wake_others(tx, entry, self.context.now())


def close_problems(tx: Transaction, entry: LedgerEntry) -> None:
    """What was said of this work order is settled, or is about to be said otherwise."""
    problems.close(tx, entry.tenant_id, ProblemFilter(record=entry.number, startswith="work_order."))
    problems.close(tx, entry.tenant_id, ProblemFilter(record=entry.number, startswith="connection."))
