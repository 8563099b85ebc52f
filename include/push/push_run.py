"""What one run of one tenant's pushes works with."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from include.connectors.field_service import FieldService
from include.connectors.package import DocumentSink
from include.context import Context
from include.errors import OutcomeUnknown
from include.log.writer import IntegrationLog
from include.push.ledger import SENDING, Outcome, advance, record
from include.store.ledger import LedgerEntry
from include.tenants.states import TenantState, require_running
from include.tenants.tenant import Tenant

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

    def begin_sending(self, entry: LedgerEntry, **intent: object) -> LedgerEntry:
        """Commit what is about to be sent. Raises ClaimLost, and TenantNotActive when the tenant was stopped."""
        # a lease of its own for the call: what came before it may have taken most of the first one
        until = self.context.now() + LEASE
        with self.context.store.begin() as tx:
            require_running(tx, self.tenant.id, TenantState.ACTIVE)
            advance(tx, entry, SENDING, None, leased_until=until, attempts=entry.attempts + 1, **intent)
        return replace(entry, state=SENDING)

    def record(self, entry: LedgerEntry, outcome: Outcome) -> None:
        """Record what became of an entry, with its message. Raises ClaimLost."""
        record(self.log, entry, outcome, self.context.now())
