"""Size: many customers, addresses and articles at once, the same for the same seed."""

import random
import sys
from datetime import date, timedelta
from decimal import Decimal

from sandbox.dutch_data import DutchData
from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.layout import Row
from sandbox.unit4.products import cents

_CONDITIONS, _VAT = ("14", "14", "14", "30", "1", ""), (1, 1, 1, 1, 2)
_TYPES, _STATES = (2, 2, 2, 2, 0, 0, 3, 4), (0,) * 18 + (1, 2)
_DAYS = [date(2020, 1, 1) + timedelta(days=number) for number in range(1500)]


def fill(administration: Unit4Administration, customers: int, articles: int, seed: int) -> None:
    """Add generated customers, about a third of them with addresses, and articles."""
    rng = random.Random(f"unit4 {seed}")
    dutch = DutchData(rng)
    first = int(administration.customer_id())
    _add_customers(
        administration, [_customer(dutch, rng, str(first + number)) for number in range(customers)], rng, dutch
    )
    groups = sorted(administration.groups)
    taken = {row["productId"] for row in administration.products}
    administration.products.load(
        (row["productId"], row) for row in [_article(dutch, rng, groups, taken) for _ in range(articles)]
    )


def _customer(dutch: DutchData, rng: random.Random, key: str) -> Row:
    name = dutch.company() if rng.random() < 0.6 else " ".join(dutch.person())
    row = {
        "customerId": key, "name": name[:40], "shortName": _search_code(name), "street2": dutch.street()[:40],
        "zipCode": dutch.postcode(), "city": _city(dutch), "email": dutch.email(name)[:60],
        "telephone": dutch.phone(), "paymentConditionId": rng.choice(_CONDITIONS), "vatScenarioId": 6,
        "chargeVatTypeId": 1, "dateCreated": _DAYS[0], "dateChanged": rng.choice(_DAYS),
    }  # fmt: skip
    if rng.random() < 0.1:
        row["street1"] = f"T.a.v. {' '.join(dutch.person())}"[:40]
    if rng.random() < 0.3:
        row |= {"contactPerson": " ".join(dutch.person()), "mobilePhone": dutch.mobile()}
    if rng.random() < 0.5:
        row |= {"cocRegistration": dutch.kvk(), "vatNumber": dutch.vat_number()}
    if rng.random() < 0.05:
        row["customerStateId"] = "P"
    return {name: value for name, value in row.items() if value != ""}


def _city(dutch: DutchData) -> str:
    return sys.intern(dutch.city().upper()[:30])


def _search_code(name: str) -> str:
    return sys.intern("".join(letter for letter in name.upper() if letter.isalnum())[:8]) or "X"


def _add_customers(administration: Unit4Administration, rows: list[Row], rng: random.Random, dutch: DutchData) -> None:
    for row in rows:
        row["organizationId"] = administration.number("organization", 5001)
        administration.customer_of[row["organizationId"]] = row["customerId"]
    if rows:
        administration.used("customer", int(rows[-1]["customerId"]))
    administration.customers.load((row["customerId"], row) for row in rows)
    for row in rows:
        for kind, share in ((0, 0.25), (0, 0.05), (1, 0.08)):
            if rng.random() < share:
                administration.add_address({
                    "organizationId": row["organizationId"], "addressType": kind, "name": row["name"],
                    "street2": dutch.street()[:40], "zipCode": dutch.postcode(), "city": _city(dutch),
                })  # fmt: skip


def _article(dutch: DutchData, rng: random.Random, groups: list[str], taken: set[str]) -> Row:
    article = dutch.article()
    key = article.code[:14]
    while key in taken:
        key = f"{article.code[:3]}{rng.choice('./- ')}{rng.randint(0, 10**8)}"
    taken.add(key)
    vat = rng.choice(_VAT)
    kind, price = rng.choice(_TYPES), Decimal(article.price)
    row = {
        "productId": key, "description": article.description, "shortName": _search_code(article.description),
        "productGroupId": rng.choice(groups), "productType": kind, "productState": rng.choice(_STATES),
        "priceExclVat": price, "priceInclVat": cents(price * (Decimal("1.21") if vat == 1 else Decimal("1.09"))),
        "unit": article.unit[:6], "vatCodeId": vat, "dateCreated": _DAYS[0], "lastUpdate": rng.choice(_DAYS),
    }  # fmt: skip
    if rng.random() < 0.1:
        row["description"] = f"{article.description}. {dutch.text(2)}"
    if kind == 2:
        row["technicalStock"] = Decimal(rng.randint(0, 500))
    return {name: value for name, value in row.items() if value not in (0, "") or name in ("priceExclVat",)}
