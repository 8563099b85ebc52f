"""What becomes of one claimed entry of the ledger (R3.10).

The package is searched and the intent committed before the call, all in one turn; after a lost answer the package is
searched before anything is sent.
"""

from collections.abc import Sequence
from datetime import timedelta

import orjson

from include.errors import ClaimLost, IntegrationError, OutcomeUnknown, RecordRejected
from include.push import document as documents
from include.push.diff import differences
from include.push.ledger import CONFIRMED, HELD, READY, REJECTED, UNKNOWN, Outcome, keep
from include.push.lost_answer import (
    keep_late_answer,
    match_existing,
    resolve_unknown,
    search_held,
    wait_for_search,
    while_held,
)
from include.push.master_data import LookupTrace, load_records
from include.push.outcomes import confirm, document_name, hold_lookalike, hold_several, skip
from include.push.push_run import PushRun
from include.push.search_delay import look_for, to_look_for
from include.push.trouble import follows_record, put_off, requeue
from include.records import Document, ExpectedDocument, PackageDocument, WorkOrder
from include.store import ledger, sent_documents
from include.store.ledger import BEFORE_ACTIVATION, FINAL, GONE, LedgerEntry, LedgerState

RETRY = timedelta(minutes=5)  # before a rejected one is processed again without a reason, doubled each time
LONGEST_RETRY = timedelta(hours=6)
LONGEST_RETRY_IN_PACKAGE = timedelta(minutes=30)  # what is repaired in the package may not show in our records
REPAIRED_IN_PACKAGE = ("work_order.refused", "work_order.vat_unknown")
AFTER_A_SIBLING = timedelta(seconds=30)


def process(run: PushRun, entry: LedgerEntry, *, explicit: bool = False) -> LedgerState:
    """Bring a claimed entry to the state it ends in. ``explicit``: a person asked, so the filter word does not count.

    Raises ClaimLost, TurnTaken; and Transient, Misconfigured and ContractBroken when the trouble is the tenant's, with
    the entry to be tried again.
    """
    try:
        if entry.state in FINAL:
            return _search_for(run, entry)
        outcome = _outcome(run, entry, explicit)
    except IntegrationError as error:
        if follows_record(run, entry, error):
            return put_off(run, entry, error)
        requeue(run, entry, error.code)
        raise
    try:
        run.record(entry, outcome)
    except ClaimLost:
        keep_late_answer(run, entry, outcome)
        raise
    return outcome.state


def _search_for(run: PushRun, entry: LedgerEntry) -> LedgerState:
    """Search for the document of an entry that is not sent any more: a held one, or to measure how long it takes."""
    if entry.state == CONFIRMED:
        look_for(run, entry)
    elif (outcome := search_held(run, entry)) is not None:
        run.record(entry, outcome)
        return outcome.state
    else:
        with run.context.store.begin() as tx:
            keep(tx, entry, **while_held(run, entry))
    return entry.state


def _outcome(run: PushRun, entry: LedgerEntry, explicit: bool) -> Outcome:
    """Find out what becomes of an entry, sending its document if that is what has to be done."""
    if entry.state == UNKNOWN and (resolved := resolve_unknown(run, entry, explicit=explicit)):
        return resolved
    if entry.code == BEFORE_ACTIVATION and not explicit:
        return skip(BEFORE_ACTIVATION)
    with run.context.store.begin() as tx:
        sibling = ledger.active_sibling(tx, entry)
    if sibling is not None and sibling.state != CONFIRMED:
        return _wait_for(run, entry, sibling)
    work_order = run.app.work_order(entry.work_order_id)
    if work_order is None or work_order.archived_at != entry.archived_at:
        # taken out of the archive; archiving it again makes an entry of its own
        return skip(GONE)
    if sibling is not None:
        return _archived_again(run, sibling, work_order)
    word = documents.filter_word_in(work_order, run.tenant.settings)
    if word and not explicit:
        return skip("work_order.filtered", word=word)
    return _book(run, entry, work_order)


def _wait_for(run: PushRun, entry: LedgerEntry, sibling: LedgerEntry) -> Outcome:
    """Wait for another archiving of the work order: one that is under way is over soon, one that is held is not."""
    pause = LONGEST_RETRY if sibling.state == HELD else AFTER_A_SIBLING
    return Outcome(READY, entry.code, fields={"due_at": run.context.now() + pause})


def _archived_again(run: PushRun, sibling: LedgerEntry, work_order: WorkOrder) -> Outcome:
    """Skip an archiving of a work order that is in the package already, and stays as it is there (R3.10)."""
    before, now = sibling.work_order or {}, _as_json(work_order)
    changed = bool(before) and any(before.get(name) != now[name] for name in now if name != "archived_at")
    code = "work_order.edited_after_booking" if changed else "work_order.archived_again"
    return skip(code, system=run.system, document=sibling.document)


def _book(run: PushRun, entry: LedgerEntry, work_order: WorkOrder) -> Outcome:
    """Make the document, or wait for what has to be repaired first."""
    tenant, trace = run.tenant, LookupTrace()
    try:
        records = load_records(run.context.store, tenant.id, tenant.settings, [work_order])
        document = documents.build(work_order, tenant.settings, records.master_data(trace))
        run.customers[entry.id] = document.customer.key
        return _send(run, entry, work_order, document)
    except RecordRejected as error:
        digest = trace.digest(tenant.settings_version)
        return _rejected(run, entry, error, work_order=work_order, input_digest=digest)


