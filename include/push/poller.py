"""Whether a tenant has work orders to send: the watcher's look at Simon."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.access.systems import open_app
from include.connectors import registry
from include.connectors.field_service import FieldService
from include.context import Context
from include.log.writer import IntegrationLog
from include.push.circuit_breaker import stopped
from include.push.discover import discover, note_unarchived
from include.push.recheck import requeue_changed
from include.store import ledger
from include.tenants.tenant import Tenant

SAY_AGAIN = timedelta(seconds=60)  # an announcement may get lost on its way to a run
KEEP_OPEN = timedelta(minutes=15)


@dataclass
class WorkOrderPoller:
    """What is remembered of one tenant between looks; nothing of it matters after a restart."""

    context: Context
    app: FieldService | None = None
    opened: datetime | None = None
    announced: datetime | None = None
    settled: bool = False
    eager: bool = False

    def due(self, tenant: Tenant) -> bool:
        """Whether it should be announced now: something is due, and that was not said a moment ago.

        Raises IntegrationError.
        """
        app = self._open(tenant)
        new = discover(self.context, tenant, app)
        self._see_ready(tenant, app)
        woken = requeue_changed(self.context, tenant, app)
        self._settle(tenant)
        now = self.context.now()
        if stopped(self.context, tenant):
            return False
        with self.context.store.begin() as tx:
            anything = bool(ledger.due(tx, tenant.id, now, 1))
        if not anything or not (new or woken or self.announced is None or now >= self.announced + SAY_AGAIN):
            return False
        self.announced = now
        return True

    def _see_ready(self, tenant: Tenant, app: FieldService) -> None:
        """Work orders that were reported ready are archived soon: this tenant is worth a look more often."""
        ready = app.ready()
        self.eager = bool(ready)
        note_unarchived(self.context, tenant, ready, self._log(tenant))

    def _log(self, tenant: Tenant) -> IntegrationLog:
        return IntegrationLog(self.context.store, tenant.id, tenant.slug, "watch")

    def forget(self) -> None:
        """Sign in anew at the next look."""
        self.app, self.settled = None, False

    def _settle(self, tenant: Tenant) -> None:
        """Simon answered: what was said of not reaching it is over."""
        if not self.settled:
            title = registry.field_service().title
            self._log(tenant).solved("connection", "", startswith="connection.", system=title)
        self.settled = True

    def _open(self, tenant: Tenant) -> FieldService:
        now = self.context.now()
        if self.app is None or self.opened is None or now > self.opened + KEEP_OPEN:
            self.app, self.opened = open_app(self.context, tenant, patient=False), now
        return self.app
