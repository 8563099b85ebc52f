"""A tenant's pushes stop while one of its systems cannot be reached or refuses, and resume by themselves.

One problem for the tenant, not one for each work order (R7.5).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from include.context import Context
from include.errors import IntegrationError, Transient
from include.log.writer import IntegrationLog, is_open
from include.store import circuit_breakers, tenants
from include.store.circuit_breakers import OpenCircuit
from include.tenants.tenant import ACTIVE, Tenant

AFTER_TROUBLE = timedelta(minutes=1)  # doubled each time
AFTER_REFUSAL = timedelta(minutes=10)  # a person must act first
LONGEST = timedelta(minutes=15)


def stopped(context: Context, tenant: Tenant) -> bool:
    """Whether to wait; not any longer once the tenant has other credentials or settings than those that failed."""
    with context.store.begin() as tx:
        stop = circuit_breakers.get(tx, tenant.id)
        if stop is None or stop.until <= context.now():
            return False
        return (stop.access, stop.settings_version) == (circuit_breakers.access(tx, tenant.id), tenant.settings_version)


@contextmanager
def guarding(context: Context, tenant: Tenant, log: IntegrationLog) -> Iterator[None]:
    """An IntegrationError that gets here concerns the tenant as a whole: it is said once, and goes on its way.

    Raises NotActive in its place when the tenant was deactivated meanwhile.
    """
    try:
        yield
    except IntegrationError as error:
        with context.store.begin() as tx:
            tenants.require(tx, tenant.id, ACTIVE)  # else its access is gone because of that
        _stop(context, tenant, error)
        if not is_open(context.store, tenant.id, error.code, error.record):
            log.error(error)
        raise


def _stop(context: Context, tenant: Tenant, error: IntegrationError) -> None:
    with context.store.begin() as tx:
        earlier = circuit_breakers.get(tx, tenant.id)
        tries = earlier.tries + 1 if earlier and earlier.code == error.code else 1
        until, access = context.now() + _pause(error, tries), circuit_breakers.access(tx, tenant.id)
        system = str(error.values.get("system", ""))
        circuit_breakers.put(
            tx, tenant.id, OpenCircuit(error.code, system, until, tries, access, tenant.settings_version)
        )


def _pause(error: IntegrationError, tries: int) -> timedelta:
    """As long as was asked, else growing; long when a person must act first."""
    if not isinstance(error, Transient):
        return AFTER_REFUSAL
    if error.retry_after_s:
        return timedelta(seconds=error.retry_after_s)
    return min(AFTER_TROUBLE * int(2 ** min(tries - 1, 10)), LONGEST)


def reached(context: Context, tenant: Tenant, log: IntegrationLog, system: str) -> None:
    """This system answered as it should: what was said of it is settled."""
    with context.store.begin() as tx:
        stop = circuit_breakers.get(tx, tenant.id)
        if stop is not None and stop.system in ("", system):
            circuit_breakers.lift(tx, tenant.id)
    log.solved("connection", "", startswith="connection.", system=system)
