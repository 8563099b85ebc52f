"""Documents as the tests read them, whichever accounting package holds them: an order, or a concept invoice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class BookedLine:
    """One line as the package has it; a line of text has no article, quantity or amount."""

    description: str
    article_code: str | None = None
    quantity: Decimal | None = None
    net: Decimal | None = None


@dataclass(frozen=True)
class BookedDocument:
    """A document as the package has it. ``id`` is its key there, ``number`` what people call it.

    ``title`` is what a list of documents shows of it, ``memo`` what its own field for remarks holds.
    """

    id: str
    number: str
    reference: str
    customer_key: str
    date: date
    is_draft: bool
    title: str
    memo: str
    lines: tuple[BookedLine, ...]
    total_excl: Decimal
    total_incl: Decimal

    @property
    def line_texts(self) -> list[str]:
        return [line.description for line in self.lines]

    @property
    def quantities(self) -> list[tuple[str, Decimal | None]]:
        """Return (description, quantity) of each line."""
        return [(line.description, line.quantity) for line in self.lines]
