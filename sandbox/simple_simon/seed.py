"""The data every account starts with: people, and the contract's example company (contract 11)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.simple_simon.schema import ENTITIES, NOW
from sandbox.simple_simon.store import SimonAccount

LICENCE, USER, PASSWORD, API_KEY = "1111222233334444", "kantoor@voorbeeld.nl", "voorbeeld", "sandbox-key"

# chosen so that the contract's example work order has its own ids (contract 7.3)
FIRST_IDS = {
    "Customer": 30,
    "Location": 76,
    "Contact": 20,
    "ItemGroup": 7,
    "Item": 10,
    "WorkOrder": 5007,
    "Planning": 701,
    "WorkOrderSurvey": 301,
    "UsedItem": 898,
    "TimeSheet": 407,
    "Equipment": 61,
}
_START = datetime(2024, 1, 2, 8, 0, tzinfo=UTC)
_ORDERS_START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_ORDERS_BEFORE = 506

_PEOPLE = (
    ("Office", "Karin", "de Kantoor", True),
    ("Office", "Pim", "van Plannen", True),
    ("Field", "Monique", "Monteur", True),
    ("Field", "Sjoerd", "van 't Veld", True),
    ("Field", "Wim", "Vertrokken", False),
)
# code, description, unit, group, VAT code, active
_ITEMS = (
    ("REIS", "Reistijd", "uur", 1, "H", True),
    ("WERK", "Werktijd monteur", "uur", 1, "H", True),
    ("VOORRIJ", "Voorrijkosten", "stuk", 1, "H", True),
    ("KK-1/2", 'Kogelkraan 1/2" binnendraad', "st", 0, "H", True),
    ("ONT-7", "Ontsteker", "st", 0, "H", True),
    ("PMP/25-60", "Circulatiepomp 25-60", "st", 0, "H", True),
    ("EXP-18", "Expansievat 18 liter", "st", 0, "H", True),
    ("CU-15", "Koperbuis 15 mm", "m", 0, "H", True),
    ("T&K-22", "T-stuk & koppeling 22 mm", "st", 0, "H", True),
    (None, "Klein materiaal", "st", 0, "H", True),
    ("OUD-1", "Gasblok (vervallen)", "st", 0, "H", False),
    ("SLANG", "Vulslang d'origine", "m", None, "L", True),
)


class SeedData:
    """Writes records straight into an account, each a minute after the one before it."""

    def __init__(self, account: SimonAccount) -> None:
        self.account = account
        self.at = _START

    def put(self, entity_name: str, at: datetime | None = None, /, **members: Any) -> int:
        """Store a record and return its id. ``at`` is the moment of its last change; it was made before that."""
        entity = ENTITIES[entity_name]
        self.at += timedelta(minutes=1)
        values = {m.name: self.at if m.default == NOW else m.default for m in entity.members}
        id = self.account.ids.take(entity_name)
        dates = {"CreationDate": self.at, "MutationDate": at or self.at}
        with self.account.change():
            self.account.put(entity_name, values | {"Id": id} | dates | members)
        self.account.last_moment = max(self.account.last_moment, at or self.at)
        return id


def people(seed_data: SeedData, user: str, password: str) -> list[int]:
    """Add two office and three field users, one of whom has left; both office users can log in. Return their ids."""
    names = [user, f"planning.{user}", *(f"{first.lower()}.{user}" for _, first, _, _ in _PEOPLE[2:])]
    seed_data.account.passwords = dict.fromkeys(names[:2], password)
    return [
        seed_data.put(
            "User",
            UserName=name,
            FirstName=first,
            LastName=last,
            UserType=user_type,
            Active=active,
            Email=name,
            EmployeeNumber=f"M{number:03d}",
        )
        for number, (name, (user_type, first, last, active)) in enumerate(zip(names, _PEOPLE, strict=True), 1)
    ]


def contract(seed_data: SeedData, users: Sequence[int]) -> None:
    """Add the customers, locations, items and work orders that contract 11 asks for."""
    customers, locations = _customers(seed_data)
    _extras(seed_data, customers, locations)
    items = _items(seed_data)
    seed_data.account.orders_made, seed_data.at = _ORDERS_BEFORE, _ORDERS_START
    _open_orders(seed_data, users, customers, locations, items=items)
    _archived_order(
        seed_data, users, _Job(locations[0], customers[0], datetime(2026, 11, 19, 8, 0, tzinfo=UTC), items[5])
    )
    _example_order(
        seed_data, users, _Job(locations[1], customers[1], datetime(2026, 11, 20, 8, 0, tzinfo=UTC), items[4])
    )


def _customers(seed_data: SeedData) -> tuple[list[int], list[int]]:
    bakery = {"Street": "Dorpsstraat 12a", "PostalCode": "5611 AB", "City": "Eindhoven", "Phone": "040-2123456"}
    jansen = {"Street": "'s-Gravenlandseweg 8", "PostalCode": "3125 CD", "City": "Schiedam", "Phone": "010-4261234"}
    hotel = {"Street": "Lange Voorhout 1", "PostalCode": "2514 EA", "City": "'s-Gravenhage", "Phone": "070-3123456"}
    yard = {"Street": "Loods 4, Havenkade 31", "PostalCode": "3133 AB", "City": "Vlaardingen"}
    field = {"Street": "Weiland achter de dijk", "PostalCode": "4131 XZ", "City": "Vianen"}
    first = seed_data.put(
        "Customer", CustomerNumber="10233", Name="Bakkerij 't Stoepje B.V.", Email="info@stoepje.example", **bakery
    )
    second = seed_data.put(
        "Customer", CustomerNumber="10234", Name="Jansen & Zonen", Email="j&z@jansen.example", **jansen
    )
    third = seed_data.put("Customer", CustomerNumber="10235", Name="Hotel De Gouden Leeuw", Blocked=True, **hotel)
    locations = [
        seed_data.put("Location", CustomerId=first, Name="Bakkerij 't Stoepje", **bakery),
        seed_data.put(
            "Location", CustomerId=second, Name="Jansen & Zonen, werkplaats", ContactName="Mw. Jansen", **jansen
        ),
        seed_data.put("Location", CustomerId=second, Name="Jansen & Zonen, loods", **yard),
        seed_data.put("Location", CustomerId=third, Name="Hotel De Gouden Leeuw", **hotel),
        seed_data.put(
            "Location", Name="Pompgemaal 'De Hoop'", Latitude=Decimal("51.9762"), Longitude=Decimal("5.0921"), **field
        ),
    ]
    return [first, second, third], locations


def _extras(seed_data: SeedData, customers: Sequence[int], locations: Sequence[int]) -> None:
    seed_data.put(
        "Contact", CustomerId=customers[1], FirstName="Anja", LastName="Jansen", Function="Inkoop", Mobile="06-12345678"
    )
    seed_data.put("Contact", LocationId=locations[4], FirstName="Dirk", LastName="Dijkgraaf")
    installed = datetime(2019, 5, 6, 10, 0, tzinfo=UTC)
    seed_data.put(
        "Equipment",
        LocationId=locations[1],
        Name="Cv-ketel",
        Type="HR-107",
        SerialNumber="CV/0042",
        InstallDate=installed,
    )


def _items(seed_data: SeedData) -> list[int]:
    groups = [
        seed_data.put("ItemGroup", Code="ONDERDEEL", Name="Onderdelen"),
        seed_data.put("ItemGroup", Code="UREN", Name="Uren & voorrijden"),
    ]
    return [
        seed_data.put(
            "Item",
            Code=code,
            Description=description,
            Unit=unit,
            ItemGroupId=None if group is None else groups[group],
            VatCode=vat,
            Active=active,
        )
        for code, description, unit, group, vat, active in _ITEMS
    ]


class _Job:
    """Where, for whom, from when, and with which item work was done."""

    def __init__(self, location: int, customer: int, start: datetime, item: int) -> None:
        self.location, self.customer, self.start, self.item = location, customer, start, item


def _order(seed_data: SeedData, at: datetime | None = None, /, **members: Any) -> int:
    seed_data.account.orders_made += 1
    return seed_data.put("WorkOrder", at, Number=f"2026{seed_data.account.orders_made:04d}", **members)


def _open_orders(
    seed_data: SeedData,
    users: Sequence[int],
    customers: Sequence[int],
    locations: Sequence[int],
    *,
    items: Sequence[int],
) -> None:
    start, end = datetime(2026, 11, 23, 7, 0, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    planned = {"PlannedStart": start, "PlannedEnd": end}
    ready = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
    _order(seed_data, LocationId=locations[0], CustomerId=customers[0], Status="New", Description="Oven slaat af")
    second = _order(
        seed_data,
        LocationId=locations[2],
        CustomerId=customers[1],
        Status="Planned",
        Description="Lekkage dak",
        **planned,
    )
    third = _order(seed_data, LocationId=locations[4], Status="InProgress", Description="Pomp reviseren", **planned)
    fourth = _order(
        seed_data,
        ready,
        LocationId=locations[1],
        CustomerId=customers[1],
        Status="Ready",
        Description="Jaarlijks onderhoud",
        ReadyDate=ready,
        SignedBy="A. Jansen",
        **planned,
    )
    for order, user in ((second, users[3]), (third, users[2]), (fourth, users[3])):
        seed_data.put("Planning", WorkOrderId=order, UserId=user, StartDate=start, EndDate=end)
    seed_data.put(
        "TimeSheet", WorkOrderId=third, UserId=users[2], TimeType="Travel", Minutes=40, Distance=Decimal("32.5")
    )
    seed_data.put("TimeSheet", WorkOrderId=fourth, UserId=users[3], TimeType="Work", Minutes=60)
    copies = {"ItemCode": "EXP-18", "Description": "Expansievat 18 liter", "Unit": "st", "VatCode": "H"}
    seed_data.put("UsedItem", WorkOrderId=fourth, ItemId=items[6], UserId=users[3], Quantity=Decimal(1), **copies)
    seed_data.put("WorkOrderSurvey", WorkOrderId=third, SurveyName="LMRA: veilig werken")


def _archived_order(seed_data: SeedData, users: Sequence[int], job: _Job) -> None:
    archived = job.start + timedelta(hours=6)
    order = _archived(
        seed_data, job, users[4], archived, Description="Pomp vervangen", WorkPerformed="Pomp vervangen en ontlucht"
    )
    _hours(seed_data, order, users[4], job.start, minutes=(30, 120))
    copies = {"ItemCode": "PMP/25-60", "Description": "Circulatiepomp 25-60", "Unit": "st", "VatCode": "H"}
    seed_data.put(
        "UsedItem", WorkOrderId=order, ItemId=job.item, UserId=users[4], Quantity=Decimal("2"), Date=job.start, **copies
    )
    _free_text(seed_data, order, users[4], "Afvoer oude pomp", date=job.start)


def _example_order(seed_data: SeedData, users: Sequence[int], job: _Job) -> None:
    archived = datetime(2026, 11, 20, 15, 4, 11, 120_000, tzinfo=UTC)
    texts = {"Reference": "PO 4431", "Description": "Cv-ketel nazien", "WorkPerformed": "Ontsteker vervangen"}
    order = _archived(seed_data, job, users[2], archived, SignedBy="A. Jansen", **texts)
    _hours(seed_data, order, users[2], job.start, minutes=(25, 95))
    copies = {"ItemCode": "ONT-7", "Description": "Ontsteker", "Unit": "st", "VatCode": "H"}
    seed_data.put(
        "UsedItem", WorkOrderId=order, ItemId=job.item, UserId=users[2], Quantity=Decimal("1"), Date=job.start, **copies
    )
    _free_text(seed_data, order, users[2], "Pakking op maat gesneden", date=job.start)
    done = {"Completed": True, "CompletedDate": archived - timedelta(hours=2)}
    seed_data.put("WorkOrderSurvey", WorkOrderId=order, SurveyName="Onderhoud cv-ketel", **done)


def _archived(seed_data: SeedData, job: _Job, user: int, archived: datetime, **members: Any) -> int:
    dates = {
        "OrderDate": job.start - timedelta(days=7),
        "PlannedStart": job.start,
        "PlannedEnd": job.start + timedelta(hours=3),
    }
    ready = {"Status": "Archived", "ReadyDate": archived - timedelta(hours=1), "ArchiveDate": archived}
    order = _order(seed_data, archived, LocationId=job.location, CustomerId=job.customer, **dates, **ready, **members)
    seed_data.put(
        "Planning", WorkOrderId=order, UserId=user, StartDate=dates["PlannedStart"], EndDate=dates["PlannedEnd"]
    )
    return order


def _hours(seed_data: SeedData, order: int, user: int, start: datetime, *, minutes: tuple[int, int]) -> None:
    for time_type, length in zip(("Travel", "Work"), minutes, strict=True):
        end = start + timedelta(minutes=length)
        times = {"StartDate": start, "EndDate": end, "Minutes": length}
        seed_data.put("TimeSheet", WorkOrderId=order, UserId=user, TimeType=time_type, **times)
        start = end


def _free_text(seed_data: SeedData, order: int, user: int, text: str, *, date: datetime) -> None:
    line = {"Description": text, "Quantity": Decimal("1.5"), "Unit": "m", "Date": date}
    seed_data.put("UsedItem", WorkOrderId=order, UserId=user, **line)
