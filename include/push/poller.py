"""Whether a tenant has work orders to send: the watcher's poll of Simon."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from include.access.systems import open_app
from include.connectors import registry
from include.connectors.field_service import FieldService
from include.context import Context
from include.http import TimeBudget
from include.log.writer import IntegrationLog
from include.push.circuit_breaker import open_circuit
from include.push.discover import discover, note_unarchived
from include.push.recheck import requeue_changed
from include.store import ledger
from include.tenants.tenant import Tenant

ANNOUNCE_AGAIN = timedelta(seconds=60)  # an announcement may get lost on its way to a run
LOOK_S = 20.0  # of one look, whatever the other side does
KEEP_OPEN = timedelta(minutes=15)


@dataclass
class WorkOrderPoller:
    """What is remembered of one tenant between polls; nothing of it matters after a restart.

    ``priority``: work orders were reported ready, which are archived soon, so this tenant is polled more often.
    """

    context: Context
    budget: TimeBudget = field(default_factory=TimeBudget)
    app: FieldService | None = None
    opened: datetime | None = None
    announced: datetime | None = None
    resolved: bool = False
    priority: bool = False

    def poll(self, tenant: Tenant) -> bool:
        """Tell whether the tenant should be announced now: something is due, and that was not said a moment ago.

        Raises IntegrationError.
        """
        self.budget.allow(LOOK_S)
        app = self._open(tenant)
        new = discover(self.context, tenant, app, self._log(tenant))
        self._note_ready(tenant, app)
        requeued = requeue_changed(self.context, tenant, app)
        self._resolve(tenant)
        now = self.context.now()
        if open_circuit(self.context, tenant):
            return False
        with self.context.store.begin() as tx:
            anything = bool(ledger.due(tx, tenant.id, now, 1))
        again = self.announced is None or now >= self.announced + ANNOUNCE_AGAIN
        if not anything or not (new or requeued or again):
            return False
        self.announced = now
        return True

    def _note_ready(self, tenant: Tenant, app: FieldService) -> None:
        ready = app.ready()
        self.priority = bool(ready)
        note_unarchived(self.context, tenant, ready, self._log(tenant))

    def _log(self, tenant: Tenant) -> IntegrationLog:
        return IntegrationLog(self.context.store, tenant.id, tenant.slug, "watch")

    def forget(self) -> None:
        """Sign in anew at the next poll."""
        self.app, self.resolved = None, False

    def _resolve(self, tenant: Tenant) -> None:
        """Resolve what was reported of not reaching Simon, which has answered."""
        if not self.resolved:
            title = registry.field_service().title
            self._log(tenant).resolve_connection(title)
        self.resolved = True

    def _open(self, tenant: Tenant) -> FieldService:
        now = self.context.now()
        if self.app is None or self.opened is None or now > self.opened + KEEP_OPEN:
            self.app, self.opened = open_app(self.context, tenant, patient=False, budget=self.budget), now
        return self.app
