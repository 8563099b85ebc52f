"""The rule for a lost answer (R3.10, R3.15): the package is searched before anything is sent again.

A search may lag the write, so it takes more than one in vain.
"""

from collections.abc import Sequence
from datetime import timedelta

from include.errors import OutcomeUnknown
from include.push.diff import differences
from include.push.ledger import UNKNOWN, Outcome
from include.push.outcomes import confirm, document_name, hold, hold_several
from include.push.push_run import PushRun
from include.records import ExpectedDocument, PackageDocument
from include.store.ledger import LedgerEntry

SEARCH_AGAIN = timedelta(seconds=30)
SEARCHES = 2  # in vain before it is sent again


def wait_for_search(run: PushRun, error: OutcomeUnknown) -> Outcome:
    """Let the package be searched before anything else is done: the request may have been carried out."""
    wait = max(SEARCH_AGAIN, timedelta(seconds=error.retry_after_s or 0))
    again = {"due_at": run.context.now() + wait, "lookup_attempts": 0}
    code = "work_order.outcome_unknown"
    return Outcome(UNKNOWN, code, message=code, values={"system": run.system}, fields=again)


def resolve_unknown(run: PushRun, entry: LedgerEntry) -> Outcome | None:
    """Look up what became of a request whose answer was lost; None when it surely did not arrive.

    Before anything else, and under the customer it was sent for: the work order may have been changed since. A search
    may lag behind, so it takes two in vain.
    """
    if documents_there := run.package.find(entry.reference, entry.customer_key or ""):
        expected = ExpectedDocument.model_validate(entry.expected) if entry.expected else None
        return match_existing(run, documents_there, expected)
    if entry.lookup_attempts + 1 < SEARCHES:
        again = {"due_at": run.context.now() + SEARCH_AGAIN, "lookup_attempts": entry.lookup_attempts + 1}
        return Outcome(UNKNOWN, entry.code, fields=again)
    return None


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
