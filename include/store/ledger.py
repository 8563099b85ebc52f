"""The push ledger: one entry for each archiving of a work order, with a lease, a fence, and every step kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from include.errors import ClaimLost
from include.records import WorkOrderRef
from include.store.engine import Transaction
from include.store.tables import ledger, ledger_steps

# ready: seen · claimed: a runner has it · sending: the intent is committed · unknown: the answer was lost ·
# confirmed: it is in the package · rejected: it waits for something to be repaired · held: a person must decide ·
# skipped: not to be sent
LedgerState = Literal["ready", "claimed", "sending", "unknown", "confirmed", "rejected", "held", "skipped"]
FINAL: tuple[LedgerState, ...] = ("confirmed", "held", "skipped")
BEFORE_ACTIVATION, GONE = "work_order.before_activation", "work_order.gone"
_ARCHIVING = ["tenant_id", "work_order_id", "archived_at"]


@dataclass(frozen=True)
class LedgerEntry:
    """One entry as claimed; ``fence`` proves that its holder is the last one who claimed it."""

    id: int
    tenant_id: int
    work_order_id: int
    number: str
    archived_at: datetime
    reference: str
    state: LedgerState
    attempts: int
    code: str | None
    fence: int
    customer_key: str | None
    looks: int
    document_id: str | None
    document_number: str | None
    work_order: dict[str, Any] | None
    basis: bytes | None
    said: str | None
    expected: dict[str, Any] | None
    crashes: int
    settings_version: int | None

    @property
    def document(self) -> str:
        """What a person calls its document."""
        return self.document_number or f"concept {self.document_id}"


_COLUMNS = [ledger.c[name] for name in LedgerEntry.__dataclass_fields__]


def discover(
    tx: Transaction,
    tenant_id: int,
    seen: Iterable[tuple[WorkOrderRef, str]],
    now: datetime,
    by: str | None = None,
) -> int:
    """Enter (work order, reference) pairs that are not in the ledger yet, due now; how many those were.

    One that was gone and is back under its old moment of archiving counts as new.
    """
    new = 0
    for sighting, reference in seen:
        values = {"work_order_id": sighting.id, "number": sighting.number, "archived_at": sighting.archived_at}
        statement = upsert(ledger).values(tenant_id=tenant_id, reference=reference, state="ready", due_at=now, **values)
        entered = tx.execute(_or_back(statement, now).returning(ledger.c.id, ledger.c.fence)).one_or_none()
        if entered is not None:
            new += 1
            tx.execute(insert(ledger_steps).values(ledger_id=entered.id, state="ready", fence=entered.fence, by=by))
            _wake_earlier(tx, tenant_id, sighting, now)
    return new


def _or_back(statement: Insert, now: datetime) -> Insert:
    was_gone = (ledger.c.state == "skipped") & (ledger.c.code == GONE)
    again = {"state": "ready", "code": None, "due_at": now}
    return statement.on_conflict_do_update(index_elements=_ARCHIVING, set_=again, where=was_gone)


def _wake_earlier(tx: Transaction, tenant_id: int, sighting: WorkOrderRef, now: datetime) -> None:
    """An earlier archiving that still waits is over: somebody took the work order out of the archive."""
    here = (ledger.c.tenant_id == tenant_id, ledger.c.work_order_id == sighting.id, ledger.c.state == "rejected")
    tx.execute(update(ledger).where(*here, ledger.c.archived_at < sighting.archived_at).values(due_at=now))


def known(tx: Transaction, tenant_id: int, seen: Sequence[WorkOrderRef]) -> int:
    """How many of these archivings are in the ledger."""
    query = select(ledger.c.work_order_id, ledger.c.archived_at).where(ledger.c.tenant_id == tenant_id)
    entered = {(id, at) for id, at in tx.execute(query)}
    return sum((one.id, one.archived_at) in entered for one in seen)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(ledger.c.leased_until.is_(None), ledger.c.leased_until < now)


def due(tx: Transaction, tenant_id: int, now: datetime, limit: int) -> list[int]:
    """Ids of the entries that somebody should look at.

    The latest archived first, so that fresh work never waits; those on which a runner broke off go last, and before
    them those on which a system failed: it may be that one alone.
    """
    query = select(ledger.c.id).where(
        ledger.c.tenant_id == tenant_id, ledger.c.state.not_in(FINAL), ledger.c.due_at <= now, _free(now)
    )
    failed = func.coalesce(ledger.c.code, "").startswith("connection.")
    ordered = query.order_by(ledger.c.crashes, failed, ledger.c.archived_at.desc(), ledger.c.id)
    return list(tx.execute(ordered.limit(limit)).scalars())


def claim(tx: Transaction, entry_id: int, now: datetime, lease: timedelta) -> LedgerEntry | None:
    """Take an entry, or None when another has it. One that was being sent is ``unknown`` now."""
    statement = (
        update(ledger)
        .where(ledger.c.id == entry_id, ledger.c.state.not_in(FINAL), _free(now))
        .values(
            state=case((ledger.c.state.in_(("sending", "unknown")), "unknown"), else_="claimed"),
            fence=ledger.c.fence + 1,
            crashes=ledger.c.crashes + 1,  # taken back by any step that ends the claim
            leased_until=now + lease,
        )
        .returning(*_COLUMNS)
    )
    if (row := tx.execute(statement).one_or_none()) is None:
        return None
    entry = LedgerEntry(*row)
    tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=entry.state, fence=entry.fence))
    return entry


def step(tx: Transaction, entry: LedgerEntry, state: LedgerState, code: str | None = None, **fields: object) -> None:
    """Move an entry on and keep the step; the lease ends with any state but ``sending``. Raises Superseded."""
    values: dict[str, Any] = {"state": state, "code": code, **_confirmed(state)}
    if state != "sending":
        values |= {"leased_until": None, "crashes": func.greatest(ledger.c.crashes - 1, 0)}
    statement = update(ledger).where(ledger.c.id == entry.id, ledger.c.fence == entry.fence)
    if tx.execute(statement.values(values | fields)).rowcount != 1:
        raise ClaimLost(entry.reference)
    tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=state, code=code, fence=entry.fence))


def give_up(tx: Transaction, entry: LedgerEntry, code: str, **fields: object) -> LedgerState:
    """Held for a person; beside an archiving that is in the package it is over, for it is not sent anyway (R3.10).

    Beside one that may be in the package it waits. Raises Superseded.
    """
    other = other_of(tx, entry)
    state: LedgerState = "held" if other is None else "skipped" if other.state == "confirmed" else "ready"
    step(tx, entry, state, code, **fields)
    return state


def let_go(tx: Transaction, entry: LedgerEntry, code: str) -> None:
    """End the lease of a claim that broke off, which stays counted. Raises Superseded."""
    statement = update(ledger).where(ledger.c.id == entry.id, ledger.c.fence == entry.fence)
    state = tx.execute(statement.values(leased_until=None).returning(ledger.c.state)).scalar_one_or_none()
    if state is None:
        raise ClaimLost(entry.reference)
    tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=state, code=code, fence=entry.fence))


def act(
    tx: Transaction, entry: LedgerEntry, state: LedgerState, code: str | None, by: str, now: datetime, **fields: object
) -> bool:
    """What a person does to an entry, due now; False when a runner has it at this moment, or it has moved since."""
    statement = update(ledger).where(ledger.c.id == entry.id, ledger.c.fence == entry.fence, _free(now))
    values = {"state": state, "code": code, "due_at": now, "leased_until": None, "crashes": 0, "looks": 0, **fields}
    values |= _confirmed(state)
    fence = tx.execute(statement.values(**values, fence=entry.fence + 1).returning(ledger.c.fence)).scalar_one_or_none()
    if fence is None:
        return False
    tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=state, code=code, fence=fence, by=by))
    return True


def _confirmed(state: LedgerState) -> dict[str, Any]:
    return {"confirmed_at": func.now()} if state == "confirmed" else {}


def other_of(tx: Transaction, entry: LedgerEntry) -> LedgerEntry | None:
    """Another entry of the same work order that is in the package, or may be (R3.10)."""
    query = _others(entry).where(ledger.c.state.in_(("sending", "unknown", "held", "confirmed")))
    row = tx.execute(query).one_or_none()
    return LedgerEntry(*row) if row else None


def others_wait(tx: Transaction, entry: LedgerEntry) -> bool:
    """Whether another archiving of this work order waits to be repaired, or for a person."""
    return tx.execute(_others(entry).where(ledger.c.state.in_(("rejected", "held"))).limit(1)).first() is not None


def _others(entry: LedgerEntry) -> Any:
    here = (ledger.c.tenant_id == entry.tenant_id, ledger.c.work_order_id == entry.work_order_id)
    return select(*_COLUMNS).where(*here, ledger.c.id != entry.id)


def wake_others(tx: Transaction, entry: LedgerEntry, now: datetime) -> None:
    """Other archivings of this work order that waited for this one are due."""
    here = (ledger.c.tenant_id == entry.tenant_id, ledger.c.work_order_id == entry.work_order_id)
    waiting = (ledger.c.id != entry.id, ledger.c.state == "ready")
    tx.execute(update(ledger).where(*here, *waiting).values(due_at=now))


def parked(tx: Transaction, tenant_id: int, now: datetime, limit: int, codes: Sequence[str] = ()) -> list[LedgerEntry]:
    """Rejected entries that are not due; of these codes, if any. The one that was looked at longest ago first."""
    waits = (ledger.c.state == "rejected", ledger.c.work_order.is_not(None), ledger.c.due_at > now)
    query = select(*_COLUMNS).where(ledger.c.tenant_id == tenant_id, *waits)
    if codes:
        query = query.where(ledger.c.code.in_(codes))
    last = ledger.c.read_at if codes else ledger.c.checked_at
    return [LedgerEntry(*row) for row in tx.execute(query.order_by(last.asc().nulls_first(), ledger.c.id).limit(limit))]


def looked_at(
    tx: Transaction, entries: Sequence[LedgerEntry], woken: Sequence[LedgerEntry], now: datetime, read: bool = False
) -> None:
    """Note that these were looked at, or ``read`` in Simon, and make some of them due."""
    noted = {"read_at" if read else "checked_at": now}
    for some, values in ((entries, noted), (woken, {"due_at": now})):
        here = (ledger.c.id.in_([entry.id for entry in some]), ledger.c.state == "rejected")
        tx.execute(update(ledger).where(*here).values(values))


def latest_of(tx: Transaction, tenant_id: int, work_order: str) -> LedgerEntry | None:
    """The latest archiving of a work order, by the number that people know it by, else by its id."""
    query = select(*_COLUMNS).where(ledger.c.tenant_id == tenant_id).order_by(ledger.c.archived_at.desc()).limit(1)
    row = tx.execute(query.where(ledger.c.number == work_order)).one_or_none()
    if row is None and work_order.isascii() and work_order.isdigit() and len(work_order) < 19:
        row = tx.execute(query.where(ledger.c.work_order_id == int(work_order))).one_or_none()
    return LedgerEntry(*row) if row else None


def waiting(tx: Transaction, tenant_id: int, code: str | None) -> list[LedgerEntry]:
    """Entries that wait with this code, those that are held included; without a code all that are rejected."""
    query = select(*_COLUMNS).where(ledger.c.tenant_id == tenant_id)
    states = ("ready", "rejected", "held", "unknown")
    query = (
        query.where(ledger.c.state.in_(states), ledger.c.code == code)
        if code
        else query.where(ledger.c.state == "rejected")
    )
    return [LedgerEntry(*row) for row in tx.execute(query.order_by(ledger.c.id))]


def reopened(tx: Transaction, tenant_id: int, work_order_ids: Sequence[int], code: str) -> list[LedgerEntry]:
    """Those of these work orders that are booked, and of which this was not noted yet; it is noted now."""
    here = (ledger.c.tenant_id == tenant_id, ledger.c.work_order_id.in_(work_order_ids), ledger.c.state == "confirmed")
    noted = update(ledger).where(*here, ledger.c.code.is_distinct_from(code)).values(code=code)
    found = [LedgerEntry(*row) for row in tx.execute(noted.returning(*_COLUMNS))]
    for entry in found:
        tx.execute(insert(ledger_steps).values(ledger_id=entry.id, state=entry.state, code=code, fence=entry.fence))
    return found


def listing(tx: Transaction, tenant_id: int, limit: int = 100) -> list[LedgerEntry]:
    """The latest entries."""
    query = select(*_COLUMNS).where(ledger.c.tenant_id == tenant_id).order_by(ledger.c.archived_at.desc()).limit(limit)
    return [LedgerEntry(*row) for row in tx.execute(query)]


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Entries per state."""
    query = select(ledger.c.state, func.count()).where(ledger.c.tenant_id == tenant_id).group_by(ledger.c.state)
    return {state: count for state, count in tx.execute(query)}