def _rejected(
    run: PushRun, entry: LedgerEntry, error: RecordRejected, *, work_order: WorkOrder, input_digest: bytes
) -> Outcome:
    """Let an entry wait until its input changes; what is wrong with it is reported once, not at every attempt."""
    longest = LONGEST_RETRY_IN_PACKAGE if error.code in REPAIRED_IN_PACKAGE else LONGEST_RETRY
    fields = {
        "reported_error": str(error),
        "work_order": _as_json(work_order),
        "input_digest": input_digest,
        "due_at": run.context.now() + min(RETRY * 2 ** min(entry.attempts, 10), longest),
        "attempts": entry.attempts + 1,
        "unclear_calls": entry.unclear_calls,  # a refusal is a clear answer
    }
    if str(error) == entry.reported_error:
        return Outcome(REJECTED, error.code, fields=fields)
    return Outcome(REJECTED, error.code, message=error.code, values=error.values, fields=fields, resolves=True)


def _send(run: PushRun, entry: LedgerEntry, work_order: WorkOrder, document: Document) -> Outcome:
    """Send a document that the package does not hold yet. Raises TurnTaken."""
    expected = run.package.expected_document(document)
    with run.turn(entry):
        if (already := _already_there(run, entry, expected, work_order)) is not None:
            return already
        sending = run.begin_sending(entry, **_intent(run, work_order, document, expected))
        try:
            sent = run.package.send(document)
        except OutcomeUnknown as error:
            run.lost.append(error)
            return wait_for_search(run, sending, error)
        except RecordRejected as error:
            # some packages answer a refusal to a reference that they hold already
            if documents_there := run.package.find(document.reference, document.customer.key):
                return match_existing(run, documents_there, expected)
            if entry.unclear_calls:  # that may be why, and the search lags
                return wait_for_search(run, sending, OutcomeUnknown(error.code, entry.number, **error.values))
            raise
    return confirm(run, sent, "work_order.booked", expected, also=(), **to_look_for(run, sending))


def _intent(run: PushRun, work_order: WorkOrder, document: Document, expected: ExpectedDocument) -> dict[str, object]:
    """Return what is committed before the call: enough to know the document again, whatever changes meanwhile."""
    return {
        "request_digest": documents.digest(document),
        "settings_version": run.tenant.settings_version,
        "customer_key": document.customer.key,
        "expected": expected.model_dump(mode="json"),
        "work_order": _as_json(work_order),
        "lookup_attempts": 0,
    }


def _already_there(
    run: PushRun, entry: LedgerEntry, expected: ExpectedDocument, work_order: WorkOrder
) -> Outcome | None:
    """Look for a document that the ledger does not know of, as after a restore; None when there is none.

    Bookkeepers may have worked on it; one of which they changed the reference is for a person to recognise.
    """
    documents_there = _find(run, entry, expected.customer_key)
    if len(documents_there) > 1:
        return hold_several(run, documents_there)
    if documents_there:
        return _found(run, documents_there[0], expected, work_order)
    if not entry.send_again and (alike := _lookalikes(run, entry, expected)):
        fields = {"expected": expected.model_dump(mode="json"), "customer_key": expected.customer_key}
        return hold_lookalike(run, entry.reference, alike, **fields)
    return None


def _find(run: PushRun, entry: LedgerEntry, customer_key: str) -> Sequence[PackageDocument]:
    """Search under the customer of now, and under the one that it was sent for before."""
    keys = dict.fromkeys(filter(None, (customer_key, entry.customer_key)))
    return next(filter(None, (run.package.find(entry.reference, key) for key in keys)), ())


def _lookalikes(run: PushRun, entry: LedgerEntry, expected: ExpectedDocument) -> list[PackageDocument]:
    """Return documents of nobody else's with the same customer, day and lines (contract of Unit4, section 12)."""
    of_day = run.package.of_day(expected.customer_key, expected.date)
    with run.context.store.begin() as tx:
        of_nobody = [each for each in of_day if not sent_documents.is_of_another(tx, entry, each.id, each.reference)]
    with_lines = [each if each.lines is not None else run.package.document(each.id) for each in of_nobody]
    return [each for each in with_lines if each is not None and not differences(expected, each)]


def _found(run: PushRun, existing: PackageDocument, expected: ExpectedDocument, work_order: WorkOrder) -> Outcome:
    fields = {"work_order": _as_json(work_order), "customer_key": expected.customer_key}
    also: tuple[tuple[str, dict[str, object]], ...] = ()
    if differing := differences(expected, existing):
        values: dict[str, object] = {
            "system": run.system,
            "document": document_name(existing),
            "found": "; ".join(differing),
        }
        also = (("work_order.found_edited", values),)
    return confirm(run, existing, "work_order.already_booked", None, also=also, **fields)


def _as_json(work_order: WorkOrder) -> dict[str, object]:
    stored: dict[str, object] = orjson.loads(work_order.model_dump_json())
    return stored
