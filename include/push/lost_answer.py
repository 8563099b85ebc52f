"""The rule for a lost answer (R3.10, R3.15): the package is searched; it is sent again only on evidence, and only once.

A search may lag the write, by seconds or by an hour, and a slow package may still be working on what it was sent. That
nothing is found says something only once a document that was made later is found.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from include.errors import OutcomeUnknown
from include.push.diff import differences
from include.push.ledger import CONFIRMED, HELD, UNKNOWN, Outcome, resolve_problems
from include.push.outcomes import confirm, document_name, hold, hold_several
from include.push.push_run import PushRun
from include.push.search_delay import DUPLICATES, search_has_caught_up
from include.records import ExpectedDocument, PackageDocument
from include.store import ledger, sent_documents
from include.store.ledger import BEFORE_ACTIVATION, LedgerEntry

FIRST_PAUSE = timedelta(seconds=15)  # between searches, doubled each time
STILL_WORKING = timedelta(minutes=10)  # so long a slow package may be at it; nothing is sent again before
PERSON_AFTER = timedelta(minutes=15)  # without evidence a person decides
EVIDENCE_PAUSE = timedelta(minutes=1)  # between looks for evidence
SEARCH_FOR = timedelta(days=1)
MOST_UNCLEAR = 2  # calls without a clear answer; a second one is the last that is made by itself
WAITS, ASKS = "work_order.outcome_unknown", "work_order.answer_lost"


def wait_for_search(run: PushRun, entry: LedgerEntry, error: OutcomeUnknown) -> Outcome:
    """Let the package be searched before anything else is done: the request may have been carried out."""
    now = run.context.now()
    wait = max(FIRST_PAUSE, timedelta(seconds=error.retry_after_s or 0))
    fields = {"called_at": now, "due_at": now + wait, "lookup_attempts": 0}
    reason = str(error.values.get("reason") or error.code)
    return Outcome(UNKNOWN, WAITS, message=WAITS, values={"system": run.system, "reason": reason}, fields=fields)


def resolve_unknown(run: PushRun, entry: LedgerEntry, *, explicit: bool) -> Outcome | None:
    """Look up what became of a request whose answer was lost; None when it may be sent again.

    Before anything else, and under the customer it was sent for: the work order may have been changed since. What is
    from before the activation is not sent, unless a person asked for it (``explicit``); then it takes no evidence.
    """
    if documents_there := run.package.find(entry.reference, entry.customer_key or ""):
        return _match_sent(run, entry, documents_there)
    waited = run.context.now() - _called_at(entry)
    not_sent = entry.code == BEFORE_ACTIVATION and not explicit
    if entry.send_again or (waited >= STILL_WORKING and (not_sent or _may_be_sent(run, entry))):
        return None
    return _search_again(run, entry, waited) if waited < PERSON_AFTER else _ask(run, entry)


def _may_be_sent(run: PushRun, entry: LedgerEntry) -> bool:
    return entry.unclear_calls < MOST_UNCLEAR and search_has_caught_up(run, _called_at(entry))


def _called_at(entry: LedgerEntry) -> datetime:
    return entry.called_at or entry.archived_at


def _search_again(run: PushRun, entry: LedgerEntry, waited: timedelta) -> Outcome:
    """Wait for the next search: at growing distances, then every minute for evidence."""
    if waited < STILL_WORKING:
        pause = min(FIRST_PAUSE * int(2 ** min(entry.lookup_attempts + 1, 10)), STILL_WORKING - waited)
    else:
        pause = min(EVIDENCE_PAUSE, PERSON_AFTER - waited)
    return Outcome(UNKNOWN, entry.code, fields=_next_search(run, entry, pause))


def _next_search(run: PushRun, entry: LedgerEntry, pause: timedelta) -> dict[str, object]:
    return {"due_at": run.context.now() + pause, "lookup_attempts": entry.lookup_attempts + 1}


def _ask(run: PushRun, entry: LedgerEntry) -> Outcome:
    """Let a person decide whether it is there or is to be sent again, and go on searching for a day."""
    values = {"system": run.system, "reference": entry.reference, "count": max(1, entry.unclear_calls)}
    return Outcome(HELD, ASKS, message=ASKS, values=values, fields=_while_held(run, entry), resolves=True)


def _while_held(run: PushRun, entry: LedgerEntry) -> dict[str, object]:
    waited = run.context.now() - _called_at(entry)
    until = entry.search_until or run.context.now() + SEARCH_FOR
    return {"search_until": until, **_next_search(run, entry, max(EVIDENCE_PAUSE, waited / 4))}


def search_held(run: PushRun, entry: LedgerEntry) -> Outcome | None:
    """Look whether the document of a held entry turned up after all; None when it did not."""
    documents_there = run.package.find(entry.reference, entry.customer_key or "")
    return _match_sent(run, entry, documents_there) if documents_there else None


def while_held(run: PushRun, entry: LedgerEntry) -> dict[str, object]:
    """Return the fields of a held entry until it is searched for again; after a day it is no more."""
    over = entry.search_until is not None and run.context.now() >= entry.search_until
    return {"search_until": None} if over else _while_held(run, entry)


def _match_sent(run: PushRun, entry: LedgerEntry, documents_there: Sequence[PackageDocument]) -> Outcome:
    expected = ExpectedDocument.model_validate(entry.expected) if entry.expected else None
    return match_existing(run, documents_there, expected)


def match_existing(
    run: PushRun, documents_there: Sequence[PackageDocument], expected: ExpectedDocument | None
) -> Outcome:
    """Recognise what was sent: exactly one that agrees with it is ours; anything else is for a person."""
    if len(documents_there) > 1:
        return hold_several(run, documents_there)
    [existing] = documents_there
    if expected and (differing := differences(expected, existing)):
        return hold(run, "work_order.document_differs", document=document_name(existing), found="; ".join(differing))
    return confirm(run, existing, "work_order.already_booked", expected)


def keep_late_answer(run: PushRun, entry: LedgerEntry, outcome: Outcome) -> None:
    """Keep a document that was made; whoever has the entry now has nothing to send any more.

    Should the entry, or another archiving of the work order, have one already, both are named to a person.
    """
    if outcome.state != CONFIRMED or outcome.message is None:
        return
    fields = {**outcome.fields, "code": outcome.code, "confirmed_at": run.context.now(), "reported_error": None}
    with run.context.store.begin() as tx:
        known = sent_documents.keep_late(tx, entry, **fields)
        if known is None:
            ledger.add_step(tx, entry.id, CONFIRMED, entry.fencing_token, code=outcome.code)
            resolve_problems(tx, entry)
    if known is None:
        run.log.write(outcome.message, entry.number, "", **outcome.values)
    elif known.document_id != outcome.fields["document_id"]:
        listed = f"{known.document}, {outcome.values['document']}"
        run.log.write(DUPLICATES, entry.number, system=run.system, count=2, documents=listed)
