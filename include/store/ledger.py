"""The rows of the push ledger: one entry for each archiving of a work order, and every step it took.

An entry is claimed for a lease. The fencing token rises with each claim and each act of a person, so that whoever comes
late finds that the entry is not theirs any more. What may follow what is decided in ``push.ledger``.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, case, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from include.records import WorkOrderRef
from include.store.engine import Transaction
from include.store.tables import ledger, ledger_steps

BEFORE_ACTIVATION, GONE = "work_order.before_activation", "work_order.gone"


class LedgerState(StrEnum):
    """Where an archived work order is on its way to the package, with a sentence for each state."""

    sentence: str

    def __new__(cls, value: str, sentence: str = "") -> "LedgerState":
        member = str.__new__(cls, value)
        member._value_, member.sentence = value, sentence
        return member

    READY = "ready", "It was seen archived, and is sent as soon as it is its turn."
    CLAIMED = "claimed", "A runner has it at this moment; nothing was sent yet."
    SENDING = "sending", "What is sent is committed, and the call to the package is under way."
    UNKNOWN = "unknown", "The answer of the package was lost; it is searched, and sent again only on evidence."
    CONFIRMED = "confirmed", "Its document is in the package."
    REJECTED = "rejected", "Something has to be repaired first; it goes out by itself once that is done."
    HELD = "held", "A person decides what becomes of it."
    SKIPPED = "skipped", "It is not sent."


FINAL = (LedgerState.CONFIRMED, LedgerState.HELD, LedgerState.SKIPPED)
OPEN = tuple(state for state in LedgerState if state not in FINAL)
MAYBE_IN_PACKAGE = (LedgerState.SENDING, LedgerState.UNKNOWN, LedgerState.HELD, LedgerState.CONFIRMED)


@dataclass(frozen=True)
class LedgerEntry:
    """One entry as it was read; ``fencing_token`` proves that its holder is the last one who claimed it.

    ``input_digest`` is of all that was looked up to judge it, ``reported_error`` what was reported of it last.
    """

    id: int
    tenant_id: int
    work_order_id: int
    number: str
    archived_at: datetime
    reference: str
    state: LedgerState
    attempts: int
    code: str | None
    fencing_token: int
    customer_key: str | None
    lookup_attempts: int
    document_id: str | None
    document_number: str | None
    work_order: dict[str, Any] | None
    input_digest: bytes | None
    reported_error: str | None
    expected: dict[str, Any] | None
    failed_claims: int
    settings_version: int | None
    confirmed_at: datetime | None
    called_at: datetime | None
    unclear_calls: int
    send_again: bool
    search_until: datetime | None
    reason: str | None
    booked: dict[str, Any] | None

    @property
    def document(self) -> str:
        """What a person calls its document."""
        return self.document_number or f"concept {self.document_id}"


_COLUMNS = [ledger.c[column.name] for column in fields(LedgerEntry)]


def _entry(row: RowMapping) -> LedgerEntry:
    return LedgerEntry(**{**row, "state": LedgerState(row["state"])})


def query_of(tenant_id: int) -> Select[Any]:
    """Return the query of a tenant's whole ledger, for ``entries_of``."""
    return select(*_COLUMNS).where(ledger.c.tenant_id == tenant_id)


def entries_of(tx: Transaction, query: Select[Any]) -> list[LedgerEntry]:
    """Return the entries that a query lets through."""
    return [_entry(row) for row in tx.execute(query).mappings()]


def get(tx: Transaction, entry_id: int) -> LedgerEntry:
    """Return an entry as it is now."""
    return _entry(tx.execute(select(*_COLUMNS).where(ledger.c.id == entry_id)).mappings().one())


