"""Whether a tenant's master data has to be read: the watcher's poll of the package (R6.1)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from include.access.systems import open_package
from include.context import Context
from include.errors import IntegrationError
from include.http import TimeBudget
from include.log.writer import IntegrationLog
from include.runs import RunKind, is_stalled, note_wait
from include.store import runs, sync_state
from include.sync.schedule import poll_is_due, sync_is_due
from include.tenants.tenant import Tenant

LOOK_S = 60.0  # of one look, whatever the other side does: whole lists are read
ANNOUNCE_AGAIN = timedelta(minutes=1)  # an announcement may get lost, or nobody listened to it yet


@dataclass
class MasterDataPoller:
    """What is remembered of one tenant between polls; nothing of it matters after a restart."""

    context: Context
    announced: datetime | None = None

    def poll(self, tenant: Tenant) -> bool:
        """Return whether a sync should start: never done, the daily moment has come, or the package's lists changed.

        Polls the package only in the tenant's own minute. Raises IntegrationError.
        """
        now = self.context.now()
        with self.context.store.begin() as tx:
            state = sync_state.get(tx, tenant.id)
            latest = runs.latest(tx, tenant.id, RunKind.SYNC)
            under_way = latest and latest.open and not is_stalled(tx, latest, now)
        if under_way or (state.wait_until is not None and now < state.wait_until):
            return False
        if poll_is_due(tenant, state, now):
            state = replace(state, fingerprint=self._fingerprint(tenant, now))
        if not sync_is_due(tenant, state, now) or (self.announced and now < self.announced + ANNOUNCE_AGAIN):
            return False
        self.announced = now
        return True

    def _fingerprint(self, tenant: Tenant, now: datetime) -> str | None:
        try:
            budget = TimeBudget()
            budget.allow(LOOK_S)
            fingerprint = open_package(self.context, tenant, budget=budget).fingerprint(tenant.package.streams)
        except IntegrationError as error:
            note_wait(self.context, tenant, error)
            raise
        log = IntegrationLog(self.context.store, tenant.id, tenant.slug, "watch")
        log.resolve_connection(tenant.package.title)
        with self.context.store.begin() as tx:
            sync_state.put(tx, tenant.id, fingerprint=fingerprint, polled_at=now)
        return fingerprint
