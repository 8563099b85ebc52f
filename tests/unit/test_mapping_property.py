"""Ten thousand generated rows of each package on their way to Simon: no crash, and nothing lost without a word.

Hypothesis makes the texts and shrinks them; each example composes a hundred rows of them, which keeps it fast.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.connectors import registry
from include.connectors.addresses import StreetLines, contact, street_lines
from include.connectors.simple_simon import mapping
from include.connectors.simple_simon.dialect import ODATA
from include.records import MasterRecord, Raw
from include.sync.transform import UNREADABLE
from tests.helpers.packages import PACKAGES

EXAMPLES, ROWS = 50, 100  # for customers and for articles of each package: 5,000 and 5,000
# what has gone wrong in some system some day; a lone half of a surrogate pair is no JSON and never gets this far
NASTY = [
    "", " ", "\t\n", "\x00", "a\x00b", "'", "''; DROP TABLE", '"', "\\", "\\N", "\\x00", "Zoë & Daan Öztürk", "'t Hof",
    "İstanbul", "ß", "Ǆ", "e\u0301" * 60, "👩‍👩‍👧‍👦" * 20, "\u202etxet", "\ufeffBOM", "\u2028", "null", "NaN", "<b>",
    "x" * 300, " y" * 200, "T.a.v. mevrouw", "p/a Beheer", "Kerkstraat 1", "12 bis", "１２３", "\ud7ff\ue000",
    "\U0010ffff",
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
POOL = st.lists(TEXT, min_size=5, max_size=25)
DATES = ["24-2-2012", "1-1-0001", "31-12-9999", "31-2-2020", "0-0-0", "2024-01-08T00:00:00", "24-2-2012 0:00:00", "x"]
NUMBERS = [0, 1, -1, 0.1, 12.345, 1e-9, 1e15, 2**53, -0.0, None]
LENGTHS = {
    "unit4": {
        "name": 40, "shortName": 8, "street1": 40, "street2": 40, "zipCode": 10, "city": 30, "email": 60,
        "telephone": 25, "mobilePhone": 25, "contactPerson": 55, "vatNumber": 25, "cocRegistration": 12,
        "paymentConditionId": 3,
    },
    "rompslomp": dict.fromkeys(
        ("name", "company_name", "contact_person_name", "contact_person_email_address", "address", "zipcode", "city",
         "kvk_number", "phone", "vat_number", "contact_number"), 200
    ),
}  # fmt: skip


class Maker:
    """Rows as the contracts describe them, of texts from a pool."""

    def __init__(self, pool: Sequence[str], seed: int) -> None:
        self._pool, self._chance = [*pool, *NASTY], random.Random(seed)

    def pick(self, *choices: Any) -> Any:
        return self._chance.choice(choices)

    def text(self, longest: int) -> str | None:
        """Return a text, mostly at most this long; null now and then."""
        text = self.pick(*self._pool) + self.pick("", "", self.pick(*self._pool))
        return self.pick(text[:longest], text[:longest], text[:longest], text, None)

    def texts(self, lengths: dict[str, int]) -> Raw:
        return {name: self.text(longest) for name, longest in lengths.items() if self._chance.random() < 0.95}

    def number(self) -> int:
        return self._chance.randrange(1, 10**8)

    def unit4_customers(self) -> Raw:
        return {
            **self.texts(LENGTHS["unit4"]),
            "customerId": str(self.number()),
            "organizationId": self.number(),
            "countryId": self.pick("", None, "NL", "be", "D", "BEL"),
            "customerStateId": self.pick("A", "P"),
            "vatScenarioId": self.pick(None, 7),
            "dateChanged": self.pick(None, *DATES),
        }

    def unit4_articles(self) -> Raw:
        return {
            **self.texts({"description": 60, "shortName": 8, "unit": 6}),
            "productId": f"{self.number()}.{self.pick('A', 'é', '-', '/')}",
            "productGroupId": self.pick("", None, "10", "ARB"),
            "productType": self.pick(0, 1, 2, 3, 4),
            "productState": self.pick(0, 1, 2),
            "priceExclVat": self.pick(*NUMBERS),
            "pricePer": self.pick(*NUMBERS),
            "vatCodeId": self.pick(None, 0, 1, 12),
            "lastUpdate": self.pick(None, *DATES),
        }

    def rompslomp_customers(self) -> Raw:
        country = self.pick("NL", "de", "", None)
        flags = {"is_individual": self.pick(True, False), "is_supplier": False}
        return {"id": self.number(), **flags, **self.texts(LENGTHS["rompslomp"]), "country_code": country}

    def rompslomp_articles(self) -> Raw:
        price = self.pick("0.0", "12.345", "-1", "1895.0", None)
        line = {"price_per_unit": price, "vat_type_id": self.pick(None, 3), "account_id": self.pick(None, 9)}
        rate = self.pick("0.21", None)
        return {
            "id": self.number(),
            "invoice_line": {**line, "vat_rate": rate, **self.texts({"product_code": 100, "description": 255})},
        }


def clean(value: Any) -> str:
    """What counts as said: no NULs, no blanks around it."""
    return "" if value is None else str(value).replace("\x00", "").strip()


# what of a row has a place in Simon: stream -> (Simon's field, the row's text)
Told = Iterator[tuple[str, str]]


def unit4_lines(row: Raw) -> StreetLines:
    return street_lines([clean(row.get("street1")), clean(row.get("street2"))])


def told_unit4_customers(row: Raw) -> Told:
    yield "CustomerNumber", clean(row["customerId"])
    yield "Name", clean(row.get("name")) or clean(row["customerId"])
    pairs = {"PostalCode": "zipCode", "City": "city", "Phone": "telephone", "Mobile": "mobilePhone", "Email": "email"}
    pairs |= {"VatNumber": "vatNumber", "ChamberOfCommerceNumber": "cocRegistration"}
    yield from ((field, clean(row.get(name))) for field, name in pairs.items())
    yield "Street", unit4_lines(row).street


def told_unit4_articles(row: Raw) -> Told:
    yield "Code", clean(row["productId"])
    yield "Description", clean(row.get("description")) or clean(row["productId"])
    yield "Unit", clean(row.get("unit"))
    yield "VatCode", clean(row.get("vatCodeId"))


def told_rompslomp_customers(row: Raw) -> Told:
    names = ("name", "company_name", "contact_person_name", "id")
    yield "Name", next(text for text in (clean(row.get(name)) for name in names) if text)
    yield "Street", street_lines(clean(row.get("address")).splitlines()).street
    pairs = {"CustomerNumber": "contact_number", "PostalCode": "zipcode", "City": "city"}
    pairs |= {"Phone": "phone", "Email": "contact_person_email_address"}
    pairs |= {"VatNumber": "vat_number", "ChamberOfCommerceNumber": "kvk_number"}
    yield from ((field, clean(row.get(name))) for field, name in pairs.items())
    yield "CountryCode", clean(row.get("country_code")).upper() or "NL"


def told_rompslomp_articles(row: Raw) -> Told:
    line = row["invoice_line"]
    yield "Code", clean(line.get("product_code"))
    yield "Description", clean(line.get("description")) or clean(line.get("product_code")) or clean(row["id"])
    yield "VatCode", clean(line.get("vat_type_id"))


CASES: dict[str, tuple[str, str, Callable[[Raw], Told]]] = {
    "unit4 customers": ("unit4", "customers", told_unit4_customers),
    "unit4 articles": ("unit4", "articles", told_unit4_articles),
    "rompslomp customers": ("rompslomp", "customers", told_rompslomp_customers),
    "rompslomp articles": ("rompslomp", "articles", told_rompslomp_articles),
}


def as_read(row: Raw) -> Raw:
    """Return the row as it comes over the wire and through staging."""
    return dict(orjson.loads(orjson.dumps(row)))


# what would be wrong if it were cut
EXACT = {"CustomerNumber", "Code", "Email", "VatNumber", "ChamberOfCommerceNumber", "PostalCode", "Phone", "Mobile"}
EXACT |= {"VatCode", "CountryCode", "ExternalId"}


def assert_told(record: MasterRecord, told: Told) -> None:
    """Each text is in Simon's payload as it is; of a longer one its beginning, or nothing, and that is reported."""
    payload, long_values = mapping.payload(record, ODATA)
    orjson.dumps(payload)
    entity = ODATA.entities[mapping.stream_of(record)]
    longest = {entity.fields[name]: length for name, length in entity.lengths.items()}
    reported = {entity.fields[each.field]: each for each in long_values}
    for field, value in payload.items():
        assert not isinstance(value, str) or ("\x00" not in value and len(value) <= longest.get(field, 50))
    for field, text in told:
        if len(text) > longest[field]:
            assert reported[field].length == longest[field]
            shortened = text[: longest[field] - 1].rstrip() + "…"
            whole_or_none = reported[field].effect != "shortened"
            assert (field in EXACT) is whole_or_none
            assert payload[field] == (None if whole_or_none and field != "CountryCode" else shortened)
        else:
            assert payload[field] == (text or (None if field != "CountryCode" else ""))
            assert field not in reported