def enter(
    tx: Transaction, tenant_id: int, ref: WorkOrderRef, *, reference: str, now: datetime, skipped: str | None = None
) -> tuple[int, int] | None:
    """Enter an archiving, due now; (id, fencing token), or None when it is in the ledger already.

    One that was gone and is back under its old moment of archiving is ready again, and counts as new. ``skipped`` is
    the code of the reason for which it is not sent.
    """
    state = LedgerState.SKIPPED if skipped else LedgerState.READY
    values = {"work_order_id": ref.id, "number": ref.number, "archived_at": ref.archived_at, "due_at": now}
    statement = upsert(ledger).values(tenant_id=tenant_id, reference=reference, state=state, code=skipped, **values)
    was_gone = (ledger.c.state == LedgerState.SKIPPED) & (ledger.c.code == GONE)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "work_order_id", "archived_at"],
        set_={"state": state, "code": skipped, "due_at": now},
        where=was_gone,
    )
    row = tx.execute(statement.returning(ledger.c.id, ledger.c.fencing_token)).one_or_none()
    return None if row is None else (row.id, row.fencing_token)


def add_step(
    tx: Transaction,
    entry_id: int,
    state: LedgerState,
    fencing_token: int,
    *,
    code: str | None = None,
    by: str | None = None,
    reason: str | None = None,
) -> None:
    """Keep a step that an entry took; ``by`` is the person who took it, for a ``reason`` that may have been asked."""
    values = {"ledger_id": entry_id, "state": state, "code": code, "fencing_token": fencing_token, "by": by}
    tx.execute(insert(ledger_steps).values(**values, reason=reason))


def unknown(tx: Transaction, tenant_id: int, refs: Sequence[WorkOrderRef]) -> list[WorkOrderRef]:
    """Return those of these archivings that are not in the ledger."""
    query = select(ledger.c.work_order_id, ledger.c.archived_at).where(ledger.c.tenant_id == tenant_id)
    entered = {(row.work_order_id, row.archived_at) for row in tx.execute(query)}
    return [ref for ref in refs if (ref.id, ref.archived_at) not in entered]


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(ledger.c.leased_until.is_(None), ledger.c.leased_until < now)


def _of_a_runner() -> ColumnElement[bool]:
    """Return the condition for what a runner has something to do with: send it, or search for its document."""
    return or_(ledger.c.state.not_in(FINAL), ledger.c.search_until.is_not(None))


def due(tx: Transaction, tenant_id: int, now: datetime, limit: int) -> list[int]:
    """Return the ids of the entries that are due.

    The latest archived come first, so that fresh work never waits; those on which a runner broke off go last, and
    before them those on which a system failed: it may be that one alone. What is only searched for comes after all.
    """
    query = select(ledger.c.id).where(
        ledger.c.tenant_id == tenant_id, _of_a_runner(), ledger.c.due_at <= now, _free(now)
    )
    failed = func.coalesce(ledger.c.code, "").startswith("connection.")
    first = (ledger.c.state.in_(FINAL), ledger.c.failed_claims, failed)
    ordered = query.order_by(*first, ledger.c.archived_at.desc(), ledger.c.id)
    return list(tx.execute(ordered.limit(limit)).scalars())


def claim(tx: Transaction, entry_id: int, now: datetime, lease: timedelta) -> LedgerEntry | None:
    """Take an entry for the time of the lease; None when another has it.

    One that was being sent is unknown now; one that is only searched for stays what it is.
    """
    maybe_sent = ledger.c.state.in_((LedgerState.SENDING, LedgerState.UNKNOWN))
    statement = (
        update(ledger)
        .where(ledger.c.id == entry_id, _of_a_runner(), _free(now))
        .values(
            state=case(
                (ledger.c.state.in_(FINAL), ledger.c.state),
                (maybe_sent, LedgerState.UNKNOWN),
                else_=LedgerState.CLAIMED,
            ),
            fencing_token=ledger.c.fencing_token + 1,
            failed_claims=ledger.c.failed_claims + 1,  # taken back by any step that ends the claim
            leased_until=now + lease,
        )
        .returning(*_COLUMNS)
    )
    row = tx.execute(statement).mappings().one_or_none()
    if row is None:
        return None
    entry = _entry(row)
    if entry.state not in FINAL:
        add_step(tx, entry.id, entry.state, entry.fencing_token)
    return entry


