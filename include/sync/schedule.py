"""When a tenant's master data is to be read again (R6.1): pure functions of what is stored of it and the time."""

import zlib
from datetime import datetime, time

from include.local_time import latest_moment, next_moment
from include.store.sync_state import SyncState
from include.tenants.tenant import Tenant

MINUTES_A_DAY = 24 * 60


def own_minute(slug: str, period: int = MINUTES_A_DAY) -> int:
    """Return a minute within the period that is the tenant's own, so that tenants do not all start together."""
    return zlib.crc32(slug.encode()) % period


def daily_at(tenant: Tenant) -> time:
    """Return the Dutch time at which everything is read."""
    if tenant.settings.sync_at:
        return time.fromisoformat(tenant.settings.sync_at)
    minute = own_minute(tenant.slug)
    return time(minute // 60, minute % 60)


def full_is_due(tenant: Tenant, state: SyncState, now: datetime) -> bool:
    """Return whether everything should be read: it never was, or before the latest daily moment."""
    if state.full_at is None:
        return True
    return state.full_at < latest_moment(now, daily_at(tenant))


def next_full(tenant: Tenant, now: datetime) -> datetime:
    """Return when everything is read next, in UTC: what no list shows is noticed then."""
    return next_moment(now, daily_at(tenant))


def sync_is_due(tenant: Tenant, state: SyncState, now: datetime) -> bool:
    """Return whether master data should be read: the lists changed since the last sync, or ``full_is_due``."""
    return state.fingerprint != state.synced_fingerprint or full_is_due(tenant, state, now)


def poll_is_due(tenant: Tenant, state: SyncState, now: datetime) -> bool:
    """Return whether the package's lists should be polled for changes; each tenant in its own minute of the period."""
    period = tenant.settings.watch_minutes
    if period is None:
        return False
    if state.polled_at is None:
        return True
    offset = own_minute(tenant.slug, period)
    passed = int((now - state.polled_at).total_seconds() // 60)
    return passed >= period or (passed > 0 and _slot(now, period, offset) > _slot(state.polled_at, period, offset))


def _slot(at: datetime, period: int, offset: int) -> int:
    return (int(at.timestamp() // 60) - offset) // period