def assert_kept(record: MasterRecord, row_key: object) -> None:
    """The store gives back what it was given, and the key is the package's own."""
    assert record.key == str(row_key)
    assert type(record).model_validate_json(record.model_dump_json()) == record
    assert "\\u0000" not in record.model_dump_json()
    assert record.label


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=EXAMPLES)
@given(pool=POOL, seed=st.integers(0, 2**32))
def test_nothing_is_lost_on_the_way_to_simon(case: str, pool: list[str], seed: int) -> None:
    """R1.1, R1.9: every text of the row arrives, or arrives shortened and reported."""
    package, name, told = CASES[case]
    maker = Maker(pool, seed)
    stream = registry.package(package).stream(name)
    for _ in range(ROWS):
        row = as_read(getattr(maker, case.replace(" ", "_"))())
        record = stream.to_record(row)
        assert_kept(record, row[stream.key])
        assert_told(record, told(row))


@pytest.mark.parametrize("package", PACKAGES)
@settings(max_examples=EXAMPLES)
@given(pool=POOL, seed=st.integers(0, 2**32))
def test_a_work_address_says_what_its_source_says(package: str, pool: list[str], seed: int) -> None:
    """R1.4, R1.9: the invoice address when there is one, else the default address; under the customer's key."""
    maker, connector = Maker(pool, seed), registry.package(package)
    for _ in range(ROWS):
        row = as_read(getattr(maker, f"{package}_customers")())
        below = [{**maker.unit4_customers(), "addressType": maker.pick(0, 1, 2)} for _ in range(maker.pick(0, 1, 3))]
        below = below if connector.children("customers") else []
        record = connector.work_address(row, below)
        assert_kept(record, row[connector.stream("customers").key])
        invoice = [address for address in below if address["addressType"] == 1]
        own = min(invoice, key=lambda address: len(str(address.get("addressId"))), default=row)
        assert_told(record, globals()[f"told_{package}_work_address"](row, own))


