"""Between Unit4's rows and our records. Pure functions; field names as the contract's sections 7 to 12 give them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from include.connectors.addresses import StreetLines, contact, street_lines
from include.connectors.countries import country_code
from include.connectors.values import number_or_none, to_cents, to_number, to_text, whole_or_none
from include.records import (
    Address,
    Article,
    ArticleGroup,
    ArticleType,
    Customer,
    Document,
    DocumentLine,
    ExpectedDocument,
    ExpectedLine,
    PackageDocument,
    PackageLine,
    PickListEntry,
    Raw,
    WorkAddress,
)

INVOICE_ADDRESS = "1"
PASSIVE_CUSTOMER, PASSIVE_ARTICLE = "P", 1
LINE_LENGTH = 254
TEXT_LINE = 3
# of a customer (contract, section 7), and what an order of such a customer says (section 10)
VAT_KINDS = {"0": "none", "1": "normal", "2": "reverse_charged"}
CHARGE_VAT_TYPES = {"normal": 0, "reverse_charged": 2, "none": 3}
FINE = Decimal("1e-12")  # what a price of less than a unit was divided into shows beyond this
MEMO, SALES_ORDER = 5, 1  # type of an own field, and the flag of what it is applied to
# order line type by article type: no stock, text, stock, constellation, assembly
LINE_TYPES = {"0": 0, "1": TEXT_LINE, "2": 4, "3": 2, "4": 4}


def customer(row: Raw) -> Customer:
    return Customer(
        key=to_text(row["customerId"]),
        number=to_text(row["customerId"]),
        name=to_text(row.get("name")) or to_text(row["customerId"]),
        address=_address(row),
        phone=to_text(row.get("telephone")),
        mobile=to_text(row.get("mobilePhone")),
        email=to_text(row.get("email")),
        vat_number=to_text(row.get("vatNumber")),
        chamber_of_commerce_number=to_text(row.get("cocRegistration")),
        active=row.get("customerStateId") != PASSIVE_CUSTOMER,
        identity=to_text(row.get("organizationId")),
        changed_on=day(row.get("dateChanged")),
        payment_condition=to_text(row.get("paymentConditionId")),
        vat_scenario=whole_or_none(row.get("vatScenarioId")),
        vat_kind=_vat_kind(row.get("chargeVatTypeId")),
    )


def _vat_kind(charge: Any) -> str:
    return VAT_KINDS.get(to_text(charge), to_text(charge))


def work_address(row: Raw, addresses: Sequence[Raw]) -> WorkAddress:
    """Make the work address of the invoice address, or without one of the default address (R1.4).

    Of several invoice addresses the one with the lowest number counts, in whatever order they come. Whom a line of an
    address asks for is the contact: of the own address, and of the default one, which has none in Simon.
    """
    invoice = [address for address in addresses if to_text(address.get("addressType")) == INVOICE_ADDRESS]
    own = min(invoice, key=_address_number, default=row)
    return WorkAddress(
        key=to_text(row["customerId"]),
        customer_key=to_text(row["customerId"]),
        name=to_text(own.get("name")) or to_text(row.get("name")) or to_text(row["customerId"]),
        contact_name=contact(to_text(own.get("contactPerson")), _lines(own).attention, _lines(row).attention),
        address=_address(own),
        phone=to_text(own.get("telephone")),
        email=to_text(own.get("email")),
        active=row.get("customerStateId") != PASSIVE_CUSTOMER,
    )


def _address_number(row: Raw) -> tuple[int, str, str]:
    number = to_text(row.get("addressId"))
    return len(number), number, to_text(row.get("addressGuid"))


def _address(row: Raw) -> Address:
    country = country_code(to_text(row.get("countryId")))
    return Address(
        street=_lines(row).street,
        postal_code=to_text(row.get("zipCode")),
        city=to_text(row.get("city")),
        country_code=country or "",
        unknown_country=to_text(row.get("countryId")) if country is None else "",
    )


def _lines(row: Raw) -> StreetLines:
    """Read both lines: neither is the street for sure, and the first may be an attention line (section 7)."""
    return street_lines([to_text(row.get("street1")), to_text(row.get("street2"))])


def article_group(row: Raw) -> ArticleGroup:
    return ArticleGroup(key=to_text(row["name"]), name=to_text(row.get("value")) or to_text(row["name"]))


def article_type(row: Raw) -> ArticleType:
    return ArticleType(key=to_text(row["name"]), name=to_text(row.get("value")) or to_text(row["name"]))


def pick_list_entry(row: Raw) -> PickListEntry:
    """Read an entry of a pick list: its name is the key, its value the description (contract, section 13)."""
    return PickListEntry(key=to_text(row["name"]), name=to_text(row.get("value")))


def own_field(row: Raw) -> PickListEntry:
    """Read the definition of an own field, as something to put an order's memo in (contract, section 11)."""
    on_orders = int(row.get("appliedToEntity") or 0) & SALES_ORDER
    return PickListEntry(
        key=f"{to_text(row['groupName'])}.{to_text(row['name'])}",
        name=to_text(row.get("title")),
        active=row.get("type") == MEMO and bool(on_orders),
    )


