"""How long the package takes until a search shows a new document; it tells what finding nothing means."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from include.log.problems import is_open
from include.push.ledger import keep
from include.push.outcomes import document_name
from include.push.push_run import PushRun
from include.records import PackageDocument
from include.store import sent_documents
from include.store.ledger import LedgerEntry

MEASURE_EVERY = timedelta(hours=1)  # for each tenant one document
LOOK_FOR = timedelta(days=1)
FIRST_PAUSE = timedelta(seconds=15)
TRIED = 3  # documents that are looked for as evidence: a bookkeeper may have removed one
DUPLICATES = "work_order.duplicate_documents"


def search_has_caught_up(run: PushRun, moment: datetime) -> bool:
    """Tell whether a search shows a document of ours that was made after a moment: then it shows all made before."""
    with run.context.store.begin() as tx:
        later = sent_documents.sent_after(tx, run.tenant.id, moment, TRIED)
    return any(_shown(entry, run.package.find(entry.reference, entry.customer_key or "")) for entry in later)


def _shown(entry: LedgerEntry, documents_there: Sequence[PackageDocument]) -> bool:
    return any(document.id == entry.document_id for document in documents_there)


def to_look_for(run: PushRun, entry: LedgerEntry) -> dict[str, object]:
    """Return the fields by which a document that is confirmed now is looked for: one an hour is, to measure.

    So is each that was sent twice, for a day: the first one may turn up yet.
    """
    now = run.context.now()
    with run.context.store.begin() as tx:
        last = sent_documents.last_looked_for(tx, run.tenant.id)
    if entry.unclear_calls > 1 or last is None or now - last >= MEASURE_EVERY:
        return {"search_until": now + LOOK_FOR, "due_at": now, "lookup_attempts": 0}
    return {}


def look_for(run: PushRun, entry: LedgerEntry) -> None:
    """Look whether a search shows a confirmed document, and whether it shows another one of the same work order.

    Raises ClaimLost, IntegrationError.
    """
    documents_there = _documents_of(run, entry)
    now, shown, several = run.context.now(), _shown(entry, documents_there), len(documents_there) > 1
    over = several or (shown and entry.unclear_calls < 2) or (entry.search_until or now) <= now
    pause = max(FIRST_PAUSE, (now - (entry.confirmed_at or now)) / 2)
    with run.context.store.begin() as tx:
        keep(tx, entry, **({"search_until": None} if over else {"due_at": now + pause}))
        if shown:
            sent_documents.note_seen(tx, entry, now)
    if several and not is_open(run.context.store, entry.tenant_id, DUPLICATES, entry.number):
        listed = ", ".join(map(document_name, documents_there))
        run.log.write(DUPLICATES, entry.number, system=run.system, count=len(documents_there), documents=listed)


def _documents_of(run: PushRun, entry: LedgerEntry) -> list[PackageDocument]:
    """Return what a search shows; with the confirmed document, if it shows another one alone."""
    documents_there = list(run.package.find(entry.reference, entry.customer_key or ""))
    if documents_there and not _shown(entry, documents_there):
        own = run.package.document(entry.document_id or "")
        documents_there += [own] if own else []
    return documents_there
