"""Koppel's own records: what a connector maps its answers to, and what the loops work with.

They are frozen; money is Decimal, time is aware UTC.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Raw = dict[str, Any]  # a row as an API gave it
Id = Annotated[int, Field(ge=1, lt=2**63)]  # Simon's, as far as a database takes it


class Record(BaseModel):
    """Common to all records: frozen, and nothing slips in under a wrong name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Record):
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country_code: str = "NL"  # ISO 3166-1 alpha-2; empty when nobody can tell
    unknown_country: str = ""  # what the package has instead


class MasterRecord(Record):
    """Something of which the package is the master (R1.1). ``key`` is the package's own id, as text."""

    key: str
    active: bool = True
    identity: str = ""  # another mark by which the package knows it, should its key ever change
    changed_on: date | None = None  # the package's own word on the last change, where it has one (R1.11)

    @property
    def label(self) -> str:
        """What a person calls it, and messages do."""
        return self.key

    @property
    def title(self) -> str:
        """The name or description by which people tell it from others."""
        return ""

    @property
    def place(self) -> str:
        """The address by which people tell it from others."""
        return ""


class Customer(MasterRecord):
    """A customer has a default ``address``, which is also written to Simon (R1.3)."""

    number: str
    name: str
    address: Address = Address()
    phone: str = ""
    mobile: str = ""
    email: str = ""
    vat_number: str = ""
    chamber_of_commerce_number: str = ""
    payment_condition: str = ""  # what the package wants to see on this customer's documents
    vat_scenario: int | None = None
    # how VAT is charged, where the customer decides it: normal, reverse_charged, none; else the package's own word
    vat_kind: str = ""

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}"[:80]

    @property
    def title(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        return " ".join(filter(None, (self.address.street, self.address.postal_code)))


class WorkAddress(MasterRecord):
    """The default work address of a customer (R1.4). Those that people add in Simon are never ours."""

    customer_key: str
    name: str
    contact_name: str = ""
    address: Address = Address()
    phone: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        return self.name[:80]


class ArticleGroup(MasterRecord):
    name: str

    @property
    def label(self) -> str:
        return self.name[:80]


class ArticleType(MasterRecord):
    """Read to be chosen in a filter; Simon has no table for it."""

    name: str


class PickListEntry(MasterRecord):
    """Something of the package that a setting can name. One that is not active cannot be used for it."""

    name: str = ""


class Article(MasterRecord):
    code: str
    description: str
    unit: str = ""
    group_key: str | None = None
    type_key: str | None = None
    vat_code: str = ""
    account: str = ""  # ledger account of its revenue, where a document's line has to name it
    vat_rate: Decimal | None = None  # only where the VAT code alone does not tell
    price: Decimal = Decimal(0)  # excluding VAT, for one unit; never written to Simon (R3.11)

    @property
    def label(self) -> str:
        return self.code or self.key

    @property
    def title(self) -> str:
        return self.description


class LongValueEffect(StrEnum):
    """What is done with a value that is longer than the field service app takes."""

    # A text that people read: its end is cut.
    SHORTENED = "shortened"
    # What is wrong unless it is whole, such as an e-mail address: it is left empty.
    EMPTIED = "emptied"
    # What the record is known by: it is not written.
    REFUSED = "refused"


class LongValue(Record):
    """Says of which field (our word) the value is longer than what the app takes, and what is done with it."""

    field: str
    length: int
    effect: LongValueEffect


class UsedArticle(Record):
    """Material on a work order. ``article_id`` is Simon's; None was typed in freely."""

    article_id: Id | None
    code: str
    description: str
    quantity: Decimal


class TimeEntry(Record):
    """``other`` is a kind that Simon is not known to have."""

    kind: Literal["travel", "work", "other"]
    minutes: int


class WorkOrder(Record):
    """An archived work order, as Simon holds it. Ids are Simon's."""

    id: Id
    number: str
    archived_at: datetime
    customer_id: Id | None
    work_address_id: Id
    work_address_customer_id: Id | None
    work_address: str = ""  # readable, for the memo
    description: str = ""
    used_articles: tuple[UsedArticle, ...] = ()
    times: tuple[TimeEntry, ...] = ()


class WorkOrderRef(Record):
    """That a work order is archived: enough to know whether there is something to do."""

    id: Id
    number: str
    archived_at: datetime
    changed_at: datetime


class DocumentLine(Record):
    """One line to put on a document. ``rule`` says why; without an article it is text only."""

    rule: Literal["work_description", "default_article", "used_article", "travel_time", "work_time", "memo"]
    description: str
    article: Article | None = None
    quantity: Decimal | None = None


class Document(Record):
    """What is to be made in the package: a concept invoice or an invoice order (R3.2)."""

    reference: str
    work_order_number: str
    date: date
    customer: Customer
    lines: tuple[DocumentLine, ...]
    memo: str = ""


class PackageLine(Record):
    """A line as the package has it; without a quantity it is text only. ``net`` is its amount without VAT."""

    description: str
    quantity: Decimal | None = None
    net: Decimal = Decimal(0)


class ExpectedLine(PackageLine):
    """A line as the package will have it; ``rule`` says why it is there. One of ours may take several."""

    rule: str
    price: Decimal | None = None


class ExpectedDocument(Record):
    """What the package will hold once a document is sent, to the cent; without a known VAT rate no total with VAT.

    ``also_incl_vat`` is the total of a package that rounds VAT at the other place: per line, or once for each rate.
    """

    customer_key: str
    date: date
    lines: tuple[ExpectedLine, ...]
    total_excl_vat: Decimal
    total_incl_vat: Decimal | None = None
    also_incl_vat: Decimal | None = None


class PackageDocument(Record):
    """A document as the package has it. Lists may lack its lines: then they are None."""

    id: str
    number: str = ""
    reference: str = ""
    customer_key: str = ""
    date: date | None
    lines: tuple[PackageLine, ...] | None = None
    total_excl_vat: Decimal | None = None
    total_incl_vat: Decimal | None = None
