"""A document as the package has it against what it should hold. Pure functions."""

from collections.abc import Iterator
from itertools import islice

from include.records import ExpectedDocument, PackageDocument, PackageLine

SHOWN = 5  # differences in a message


def differences(planned: ExpectedDocument, sent: PackageDocument) -> list[str]:
    """Where customer, day and lines differ, ours before theirs; amounts are another matter: see ``totals_differ``."""
    return list(islice(_differences(planned, sent), SHOWN))


def _differences(planned: ExpectedDocument, sent: PackageDocument) -> Iterator[str]:
    if sent.customer_key and sent.customer_key != planned.customer_key:
        yield f"{planned.customer_key} → {sent.customer_key}"
    if sent.date and sent.date != planned.date:
        yield f"{planned.date} → {sent.date}"
    if sent.lines is None:
        return
    if len(sent.lines) != len(planned.lines):
        yield f"{len(planned.lines)} → {len(sent.lines)}"
        return
    for ours, theirs in zip(planned.lines, sent.lines, strict=True):
        if (_plain(ours.description), ours.quantity) != (_plain(theirs.description), theirs.quantity):
            yield f"{_shown(ours)} → {_shown(theirs)}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _shown(line: PackageLine) -> str:
    text = _plain(line.description)[:40]
    return f"'{text}'" if line.quantity is None else f"{line.quantity} × '{text}'"


def totals_differ(planned: ExpectedDocument, sent: PackageDocument) -> bool:
    """Whether a total or the number of lines is another than expected; what one side does not know is no difference."""
    pairs = [
        (planned.total_excl_vat, sent.total_excl_vat),
        (planned.total_incl_vat, sent.total_incl_vat),
        (len(planned.lines), None if sent.lines is None else len(sent.lines)),
    ]
    return any(ours is not None and theirs is not None and ours != theirs for ours, theirs in pairs)


def figures(document: ExpectedDocument | PackageDocument) -> str:
    """Both totals and the number of lines, for a message."""
    amounts = (document.total_excl_vat, document.total_incl_vat)
    lines = "?" if document.lines is None else len(document.lines)
    return " / ".join("?" if amount is None else f"€ {amount:.2f}" for amount in amounts) + f" ({lines})"