def article(row: Raw) -> Article:
    return Article(
        key=to_text(row["productId"]),
        code=to_text(row["productId"]),
        description=to_text(row.get("description")) or to_text(row["productId"]),
        unit=to_text(row.get("unit")),
        group_key=to_text(row.get("productGroupId")) or None,
        type_key=to_text(row.get("productType")) or None,
        vat_code=to_text(row.get("vatCodeId")),
        price=to_number(row.get("priceExclVat")) / (to_number(row.get("pricePer")) or 1),
        active=row.get("productState") != PASSIVE_ARTICLE,
        changed_on=day(row.get("lastUpdate")),
    )


def order(document: Document, payment_condition: str, vat_scenario: int | None, memo_field: str) -> Raw:
    """Return the body of an invoice order (contract, section 11)."""
    day = document.date.strftime("%d-%m-%Y")
    lines = [line for part in document.lines for line in _order_lines(part, day)]
    body: Raw = {
        "orderType": 0,
        "orderState": 1,
        "approved": True,
        "blocked": False,
        "customerId": document.customer.key,
        "orderDate": day,
        "paymentConditionId": payment_condition,
        "chargeVatType": CHARGE_VAT_TYPES[document.customer.vat_kind],
        "reference": document.reference,
        "orderLines": lines if memo_field else lines + _text_lines(document.memo),
    }
    if vat_scenario is not None:
        body["vatScenarioId"] = vat_scenario
    if memo_field and document.memo:
        body["customProperties"] = {memo_field: document.memo}
    return body


def _order_lines(line: DocumentLine, day: str) -> list[Raw]:
    if line.article is None:
        return _text_lines(line.description)
    quantity = float(line.quantity or 0)
    return [
        {
            "orderLineType": LINE_TYPES.get(line.article.type_key or "0", 0),
            "productId": line.article.key,
            "description": line.description[:LINE_LENGTH],
            "quantityOrdered": quantity,
            "quantityDelivered": quantity,
            "quantityToDeliver": 0,
            "quantityBackorder": 0,
            "autoCalculatePrice": True,
            "deliveryDate": day,
        }
    ]


def _text_lines(text: str) -> list[Raw]:
    """Return text of any length as text lines: one for each line of it, long ones split between words."""
    return [{"orderLineType": TEXT_LINE, "description": part} for line in text.splitlines() for part in _split(line)]


def _split(line: str) -> list[str]:
    parts = []
    while len(line) > LINE_LENGTH:
        at = line.rfind(" ", 1, LINE_LENGTH + 1)
        at = at if at > 0 else LINE_LENGTH
        parts.append(line[:at].rstrip())
        line = line[at:].lstrip()
    return [*parts, line] if line.strip() else parts


def expected_document(document: Document, rates: Mapping[str, Decimal], memo_field: str) -> ExpectedDocument:
    """Return what Unit4 will make of a document: lines rounded half up to cents, VAT once for each code (section 10).

    ``rates`` are the fractions of the VAT codes on the day of the order. A price agreement of the customer's own is
    not known to us. Only a customer of the normal kind is charged VAT.
    """
    pairs = [(line, expected) for line in document.lines for expected in _expected_lines(line)]
    lines = [expected for _, expected in pairs]
    if not memo_field:
        lines += [ExpectedLine(rule="memo", description=row["description"]) for row in _text_lines(document.memo)]
    charged = document.customer.vat_kind == "normal"
    goods: dict[str, Decimal] = {}
    vat_of_lines = Decimal(0)
    for line, expected in pairs:
        if charged and line.article is not None and not is_text(line.article):
            code = line.article.vat_code
            goods[code] = goods.get(code, Decimal(0)) + expected.net
            vat_of_lines += to_cents(expected.net * rates[code])
    net = sum((expected.net for expected in lines), Decimal(0))
    return ExpectedDocument(
        customer_key=document.customer.key,
        date=document.date,
        lines=tuple(lines),
        total_excl_vat=net,
        total_incl_vat=net + sum((to_cents(amount * rates[code]) for code, amount in goods.items()), Decimal(0)),
        also_incl_vat=net + vat_of_lines,
    )


