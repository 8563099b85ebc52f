"""What the pages show and ask, in words that no service has for itself; each service translates its records to these.

A *desk* is where people make work orders, a *binder* is where the documents of a package are looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

SHOWN = 200  # choices in a list; more of them are searched for


class CannotDo(Exception):
    """The service refuses what a person asked; the text says why."""


@dataclass(frozen=True)
class Account:
    """A licence, company or administration; ``log_in`` says who may come in on a page of the service."""

    key: str
    title: str
    log_in: str = ""


@dataclass(frozen=True)
class Choice:
    """An option of a list."""

    id: int
    label: str


@dataclass(frozen=True)
class Choices:
    """The first so many options that hold the words that were searched for, and how many there are in all."""

    found: Sequence[Choice]
    total: int


@dataclass(frozen=True)
class Wish:
    """A work order as a person asks for it; articles are (article, quantity)."""

    location: int
    description: str
    articles: Sequence[tuple[int, Decimal]] = ()
    travel_minutes: int = 0
    work_minutes: int = 0


@dataclass(frozen=True)
class WorkOrder:
    """A work order as the pages show it; the minutes are those that were asked for until they are booked."""

    id: int
    number: str
    state: str  # one of STATES
    customer: str
    location: str
    description: str
    articles: Sequence["Line"]
    travel_minutes: int
    work_minutes: int
    planned: str
    archived: str

    @property
    def words(self) -> frozenset[str]:
        """What the reference of its document holds, each as a word of its own."""
        return frozenset({self.number, str(self.id)})


# as the desk names them: in Dutch, in order
STATES: Mapping[str, str] = {
    "New": "nieuw",
    "Planned": "gepland",
    "InProgress": "onderhanden",
    "Ready": "gereed",
    "Archived": "gearchiveerd",
}


class Desk(Protocol):
    """The work orders of a field-service app. Raises KeyError for an account or work order that is not there."""

    title: str  # of the app

    def accounts(self) -> Sequence[Account]: ...

    def places(self, account: str, words: str) -> Choices:
        """Where work can be done."""

    def articles(self, account: str, words: str) -> Choices: ...

    def work_orders(self, account: str, start: int, stop: int) -> tuple[Sequence[WorkOrder], int]:
        """Some of them, newest first, and how many there are."""

    def work_order(self, account: str, id: int) -> WorkOrder: ...

    def make(self, account: str, wish: Wish) -> int:
        """Answers its id. Raises CannotDo."""

    def plan(self, account: str, id: int) -> None:
        """Raises CannotDo; so do the others."""

    def report_ready(self, account: str, id: int, minutes: tuple[int, int]) -> None:
        """With the minutes of travel and of work that were made."""

    def archive(self, account: str, id: int) -> None: ...

    def unarchive(self, account: str, id: int) -> None: ...


@dataclass(frozen=True)
class Line:
    """A line of a document or work order; what it does not have is None."""

    text: str
    code: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class Paper:
    """A document as the pages show it; ``facts`` are labels with their values."""

    id: str
    number: str
    state: str
    reference: str
    date: date | None
    customer: Sequence[str]  # name and address, line by line
    facts: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    net: Decimal
    vat: Decimal
    total: Decimal


class Binder(Protocol):
    """The documents of a package. Raises KeyError for an account or document that is not there."""

    title: str  # of the package
    papers_are: str  # what they are called, several of them

    def accounts(self) -> Sequence[Account]: ...

    def count(self, account: str) -> int: ...

    def papers(self, account: str, start: int, stop: int) -> Sequence[Paper]:
        """Some of them, newest first."""

    def paper(self, account: str, id: str) -> Paper: ...

    def references(self, account: str) -> Sequence[tuple[str, str]]:
        """Id and reference of every document that has a reference."""
