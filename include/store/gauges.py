"""Counts over all tenants, which a monitoring system reads: a few statements, whatever the number of tenants."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from include.store.engine import Transaction
from include.store.overview import EFFECTIVE_STATE
from include.store.tables import alarms, ledger, problems, tenants


@dataclass(frozen=True)
class Gauges:
    """How many there are now: couplings and unbooked work orders by state, problems by severity, alarms by code."""

    couplings: dict[str, int]
    work_orders: dict[str, int]
    problems: dict[str, int]
    alarms: dict[str, int]


def read(tx: Transaction) -> Gauges:
    """Return all of them."""
    return Gauges(
        couplings=_counted(tx, EFFECTIVE_STATE, tenants.c.id.is_not(None)),
        work_orders=_counted(tx, ledger.c.state, ledger.c.state.not_in(("confirmed", "skipped"))),
        problems=_counted(tx, problems.c.severity, problems.c.resolved_at.is_(None)),
        alarms=_counted(tx, alarms.c.code, alarms.c.closed_at.is_(None)),
    )


def _counted(tx: Transaction, column: ColumnElement[str], where: ColumnElement[bool]) -> dict[str, int]:
    query = select(column, func.count()).where(where).group_by(column)
    return {str(name): int(count) for name, count in tx.execute(query)}
