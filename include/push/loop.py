"""The loop that empties the ledger: one entry at a time, its intent committed before the call (R3.10, R3.13)."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from include.connectors.base import DocumentSink, FieldService
from include.errors import AnswerLost, IntegrationError, RecordRejected, Transient
from include.integration_log import IntegrationLog
from include.koppel import Koppel
from include.push import document as documents
from include.push.books import open_books
from include.push.discover import discover
from include.records import Document, SentDocument
from include.store import ledger
from include.store.ledger import Entry, State, Superseded
from include.tenants.opening import open_app, open_package
from include.tenants.tenant import Tenant

BATCH = 200  # a run takes so many and yields; what is left is announced again
LEASE = timedelta(minutes=5)
LOOK_AGAIN = timedelta(seconds=30)  # after a lost answer: a search may lag the write
LOOKS = 2  # searches in vain before it is sent again
AFTER_REFUSAL = timedelta(minutes=10)  # a person must act first
PAUSE = timedelta(minutes=5)  # before a rejected one is looked at again, doubled each time
LONGEST_PAUSE = timedelta(hours=6)


@dataclass(frozen=True)
class Push:
    """One run of one tenant."""

    koppel: Koppel
    tenant: Tenant
    app: FieldService
    package: DocumentSink
    books: documents.Books
    log: IntegrationLog

    def move(self, entry: Entry, state: State, code: str | None = None, **fields: object) -> None:
        with self.koppel.store.begin() as tx:
            ledger.step(tx, entry, state, code, **fields)


def push(koppel: Koppel, tenant: Tenant, key: str) -> dict[str, int]:
    """Send what is due; how many ended in which state. ``key`` is the run's.

    Raises the IntegrationError that stops this tenant for now.
    """
    log = IntegrationLog(koppel.store, tenant.id, tenant.slug, key)
    try:
        app, package = open_app(koppel, tenant), open_package(koppel, tenant)
        discover(koppel, tenant, app)
    except IntegrationError as error:
        log.error(error)
        raise
    return _empty(Push(koppel, tenant, app, package, open_books(koppel.store, tenant.id), log))


def _empty(run: Push) -> dict[str, int]:
    ended: Counter[str] = Counter()
    with run.koppel.store.begin() as tx:
        due = ledger.due(tx, run.tenant.id, run.koppel.now(), BATCH)
    for entry_id in due:
        with run.koppel.store.begin() as tx:
            entry = ledger.claim(tx, entry_id, run.koppel.now(), LEASE)
        if entry is None:
            continue  # somebody else has it
        try:
            ended[_one(run, entry)] += 1
        except Superseded:
            continue  # our lease ran out and somebody took it over
    return dict(ended)


def _one(run: Push, entry: Entry) -> State:
    """Where the entry ended. Raises Transient, Misconfigured and ContractBroken, with the entry to be tried again."""
    try:
        return _deliver(run, entry)
    except AnswerLost:
        run.log.write("work_order.answer_lost", entry.number, system=run.tenant.package.title)
        run.move(entry, "unknown", "work_order.answer_lost", due_at=run.koppel.now() + LOOK_AGAIN, looks=0)
        return "unknown"
    except RecordRejected as error:
        if error.code != entry.code:  # said once, not at every look
            run.log.error(error, entry.number)
        again = min(PAUSE * 2 ** min(entry.attempts, 10), LONGEST_PAUSE)
        run.move(entry, "rejected", error.code, due_at=run.koppel.now() + again, attempts=entry.attempts + 1)
        return "rejected"
    except IntegrationError as error:
        if error.code != entry.code:
            run.log.error(error, entry.number)
        state: State = "unknown" if entry.state == "unknown" else "ready"
        run.move(entry, state, error.code, due_at=run.koppel.now() + _pause(error))
        raise


def _pause(error: IntegrationError) -> timedelta:
    """Before a tenant's next try: as long as was asked, else a minute, or longer when a person must act first."""
    if isinstance(error, Transient):
        return timedelta(seconds=error.retry_after_s or 60)
    return AFTER_REFUSAL


