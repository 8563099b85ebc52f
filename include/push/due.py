"""Whether a tenant has work orders to send: the watcher's look at Simon."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from include.connectors.base import FieldService
from include.koppel import Koppel
from include.push.discover import discover
from include.store import ledger
from include.tenants.opening import open_app
from include.tenants.tenant import Tenant

SAY_AGAIN = timedelta(seconds=60)  # an announcement may get lost on its way to a run
KEEP_OPEN = timedelta(minutes=15)


@dataclass
class WorkOrderLook:
    """What is remembered of one tenant between looks; nothing of it matters after a restart."""

    koppel: Koppel
    app: FieldService | None = None
    opened: datetime | None = None
    announced: datetime | None = None

    def due(self, tenant: Tenant) -> bool:
        """Whether it should be announced now: something is due, and that was not said a moment ago.

        Raises IntegrationError.
        """
        new = discover(self.koppel, tenant, self._open(tenant))
        now = self.koppel.now()
        with self.koppel.store.begin() as tx:
            anything = bool(ledger.due(tx, tenant.id, now, 1))
        if not anything or not (new or self.announced is None or now >= self.announced + SAY_AGAIN):
            return False
        self.announced = now
        return True

    def forget(self) -> None:
        """Sign in anew at the next look."""
        self.app = None

    def _open(self, tenant: Tenant) -> FieldService:
        now = self.koppel.now()
        if self.app is None or self.opened is None or now > self.opened + KEEP_OPEN:
            self.app, self.opened = open_app(self.koppel, tenant, patient=False), now
        return self.app
