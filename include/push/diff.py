"""A document as the package has it against what it should hold. Pure functions."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from include.records import ExpectedDocument, PackageDocument, PackageLine

SHOWN = 5  # differences in a message


def differences(expected: ExpectedDocument, document: PackageDocument) -> list[str]:
    """Return where customer, day and lines differ, ours before theirs; amounts are for ``totals_differ``."""
    return list(islice(_differences(expected, document), SHOWN))


def _differences(expected: ExpectedDocument, document: PackageDocument) -> Iterator[str]:
    if document.customer_key and document.customer_key != expected.customer_key:
        yield f"{expected.customer_key} → {document.customer_key}"
    if document.date and document.date != expected.date:
        yield f"{expected.date} → {document.date}"
    if document.lines is None:
        return
    if len(document.lines) != len(expected.lines):
        yield f"{len(expected.lines)} → {len(document.lines)}"
        return
    for ours, theirs in zip(expected.lines, document.lines, strict=True):
        if (_plain(ours.description), ours.quantity) != (_plain(theirs.description), theirs.quantity):
            yield f"{_line(ours)} → {_line(theirs)}"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _line(line: PackageLine) -> str:
    text = _plain(line.description)[:40]
    return f"'{text}'" if line.quantity is None else f"{line.quantity} × '{text}'"


def totals_differ(expected: ExpectedDocument, document: PackageDocument) -> bool:
    """Tell whether a total or the number of lines is not as expected; what one side does not know is no difference.

    Where the package rounds VAT is its own affair.
    """
    pairs: list[tuple[set[Any], Any]] = [
        ({expected.total_excl_vat}, document.total_excl_vat),
        ({expected.total_incl_vat, expected.also_incl_vat} - {None}, document.total_incl_vat),
        ({len(expected.lines)}, None if document.lines is None else len(document.lines)),
    ]
    return any(theirs is not None and ours and theirs not in ours for ours, theirs in pairs)


def prices_differ(expected: ExpectedDocument, document: PackageDocument) -> list[str]:
    """Return the lines that have another amount than expected, if that is all that differs in the lines."""
    if document.lines is None or differences(expected, document):
        return []
    return [
        f"{_plain(ours.description)[:40]}: {_euro(ours.net)} → {_euro(theirs.net)}"
        for ours, theirs in zip(expected.lines, document.lines, strict=True)
        if ours.net != theirs.net
    ][:SHOWN]


def _euro(amount: Decimal) -> str:
    return f"€ {amount:.2f}"


def figures(document: ExpectedDocument | PackageDocument) -> str:
    """Return both totals and the number of lines, for a message."""
    amounts = (document.total_excl_vat, document.total_incl_vat)
    lines = "?" if document.lines is None else len(document.lines)
    return " / ".join("?" if amount is None else _euro(amount) for amount in amounts) + f" ({lines})"
