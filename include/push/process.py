"""One entry of the ledger, from what is known of it to where it ends (R3.10).

The intent is committed before the call; after a lost answer the package is searched before anything is sent.
"""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

import orjson

from include.errors import ContractBroken, IntegrationError, OutcomeUnknown, RecordRejected
from include.log.writer import is_open
from include.push import document as documents
from include.push.diff import differences, figures, totals_differ
from include.push.master_data import LookupTrace, load_records
from include.push.push_run import LEASE, PushRun, close_problems
from include.records import Document, ExpectedDocument, PackageDocument, WorkOrder
from include.store import ledger
from include.store.advisory_lock import advisory_lock
from include.store.ledger import LedgerEntry, LedgerState

LOOK_AGAIN = timedelta(seconds=30)  # after a lost answer: a search may lag the write
LOOKS = 2  # searches in vain before it is sent again
PAUSE = timedelta(minutes=5)  # before a rejected one is looked at again without a reason, doubled each time
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_AFTER_REFUSAL = timedelta(minutes=30)  # what is repaired in the package may not show in our records
IN_PACKAGE = ("work_order.refused", "work_order.vat_unknown")
BROKEN = timedelta(minutes=10)
ASIDE = timedelta(minutes=20)  # longer than a tenant's pushes stop: the others go first
CRASHES = 3  # so often may a run break off on an entry before it is held


def process(run: PushRun, entry: LedgerEntry, explicit: bool = False) -> LedgerState:
    """Where the entry ended. ``explicit``: a person asked for it, so the filter word does not count.

    Raises Transient, Misconfigured and ContractBroken, with the entry to be tried again.
    """
    try:
        return _process(run, entry, explicit)
    except OutcomeUnknown as error:
        run.lost.append(error)
        run.log.write("work_order.answer_lost", entry.number, system=run.system)
        wait = max(LOOK_AGAIN, timedelta(seconds=error.retry_after_s or 0))
        run.move(entry, "unknown", "work_order.answer_lost", due_at=run.context.now() + wait, looks=0)
        return "unknown"
    except ContractBroken as error:
        if not run.ended["confirmed"]:  # nobody knows whether it is this one or all
            requeue(run, entry, error.code)
            raise
        return _broken(run, entry, error)
    except IntegrationError as error:
        requeue(run, entry, error.code)
        raise


def requeue(run: PushRun, entry: LedgerEntry, code: str | None = None) -> None:
    """As it was. What goes wrong concerns the tenant; should it be this one alone, then the others go before it."""
    if entry.state == "unknown":
        run.move(entry, "unknown", entry.code if entry.code == ledger.BEFORE_ACTIVATION else code or entry.code)
    elif entry.said:
        later = {"due_at": run.context.now() + ASIDE} if code else {}
        run.move(entry, "rejected", entry.code, **later)
    else:
        run.move(entry, "ready", code)


def _broken(run: PushRun, entry: LedgerEntry, error: ContractBroken) -> LedgerState:
    """Others went well: an answer about this one makes no sense. A few times over, then it is held for a person."""
    if not is_open(run.context.store, entry.tenant_id, error.code, entry.number):
        run.log.error(error, entry.number)
    again = {"due_at": run.context.now() + BROKEN, "crashes": entry.crashes}
    if entry.crashes >= CRASHES:
        with run.context.store.begin() as tx:
            return ledger.give_up(tx, entry, error.code, **again)
    state: LedgerState = "unknown" if entry.state == "unknown" else "ready"
    run.move(entry, state, error.code, **again)
    return state


