"""The lines of an order: read, checked, and completed from their articles (contract 10 and 11)."""

from typing import Any

from sandbox.unit4.amounts import INCLUSIVE, TEXT_LINE, line_amount
from sandbox.unit4.call import Unit4Call
from sandbox.unit4.errors import Validation
from sandbox.unit4.layout import Row
from sandbox.unit4.products import EXPIRING, PASSIVE, cents
from sandbox.unit4.records import ORDER_LINE

_LINE_TYPES = range(7)
_NEEDS_PRODUCT = (0, 2, 4)
_TYPE_FOR = {0: 0, 1: 3, 2: 4, 3: 2, 4: 4}  # line type by article type (contract 10)
_QUANTITIES = ("quantityOrdered", "quantityDelivered", "quantityToDeliver", "quantityBackorder")
_LARGEST = 10**13
_INVOICE_ORDER = 0


def new_lines(
    call: Unit4Call, order: Row, old: list[Row], elements: list[Any] | None, *, validation: Validation
) -> list[Row]:
    """Return all lines of the order; those with a known orderLineId change that line, the others are new."""
    if elements is None:
        elements = old
    known = {line["orderLineId"]: line for line in old}
    last, lines = max(known, default=0), []
    for number, element in enumerate(elements):
        path = f"orderLines[{number}]."
        members = {k: v for k, v in element.items() if v is not None} if isinstance(element, dict) else element
        values = members if elements is old else ORDER_LINE.read(members, validation, path)
        key = values.get("orderLineId", 0)
        if key in known:
            values = known.pop(key) | values
        else:
            key = last = last + 1
        lines.append(_line(call, order, values, validation, path=path) | {"orderLineId": key})
    return lines


def _line(call: Unit4Call, order: Row, values: Row, validation: Validation, *, path: str) -> Row:
    product = _product(call, values, validation, path)
    line = ORDER_LINE.blank | values
    if line["orderLineType"] not in _LINE_TYPES:
        validation.problem(f"{path}orderLineType", "Unknown", "Het regeltype is 0 tot en met 6.")
    if not 0 <= line["discount"] <= 1:
        validation.problem(f"{path}discount", "OutOfRange", "De korting is een fractie van 0 tot en met 1.")
    if line["pricePer"] <= 0:
        validation.problem(f"{path}pricePer", "OutOfRange", "Prijs per moet groter dan nul zijn.")
        return line
    if line["orderLineType"] == TEXT_LINE:
        return line | dict.fromkeys((*_QUANTITIES, "price", "orderLineAmount"), 0.0)
    if product is not None:
        _from_product(call, line, values, product)
    _priced(call, order, line, values, product=product)
    as_ordered = order["orderType"] == _INVOICE_ORDER and call.switch("delivered_when_unsaid") == "ordered"
    if "quantityDelivered" not in values and as_ordered:
        line["quantityDelivered"] = line["quantityOrdered"]
    if line["vatCodeId"] and line["vatCodeId"] not in call.administration.vat_codes:
        validation.problem(f"{path}vatCodeId", "Unknown", f"Btw-code {line['vatCodeId']} bestaat niet.")
    if abs(line_amount(line)) >= _LARGEST:
        validation.problem(f"{path}orderLineAmount", "OutOfRange", "Het regelbedrag is te groot.")
    return line


def _product(call: Unit4Call, values: Row, validation: Validation, path: str) -> Row | None:
    key, kind = values.get("productId", ""), values.get("orderLineType", 0)
    product = call.administration.products.get(key)
    if not key and kind in _NEEDS_PRODUCT:
        validation.problem(f"{path}productId", "Required", "Artikel is verplicht.")
    elif key and product is None:
        validation.problem(f"{path}productId", "Unknown", f"Artikel {key} bestaat niet.")
    elif product is not None:
        state = product.get("productState", 0)
        if state == PASSIVE and call.switch("passive_products") == "refuse":
            validation.problem(f"{path}productId", "Passive", f"Artikel {key} is passief.")
        if state == EXPIRING and call.switch("expiring_products") == "refuse":
            validation.problem(f"{path}productId", "Expiring", f"Artikel {key} is aflopend.")
        if call.switch("line_type_checked") and kind != _TYPE_FOR[product.get("productType", 0)]:
            validation.problem(f"{path}orderLineType", "WrongType", f"Het regeltype past niet bij artikel {key}.")
    return product


def _from_product(call: Unit4Call, line: Row, values: Row, product: Row) -> None:
    """Take from the article what the line leaves out; own text goes before the article's."""
    line["description"] = line["description"] or product["description"][: ORDER_LINE.fields["description"].size]
    line["unit"] = line["unit"] or product.get("unit", "")
    if "vatCodeId" not in values:
        line["vatCodeId"] = product.get("vatCodeId", 1)
    if "quantityScale" not in values:
        line["quantityScale"] = product.get("quantityScale", 0)
    relations = call.administration.groups.get(product.get("productGroupId", ""), {}).get("relations") or [{}]
    line["accountId"] = line["accountId"] or product.get("accountId") or relations[-1].get("revenueAccountId", "")
    line["discountAccountId"] = line["discountAccountId"] or product.get("discountAccountId", "")


def _priced(call: Unit4Call, order: Row, line: Row, values: Row, *, product: Row | None) -> None:
    """Set the price of a line: its own price counts, else the customer's agreed price or the article's."""
    unsaid = "autoCalculatePrice" not in values
    if unsaid:
        line["autoCalculatePrice"] = "price" not in values and call.switch("price_when_unsaid") == "article"
    if not line["autoCalculatePrice"] or product is None:
        return
    line["pricePer"] = product.get("pricePer", 1.0)
    inclusive = order["chargeVatType"] == INCLUSIVE
    agreed = call.administration.prices.get((order["customerId"], product["productId"]))
    if agreed is None:
        line["price"] = product["priceInclVat" if inclusive else "priceExclVat"]
    else:
        rate = call.administration.vat_rate(line["vatCodeId"], order["orderDate"])
        line["price"] = cents(agreed * (1 + rate)) if inclusive else agreed