def told_unit4_work_address(row: Raw, own: Raw) -> Told:
    yield "Name", clean(own.get("name")) or clean(row.get("name")) or clean(row["customerId"])
    pairs = {"PostalCode": "zipCode", "City": "city", "Phone": "telephone", "Email": "email"}
    yield from ((field, clean(own.get(name))) for field, name in pairs.items())
    yield "Street", unit4_lines(own).street
    people = (clean(own.get("contactPerson")), unit4_lines(own).attention, unit4_lines(row).attention)
    yield "ContactName", contact(*people)


def told_rompslomp_work_address(row: Raw, own: Raw) -> Told:
    told = dict(told_rompslomp_customers(row))
    yield from ((field, told[field]) for field in ("Name", "Street", "PostalCode", "City", "CountryCode"))
    yield from ((field, told[field]) for field in ("Phone", "Email"))
    person = clean(row.get("contact_person_name"))
    attention = street_lines(clean(row.get("address")).splitlines()).attention
    yield "ContactName", contact("" if person == told["Name"] else person, attention)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "description", "x"]), inner),
    max_leaves=5,
)
FIELDS = {
    "unit4 customers": [
        "customerId",
        "name",
        "dateChanged",
        "vatScenarioId",
        "countryId",
        "street1",
        "customerStateId",
    ],
    "unit4 articles": ["productId", "description", "priceExclVat", "pricePer", "lastUpdate", "productType"],
    "rompslomp customers": ["id", "name", "country_code", "contact_number"],
    "rompslomp articles": ["id", "invoice_line"],
}


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=300)
@given(data=st.data())
def test_a_row_of_any_shape_is_a_record_or_reported(case: str, data: st.DataObject) -> None:
    """R7.1: what an API should never answer ends as a message on that record, not as the end of the run."""
    package, name, _ = CASES[case]
    row = data.draw(st.dictionaries(st.sampled_from(FIELDS[case]), JSON))
    stream = registry.package(package).stream(name)
    try:
        record = stream.to_record(row)
    except UNREADABLE:
        return
    assert type(record).model_validate_json(record.model_dump_json()) == record
    assert "\\u0000" not in record.model_dump_json()
    payload, _ = mapping.payload(record, ODATA)
    orjson.dumps(payload)
