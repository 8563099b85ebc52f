"""What becomes of one claimed entry of the ledger (R3.10).

The intent is committed before the call; after a lost answer the package is searched before anything is sent.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import orjson

from include.errors import ContractBroken, IntegrationError, OutcomeUnknown, RecordRejected
from include.log.problems import is_open
from include.push import document as documents
from include.push.diff import differences
from include.push.ledger import CONFIRMED, HELD, READY, REJECTED, UNKNOWN, Outcome, give_up
from include.push.lost_answer import SEARCH_AGAIN, match_existing, resolve_unknown, wait_for_search
from include.push.master_data import LookupTrace, load_records
from include.push.outcomes import confirm, document_name, hold_several, skip
from include.push.push_run import PushRun
from include.records import Document, ExpectedDocument, PackageDocument, WorkOrder
from include.store import ledger
from include.store.advisory_lock import advisory_lock
from include.store.ledger import BEFORE_ACTIVATION, GONE, LedgerEntry, LedgerState

RETRY = timedelta(minutes=5)  # before a rejected one is processed again without a reason, doubled each time
LONGEST_RETRY = timedelta(hours=6)
LONGEST_RETRY_IN_PACKAGE = timedelta(minutes=30)  # what is repaired in the package may not show in our records
REPAIRED_IN_PACKAGE = ("work_order.refused", "work_order.vat_unknown")
AFTER_BROKEN_ANSWER = timedelta(minutes=10)
AFTER_THE_OTHERS = timedelta(minutes=20)  # longer than a tenant's pushes stop: the others go first
MOST_FAILED_CLAIMS = 3  # so often may a run break off on an entry before it is held


def process(run: PushRun, entry: LedgerEntry, *, explicit: bool = False) -> LedgerState:
    """Bring a claimed entry to the state it ends in. ``explicit``: a person asked, so the filter word does not count.

    Raises ClaimLost; and Transient, Misconfigured and ContractBroken, with the entry to be tried again.
    """
    try:
        outcome = _outcome(run, entry, explicit)
    except OutcomeUnknown as error:
        run.lost.append(error)
        outcome = wait_for_search(run, error)
    except ContractBroken as error:
        if not run.ended[CONFIRMED]:  # nobody knows whether it is this one or all
            requeue(run, entry, error.code)
            raise
        return _broken_answer(run, entry, error)
    except IntegrationError as error:
        requeue(run, entry, error.code)
        raise
    run.record(entry, outcome)
    return outcome.state


def requeue(run: PushRun, entry: LedgerEntry, code: str | None = None) -> None:
    """Leave an entry as it was. The trouble is the tenant's; should it be this entry's alone, the others go first."""
    if entry.state == UNKNOWN:
        run.record(entry, Outcome(UNKNOWN, entry.code if entry.code == BEFORE_ACTIVATION else code or entry.code))
    elif entry.reported_error:
        later = {"due_at": run.context.now() + AFTER_THE_OTHERS} if code else {}
        run.record(entry, Outcome(REJECTED, entry.code, fields=later))
    else:
        run.record(entry, Outcome(READY, code))


def _broken_answer(run: PushRun, entry: LedgerEntry, error: ContractBroken) -> LedgerState:
    """Put off an entry that alone got an answer that makes no sense; after a few times it is held for a person."""
    if not is_open(run.context.store, entry.tenant_id, error.code, entry.number):
        run.log.error(error, entry.number)
    again = {"due_at": run.context.now() + AFTER_BROKEN_ANSWER, "failed_claims": entry.failed_claims}
    if entry.failed_claims >= MOST_FAILED_CLAIMS:
        with run.context.store.begin() as tx:
            return give_up(tx, entry, error.code, **again)
    state = UNKNOWN if entry.state == UNKNOWN else READY
    run.record(entry, Outcome(state, error.code, fields=again))
    return state


def _outcome(run: PushRun, entry: LedgerEntry, explicit: bool) -> Outcome:
    """Find out what becomes of an entry, sending its document if that is what has to be done."""
    if entry.state == UNKNOWN and (resolved := resolve_unknown(run, entry)) is not None:
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
    pause = LONGEST_RETRY if sibling.state == HELD else SEARCH_AGAIN
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
    }
    if str(error) == entry.reported_error:
        return Outcome(REJECTED, error.code, fields=fields)
    return Outcome(REJECTED, error.code, message=error.code, values=error.values, fields=fields, resolves=True)


def _send(run: PushRun, entry: LedgerEntry, work_order: WorkOrder, document: Document) -> Outcome:
    """Send a document that the package does not hold yet."""
    expected, customer = run.package.expected_document(document), document.customer.key
    if documents_there := run.package.find(document.reference, customer):
        return _already_there(run, documents_there, expected, work_order)
    with _turn(run):
        run.begin_sending(entry, **_intent(run, work_order, document, expected))
        try:
            sent = run.package.send(document)
        except RecordRejected:
            # some packages answer a refusal to a reference that they hold already
            if not (documents_there := run.package.find(document.reference, customer)):
                raise
            return match_existing(run, documents_there, expected)
    return confirm(run, sent, "work_order.booked", expected)


def _turn(run: PushRun) -> AbstractContextManager[None]:
    """Wait until no other run sends to a package that takes one document at a time."""
    return advisory_lock(run.context.store, run.tenant.id) if run.package.serial else nullcontext()


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
    run: PushRun, documents_there: Sequence[PackageDocument], expected: ExpectedDocument, work_order: WorkOrder
) -> Outcome:
    """Confirm a document that the ledger does not know of, as after a restore; bookkeepers may have worked on it."""
    if len(documents_there) > 1:
        return hold_several(run, documents_there)
    [existing] = documents_there
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