def _process(run: PushRun, entry: LedgerEntry, explicit: bool) -> LedgerState:
    if entry.state == "unknown" and (settled := _resolve_unknown(run, entry)) is not None:
        return settled
    if entry.code == ledger.BEFORE_ACTIVATION and not explicit:
        return _skip(run, entry, ledger.BEFORE_ACTIVATION)
    with run.context.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    if other is not None and other.state != "confirmed":
        return _wait_for(run, entry, other)
    work_order = run.app.work_order(entry.work_order_id)
    if work_order is None or work_order.archived_at != entry.archived_at:
        # taken out of the archive; archiving it again makes an entry of its own
        return _skip(run, entry, ledger.GONE)
    if other is not None:
        return _archived_again(run, entry, other, work_order)
    word = documents.filter_word_in(work_order, run.tenant.settings)
    if word and not explicit:
        return _skip(run, entry, "work_order.filtered", word=word)
    return _book(run, entry, work_order)


def _resolve_unknown(run: PushRun, entry: LedgerEntry) -> LedgerState | None:
    """What became of a request whose answer was lost; None when it surely did not arrive.

    Before anything else, and under the customer it was sent for: the work order may have been changed since. A search
    may lag behind, so it takes two in vain.
    """
    if found := run.package.find(entry.reference, entry.customer_key or ""):
        expected = ExpectedDocument.model_validate(entry.expected) if entry.expected else None
        return _match_existing(run, entry, found, expected)
    if entry.looks + 1 < LOOKS:
        again = run.context.now() + LOOK_AGAIN
        run.move(entry, "unknown", entry.code, due_at=again, looks=entry.looks + 1)
        return "unknown"
    return None


def _match_existing(
    run: PushRun, entry: LedgerEntry, found: Sequence[PackageDocument], expected: ExpectedDocument | None
) -> LedgerState:
    """After we sent it: exactly one that agrees with what was sent is ours; anything else is for a person."""
    if len(found) > 1:
        return _hold_several(run, entry, found)
    sent = found[0]
    if expected and (differing := differences(expected, sent)):
        values = {"document": _shown(sent), "found": "; ".join(differing)}
        return _hold(run, entry, "work_order.document_differs", **values)
    return _confirm(run, entry, sent, "work_order.found_booked", expected)


def _hold_several(run: PushRun, entry: LedgerEntry, found: Sequence[PackageDocument]) -> LedgerState:
    listed = ", ".join(_shown(sent) for sent in found)
    return _hold(run, entry, "work_order.several_documents", count=len(found), documents=listed)


def _hold(run: PushRun, entry: LedgerEntry, code: str, **values: Any) -> LedgerState:
    with run.context.store.begin() as tx:
        close_problems(tx, entry)
    run.log.write(code, entry.number, system=run.system, **values)
    run.move(entry, "held", code)
    return "held"


def _wait_for(run: PushRun, entry: LedgerEntry, other: LedgerEntry) -> LedgerState:
    """Another archiving of this work order is under way, which is over soon; or held, which waits for a person."""
    pause = LONGEST_PAUSE if other.state == "held" else LOOK_AGAIN
    run.move(entry, "ready", entry.code, due_at=run.context.now() + pause)
    return "ready"


def _archived_again(run: PushRun, entry: LedgerEntry, other: LedgerEntry, work_order: WorkOrder) -> LedgerState:
    """It is in the package already, and stays as it is there (R3.10)."""
    before, now = other.work_order or {}, _stored(work_order)
    changed = bool(before) and any(before.get(name) != now[name] for name in now if name != "archived_at")
    code = "work_order.edited_after_booking" if changed else "work_order.archived_again"
    return _skip(run, entry, code, system=run.system, document=other.document)


def _skip(run: PushRun, entry: LedgerEntry, code: str, **values: str) -> LedgerState:
    run.settle(entry, "skipped", code)
    run.log.write(code, entry.number, **values)
    return "skipped"


def _book(run: PushRun, entry: LedgerEntry, work_order: WorkOrder) -> LedgerState:
    tenant, asked = run.tenant, LookupTrace()
    try:
        books = load_records(run.context.store, tenant.id, tenant.settings, [work_order]).books(asked)
        document = documents.build(work_order, tenant.settings, books)
        return _send(run, entry, work_order, document, run.package.plan(document))
    except RecordRejected as error:
        return _park(run, entry, error, work_order, asked.digest(tenant.settings_version))