def _deliver(run: Push, entry: Entry) -> State:
    if entry.state == "unknown" and (settled := _look_up(run, entry)) is not None:
        return settled
    if (other := _other(run, entry)) is not None:
        return other
    work_order = run.app.work_order(entry.work_order_id)
    if work_order is None or work_order.archived_at != entry.archived_at:
        # taken out of the archive; archiving it again makes an entry of its own
        return _skip(run, entry, "work_order.gone")
    if word := documents.left_out_by(work_order, run.tenant.settings):
        return _skip(run, entry, "work_order.filtered", word=word)
    document = documents.build(work_order, run.tenant.settings, run.books)
    return _send(run, entry, document)


def _look_up(run: Push, entry: Entry) -> State | None:
    """What became of a request whose answer was lost; None when it surely did not arrive.

    Before anything else, and under the customer it was sent for: the work order may have been changed since. A search
    may lag behind, so it takes two in vain.
    """
    if found := run.package.find(entry.reference, entry.customer_key or ""):
        return _settle(run, entry, found, "work_order.found_booked")
    if entry.looks + 1 < LOOKS:
        again = run.koppel.now() + LOOK_AGAIN
        run.move(entry, "unknown", entry.code, due_at=again, looks=entry.looks + 1)
        return "unknown"
    return None


def _other(run: Push, entry: Entry) -> State | None:
    """When another archiving of this work order is in the package already, or may be (R3.10)."""
    with run.koppel.store.begin() as tx:
        other = ledger.other_of(tx, entry)
    if other is None:
        return None
    if other.state == "confirmed":
        shown = _shown(other.document_number, other.document_id)
        return _skip(run, entry, "work_order.archived_again", system=run.tenant.package.title, document=shown)
    # one that is under way is over soon; one that is held waits for a person
    pause = LONGEST_PAUSE if other.state == "held" else LOOK_AGAIN
    run.move(entry, "ready", entry.code, due_at=run.koppel.now() + pause)
    return "ready"


def _skip(run: Push, entry: Entry, code: str, **values: str) -> State:
    run.log.write(code, entry.number, **values)
    run.move(entry, "skipped", code)
    return "skipped"


def _send(run: Push, entry: Entry, document: Document) -> State:
    customer = document.customer.key
    if found := run.package.find(document.reference, customer):
        return _settle(run, entry, found, "work_order.found_booked")
    digest = hashlib.blake2b(document.model_dump_json().encode(), digest_size=16).digest()
    version = run.tenant.settings_version
    intent = {"request_digest": digest, "settings_version": version, "customer_key": customer}
    # a lease of its own for the call: what came before it may have taken most of the first one
    intent["leased_until"] = run.koppel.now() + LEASE
    run.move(entry, "sending", None, **intent, attempts=entry.attempts + 1, looks=0)
    try:
        sent = run.package.send(document)
    except RecordRejected:
        # some packages answer a refusal to a reference that they hold already
        if not (found := run.package.find(document.reference, customer)):
            raise
        return _settle(run, entry, found, "work_order.found_booked")
    return _settle(run, entry, [sent], "work_order.booked")


def _settle(run: Push, entry: Entry, found: Sequence[SentDocument], code: str) -> State:
    """One document is what it should be; several are for a person to sort out."""
    system = run.tenant.package.title
    if len(found) > 1:
        listed = ", ".join(_shown(sent.number, sent.id) for sent in found)
        run.move(entry, "held", "work_order.several_documents")
        run.log.write("work_order.several_documents", entry.number, system=system, count=len(found), documents=listed)
        return "held"
    sent = found[0]
    run.move(entry, "confirmed", code, document_id=sent.id, document_number=sent.number)
    run.log.write(code, entry.number, system=system, document=_shown(sent.number, sent.id))
    return "confirmed"


def _shown(number: str | None, id: str | None) -> str:
    return number or f"concept {id}"
