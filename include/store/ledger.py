"""The push ledger: one entry for each archiving of a work order, with a lease, a fence, and every step kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from include.records import WorkOrderSighting
from include.store.engine import Transaction
from include.store.tables import ledger, ledger_steps

# ready: seen · claimed: a runner has it · sending: the intent is committed · unknown: the answer was lost ·
# confirmed: it is in the package · rejected: it waits for something to be repaired · held: a person must decide ·
# skipped: not to be sent
State = Literal["ready", "claimed", "sending", "unknown", "confirmed", "rejected", "held", "skipped"]
FINAL: tuple[State, ...] = ("confirmed", "held", "skipped")


class Superseded(Exception):
    """Another runner has taken the entry over; whoever gets this must not touch it any more."""


@dataclass(frozen=True)
class Entry:
    """One entry as claimed; ``fence`` proves that its holder is the last one who claimed it."""

    id: int
    tenant_id: int
    work_order_id: int
    number: str
    archived_at: datetime
    reference: str
    state: State
    attempts: int
    code: str | None
    fence: int
    customer_key: str | None
    looks: int
    document_id: str | None
    document_number: str | None


_COLUMNS = [ledger.c[name] for name in Entry.__dataclass_fields__]


def discover(tx: Transaction, tenant_id: int, seen: Iterable[tuple[WorkOrderSighting, str]], now: datetime) -> int:
    """Enter (work order, reference) pairs that are not in the ledger yet, due now; how many those were."""
    new = 0
    for sighting, reference in seen:
        values = {"work_order_id": sighting.id, "number": sighting.number, "archived_at": sighting.archived_at}
        statement = upsert(ledger).values(tenant_id=tenant_id, reference=reference, state="ready", due_at=now, **values)
        entered = tx.execute(statement.on_conflict_do_nothing().returning(ledger.c.id)).scalar_one_or_none()
        if entered is not None:
            new += 1
            tx.execute(insert(ledger_steps).values(ledger_id=entered, state="ready", fence=0))
    return new


def due(tx: Transaction, tenant_id: int, now: datetime, limit: int) -> list[int]:
    """Ids of the entries that somebody should look at: the latest archived first, so that fresh work never waits."""
    free = or_(ledger.c.leased_until.is_(None), ledger.c.leased_until < now)
    query = select(ledger.c.id).where(
        ledger.c.tenant_id == tenant_id, ledger.c.state.not_in(FINAL), ledger.c.due_at <= now, free
    )
    return list(tx.execute(query.order_by(ledger.c.archived_at.desc(), ledger.c.id).limit(limit)).scalars())


def claim(tx: Transaction, entry_id: int, now: datetime, lease: timedelta) -> Entry | None:
    """Take an entry, or None when another has it. One that was being sent is ``unknown`` now."""
    free = or_(ledger.c.leased_until.is_(None), ledger.c.leased_until < now)
    statement = (
        update(ledger)
        .where(ledger.c.id == entry_id, ledger.c.state.not_in(FINAL), free)
        .values(
            state=case((ledger.c.state.in_(("sending", "unknown")), "unknown"), else_="claimed"),
            fence=ledger.c.fence + 1,
            leased_until=now + lease,
        )
        .returning(*_COLUMNS)
    )
    if (row := tx.execute(statement).one_or_none()) is None:
        return None
    entry = Entry(*row)
    tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=entry.state, fence=entry.fence))
    return entry


def step(tx: Transaction, entry: Entry, state: State, code: str | None = None, **fields: object) -> None:
    """Move an entry on and keep the step; the lease ends with any state but ``sending``. Raises Superseded."""
    values = {"state": state, "code": code, **fields}
    if state != "sending":
        values["leased_until"] = None
    statement = update(ledger).where(ledger.c.id == entry.id, ledger.c.fence == entry.fence).values(values)
    if tx.execute(statement).rowcount != 1:
        raise Superseded(entry.reference)
    tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=state, code=code, fence=entry.fence))


def other_of(tx: Transaction, entry: Entry) -> Entry | None:
    """Another entry of the same work order that is in the package, or may be (R3.10)."""
    query = select(*_COLUMNS).where(
        ledger.c.tenant_id == entry.tenant_id,
        ledger.c.work_order_id == entry.work_order_id,
        ledger.c.id != entry.id,
        ledger.c.state.in_(("sending", "unknown", "held", "confirmed")),
    )
    row = tx.execute(query).one_or_none()
    return Entry(*row) if row else None


def listing(tx: Transaction, tenant_id: int, limit: int = 100) -> list[Entry]:
    """The latest entries."""
    query = select(*_COLUMNS).where(ledger.c.tenant_id == tenant_id).order_by(ledger.c.archived_at.desc()).limit(limit)
    return [Entry(*row) for row in tx.execute(query)]


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Entries per state."""
    query = select(ledger.c.state, func.count()).where(ledger.c.tenant_id == tenant_id).group_by(ledger.c.state)
    return {state: count for state, count in tx.execute(query)}
