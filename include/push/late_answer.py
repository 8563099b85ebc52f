"""An answer that comes when its runner has lost the entry (R3.10): the document is there, and must be known."""

from include.push.ledger import CONFIRMED, Outcome, resolve_problems
from include.push.push_run import PushRun
from include.store import ledger, sent_documents
from include.store.ledger import LedgerEntry

DUPLICATES = "work_order.duplicate_documents"


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
