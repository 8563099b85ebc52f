"""The records of one company as they are kept: compact, without the API's names for derived values."""

import datetime as dt
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Protocol, TypeVar

ZERO, ONE = Decimal(0), Decimal(1)


class RompslompRow(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=RompslompRow)


def take_over(row: Any, draft: Any) -> None:
    """Make a row equal to its checked draft; every reference to the row stays good."""
    for name in (f.name for f in fields(row)):
        setattr(row, name, getattr(draft, name))


@dataclass(slots=True, eq=False)
class Contact:
    id: int = 0
    is_individual: bool = False
    is_supplier: bool = False
    company_name: str | None = None
    contact_person_name: str | None = None
    contact_person_email_address: str | None = None
    address: str | None = None
    zipcode: str | None = None
    city: str | None = None
    government_identification_number: str | None = None
    country_code: str | None = None
    kvk_number: str | None = None
    phone: str | None = None
    vat_number: str | None = None
    contact_number: str | None = None
    free_1: str | None = None
    free_2: str | None = None
    free_3: str | None = None
    sought: str | None = None

    @property
    def name(self) -> str | None:
        return self.contact_person_name if self.is_individual else self.company_name


@dataclass(slots=True, eq=False)
class RompslompLine:
    """What products, invoices, quotations and expenses have in common."""

    id: int = 0
    description: str | None = None
    extended_description: str | None = None
    price_per_unit: Decimal = ZERO
    quantity: Decimal = ONE
    vat_type_id: int = 0
    vat_rate: Decimal = ZERO
    product_id: int | None = None
    account_id: int | None = None
    account_path: str | None = None
    net: Decimal = ZERO
    vat: Decimal = ZERO


@dataclass(slots=True, eq=False)
class Product(RompslompLine):
    """A line that is offered; its own id is that of its line too."""

    product_code: str | None = None
    number_sold: int = 0
    has_stock: bool = False
    sought: str | None = None


@dataclass(slots=True, eq=False)
class Attachment:
    id: int
    file_name: str
    content: bytes


@dataclass(slots=True, eq=False)
class Payment:
    id: int = 0
    amount: Decimal = ZERO
    description: str | None = None
    account_id: int | None = None
    account_path: str | None = None
    paid_at: dt.datetime | None = None
    invoice: "Invoice | None" = None  # booked on; the API does not show it


@dataclass(slots=True, eq=False)
class RompslompDocument:
    """What sales invoices, quotations and expenses have in common."""

    id: int = 0
    date: dt.date | None = None
    status: str = "concept"
    contact_id: int | None = None
    template_id: int | None = None
    invoice_number: str | None = None
    currency: str = "eur"
    api_reference: str | None = None
    cached_contact: dict[str, Any] | None = None  # locked at publication
    lines: list[RompslompLine] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Invoice(RompslompDocument):
    due_date: dt.date | None = None
    payment_method: str | None = None
    custom_payment_instructions: str | None = None
    pay_url: str | None = None
    creates_pay_url_on_publish: bool = False
    description: str | None = None
    published_at: dt.date | None = None
    currency_exchange_rate: Decimal | None = ONE
    vat_number: str | None = None
    validates_vat_number: bool = True
    payment_reference: str | None = None
    sale_type: str | None = None
    distance_sale: bool = False
    sends_copy_by_email_on_publish: bool = False
    payments: list[Payment] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Quotation(RompslompDocument):
    creates_sign_url_on_publish: bool = False
    sign_url: str | None = None


@dataclass(slots=True, eq=False)
class Expense(RompslompDocument):
    type_account_id: int | None = None


@dataclass(slots=True, eq=False)
class Hour:
    id: int = 0
    client_id: int | None = None
    project_id: int | None = None
    date: dt.date | None = None
    started_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    description: str | None = None


@dataclass(slots=True, eq=False)
class Ride:
    id: int = 0
    departure_address: str | None = None
    visiting_address: str | None = None
    km_start: int | None = None
    km_end: int | None = None
    private: bool | None = None
    date: dt.date | None = None


@dataclass(slots=True, eq=False)
class JournalLine:
    id: int = 0
    account_id: int | None = None
    account_path: str | None = None
    debit_amount: Decimal | None = None
    credit_amount: Decimal | None = None


@dataclass(slots=True, eq=False)
class JournalEntry:
    id: int = 0
    description: str | None = None
    date: dt.date | None = None
    lines: list[JournalLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RompslompAccount:
    id: int
    name: str
    path_name: str
    path: str
    reference: str
    type: str | None
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class VatType:
    id: int
    name: str
    friendly_name: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Template:
    id: int
    name: str
    is_default: bool
