"""One administration in memory: its records by key, without their empty members, and the numbers it hands out."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sandbox.unit4.layout import Row
from sandbox.visibility import Visibility
from sandbox.world import World


class Unit4Table:
    """Rows by key with the keys in order, so that a page is a slice; ``revision`` counts the changes."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._keys: list[str] = []
        self.revision = 0

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Row]:
        return (self._rows[key] for key in self._keys)

    def get(self, key: str) -> Row | None:
        return self._rows.get(key)

    def find(self, key: str) -> Row | None:
        """Find a row by a key from a path, where letters may be of either case."""
        return self._rows.get(key) or self._rows.get(key.upper())

    def put(self, key: str, row: Row) -> None:
        if key not in self._rows:
            insort(self._keys, key)
        self._rows[key] = row
        self.revision += 1

    def load(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Load many rows at once."""
        self._rows.update(rows)
        self._keys = sorted(self._rows)
        self.revision += 1

    def remove(self, key: str) -> None:
        del self._rows[key]
        del self._keys[bisect_left(self._keys, key)]
        self.revision += 1

    def slice(self, start: int, stop: int | None, descending: bool = False) -> list[Row]:
        """Return rows in key order without touching the others."""
        if descending:
            length = len(self._keys)
            keys = self._keys[max(length - stop, 0) if stop is not None else 0 : max(length - start, 0)][::-1]
        else:
            keys = self._keys[start:stop]
        return [self._rows[key] for key in keys]


class Unit4Administration:
    """One administration, which holds rows as dictionaries in wire names, with dates and Decimals as such."""

    def __init__(self, world: World, database: str, description: str) -> None:
        self.world, self.database, self.description = world, database, description
        self.allowed = True
        self.visibility = Visibility()
        self.signed_in_as = ""  # empty: the user's own name
        self.company: Row = {}
        self.customers, self.products, self.orders = Unit4Table(), Unit4Table(), Unit4Table()
        self.customer_of: dict[int, str] = {}  # by organizationId
        self.organizations: dict[int, Row] = {}  # those that are left of a deleted customer
        self.addresses: dict[str, Row] = {}  # by addressGuid
        self.addresses_of: dict[int, list[Row]] = {}  # by organizationId, in order of addressId
        self.contacts_of: dict[int, list[Row]] = {}
        self.orders_of: dict[str, list[Row]] = {}  # by customerId, oldest first
        self.invoiced: dict[str, Row] = {}  # by invoiceId
        self.groups: dict[str, Row] = {}
        self.payment_conditions: dict[str, Row] = {}
        self.vat_codes: dict[int, Row] = {}
        self.vat_scenarios: dict[int, str] = {}
        self.prices: dict[tuple[str, str], Decimal] = {}  # agreed, by customer and article
        self.custom_fields: list[Row] = []  # besides the memo field, which is a switch
        self.suppliers: list[Row] = []
        self.journals: dict[str, Row] = {}
        self.notes: dict[int, Row] = {}
        self._last: dict[str, int] = {}

    def number(self, series: str, first: int = 1) -> int:
        """Return the next number of a series; none is handed out twice."""
        self._last[series] = max(self._last.get(series, 0) + 1, first)
        return self._last[series]

    def last(self, series: str) -> int:
        return self._last.get(series, 0)

    def used(self, series: str, number: int) -> None:
        """Note a number that came from elsewhere, so that the series goes on after it."""
        self._last[series] = max(self._last.get(series, 0), number)

    def customer_id(self) -> str:
        """Return the next free debtor number, without taking it."""
        number = max(self.last("customer") + 1, 1001)
        if number >= 10**8:  # a debtor number has eight positions
            number = 1001
        while self.customers.get(str(number)):
            number += 1
        return str(number)

    def add_customer(self, row: Row) -> None:
        """Store a new customer and give it an organization."""
        row["organizationId"] = self.number("organization", 5001)
        self.customer_of[row["organizationId"]] = row["customerId"]
        if row["customerId"].isdecimal():
            self.used("customer", int(row["customerId"]))
        self.customers.put(row["customerId"], row)

    def add_address(self, row: Row) -> None:
        """Store a new address as the next of its organization."""
        organization = row["organizationId"]
        row["addressId"] = self.number(f"address {organization}")
        row["addressGuid"] = str(uuid5(NAMESPACE_URL, f"{self.database}/{organization}/{row['addressId']}"))
        self.addresses[row["addressGuid"]] = row
        self.addresses_of.setdefault(organization, []).append(row)

    def remove_address(self, row: Row) -> None:
        del self.addresses[row["addressGuid"]]
        self.addresses_of[row["organizationId"]].remove(row)

    def organization(self, organization: int) -> Row | None:
        """Return the row that holds an organization's name and address."""
        if (customer := self.customer_of.get(organization)) is not None:
            return self.customers.get(customer)
        return self.organizations.get(organization)

    def add_order(self, row: Row) -> None:
        self.orders.put(row["orderId"], row)
        self.orders_of.setdefault(row["customerId"], []).append(row)

    def remove_order(self, row: Row) -> None:
        self.orders.remove(row["orderId"])
        self.orders_of[row["customerId"]].remove(row)

    def vat_rate(self, code: int, day: date) -> Decimal:
        """Return the fraction of a VAT code on a day (contract 10: percentages by date)."""
        rates: list[dict[str, Any]] = self.vat_codes[code]["vatPercentagesByDate"] if code in self.vat_codes else []
        valid = [rate for rate in rates if rate["startDate"] <= day]
        return Decimal(max(valid, key=lambda rate: rate["startDate"])["vatPercentage"]) if valid else Decimal(0)