def change_claimed(tx: Transaction, entry: LedgerEntry, values: Mapping[str, Any]) -> LedgerState | None:
    """Set fields of an entry that its runner holds; its state, or None when another has taken it over."""
    statement = update(ledger).where(ledger.c.id == entry.id, ledger.c.fencing_token == entry.fencing_token)
    state = tx.execute(statement.values(**values).returning(ledger.c.state)).scalar_one_or_none()
    return None if state is None else LedgerState(state)


def end_claim(*, failed: bool = False) -> dict[str, Any]:
    """Return the fields that end a claim; one that ``failed`` stays counted."""
    ended: dict[str, Any] = {"leased_until": None}
    return ended if failed else ended | {"failed_claims": func.greatest(ledger.c.failed_claims - 1, 0)}


def change_free(tx: Transaction, entry: LedgerEntry, now: datetime, values: Mapping[str, Any]) -> int | None:
    """Set fields of an entry that nobody holds; its new fencing token, None when a runner has it or it has moved."""
    here = (ledger.c.id == entry.id, ledger.c.fencing_token == entry.fencing_token, _free(now))
    statement = update(ledger).where(*here).values(**values, fencing_token=entry.fencing_token + 1)
    return tx.execute(statement.returning(ledger.c.fencing_token)).scalar_one_or_none()


