"""One run of a sync: what was chosen, where it is noted, and what goes wrong in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from include.context import Context
from include.errors import IntegrationError, InvalidInput, OtherRunOpen, RunSuperseded, Transient
from include.log.writer import IntegrationLog
from include.store import Transaction, runs, sync_state, tenants
from include.store.runs import RunRow
from include.sync.schedule import full_is_due
from include.tenants.tenant import ACTIVE, IMPORTING, Tenant

__all__ = ["KIND", "TABLES", "Run", "begin", "reported", "selection"]

KIND = "sync"
# what the integration log calls the records of a stream
TABLES = {
    "customers": "customer",
    "work_addresses": "work_address",
    "article_groups": "article_group",
    "article_types": "article_type",
    "articles": "article",
}


# where what is done may change Simon for a coupling that is to run; the rest is up to a person
IN_STATES = {"sync": (ACTIVE, IMPORTING), "cleanup": (ACTIVE,), "proposal": (ACTIVE,)}


@dataclass(frozen=True)
class Run:
    """``what`` are the chosen streams, in the package's order; ``full`` reads also what the lists do not show."""

    row: RunRow
    context: Context
    tenant: Tenant
    log: IntegrationLog

    @property
    def id(self) -> int:
        return self.row.id

    @property
    def what(self) -> tuple[str, ...]:
        return self.row.what

    @property
    def full(self) -> bool:
        return self.row.full

    @property
    def finished(self) -> bool:
        """Whether it came to its end before: then there is nothing left to do."""
        return self.row.finished

    @contextmanager
    def begin(self, with_tenant: bool = False) -> Iterator[Transaction]:
        """A transaction that only commits while this run is the tenant's own. Raises ``runs.Superseded``.

        ``with_tenant`` when the tenant itself may be changed in it: whoever does holds that first.
        """
        with self.context.store.begin() as tx:
            if with_tenant:
                tenants.hold(tx, self.tenant.id)
            runs.hold(tx, self.id, self.row.key)
            yield tx


def begin(
    context: Context,
    tenant: Tenant,
    key: str,
    what: Sequence[str] | None = None,
    full: bool | None = None,
    kind: str = KIND,
) -> Run:
    """The run of this key, whether it has begun or not; nothing chosen is everything.

    ``full`` None leaves it to the schedule: once a day. Raises WrongSelection, and ``runs.Superseded`` when another
    run has taken its place; Transient while a clean-up of this tenant is under way.
    """
    chosen = selection(tenant, what)
    with context.store.begin() as tx:
        state = sync_state.get(tx, tenant.id)
        whole = full_is_due(tenant, state, context.now()) if full is None else full
        row = begin_alone(tx, tenant.id, kind, key, chosen, whole, state.seen)
    if row.superseded:
        raise RunSuperseded(key)
    return Run(row, context, tenant, IntegrationLog(context.store, tenant.id, tenant.slug, key))


def begin_alone(tx: Transaction, tenant_id: int, kind: str, key: str, *rest: Any) -> RunRow:
    """``runs.begin``. Raises Transient while a run that must not be open at the same time is under way.

    Raises NotActive when the tenant is in a state, at this moment, in which nothing of the kind may happen.
    """
    try:
        row = runs.begin(tx, tenant_id, kind, key, *rest)
    except OtherRunOpen as error:
        raise Transient("run.other_under_way", key, other=str(error)) from None
    if kind in IN_STATES and row.ended_at is None:
        tenants.require(tx, tenant_id, *IN_STATES[kind])
    return row


def selection(tenant: Tenant, what: Sequence[str] | None) -> tuple[str, ...]:
    """The chosen streams in the package's order. Raises WrongSelection."""
    choices = tenant.package.choices
    if unknown := [name for name in what or () if name not in choices]:
        raise InvalidInput(f"what: {', '.join(unknown)} is not allowed; use {', '.join(choices)}")
    return tuple(name for name in choices if not what or name in what)


@contextmanager
def reported(run: Run) -> Iterator[None]:
    """An error that ends the run stands in the integration log before it goes on its way.

    Not that of a run that is over: another has its place, or the tenant was deactivated and its access is gone.
    """
    try:
        yield
    except IntegrationError as error:
        with run.begin():
            pass  # raises Superseded
        run.log.error(error)
        raise
