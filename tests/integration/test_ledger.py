"""The ledger: who may claim an entry, how it moves, and what its rows promise (R3.10)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from include.context import Context
from include.errors import ClaimLost
from include.push.ledger import PERSON_MOVES, RUNNER_MOVES, advance, enter, override
from include.records import WorkOrderRef
from include.store import Transaction, ledger, tenants
from include.store.ledger import FINAL, LedgerEntry, LedgerState

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = datetime.max.replace(tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def tenant_id(context: Context) -> int:
    with context.store.begin() as tx:
        return tenants.add(tx, "one", "Een B.V.", "unit4", status="active", active_since=NOW)


def ref(id: int, minute: int = 0) -> WorkOrderRef:
    at = NOW + timedelta(minutes=minute)
    return WorkOrderRef(id=id, number=str(id), archived_at=at, changed_at=at)


def entered(tx: Transaction, tenant_id: int, state: LedgerState) -> LedgerEntry:
    """Enter a work order, and put its row in a state by hand."""
    tx.execute(text("DELETE FROM ledger_steps"))
    tx.execute(text("DELETE FROM ledger"))
    enter(tx, tenant_id, [ref(1)], NOW)
    tx.execute(text("UPDATE ledger SET state = :state"), {"state": state})
    [entry] = ledger.listing(tx, tenant_id)
    return entry


def test_an_archiving_is_entered_once(context: Context, tenant_id: int) -> None:
    """R3.10: one entry per work order and moment of archiving, however often it is seen."""
    with context.store.begin() as tx:
        assert len(enter(tx, tenant_id, [ref(1), ref(2)], NOW)) == 2
        assert enter(tx, tenant_id, [ref(1), ref(2), ref(1, minute=9)], NOW) == [ref(1, minute=9)]


def test_only_one_claims(context: Context, tenant_id: int) -> None:
    """R3.10: the second runner gets nothing while the lease lasts, and the fencing token rises with each claim."""
    with context.store.begin() as tx:
        enter(tx, tenant_id, [ref(1)], NOW)
        [entry_id] = ledger.due(tx, tenant_id, LATER, 10)
        first = ledger.claim(tx, entry_id, NOW, LEASE)
        assert first is not None
        assert ledger.claim(tx, entry_id, NOW, LEASE) is None
        second = ledger.claim(tx, entry_id, NOW + LEASE * 2, LEASE)
        assert second is not None
        assert second.fencing_token == first.fencing_token + 1


def test_a_superseded_runner_cannot_write(context: Context, tenant_id: int) -> None:
    """R3.10: whoever lost the lease learns it before anything is changed."""
    with context.store.begin() as tx:
        enter(tx, tenant_id, [ref(1)], NOW)
        [entry_id] = ledger.due(tx, tenant_id, LATER, 10)
        slow = ledger.claim(tx, entry_id, NOW, LEASE)
        quick = ledger.claim(tx, entry_id, NOW + LEASE * 2, LEASE)
        assert slow
        assert quick
        with pytest.raises(ClaimLost):
            advance(tx, slow, LedgerState.SENDING)
        advance(tx, quick, LedgerState.SENDING)


def test_the_database_itself_refuses_a_second_document(context: Context, tenant_id: int) -> None:
    """R3.10: two archivings of one work order cannot both be sent, whatever the code does."""
    with context.store.begin() as tx:
        enter(tx, tenant_id, [ref(1), ref(1, minute=1)], NOW)
        due = ledger.due(tx, tenant_id, LATER, 10)
        entries = [ledger.claim(tx, entry_id, NOW, LEASE) for entry_id in due]
    first, second = (entry for entry in entries if entry)
    with context.store.begin() as tx:
        advance(tx, first, LedgerState.SENDING)
    with pytest.raises(IntegrityError, match="one_document"), context.store.begin() as tx:
        advance(tx, second, LedgerState.SENDING)


def test_fresh_work_goes_before_a_backlog(context: Context, tenant_id: int) -> None:
    """R3.13: the latest archived is processed first."""
    with context.store.begin() as tx:
        enter(tx, tenant_id, [ref(n, minute=n) for n in range(1, 6)], NOW)
        due = ledger.due(tx, tenant_id, LATER, 2)
        numbers = tx.execute(
            text("SELECT number FROM ledger WHERE id = ANY(:due) ORDER BY archived_at DESC"), {"due": due}
        )
        assert numbers.scalars().all() == ["5", "4"]


def test_every_state_says_what_it_means() -> None:
    """R3.10: a sentence for each state, and a way out of each but the last ones that a person alone opens again."""
    assert all(state.sentence.endswith(".") for state in LedgerState)
    assert set(PERSON_MOVES) == set(LedgerState)
    of_a_runner = {LedgerState.CLAIMED, LedgerState.SENDING, LedgerState.UNKNOWN}
    assert set(RUNNER_MOVES) == of_a_runner | {LedgerState.HELD}  # which is only searched for
    # an entry that is claimed still carries that state while its document is being sent
    assert RUNNER_MOVES[LedgerState.SENDING] <= RUNNER_MOVES[LedgerState.CLAIMED]


def test_a_runner_makes_only_the_moves_of_the_table(context: Context, tenant_id: int) -> None:
    """R3.10: every pair of states is tried; a move that the table lacks is a fault, and changes nothing."""
    for before, after in product(LedgerState, LedgerState):
        with context.store.begin() as tx:
            entry = entered(tx, tenant_id, before)
            if after in RUNNER_MOVES.get(before, ()):
                advance(tx, entry, after, "code")
                assert ledger.counts(tx, tenant_id) == {after: 1}
            else:
                with pytest.raises(RuntimeError, match=f"from {before} to {after}"):
                    advance(tx, entry, after, "code")
                assert ledger.counts(tx, tenant_id) == {before: 1}


def test_a_person_makes_only_the_moves_of_the_table(context: Context, tenant_id: int) -> None:
    """R3.10: the same for what people do; and a person can only say of a held one that it is there."""
    for before, after in product(LedgerState, LedgerState):
        with context.store.begin() as tx:
            entry = entered(tx, tenant_id, before)
            if after in PERSON_MOVES[before]:
                assert override(tx, entry, after, NOW, by="ans", code=None)
                assert ledger.counts(tx, tenant_id) == {after: 1}
                assert not override(tx, entry, after, NOW, by="ans", code=None)  # it has moved since it was read
            else:
                with pytest.raises(RuntimeError, match=f"from {before} to {after}"):
                    override(tx, entry, after, NOW, by="ans", code=None)
    may_say_there = {before for before, moves in PERSON_MOVES.items() if LedgerState.CONFIRMED in moves}
    assert may_say_there == {LedgerState.HELD}


def test_what_ended_is_not_claimed(context: Context, tenant_id: int) -> None:
    """R3.10: an entry at its end is never due, and nobody gets it."""
    with context.store.begin() as tx:
        for state in FINAL:
            entry = entered(tx, tenant_id, state)
            assert ledger.due(tx, tenant_id, LATER, 10) == []
            assert ledger.claim(tx, entry.id, NOW, LEASE) is None