def _siblings(entry: LedgerEntry) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the other archivings of the same work order."""
    return (
        ledger.c.tenant_id == entry.tenant_id,
        ledger.c.work_order_id == entry.work_order_id,
        ledger.c.id != entry.id,
    )


def active_sibling(tx: Transaction, entry: LedgerEntry) -> LedgerEntry | None:
    """Return the other archiving of the same work order that is in the package, or may be (R3.10)."""
    query = select(*_COLUMNS).where(*_siblings(entry), ledger.c.state.in_(MAYBE_IN_PACKAGE))
    row = tx.execute(query).mappings().one_or_none()
    return _entry(row) if row else None


def has_waiting_sibling(tx: Transaction, entry: LedgerEntry) -> bool:
    """Tell whether another archiving of the work order waits to be repaired, or for a person."""
    waiting = ledger.c.state.in_((LedgerState.REJECTED, LedgerState.HELD))
    return tx.execute(select(ledger.c.id).where(*_siblings(entry), waiting).limit(1)).first() is not None


def requeue_siblings(tx: Transaction, entry: LedgerEntry, now: datetime) -> None:
    """Make the other archivings due that waited for this one."""
    waiting = update(ledger).where(*_siblings(entry), ledger.c.state == LedgerState.READY)
    tx.execute(waiting.values(due_at=now))


def requeue_earlier(tx: Transaction, tenant_id: int, ref: WorkOrderRef, now: datetime) -> None:
    """Make an earlier archiving due that waits for a repair: somebody took the work order out of the archive since."""
    here = (ledger.c.tenant_id == tenant_id, ledger.c.work_order_id == ref.id, ledger.c.archived_at < ref.archived_at)
    tx.execute(update(ledger).where(*here, ledger.c.state == LedgerState.REJECTED).values(due_at=now))


def not_due(tx: Transaction, tenant_id: int, now: datetime, limit: int) -> list[LedgerEntry]:
    """Return rejected entries that are not due yet, those first whose input was compared longest ago."""
    query = _waiting_rejected(tenant_id, now).order_by(ledger.c.checked_at.asc().nulls_first(), ledger.c.id)
    return entries_of(tx, query.limit(limit))


def not_due_of(
    tx: Transaction, tenant_id: int, now: datetime, codes: Collection[str], *, limit: int
) -> list[LedgerEntry]:
    """Return rejected entries of these codes that are not due yet, those first that were read longest ago in Simon."""
    query = _waiting_rejected(tenant_id, now).where(ledger.c.code.in_(codes))
    return entries_of(tx, query.order_by(ledger.c.read_at.asc().nulls_first(), ledger.c.id).limit(limit))


def _waiting_rejected(tenant_id: int, now: datetime) -> Select[Any]:
    rejected = (ledger.c.state == LedgerState.REJECTED, ledger.c.work_order.is_not(None), ledger.c.due_at > now)
    return query_of(tenant_id).where(*rejected)


def set_rejected(tx: Transaction, entries: Iterable[LedgerEntry], **values: Any) -> None:
    """Set fields of these entries, as far as they are rejected still."""
    ids = [entry.id for entry in entries]
    here = (ledger.c.id.in_(ids), ledger.c.state == LedgerState.REJECTED)
    tx.execute(update(ledger).where(*here).values(**values))


def latest_of(tx: Transaction, tenant_id: int, work_order: str) -> LedgerEntry | None:
    """Return the latest archiving of a work order, by the number that people know it by, else by its id."""
    query = query_of(tenant_id).order_by(ledger.c.archived_at.desc()).limit(1)
    row = tx.execute(query.where(ledger.c.number == work_order)).mappings().one_or_none()
    if row is None and work_order.isascii() and work_order.isdigit() and len(work_order) < 19:
        row = tx.execute(query.where(ledger.c.work_order_id == int(work_order))).mappings().one_or_none()
    return _entry(row) if row else None


def waiting_for(tx: Transaction, tenant_id: int, code: str | None) -> list[LedgerEntry]:
    """Return the entries that wait with this code, those that are held included; without a code all rejected ones."""
    query = query_of(tenant_id).order_by(ledger.c.id)
    if code is None:
        return entries_of(tx, query.where(ledger.c.state == LedgerState.REJECTED))
    states = (LedgerState.READY, LedgerState.REJECTED, LedgerState.HELD, LedgerState.UNKNOWN)
    return entries_of(tx, query.where(ledger.c.state.in_(states), ledger.c.code == code))


def note_reopened(tx: Transaction, tenant_id: int, work_order_ids: Collection[int], code: str) -> list[LedgerEntry]:
    """Note of these work orders that are booked that they are out of the archive; those it was not noted of yet."""
    booked = (ledger.c.tenant_id == tenant_id, ledger.c.state == LedgerState.CONFIRMED)
    here = (*booked, ledger.c.work_order_id.in_(work_order_ids), ledger.c.code.is_distinct_from(code))
    rows = tx.execute(update(ledger).where(*here).values(code=code).returning(*_COLUMNS)).mappings()
    entries = [_entry(row) for row in rows]
    for entry in entries:
        add_step(tx, entry.id, entry.state, entry.fencing_token, code=code)
    return entries


def waiting_among(tx: Transaction, numbers: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those of these work orders, by tenant and number, that are not at their end."""
    ended = (LedgerState.CONFIRMED, LedgerState.SKIPPED)
    named = tuple_(ledger.c.tenant_id, ledger.c.number)
    query = select(ledger.c.tenant_id, ledger.c.number).where(named.in_(list(numbers)), ledger.c.state.not_in(ended))
    return {(row.tenant_id, row.number) for row in tx.execute(query)} if numbers else set()


def listing(tx: Transaction, tenant_id: int, limit: int = 100) -> list[LedgerEntry]:
    """Return the entries that were archived last."""
    query = query_of(tenant_id)
    return entries_of(tx, query.order_by(ledger.c.archived_at.desc()).limit(limit))


def counts(tx: Transaction, tenant_id: int) -> dict[str, int]:
    """Count the entries by state."""
    query = select(ledger.c.state, func.count().label("n")).where(ledger.c.tenant_id == tenant_id)
    return {row.state: row.n for row in tx.execute(query.group_by(ledger.c.state))}


def count_open(tx: Transaction, tenant_id: int) -> int:
    """Count the work orders that wait to be sent, or are being sent."""
    query = select(func.count()).where(ledger.c.tenant_id == tenant_id, ledger.c.state.not_in(FINAL))
    return int(tx.execute(query).scalar_one())