def _park(run: PushRun, entry: LedgerEntry, error: RecordRejected, work_order: WorkOrder, basis: bytes) -> LedgerState:
    """It waits until what it was judged by changes; what is wrong with it is said once, not at every look."""
    said = str(error)
    if said != entry.said:
        with run.context.store.begin() as tx:
            close_problems(tx, entry)
        run.log.error(error, entry.number)
    longest = LONGEST_AFTER_REFUSAL if error.code in IN_PACKAGE else LONGEST_PAUSE
    again = run.context.now() + min(PAUSE * 2 ** min(entry.attempts, 10), longest)
    judged = {"said": said, "work_order": _stored(work_order), "basis": basis, "due_at": again}
    run.move(entry, "rejected", error.code, attempts=entry.attempts + 1, **judged)
    return "rejected"


def _send(
    run: PushRun, entry: LedgerEntry, work_order: WorkOrder, document: Document, planned: ExpectedDocument
) -> LedgerState:
    customer = document.customer.key
    if found := run.package.find(document.reference, customer):
        return _found(run, entry, found, planned, work_order)
    with _turn(run):
        run.move(entry, "sending", None, **_intent(run, entry, work_order, document, planned))
        try:
            sent = run.package.send(document)
        except RecordRejected:
            # some packages answer a refusal to a reference that they hold already
            if not (found := run.package.find(document.reference, customer)):
                raise
            return _match_existing(run, entry, found, planned)
    return _confirm(run, entry, sent, "work_order.booked", planned)


def _turn(run: PushRun) -> AbstractContextManager[None]:
    return advisory_lock(run.context.store, run.tenant.id) if run.package.serial else nullcontext()


def _intent(
    run: PushRun, entry: LedgerEntry, work_order: WorkOrder, document: Document, planned: ExpectedDocument
) -> dict[str, object]:
    """What is committed before the call: enough to know the document again, whatever changes meanwhile."""
    return {
        "request_digest": hashlib.blake2b(document.model_dump_json().encode(), digest_size=16).digest(),
        "settings_version": run.tenant.settings_version,
        "customer_key": document.customer.key,
        "expected": planned.model_dump(mode="json"),
        "work_order": _stored(work_order),
        # a lease of its own for the call: what came before it may have taken most of the first one
        "leased_until": run.context.now() + LEASE,
        "attempts": entry.attempts + 1,
        "looks": 0,
    }


def _found(
    run: PushRun, entry: LedgerEntry, found: Sequence[PackageDocument], planned: ExpectedDocument, work_order: WorkOrder
) -> LedgerState:
    """It is there though the ledger does not know of it, as after a restore; bookkeepers may have worked on it."""
    if len(found) > 1:
        return _hold_several(run, entry, found)
    fields = {"work_order": _stored(work_order), "customer_key": planned.customer_key}
    state = _confirm(run, entry, found[0], "work_order.found_booked", None, **fields)
    if differing := differences(planned, found[0]):
        values = {"system": run.system, "document": _shown(found[0]), "found": "; ".join(differing)}
        run.log.write("work_order.found_edited", entry.number, **values)
    return state


def _confirm(
    run: PushRun,
    entry: LedgerEntry,
    sent: PackageDocument,
    code: str,
    planned: ExpectedDocument | None,
    **fields: object,
) -> LedgerState:
    run.lost.clear()
    run.settle(entry, "confirmed", code, document_id=sent.id, document_number=sent.number, **fields)
    run.log.write(code, entry.number, system=run.system, document=_shown(sent))
    if planned and totals_differ(planned, sent):
        values = {"document": _shown(sent), "expected": figures(planned), "found": figures(sent)}
        run.log.write("work_order.totals_differ", entry.number, system=run.system, **values)
    return "confirmed"


def _stored(work_order: WorkOrder) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(work_order.model_dump_json())
    return found


def _shown(sent: PackageDocument) -> str:
    return sent.number or f"concept {sent.id}"
