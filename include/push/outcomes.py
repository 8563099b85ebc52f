"""The outcomes that an entry of the ledger may have, each with its message."""

from collections.abc import Mapping, Sequence
from typing import Any

from include.push.diff import figures, prices_differ, totals_differ
from include.push.ledger import CONFIRMED, HELD, SKIPPED, Outcome
from include.push.push_run import PushRun
from include.records import ExpectedDocument, PackageDocument
from include.store import problems


def confirm(
    run: PushRun,
    document: PackageDocument,
    code: str,
    expected: ExpectedDocument | None,
    *,
    also: Sequence[tuple[str, dict[str, object]]] = (),
    **fields: object,
) -> Outcome:
    """Confirm that a document is in the package; totals that are not as expected are reported beside it."""
    run.lost.clear()
    run.failed.clear()
    shown: dict[str, object] = {"system": run.system, "document": document_name(document)}
    if expected and totals_differ(expected, document) and not _by_price(run, expected, document):
        totals = {"expected": figures(expected), "found": figures(document)}
        also = (*also, ("work_order.totals_differ", shown | totals))
    booked = document.model_dump(mode="json")
    fields |= {"document_id": document.id, "document_number": document.number, "booked": booked}
    return Outcome(CONFIRMED, code, message=code, values=shown, fields=fields, resolves=True, also=also)


def _by_price(run: PushRun, expected: ExpectedDocument, document: PackageDocument) -> bool:
    """Tell whether the package has prices of its own for this customer; said once of him, not of every document."""
    if not (lines := prices_differ(expected, document)):
        return False
    code, customer = "work_order.customer_prices", expected.customer_key
    with run.context.store.begin() as tx:
        said = problems.was_reported(tx, run.tenant.id, code, customer)
    if not said:
        run.log.write(code, customer, system=run.system, document=document_name(document), found="; ".join(lines))
    return True


def skip(code: str, **values: str) -> Outcome:
    """Send nothing, for the reason that the code says."""
    return Outcome(SKIPPED, code, message=code, values=values, resolves=True)


def hold(run: PushRun, code: str, fields: Mapping[str, Any] | None = None, **values: Any) -> Outcome:
    """Let a person decide."""
    shown = {"system": run.system, **values}
    return Outcome(HELD, code, message=code, values=shown, fields=fields or {}, resolves=True)


def hold_lookalike(run: PushRun, reference: str, alike: Sequence[PackageDocument], **fields: Any) -> Outcome:
    """Let a person say whether a document without our reference is that of this work order."""
    named = ", ".join(f"{document_name(there)} ('{there.reference}')" for there in alike)
    return hold(run, "work_order.lookalike", fields, documents=named, reference=reference)


def hold_several(run: PushRun, documents_there: Sequence[PackageDocument]) -> Outcome:
    """Let a person decide between several documents of one work order."""
    listed = ", ".join(document_name(document) for document in documents_there)
    return hold(run, "work_order.duplicate_documents", count=len(documents_there), documents=listed)


def document_name(document: PackageDocument) -> str:
    """Return what a person calls a document."""
    return document.number or f"concept {document.id}"
