"""How fresh the packages are: work orders that wait for us, and the share that was booked in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, select

from include.store.engine import Transaction
from include.store.ledger import LedgerState
from include.store.tables import ledger, ledger_steps, looks, tenants

WAITS_FOR_US = (LedgerState.READY, LedgerState.CLAIMED, LedgerState.SENDING, LedgerState.UNKNOWN)
WAITED_FOR_A_PERSON = (LedgerState.REJECTED, LedgerState.HELD)


@dataclass(frozen=True)
class FreshnessRow:
    """One active tenant: since when its oldest work order waits for us, how many were booked, and how many in time.

    ``looked_at``: when its work orders, and its master data, were last looked at with success.
    """

    tenant_id: int
    slug: str
    oldest: datetime | None
    booked: int
    in_time: int
    looked_at: datetime | None
    master_data_at: datetime | None


def by_tenant(tx: Transaction, since: datetime, in_time: timedelta, now: datetime) -> list[FreshnessRow]:
    """Return a row of each tenant that is active and not paused: one statement for any number.

    What waited for a person at any moment is nobody's delay but theirs, and is not counted.
    """
    took = func.coalesce(ledger.c.confirmed_at, now) - ledger.c.archived_at
    waited = exists().where(ledger_steps.c.ledger_id == ledger.c.id, ledger_steps.c.state.in_(WAITED_FOR_A_PERSON))
    ours, booked = ledger.c.state.in_(WAITS_FOR_US), ledger.c.state == LedgerState.CONFIRMED
    counted = and_(~waited, booked | (ours & (took > in_time)))
    orders = (
        select(
            ledger.c.tenant_id,
            func.min(ledger.c.archived_at).filter(ours).label("oldest"),
            func.count().filter(counted).label("booked"),
            func.count().filter(counted, booked, took <= in_time).label("in_time"),
        )
        .where(ours | (booked & (ledger.c.confirmed_at >= since)))
        .group_by(ledger.c.tenant_id)
        .subquery("orders")
    )
    looked = {
        name: select(looks.c.succeeded_at)
        .where(looks.c.tenant_id == tenants.c.id, looks.c.kind == kind)
        .scalar_subquery()
        for name, kind in (("looked_at", "archived"), ("master_data_at", "changed"))
    }
    query = (
        select(
            tenants.c.id,
            tenants.c.slug,
            orders.c.oldest,
            func.coalesce(orders.c.booked, 0).label("booked"),
            func.coalesce(orders.c.in_time, 0).label("in_time"),
            *(each.label(name) for name, each in looked.items()),
        )
        .outerjoin(orders, orders.c.tenant_id == tenants.c.id)
        .where(tenants.c.status == "active", tenants.c.paused_at.is_(None))
        .order_by(tenants.c.slug)
    )
    return [FreshnessRow(*row) for row in tx.execute(query)]


def waiting_longer(tx: Transaction, since: datetime) -> list[str]:
    """Return the active tenants with a work order, archived before that, which waits for us and not for a person."""
    waits = exists().where(
        ledger.c.tenant_id == tenants.c.id, ledger.c.state.in_(WAITS_FOR_US), ledger.c.archived_at < since
    )
    active = (tenants.c.status == "active", tenants.c.paused_at.is_(None))
    return list(tx.execute(select(tenants.c.slug).where(*active, waits).order_by(tenants.c.slug)).scalars())
