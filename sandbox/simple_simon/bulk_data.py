"""Fills an account with as much lifelike Dutch data as is asked for, the same for the same seed."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.dutch_data import DutchData
from sandbox.simple_simon.schema import ENTITIES, NOW
from sandbox.simple_simon.store import SimonAccount

_GROUPS = (
    "Installatiemateriaal",
    "Sanitair",
    "Elektra",
    "Gas & verwarming",
    "Ventilatie",
    "Gereedschap",
    "Diensten",
    "Overig",
)
_WORK = ("Cv-ketel nazien", "Lekkage verhelpen", "Storing verwarming", "Kraan vervangen", "Groepenkast uitbreiden")
_STATUSES = ("New", "Planned", "InProgress", "Ready", "Archived", "Archived", "Archived", "Archived")
_MS = timedelta(milliseconds=1)


class BulkData:
    """Writes rows straight into the tables, each a millisecond after the one before it."""

    def __init__(self, account: SimonAccount, seed: int, rows: int) -> None:
        self.account, self.rng = account, random.Random(f"simon {seed}")
        self.dutch = DutchData(self.rng)
        now = account.world.clock.now().replace(microsecond=0)
        self.at = max(now - rows * _MS, account.last_moment)

    def add(self, entity: str, **members: Any) -> int:
        """Add a record with these members, and defaults for the others. Return its id."""
        self.at += _MS
        id = self.account.ids.take(entity)
        values = {"Id": id, "CreationDate": self.at, "MutationDate": self.at} | members
        defaults = {m.name: self.at if m.default == NOW else m.default for m in ENTITIES[entity].members}
        row = tuple(values.get(name, default) for name, default in defaults.items())
        self.account.tables[entity].put(row)
        return id

    def customer(self, number: int, key: str | None = None) -> tuple[int, int]:
        """Add a customer with the location it works from, every eighth with a second one. Return both ids.

        ``key`` is its ExternalId.
        """
        dutch = self.dutch
        name = dutch.company()
        first, last = dutch.person()
        own = {"Street": dutch.street(), "PostalCode": dutch.postcode(), "City": dutch.city(), "Phone": dutch.phone()}
        email = dutch.email(name)
        customer = self.add(
            "Customer",
            ExternalId=key,
            CustomerNumber=str(number),
            Name=name[:100],
            Email=email,
            VatNumber=dutch.vat_number(),
            ChamberOfCommerceNumber=dutch.kvk(),
            Remark=dutch.text(12) if self.rng.random() < 0.02 else None,
            **own,
        )
        location = self.add(
            "Location", CustomerId=customer, Name=name[:100], ContactName=f"{first} {last}", Email=email, **own
        )
        if number % 8 == 0:
            other = {"Street": dutch.street(), "PostalCode": dutch.postcode(), "City": dutch.city()}
            self.add("Location", CustomerId=customer, Name=f"{name[:90]}, filiaal", **other)
            self.add("Contact", CustomerId=customer, FirstName=first, LastName=last, Mobile=dutch.mobile())
        return customer, location

    def item(self, number: int, groups: Sequence[int]) -> int:
        """Add an article; one in a hundred is inactive. Its code ends in its number, so that it is the only one."""
        article = self.dutch.article()
        return self.add(
            "Item",
            Code=f"{article.code[:40]}.{number}",
            Description=article.description[:255],
            Unit=article.unit,
            ItemGroupId=groups[number % len(groups)],
            VatCode="H" if number % 10 else "L",
            Active=number % 100 != 99,
        )

    def order(self, places: Sequence[tuple[int, int]], items: Sequence[int], users: Sequence[int]) -> None:
        """Add a work order at one of the places, as far on in its life as chance has it, with its hours and lines."""
        rng, (customer, location), user = self.rng, self.rng.choice(places), self.rng.choice(users)
        status = rng.choice(_STATUSES)
        start = self.at.replace(hour=rng.randint(6, 15), minute=0, second=0, microsecond=0) - timedelta(
            days=rng.randint(1, 300)
        )
        end = start + timedelta(minutes=rng.randrange(15, 480, 5))
        self.account.orders_made += 1
        dates: dict[str, datetime] = {"OrderDate": start - timedelta(days=5)}
        if status != "New":
            dates |= {"PlannedStart": start, "PlannedEnd": end}
        if status in ("Ready", "Archived"):
            dates["ReadyDate"] = end
        if status == "Archived":
            dates["ArchiveDate"] = self.at + _MS
        order = self.add(
            "WorkOrder",
            Number=f"{self.at:%Y}{self.account.orders_made:04d}",
            LocationId=location,
            CustomerId=customer,
            Status=status,
            Reference=f"PO/{rng.randint(1000, 99999)}",
            Description=f"{rng.choice(_WORK)}. {self.dutch.text(rng.randint(0, 4))}".strip(),
            WorkPerformed=self.dutch.text(2) if status in ("Ready", "Archived") else None,
            **dates,
        )
        if status != "New":
            self.add("Planning", WorkOrderId=order, UserId=user, StartDate=start, EndDate=end)
        if status not in ("New", "Planned"):
            self._work(order, user, (start, end))
            self._material(order, user, items)

    def _work(self, order: int, user: int, times: tuple[datetime, datetime]) -> None:
        minutes = int((times[1] - times[0]).total_seconds() // 60)
        self.add("TimeSheet", WorkOrderId=order, UserId=user, TimeType="Travel", Minutes=self.rng.randrange(0, 90, 5))
        span = {"StartDate": times[0], "EndDate": times[1], "Minutes": minutes}
        self.add("TimeSheet", WorkOrderId=order, UserId=user, TimeType="Work", **span)

    def _material(self, order: int, user: int, items: Sequence[int]) -> None:
        table = self.account.tables["Item"]
        for id in self.rng.sample(items, min(len(items), self.rng.randint(0, 3))):
            item = self.account.values("Item", table.rows[id])
            copies = {"ItemId": id, "ItemCode": item["Code"], "VatCode": item["VatCode"]}
            self._line(order, user, item["Description"], item["Unit"], **copies)
        if self.rng.random() < 0.25:
            self._line(order, user, self.dutch.article().description[:255], "stuk")

    def _line(self, order: int, user: int, description: str, unit: str, **copies: Any) -> None:
        quantity = Decimal(self.rng.randint(1, 400)) / 4
        self.add(
            "UsedItem", WorkOrderId=order, UserId=user, Description=description, Unit=unit, Quantity=quantity, **copies
        )


def fill(
    account: SimonAccount, *, customers: int, articles: int, work_orders: int, seed: int, keys: Sequence[str] = ()
) -> dict[str, int]:
    """Add this many records of each kind and what belongs to them; return how many rows each entity has now.

    The first customers carry these keys of a package as their ExternalId.
    """
    bulk_data = BulkData(account, seed, 3 * customers + articles + 9 * work_orders)
    start = len(account.tables["Customer"].rows) + 20_000
    places = [bulk_data.customer(start + n, keys[n] if n < len(keys) else None) for n in range(customers)]
    groups = (
        [bulk_data.add("ItemGroup", Code=f"G{n:02}", Name=name) for n, name in enumerate(_GROUPS)] if articles else []
    )
    first = len(account.tables["Item"].rows)
    items = [bulk_data.item(first + number, groups) for number in range(articles)]
    if work_orders:
        _fill_orders(bulk_data, work_orders, places, items)
    account.last_moment = bulk_data.at
    return {name: len(table.rows) for name, table in account.tables.items()}


def _fill_orders(
    bulk_data: BulkData, work_orders: int, places: Sequence[tuple[int, int]], items: Sequence[int]
) -> None:
    tables = bulk_data.account.tables
    customer_of = ENTITIES["Location"].at["CustomerId"]
    places = places or [(row[customer_of], row[0]) for row in tables["Location"].all()] or [bulk_data.customer(10_000)]
    items = items or [row[0] for row in tables["Item"].all()]
    users = [row[0] for row in tables["User"].all() if row[ENTITIES["User"].at["UserType"]] == "Field"]
    for _ in range(work_orders):
        bulk_data.order(places, items, users)
