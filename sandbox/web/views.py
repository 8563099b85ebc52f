"""What the pages show and ask, in words that no service has for itself; each service translates its records to these.

A *desk* is where people make work orders, a *document viewer* is where they see the documents of a package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

SHOWN = 200  # options in a list; more of them are searched for


class ActionRefused(Exception):
    """The service refuses what a person asked; the text says why."""


@dataclass(frozen=True)
class AccountView:
    """A licence, company or administration that the pages list; ``log_in`` names who can sign in there."""

    key: str
    title: str
    log_in: str = ""


@dataclass(frozen=True)
class SelectOption:
    """An option that a list of a form offers."""

    id: int
    label: str


@dataclass(frozen=True)
class SelectOptions:
    """The first so many options that hold the words that were searched for, and how many there are in all."""

    options: Sequence[SelectOption]
    total: int


@dataclass(frozen=True)
class WorkOrderRequest:
    """A work order as a person asks for it; articles are (article, quantity)."""

    location: int
    description: str
    articles: Sequence[tuple[int, Decimal]] = ()
    travel_minutes: int = 0
    work_minutes: int = 0


@dataclass(frozen=True)
class WorkOrderView:
    """A work order as the pages show it; the minutes are those that were asked for until they are booked."""

    id: int
    number: str
    state: str  # one of STATES
    customer: str
    location: str
    description: str
    articles: Sequence["LineView"]
    travel_minutes: int
    work_minutes: int
    planned: str
    archived: str

    @property
    def words(self) -> frozenset[str]:
        """The words that the reference of its document holds: its number and its id."""
        return frozenset({self.number, str(self.id)})


# as the desk names them: in Dutch, in order
STATES: Mapping[str, str] = {
    "New": "nieuw",
    "Planned": "gepland",
    "InProgress": "onderhanden",
    "Ready": "gereed",
    "Archived": "gearchiveerd",
}


class WorkOrderDesk(Protocol):
    """Where people make the work orders of a field-service app.

    Raises KeyError for an account or work order that is not there.
    """

    title: str  # of the app

    def accounts(self) -> Sequence[AccountView]: ...

    def places(self, account: str, words: str) -> SelectOptions:
        """Return the locations where work can be done."""

    def articles(self, account: str, words: str) -> SelectOptions: ...

    def work_orders(self, account: str, start: int, stop: int) -> tuple[Sequence[WorkOrderView], int]:
        """Return some of the work orders, newest first, and how many there are."""

    def work_order(self, account: str, id: int) -> WorkOrderView: ...

    def make(self, account: str, request: WorkOrderRequest) -> int:
        """Make a work order and return its id. Raises ActionRefused."""

    def plan(self, account: str, id: int) -> None:
        """Plan a work order. Raises ActionRefused; so do the others."""

    def report_ready(self, account: str, id: int, minutes: tuple[int, int]) -> None:
        """Report a work order ready, with the minutes of travel and of work that were made."""

    def archive(self, account: str, id: int) -> None: ...

    def unarchive(self, account: str, id: int) -> None: ...


@dataclass(frozen=True)
class LineView:
    """A line of a document or work order; what it does not have is None."""

    text: str
    code: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class DocumentView:
    """A document as the pages show it; ``facts`` are labels with their values."""

    id: str
    number: str
    state: str
    reference: str
    date: date | None
    customer: Sequence[str]  # name and address, line by line
    facts: Sequence[tuple[str, str]]
    lines: Sequence[LineView]
    net: Decimal
    vat: Decimal
    total: Decimal


class DocumentViewer(Protocol):
    """Where people see the documents of a package.

    Raises KeyError for an account or document that is not there.
    """

    title: str  # of the package
    documents_title: str  # what they are called, several of them

    def accounts(self) -> Sequence[AccountView]: ...

    def count(self, account: str) -> int: ...

    def documents(self, account: str, start: int, stop: int) -> Sequence[DocumentView]:
        """Return some of the documents, newest first."""

    def document(self, account: str, id: str) -> DocumentView: ...

    def references(self, account: str) -> Sequence[tuple[str, str]]:
        """Return the id and the reference of every document that has a reference."""
