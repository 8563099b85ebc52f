"""Between Rompslomp's objects and our records. Pure functions; field names as the contract's section 9 gives them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from include.connectors.addresses import StreetLines, contact, street_lines
from include.connectors.countries import country_code
from include.connectors.values import number_or_none, to_cents, to_number, to_text
from include.records import (
    Address,
    Article,
    Customer,
    Document,
    DocumentLine,
    ExpectedDocument,
    ExpectedLine,
    PackageDocument,
    PackageLine,
    Raw,
    WorkAddress,
)

LINE_LENGTH = 255


def customer(row: Raw) -> Customer:
    return Customer(
        key=to_text(row["id"]),
        number=to_text(row.get("contact_number")),
        identity=to_text(row.get("contact_number")),
        name=_name(row),
        address=_address(row),
        phone=to_text(row.get("phone")),
        email=to_text(row.get("contact_person_email_address")),
        vat_number=to_text(row.get("vat_number")),
        chamber_of_commerce_number=to_text(row.get("kvk_number")),
        active=not row.get("is_supplier"),  # a contact is either a customer or a supplier
    )


def work_address(row: Raw, below: Sequence[Raw]) -> WorkAddress:
    """Make the default work address: Rompslomp has no other (R1.4)."""
    person = to_text(row.get("contact_person_name"))
    return WorkAddress(
        key=to_text(row["id"]),
        customer_key=to_text(row["id"]),
        name=_name(row),
        contact_name=contact("" if person == _name(row) else person, _lines(row).attention),
        address=_address(row),
        phone=to_text(row.get("phone")),
        email=to_text(row.get("contact_person_email_address")),
    )


def _name(row: Raw) -> str:
    candidates = (row.get("name"), row.get("company_name"), row.get("contact_person_name"), row["id"])
    return next(text for text in map(to_text, candidates) if text)


def _address(row: Raw) -> Address:
    country = country_code(to_text(row.get("country_code")))
    return Address(
        street=_lines(row).street,
        postal_code=to_text(row.get("zipcode")),
        city=to_text(row.get("city")),
        country_code=country or "",
        unknown_country=to_text(row.get("country_code")) if country is None else "",
    )


def _lines(row: Raw) -> StreetLines:
    return street_lines(to_text(row.get("address")).splitlines())


def article(row: Raw) -> Article:
    line = row["invoice_line"]
    return Article(
        key=to_text(row["id"]),
        code=to_text(line.get("product_code")),
        identity=to_text(line.get("product_code")),
        description=to_text(line.get("description")) or to_text(line.get("product_code")) or to_text(row["id"]),
        vat_code=to_text(line.get("vat_type_id")),
        account=to_text(line.get("account_id")),
        vat_rate=number_or_none(line.get("vat_rate")),
        price=to_number(line.get("price_per_unit")),
    )


def sales_invoice(document: Document) -> Raw:
    """Return the body of a concept invoice, which is never published by us (contract, section 9.5)."""
    return {
        "contact_id": int(document.customer.key),
        "date": document.date.isoformat(),
        "description": f"Werkbon {document.work_order_number}",
        "api_reference": document.reference,
        "invoice_lines": [_line(line) for line in document.lines],
    }


def _line(line: DocumentLine) -> Raw:
    description, rest = _split(line.description)
    body: Raw = {"description": description}
    if rest:
        body["extended_description"] = rest
    if line.article is None:
        return {**body, "price_per_unit": "0.0", "quantity": "1.0"}  # there is no line without a price
    body |= {
        "price_per_unit": str(line.article.price),
        "quantity": str(line.quantity),
        "product_id": int(line.article.key),
    }
    if line.article.vat_code:
        body["vat_type_id"] = int(line.article.vat_code)
    if line.article.vat_rate is not None:
        body["vat_rate"] = str(line.article.vat_rate)
    if line.article.account:
        body["account_id"] = int(line.article.account)
    return body


def expected_document(document: Document) -> ExpectedDocument:
    """Return what Rompslomp will make of a document (section 9.5).

    Net and VAT of each line are rounded half up, totals are sums; or VAT is rounded once for each rate.
    """
    lines = tuple(_expected_line(line) for line in document.lines)
    net = sum((line.net for line in lines), Decimal(0))
    goods: dict[Decimal, Decimal] = {}
    vat_of_lines, known = Decimal(0), True
    for line, expected in zip(document.lines, lines, strict=True):
        rate = line.article.vat_rate if line.article else Decimal(0)
        known = known and rate is not None
        goods[rate or Decimal(0)] = goods.get(rate or Decimal(0), Decimal(0)) + expected.net
        vat_of_lines += to_cents(expected.net * (rate or Decimal(0)))
    return ExpectedDocument(
        customer_key=document.customer.key,
        date=document.date,
        lines=lines,
        total_excl_vat=net,
        total_incl_vat=net + vat_of_lines if known else None,
        also_incl_vat=net + sum((to_cents(net * rate) for rate, net in goods.items()), Decimal(0)) if known else None,
    )


def _expected_line(line: DocumentLine) -> ExpectedLine:
    text = "\n".join(filter(None, _split(line.description)))
    if line.article is None or line.quantity is None:
        return ExpectedLine(rule=line.rule, description=text)
    price = line.article.price
    return ExpectedLine(
        rule=line.rule, description=text, quantity=line.quantity, price=price, net=to_cents(price * line.quantity)
    )


def package_document(row: Raw) -> PackageDocument:
    """Read a sales invoice as it is returned or listed."""
    excl, incl = (number_or_none(row.get(name)) for name in ("price_without_vat", "price_with_vat"))
    lines = row.get("invoice_lines")
    return PackageDocument(
        id=str(row["id"]),
        number=row.get("invoice_number") or "",
        reference=to_text(row.get("api_reference")),
        customer_key=to_text(row.get("contact_id")),
        date=date.fromisoformat(row["date"]) if row.get("date") else None,
        lines=None if lines is None else tuple(_package_line(line) for line in lines),
        total_excl_vat=excl,
        total_incl_vat=incl,
    )


def _package_line(row: Raw) -> PackageLine:
    texts = (to_text(row.get("description")), to_text(row.get("extended_description")))
    price, quantity = (to_number(row.get(name)) for name in ("price_per_unit", "quantity"))
    text_only = row.get("product_id") is None and not price and quantity == 1
    net = to_number(row.get("price_without_vat"))
    return PackageLine(description="\n".join(filter(None, texts)), quantity=None if text_only else quantity, net=net)


def _split(text: str) -> tuple[str, str]:
    """Return what fits in the description, and the rest for the extended one.

    The text is split at a line's end or between words.
    """
    first, _, rest = text.partition("\n")
    if len(first) > LINE_LENGTH:
        at = first.rfind(" ", 1, LINE_LENGTH + 1)
        at = at if at > 0 else LINE_LENGTH
        rest = f"{first[at:].lstrip()}\n{rest}" if rest else first[at:].lstrip()
        first = first[:at]
    return first.strip(), rest.strip()
