"""All that one process remembers of the service: users, tokens, companies and their records."""

import base64
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.rompslomp import chart
from sandbox.rompslomp.rows import (
    Contact,
    Expense,
    Hour,
    Invoice,
    JournalEntry,
    Payment,
    Product,
    Quotation,
    Ride,
    RompslompAccount,
    Template,
    VatType,
)
from sandbox.rompslomp.tables import RompslompIds, RompslompTable
from sandbox.visibility import Visibility

SCOPES = (
    "public",
    "manage:companies",
    "manage:contacts",
    "manage:sales_invoices",
    "manage:payments",
    "manage:products",
    "manage:quotations",
    "manage:hours",
    "manage:rides",
    "manage:expenses",
    "manage:journal_entries",
    "read:accounts",
    "read:me",
)


@dataclass(eq=False)
class RompslompUser:
    first_name: str
    last_name: str
    email: str
    password: str


@dataclass(eq=False)
class RompslompToken:
    """An access token that opens the API; a personal one has no ``expires`` and is good until deleted (contract 2)."""

    value: str
    user: RompslompUser
    scopes: frozenset[str]
    name: str = ""
    expires: datetime | None = None
    requests: deque[float] = field(default_factory=deque)  # moments within the rate window


@dataclass(eq=False)
class Grant:
    """What a user allowed the application: behind an authorization code or a refresh token."""

    user: RompslompUser
    scopes: frozenset[str]
    redirect_uri: str = ""
    expires: datetime | None = None
    used: bool = False


@dataclass(eq=False)
class Company:
    """One administration, which holds everything in it."""

    id: int
    owner: RompslompUser
    users: list[RompslompUser]
    details: dict[str, Any]
    vat_types: RompslompTable[VatType]  # the same for all companies (contract 9.4)
    api_accessible: bool = True
    allowed_scopes: frozenset[str] = frozenset(SCOPES)
    payment_days: int = 30
    visibility: Visibility = field(default_factory=Visibility)  # of contacts and products
    contacts: RompslompTable[Contact] = field(default_factory=RompslompTable)
    products: RompslompTable[Product] = field(default_factory=RompslompTable)
    sales_invoices: RompslompTable[Invoice] = field(default_factory=RompslompTable)
    quotations: RompslompTable[Quotation] = field(default_factory=RompslompTable)
    payments: RompslompTable[Payment] = field(default_factory=RompslompTable)
    hours: RompslompTable[Hour] = field(default_factory=RompslompTable)
    rides: RompslompTable[Ride] = field(default_factory=RompslompTable)
    expenses: RompslompTable[Expense] = field(default_factory=RompslompTable)
    journal_entries: RompslompTable[JournalEntry] = field(default_factory=RompslompTable)
    accounts: RompslompTable[RompslompAccount] = field(default_factory=RompslompTable)
    templates: RompslompTable[Template] = field(default_factory=RompslompTable)
    accounts_by_path: dict[str, RompslompAccount] = field(default_factory=dict)
    contact_numbers: set[str] = field(default_factory=set)
    product_codes: set[str] = field(default_factory=set)
    api_references: set[str] = field(default_factory=set)
    counters: dict[str, int] = field(default_factory=dict)

    def count(self, series: str) -> int:
        """Return the next number of a series that starts at 1 and has no gaps."""
        self.counters[series] = self.counters.get(series, 0) + 1
        return self.counters[series]

    def free_number(self, series: str, taken: set[str], written: Callable[[int], str]) -> str:
        """Return the next generated number that nobody gave by hand."""
        while (number := written(self.count(series))) in taken:
            pass
        return number

    def new_contact_number(self) -> str:
        return self.free_number("contact", self.contact_numbers, lambda n: f"K{n:05}")

    def new_product_code(self) -> str:
        return self.free_number("product", self.product_codes, lambda n: f"P{n}")


class RompslompState:
    """Replaced as a whole by a reset."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.ids = RompslompIds(seed, frozenset(chart.FIXED_VAT_IDS.values()))
        self.users: list[RompslompUser] = []
        self.companies: dict[int, Company] = {}
        self.tokens: dict[str, RompslompToken] = {}
        self.codes: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.redirect_uris: list[str] = []
        self.vat_types = chart.vat_types(self.ids)
        self._secrets = 0
        self.client_id = self.secret("client id")
        self.client_secret = self.secret("client secret")

    def secret(self, purpose: str) -> str:
        """Make a secret of 43 URL-safe characters, the same at the same point of every run (contract 2)."""
        self._secrets += 1
        digest = hashlib.sha256(f"{self.seed}/{self._secrets}/{purpose}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def add_user(self, first_name: str, last_name: str, email: str) -> RompslompUser:
        self.users.append(user := RompslompUser(first_name, last_name, email, "voorbeeld"))
        return user

    def add_company(self, owner: RompslompUser, details: dict[str, Any]) -> Company:
        """Add a company as a new customer finds it: ledger accounts and layouts, no records."""
        company = Company(self.ids(), owner, [owner], details, self.vat_types)
        for account in chart.accounts(self.ids):
            company.accounts.add(account)
            company.accounts_by_path[account.path] = account
        for name, is_default in (("Standaard", True), ("Werkbon", False)):
            company.templates.add(Template(self.ids(), name, is_default))
        self.companies[company.id] = company
        return company

    def companies_of(self, user: RompslompUser) -> list[Company]:
        return [company for company in self.companies.values() if user in company.users]

    def add_personal_token(self, user: RompslompUser, scopes: frozenset[str], name: str) -> RompslompToken:
        token = RompslompToken(self.secret("personal token"), user, scopes, name)
        self.tokens[token.value] = token
        return token
