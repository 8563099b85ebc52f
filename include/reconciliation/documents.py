"""Documents in the package against the ledger: gone, double, or changed since they were booked (R3.10)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from include.connectors.package import DocumentSink
from include.errors import RecordRejected
from include.push.diff import SHOWN, differences, figures, totals_differ
from include.push.outcomes import document_name
from include.records import ExpectedDocument, PackageDocument
from include.store.ledger import LedgerEntry

MISSING, DOUBLE, CHANGED = "reconcile.document_missing", "reconcile.document_double", "reconcile.document_changed"
CODES = (MISSING, DOUBLE, CHANGED)


@dataclass(frozen=True)
class DocumentDifference:
    """What is not as it was booked: the code of its message, and the values of that."""

    code: str
    values: Mapping[str, str]


def compare_document(package: DocumentSink, system: str, entry: LedgerEntry) -> DocumentDifference | None:
    """Ask for the document of a confirmed entry, and for others like it; None when all is as it was booked.

    Raises IntegrationError.
    """
    there = _documents_there(package, entry)
    shown = {"system": system, "document": entry.document}
    own = next((document for document in there if document.id == entry.document_id), None)
    if own is None and not there:
        return DocumentDifference(MISSING, shown)
    if len(there) > 1:
        named = ", ".join(sorted(document_name(document) for document in there))
        return DocumentDifference(DOUBLE, {"system": system, "count": str(len(there)), "documents": named})
    if own is None:
        return DocumentDifference(MISSING, shown)
    changes = list(islice(changed_since_booked(entry, own), SHOWN))
    return DocumentDifference(CHANGED, shown | {"changes": "; ".join(changes)}) if changes else None


def _documents_there(package: DocumentSink, entry: LedgerEntry) -> Sequence[PackageDocument]:
    """Return the entry's own document, wherever it is by now, and all others with its reference."""
    own = package.document(entry.document_id or "")
    try:
        alike = package.find(entry.reference, entry.customer_key or (own.customer_key if own else ""))
    except RecordRejected:  # the customer is gone, and with him the list of his documents
        alike = ()
    return [*([own] if own else []), *(document for document in alike if own is None or document.id != own.id)]


def changed_since_booked(entry: LedgerEntry, document: PackageDocument) -> Iterator[str]:
    """Yield what people changed, as it was booked before as it is now.

    The day is left out: publishing a concept gives it another one.
    """
    if entry.booked is not None:
        booked = PackageDocument.model_validate(entry.booked)
        yield from _changed(booked, document)
    elif entry.expected is not None:
        expected = ExpectedDocument.model_validate(entry.expected)
        yield from (text for text in differences(expected, document) if not text.startswith(f"{expected.date} → "))
        if totals_differ(expected, document):
            yield f"{figures(expected)} → {figures(document)}"


def _changed(booked: PackageDocument, document: PackageDocument) -> Iterator[str]:
    if booked.customer_key and document.customer_key and booked.customer_key != document.customer_key:
        yield f"{booked.customer_key} → {document.customer_key}"
    before, after = figures(booked), figures(document)
    comparable = booked.lines is not None and document.lines is not None
    if _known(booked) == _known(document) and (not comparable or booked.lines == document.lines):
        return
    if _known(booked) != _known(document):
        yield f"{before} → {after}"
    for ours, theirs in zip(booked.lines or (), document.lines or (), strict=False):
        if ours != theirs:
            yield f"'{ours.description}', {ours.quantity} → '{theirs.description}', {theirs.quantity}"
    if comparable and len(booked.lines or ()) != len(document.lines or ()):
        yield f"{len(booked.lines or ())} → {len(document.lines or ())}"


def _known(document: PackageDocument) -> tuple[object, object]:
    return document.total_excl_vat, document.total_incl_vat