def pass_over(tx: Transaction, tenant_id: int, before: datetime) -> int:
    """Nothing archived before this moment is sent any more; how many are skipped for that.

    What may be in the package is looked up first, and sent no second time.
    """
    here = (ledger.c.tenant_id == tenant_id, ledger.c.archived_at < before)
    unsure = update(ledger).where(*here, ledger.c.state.in_(("sending", "unknown")))
    tx.execute(unsure.values(state="unknown", code=BEFORE_ACTIVATION, fence=ledger.c.fence + 1, leased_until=None))
    over = update(ledger).where(*here, ledger.c.state.in_(("ready", "claimed", "rejected")))
    over = over.values(state="skipped", code=BEFORE_ACTIVATION, said=None, fence=ledger.c.fence + 1, leased_until=None)
    found = tx.execute(over.returning(ledger.c.id, ledger.c.fence)).all()
    _note_skipped(tx, found)
    return len(found)


def _note_skipped(tx: Transaction, found: Sequence[Any]) -> None:
    steps = [{"ledger_id": id, "state": "skipped", "code": BEFORE_ACTIVATION, "fence": fence} for id, fence in found]
    if steps:
        tx.execute(insert(ledger_steps), steps)


def take_along(tx: Transaction, tenant_id: int, seen: Sequence[WorkOrderRef], now: datetime, by: str) -> int:
    """Those of these archivings that were passed over are due after all, because a person asks for them; how many."""
    keys = {(one.id, one.archived_at) for one in seen}
    here = (ledger.c.tenant_id == tenant_id, ledger.c.state == "skipped", ledger.c.code == BEFORE_ACTIVATION)
    passed = tx.execute(select(ledger.c.id, ledger.c.work_order_id, ledger.c.archived_at).where(*here)).all()
    ids = [id for id, work_order_id, archived_at in passed if (work_order_id, archived_at) in keys]
    again = update(ledger).where(ledger.c.id.in_(ids)).values(state="ready", code=None, due_at=now)
    for id, fence in tx.execute(again.returning(ledger.c.id, ledger.c.fence)).all():
        tx.execute(insert(ledger_steps).values(ledger_id=id, state="ready", fence=fence, by=by))
    return len(ids)


def under_way(tx: Transaction, tenant_id: int) -> int:
    """How many work orders wait to be sent, or are being sent."""
    query = select(func.count()).where(ledger.c.tenant_id == tenant_id, ledger.c.state.not_in(FINAL))
    return int(tx.execute(query).scalar_one())
