"""The circuit breaker of a tenant: nothing is sent while one of its systems cannot be reached, or refuses.

It closes by itself. It is one problem for the tenant, not one for each work order (R7.5).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from include.context import Context
from include.errors import IntegrationError, Transient
from include.log.problems import is_open
from include.log.writer import IntegrationLog
from include.messages import stored_values
from include.store import circuit_breakers
from include.store.circuit_breakers import OpenCircuit
from include.tenants.states import TenantState, require_running
from include.tenants.tenant import Tenant

AFTER_TROUBLE = timedelta(minutes=1)  # doubled each time
AFTER_REFUSAL = timedelta(minutes=10)  # a person must act first
LONGEST = timedelta(minutes=15)


def open_circuit(context: Context, tenant: Tenant) -> OpenCircuit | None:
    """Return why nothing is sent for now, None when nothing is in the way.

    Other credentials or settings than those that failed may be tried at once.
    """
    with context.store.begin() as tx:
        circuit = circuit_breakers.get(tx, tenant.id)
        if circuit is None or circuit.until <= context.now():
            return None
        tried_with = (circuit.access, circuit.settings_version)
        return circuit if tried_with == (circuit_breakers.access(tx, tenant.id), tenant.settings_version) else None


@contextmanager
def guarding(context: Context, tenant: Tenant, log: IntegrationLog) -> Iterator[None]:
    """Open the circuit for an IntegrationError that gets here, report it once, and let it go on its way.

    Raises TenantNotActive in its place when the tenant was deactivated meanwhile.
    """
    try:
        yield
    except IntegrationError as error:
        with context.store.begin() as tx:
            require_running(tx, tenant.id, TenantState.ACTIVE)  # else its access is gone because of that
        _open(context, tenant, error)
        if not is_open(context.store, tenant.id, error.code, error.record):
            log.error(error)
        raise


def _open(context: Context, tenant: Tenant, error: IntegrationError) -> None:
    with context.store.begin() as tx:
        earlier = circuit_breakers.get(tx, tenant.id)
        tries = earlier.tries + 1 if earlier and earlier.code == error.code else 1
        circuit = OpenCircuit(
            code=error.code,
            system=str(error.values.get("system", "")),
            values=stored_values(error.values),
            until=context.now() + _pause(error, tries),
            tries=tries,
            access=circuit_breakers.access(tx, tenant.id),
            settings_version=tenant.settings_version,
        )
        circuit_breakers.put(tx, tenant.id, circuit)


def _pause(error: IntegrationError, tries: int) -> timedelta:
    """Return as long as was asked, else a growing pause; a long one when a person must act first."""
    if not isinstance(error, Transient):
        return AFTER_REFUSAL
    if error.retry_after_s:
        return timedelta(seconds=error.retry_after_s)
    return min(AFTER_TROUBLE * int(2 ** min(tries - 1, 10)), LONGEST)


def reached(context: Context, tenant: Tenant, log: IntegrationLog, system: str) -> None:
    """Close the circuit of a system that answered as it should, and the problems of its connection."""
    with context.store.begin() as tx:
        circuit = circuit_breakers.get(tx, tenant.id)
        if circuit is not None and circuit.system in ("", system):
            circuit_breakers.lift(tx, tenant.id)
    log.resolve_connection(system)
