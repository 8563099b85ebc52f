"""One run of one tenant's pushes: what it works with, and how it notes where an entry stands."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from include.connectors.base import DocumentSink, FieldService
from include.errors import AnswerLost
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.store import Transaction, ledger, problems, tenants
from include.store.ledger import Entry, State
from include.store.problems import Which
from include.tenants.tenant import ACTIVE, Tenant

LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Push:
    """``ended`` counts the entries of this run by the state they ended in; ``lost`` are answers lost in a row."""

    koppel: Koppel
    tenant: Tenant
    app: FieldService
    package: DocumentSink
    log: IntegrationLog
    ended: Counter[str] = field(default_factory=Counter)
    lost: list[AnswerLost] = field(default_factory=list)

    @property
    def system(self) -> str:
        """The package, as people call it."""
        return self.tenant.package.title

    def move(self, entry: Entry, state: State, code: str | None = None, **fields: object) -> None:
        """Raises Superseded; NotActive when something is about to be sent for a tenant that is not active any more."""
        with self.koppel.store.begin() as tx:
            if state == "sending":
                tenants.require(tx, self.tenant.id, ACTIVE)
            ledger.step(tx, entry, state, code, **fields)

    def settle(self, entry: Entry, state: State, code: str, **fields: object) -> None:
        """The end of an entry, and of what was said of it. Raises Superseded."""
        with self.koppel.store.begin() as tx:
            ledger.step(tx, entry, state, code, said=None, **fields)
            if state == "confirmed" or not ledger.others_wait(tx, entry):
                close_problems(tx, entry)
            ledger.wake_others(tx, entry, self.koppel.now())


def close_problems(tx: Transaction, entry: Entry) -> None:
    """What was said of this work order is settled, or is about to be said otherwise."""
    problems.close(tx, entry.tenant_id, Which(record=entry.number, startswith="work_order."))
    problems.close(tx, entry.tenant_id, Which(record=entry.number, startswith="connection."))
