"""Whether a tenant's clean-up is to begin: on its nights, in its own minute, while the night lasts (R2.1)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from include.context import Context
from include.runs import RunKind
from include.store import runs
from include.sync.schedule import AMSTERDAM, own_minute
from include.tenants.tenant import Tenant

NIGHT = timedelta(hours=6)  # one that could not begin in time waits for its next night
SAY_AGAIN = timedelta(minutes=1)  # an announcement may get lost, or nobody listened to it yet
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class CleanupPoller:
    """What is remembered of one tenant between looks; nothing of it matters after a restart."""

    context: Context
    announced: datetime | None = None

    def poll(self, tenant: Tenant) -> bool:
        """Whether it should be announced now."""
        now = self.context.now()
        if (moment := begins(tenant, now)) is None or (self.announced and now < self.announced + SAY_AGAIN):
            return False
        with self.context.store.begin() as tx:
            latest = runs.latest(tx, tenant.id, RunKind.CLEANUP)
        if latest and latest.started_at >= moment:
            return False
        self.announced = now
        return True


def begins(tenant: Tenant, now: datetime) -> datetime | None:
    """The moment at which the clean-up of the night that is going on begins, or began; None when there is none."""
    local = now.astimezone(AMSTERDAM)
    for days_ago in (0, 1):
        day = local.date() - timedelta(days=days_ago)
        moment = datetime.combine(day, starts_at(tenant), AMSTERDAM)
        if DAYS[day.weekday()] in tenant.settings.cleanup_days and moment <= local < moment + NIGHT:
            return moment
    return None


def starts_at(tenant: Tenant) -> time:
    """The Dutch time of day: as set, or in the first hours of the day, spread over the tenants."""
    if tenant.settings.cleanup_at:
        return time.fromisoformat(tenant.settings.cleanup_at)
    minute = own_minute(tenant.slug, int(NIGHT.total_seconds() // 60))
    return time(minute // 60, minute % 60)
