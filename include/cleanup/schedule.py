"""The schedule of the clean-up: on a tenant's nights, in its own minute, while the night lasts (R2.1)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from include.context import Context
from include.local_time import latest_moment, local_date
from include.runs import RunKind
from include.store import runs
from include.sync.schedule import own_minute
from include.tenants.tenant import Tenant

NIGHT = timedelta(hours=6)  # one that could not begin in time waits for its next night
ANNOUNCE_AGAIN = timedelta(minutes=1)  # an announcement may get lost, or nobody listened to it yet
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class CleanupPoller:
    """Polls the clock for one tenant; what it remembers between polls does not matter after a restart."""

    context: Context
    announced: datetime | None = None

    def poll(self, tenant: Tenant) -> bool:
        """Return whether the tenant's clean-up should be announced now."""
        now = self.context.now()
        if (moment := begins(tenant, now)) is None or (self.announced and now < self.announced + ANNOUNCE_AGAIN):
            return False
        with self.context.store.begin() as tx:
            latest = runs.latest(tx, tenant.id, RunKind.CLEANUP)
        if latest and latest.started_at >= moment:
            return False
        self.announced = now
        return True


def begins(tenant: Tenant, now: datetime) -> datetime | None:
    """Return when the clean-up of the night that is going on begins, or began; None when there is none."""
    moment = latest_moment(now, starts_at(tenant))
    chosen = DAYS[local_date(moment).weekday()] in tenant.settings.cleanup_days
    return moment if chosen and now < moment + NIGHT else None


def starts_at(tenant: Tenant) -> time:
    """Return the Dutch time of day of the clean-up: as set, or in the first hours, spread over the tenants."""
    if tenant.settings.cleanup_at:
        return time.fromisoformat(tenant.settings.cleanup_at)
    minute = own_minute(tenant.slug, int(NIGHT.total_seconds() // 60))
    return time(minute // 60, minute % 60)
