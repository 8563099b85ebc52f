"""How an entry of the ledger moves (R3.10): which state may follow which, and the one place that records a move.

A runner claims an entry, finds out what becomes of it, and records that ``Outcome`` together with its message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from include.errors import ClaimLost
from include.log.writer import IntegrationLog
from include.push.document import reference
from include.records import WorkOrderRef
from include.store import Transaction, problems
from include.store import ledger as ledger_rows
from include.store.ledger import LedgerEntry, LedgerState
from include.store.problems import ProblemFilter

READY, CLAIMED, SENDING, UNKNOWN = LedgerState.READY, LedgerState.CLAIMED, LedgerState.SENDING, LedgerState.UNKNOWN
CONFIRMED, REJECTED = LedgerState.CONFIRMED, LedgerState.REJECTED
HELD, SKIPPED = LedgerState.HELD, LedgerState.SKIPPED

# what a runner may make of an entry that it has claimed
RUNNER_MOVES: Mapping[LedgerState, frozenset[LedgerState]] = {
    CLAIMED: frozenset({READY, SENDING, UNKNOWN, CONFIRMED, REJECTED, HELD, SKIPPED}),
    SENDING: frozenset({UNKNOWN, CONFIRMED, REJECTED, HELD, READY, SKIPPED}),
    UNKNOWN: frozenset({UNKNOWN, SENDING, CONFIRMED, REJECTED, HELD, READY, SKIPPED}),
    HELD: frozenset({HELD, CONFIRMED}),  # its document turned up after all
}
# what a person may make of an entry that no runner has
PERSON_MOVES: Mapping[LedgerState, frozenset[LedgerState]] = {
    READY: frozenset({READY, HELD, SKIPPED}),
    CLAIMED: frozenset({READY, HELD, SKIPPED}),
    SENDING: frozenset({UNKNOWN, HELD}),
    UNKNOWN: frozenset({UNKNOWN, HELD}),
    REJECTED: frozenset({READY, REJECTED, HELD, SKIPPED}),
    HELD: frozenset({READY, UNKNOWN, CONFIRMED, SKIPPED}),
    SKIPPED: frozenset({READY, UNKNOWN}),
    CONFIRMED: frozenset({SKIPPED}),
}


@dataclass(frozen=True)
class Outcome:
    """What becomes of an entry: its state, why (``code``), and the message that tells it (``message``, if any).

    ``fields`` are further columns of the ledger. ``resolves``: what was reported of the work order before is over.
    ``also`` are further messages, each with its values.
    """

    state: LedgerState
    code: str | None = None
    message: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    resolves: bool = False
    also: Sequence[tuple[str, Mapping[str, object]]] = ()


def enter(
    tx: Transaction,
    tenant_id: int,
    refs: Iterable[WorkOrderRef],
    now: datetime,
    *,
    by: str | None = None,
    skipped: str | None = None,
) -> list[WorkOrderRef]:
    """Enter archivings that are not in the ledger yet, and return those.

    ``by`` is the person who asked for them, ``skipped`` the code of the reason for which they are not sent.
    """
    new = []
    for ref in refs:
        name = reference(ref.id, ref.number)
        entered = ledger_rows.enter(tx, tenant_id, ref, reference=name, now=now, skipped=skipped)
        if entered is not None:
            new.append(ref)
            entry_id, fencing_token = entered
            ledger_rows.add_step(tx, entry_id, SKIPPED if skipped else READY, fencing_token, code=skipped, by=by)
            ledger_rows.requeue_earlier(tx, tenant_id, ref, now)
    return new


def advance(tx: Transaction, entry: LedgerEntry, state: LedgerState, code: str | None = None, **fields: object) -> None:
    """Move a claimed entry on and keep the step; any state but sending ends the claim. Raises ClaimLost."""
    _require_move(RUNNER_MOVES, entry, state)
    values: dict[str, Any] = {"state": state, "code": code, "search_until": None}
    if state != SENDING:
        values |= ledger_rows.end_claim()
    if ledger_rows.change_claimed(tx, entry, values | fields) is None:
        raise ClaimLost(entry.reference)
    ledger_rows.add_step(tx, entry.id, state, entry.fencing_token, code=code)


def record(log: IntegrationLog, entry: LedgerEntry, outcome: Outcome, now: datetime) -> None:
    """Record what became of a claimed entry, with its message, all of it or nothing. Raises ClaimLost.

    An entry at its end lets the other archivings of the work order go on.
    """
    ended = outcome.state in (CONFIRMED, SKIPPED)
    fields = {"reported_error": None, **outcome.fields} if ended else dict(outcome.fields)
    fields |= {"confirmed_at": now} if outcome.state == CONFIRMED else {}
    with log.store.begin() as tx:
        advance(tx, entry, outcome.state, outcome.code, **fields)
        if outcome.resolves and (outcome.state != SKIPPED or not ledger_rows.has_waiting_sibling(tx, entry)):
            resolve_problems(tx, entry)
        if ended:
            ledger_rows.requeue_siblings(tx, entry, now)
        messages = [(outcome.message, outcome.values)] if outcome.message else []
        reported = [log.add(tx, code, entry.number, "", **values) for code, values in (*messages, *outcome.also)]
    for message in reported:
        log.print(message)


def keep(tx: Transaction, entry: LedgerEntry, **fields: object) -> None:
    """End the claim of an entry that stays where it is, with other fields. Raises ClaimLost."""
    if ledger_rows.change_claimed(tx, entry, ledger_rows.end_claim() | fields) is None:
        raise ClaimLost(entry.reference)


def give_up(tx: Transaction, entry: LedgerEntry, code: str, **fields: object) -> LedgerState:
    """Hold an entry for a person; the state it ended in. Raises ClaimLost.

    Beside an archiving that is in the package it is over, for it is not sent anyway (R3.10); beside one that may be
    there it waits. One whose document was only searched for stays what it is, and is searched for no more.
    """
    if entry.state in ledger_rows.FINAL:
        keep(tx, entry, search_until=None)
        return entry.state
    sibling = ledger_rows.active_sibling(tx, entry)
    state = HELD if sibling is None else SKIPPED if sibling.state == CONFIRMED else READY
    advance(tx, entry, state, code, **fields)
    return state


def drop_claim(tx: Transaction, entry: LedgerEntry, code: str) -> None:
    """End a claim that broke off, and leave it counted. Raises ClaimLost."""
    state = ledger_rows.change_claimed(tx, entry, ledger_rows.end_claim(failed=True))
    if state is None:
        raise ClaimLost(entry.reference)
    ledger_rows.add_step(tx, entry.id, state, entry.fencing_token, code=code)


def override(
    tx: Transaction, entry: LedgerEntry, state: LedgerState, now: datetime, *, by: str, code: str | None, **fields: Any
) -> bool:
    """Carry out what a person decided on an entry, due now; False when a runner has it, or it has moved since."""
    _require_move(PERSON_MOVES, entry, state)
    values = {"state": state, "code": code, "due_at": now, "leased_until": None, "failed_claims": 0}
    values |= {"lookup_attempts": 0, "search_until": None, "reason": None, **fields}
    fencing_token = ledger_rows.change_free(tx, entry, now, values)
    if fencing_token is None:
        return False
    ledger_rows.add_step(tx, entry.id, state, fencing_token, code=code, by=by, reason=fields.get("reason"))
    return True


def _require_move(moves: Mapping[LedgerState, frozenset[LedgerState]], entry: LedgerEntry, state: LedgerState) -> None:
    """Stop a move that the tables above do not have: it is a fault of the program."""
    if state not in moves.get(entry.state, ()):
        raise RuntimeError(f"{entry.reference} cannot go from {entry.state} to {state}")


def resolve_problems(tx: Transaction, entry: LedgerEntry) -> None:
    """Close what was reported of this work order: it is settled, or is about to be reported otherwise (R7.5)."""
    for prefix in ("work_order.", "connection."):
        problems.resolve(tx, entry.tenant_id, ProblemFilter(record=entry.number, code_prefix=prefix))