def is_text(article: Article) -> bool:
    """Tell whether an article is of type text: it has no amount, and need have no VAT code."""
    return LINE_TYPES.get(article.type_key or "0") == TEXT_LINE


def _expected_lines(line: DocumentLine) -> list[ExpectedLine]:
    text_article = line.article is not None and is_text(line.article)
    if line.article is None or line.quantity is None or text_article:
        texts = (
            [line.description[:LINE_LENGTH]]
            if text_article
            else [r["description"] for r in _text_lines(line.description)]
        )
        return [ExpectedLine(rule=line.rule, description=text) for text in texts]
    price, quantity = line.article.price, line.quantity
    net = to_cents((price * quantity).quantize(FINE, ROUND_HALF_UP))
    described = {"rule": line.rule, "description": line.description[:LINE_LENGTH]}
    return [ExpectedLine(**described, quantity=quantity, price=price, net=net)]


def vat_rates(rows: Sequence[Raw], on: date) -> dict[str, Decimal]:
    """Return the fraction of each VAT code on a day (contract, section 10, VatCodeInfoList)."""
    return {to_text(row["vatCodeId"]): _rate(row, on) for row in rows}


def vat_rate_of(row: Raw) -> Decimal:
    """Return the fraction of a VAT code by its last date. Raises ValueError for a row that cannot be read."""
    if not to_text(row["vatCodeId"]):
        raise ValueError("no vatCodeId")
    return _rate(row, date.max)


def _rate(row: Raw, on: date) -> Decimal:
    dated = [(day(each.get("startDate")), each["vatPercentage"]) for each in row.get("vatPercentagesByDate") or []]
    valid = [(start, rate) for start, rate in dated if start is not None and start <= on]
    return to_number(max(valid, key=lambda each: each[0])[1] if valid else row.get("vatPercentage"))


def refusal(row: Raw) -> str:
    """Return the errors that an answer without an order is about, in Unit4's words; empty for one that has an order."""
    errors = [each for each in row.get("messages") or [] if each.get("messageType") == "Error"]
    return "" if row.get("orderId") else "; ".join(to_text(each.get("message")) for each in errors)


def carries(row: Raw, reference: str) -> bool:
    """Tell whether an order has this reference, whatever was put before or after it; not that of another work order."""
    pattern = rf"(?<![A-Za-z0-9]){re.escape(reference)}(?!-?[0-9])"
    return bool(re.search(pattern, to_text(row.get("reference")), re.IGNORECASE))


def is_of_day(row: Raw, on: date) -> bool:
    """Tell whether an order is of a day."""
    return day(to_text(row.get("orderDate"))) == on


def package_document(row: Raw) -> PackageDocument:
    """Read an Order, or an OrderInfo, which has other names for its totals."""
    if not row["orderId"]:
        raise ValueError("no orderId")
    incl, vat = (
        _amount(row, *names) for names in (("totalOrderAmount", "amountInclVat"), ("totalVatAmount", "vatAmount"))
    )
    lines = row.get("orderLines")
    return PackageDocument(
        id=row["orderId"],
        number=row["orderId"],
        reference=to_text(row.get("reference")),
        customer_key=to_text(row.get("customerId")),
        date=day(row.get("orderDate")),
        lines=None if lines is None else tuple(_package_line(line) for line in lines),
        total_excl_vat=_amount(row, "amountExclVat") if incl is None or vat is None else incl - vat,
        total_incl_vat=incl,
    )


def _amount(row: Raw, *names: str) -> Decimal | None:
    return next((number for name in names if (number := number_or_none(row.get(name))) is not None), None)


def _package_line(row: Raw) -> PackageLine:
    quantity = None if to_text(row.get("orderLineType")) == str(TEXT_LINE) else to_number(row.get("quantityOrdered"))
    amount = _amount(row, "orderLineAmount", "amountExclVat") or Decimal(0)
    return PackageLine(description=to_text(row.get("description")), quantity=quantity, net=amount)


def is_article(code: str) -> str:
    """Write the condition of a filter on exactly this article code (contract, section 13)."""
    quoted = code.replace("'", "''")
    return f"ProductId eq '{quoted}'"


def day_text(value: date) -> str:
    """Write a day as the lists have it, for a filter (contract, section 3)."""
    return f"{value.day}-{value.month}-{value.year}"


def day(value: str | None) -> date | None:
    """Read a date in any of the forms Unit4 writes: ``24-2-2012``, or ISO with a time (contract, section 3)."""
    text = (value or "").strip().split("T")[0].split(" ")[0]
    try:
        return date.fromisoformat(text) if text[:4].isdigit() else datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007
    except ValueError:
        return None
