"""What a document comes to in each package, against a calculation of its own in whole cents (R3.5, R3.6, R3.11)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from include.connectors.rompslomp import mapping as rompslomp
from include.connectors.unit4 import mapping as unit4
from include.push.diff import differences, figures, totals_differ
from include.records import Article, Customer, Document, DocumentLine, PackageDocument, PackageLine

RATES = {"1": Decimal("0.21"), "2": Decimal("0.09"), "3": Decimal(0)}
CUSTOMER = Customer(key="1001", number="1001", name="De Boer", vat_kind="normal")
# up to five decimals, as people set them; and many that come to exactly half a cent
prices = st.integers(0, 10**8).map(lambda n: Decimal(n) / 10**5) | st.integers(0, 10**4).map(
    lambda n: n * Decimal("0.005")
)
quantities = st.integers(-99_999, 999_999).map(lambda n: Decimal(n) / 10**4) | st.integers(-50, 50).map(Decimal)
lines = st.lists(st.tuples(prices, quantities, st.sampled_from(sorted(RATES))), min_size=1, max_size=8)


def cents(amount: Fraction) -> int:
    """Round to cents: half a cent counts, away from zero."""
    up = (abs(amount) * 200 + 1) // 2
    return int(up) if amount >= 0 else -int(up)


def document(rows: list[tuple[Decimal, Decimal, str]], **changes: Any) -> Document:
    made = [
        DocumentLine(
            rule="used_article",
            description=f"Artikel {number}",
            quantity=quantity,
            article=Article(
                key=str(number),
                code=str(number),
                description=f"Artikel {number}",
                price=price,
                vat_code=code,
                vat_rate=RATES[code],
                type_key="0",
            ),
        )
        for number, (price, quantity, code) in enumerate(rows, 1)
    ]
    text = DocumentLine(rule="work_description", description="Cv-ketel nazien")
    fields = {"reference": "WB-1-1", "work_order_number": "1", "date": date(2026, 11, 21), "customer": CUSTOMER}
    return Document.model_validate({**fields, "lines": [text, *made], **changes})


@given(lines)
def test_rompslomp_rounds_each_line(rows: list[tuple[Decimal, Decimal, str]]) -> None:
    """Contract 9.5: net and VAT of each line to the cent, totals are their sums."""
    net = [cents(Fraction(price) * Fraction(quantity)) for price, quantity, _ in rows]
    vat = [cents(Fraction(amount, 100) * Fraction(RATES[code])) for amount, (_, _, code) in zip(net, rows, strict=True)]
    planned = rompslomp.expected_document(document(rows))
    assert [int(line.net * 100) for line in planned.lines] == [0, *net]
    assert planned.total_excl_vat * 100 == sum(net)
    assert planned.total_incl_vat is not None
    assert planned.total_incl_vat * 100 == sum(net) + sum(vat)


@given(lines)
def test_unit4_rounds_vat_once_for_each_code(rows: list[tuple[Decimal, Decimal, str]]) -> None:
    """Contract 10: each line to the cent, VAT over the sum of the lines with one code."""
    net = [cents(Fraction(price) * Fraction(quantity)) for price, quantity, _ in rows]
    vat = 0
    for code, rate in RATES.items():
        goods = sum(amount for amount, (_, _, own) in zip(net, rows, strict=True) if own == code)
        vat += cents(Fraction(goods, 100) * Fraction(rate))
    planned = unit4.expected_document(document(rows), RATES, "")
    assert [int(line.net * 100) for line in planned.lines] == [0, *net]
    assert planned.total_excl_vat * 100 == sum(net)
    assert planned.total_incl_vat is not None
    assert planned.total_incl_vat * 100 == sum(net) + vat


@given(st.integers(1, 10**6), st.sampled_from([1, 3, 6, 7, 10, 12, 100, 144, 1000]), quantities)
def test_a_price_for_more_than_one_piece_is_exact(price_cents: int, per: int, quantity: Decimal) -> None:
    """Contract 8, pricePer: what a division leaves behind the comma never costs or gains a cent."""
    row = {"productId": "X", "priceExclVat": price_cents / 100, "pricePer": per, "vatCodeId": 1, "productType": 0}
    article = unit4.article(row)
    line = DocumentLine(rule="used_article", description="X", article=article, quantity=quantity)
    planned = unit4.expected_document(document([], lines=[line]), RATES, "")
    assert planned.lines[0].net * 100 == cents(Fraction(price_cents, 100 * per) * Fraction(quantity))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=700), max_size=3))
def test_text_is_planned_as_it_is_sent(texts: list[str]) -> None:
    """R3.5, R3.8: a long text becomes the very lines that the package is given."""
    made = document(
        [], lines=[{"rule": "work_description", "description": text} for text in texts], memo="\n".join(texts)
    )
    sent = unit4.order(made, "14", None, "")
    assert [line.description for line in unit4.expected_document(made, RATES, "").lines] == [
        row["description"] for row in sent["orderLines"]
    ]
    body = rompslomp.sales_invoice(made)
    shown = ["\n".join(filter(None, (r["description"], r.get("extended_description")))) for r in body["invoice_lines"]]
    assert [line.description for line in rompslomp.expected_document(made).lines] == shown


# comparing


def sent(**changes: Any) -> PackageDocument:
    lines = [PackageLine(description="Cv-ketel  nazien"), PackageLine(description="Artikel 1", quantity=Decimal("2.0"))]
    totals = {"total_excl_vat": Decimal(20), "total_incl_vat": Decimal("24.20")}
    fields = {"id": "1", "customer_key": "1001", "date": date(2026, 11, 21), "lines": lines, **totals}
    return PackageDocument.model_validate({**fields, **changes})


PLANNED = unit4.expected_document(document([(Decimal(10), Decimal(2), "1")]), RATES, "")


def test_the_same_document_does_not_differ() -> None:
    """R3.10: blanks and zeros behind the comma are no difference, nor is what a list leaves out."""
    assert differences(PLANNED, sent()) == []
    assert differences(PLANNED, sent(lines=None, customer_key="", date=None)) == []
    assert not totals_differ(PLANNED, sent())
    assert not totals_differ(PLANNED, sent(total_incl_vat=None, lines=None))


def test_each_difference_is_named() -> None:
    """R3.10: ours comes before theirs."""
    assert differences(PLANNED, sent(customer_key="1002")) == ["1001 → 1002"]
    assert differences(PLANNED, sent(date=date(2026, 11, 22))) == ["2026-11-21 → 2026-11-22"]
    assert differences(PLANNED, sent(lines=[])) == ["2 → 0"]
    other = [PackageLine(description="Cv-ketel nazien"), PackageLine(description="Artikel 1", quantity=Decimal(3))]
    assert differences(PLANNED, sent(lines=other)) == ["2 × 'Artikel 1' → 3 × 'Artikel 1'"]


def test_other_totals_or_lines_are_told_with_their_figures() -> None:
    """R3.11: a cent counts."""
    assert totals_differ(PLANNED, sent(total_excl_vat=Decimal("20.01")))
    assert totals_differ(PLANNED, sent(total_incl_vat=Decimal("24.21")))
    assert totals_differ(PLANNED, sent(lines=[]))
    assert figures(sent(total_incl_vat=None)) == "€ 20.00 / ? (2)"
