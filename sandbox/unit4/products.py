"""Routes that read and write articles (contract 8)."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from starlette.responses import Response

from sandbox.unit4 import wire
from sandbox.unit4.administration import Unit4Table
from sandbox.unit4.call import Unit4Call
from sandbox.unit4.custom_fields import changed
from sandbox.unit4.dates import parse
from sandbox.unit4.errors import Validation, hidden, missing, single_error
from sandbox.unit4.layout import Layout, Row
from sandbox.unit4.lists import ListResponse, ListView, combination, list_response
from sandbox.unit4.records import COMPONENT, PRODUCT, PRODUCT_DESCRIPTION, PRODUCT_INFO, PRODUCT_SUPPLIER

_INFO = ListView(PRODUCT_INFO, wire.product_info, "productId", "products")
_SEARCH = ("productId", "shortName", "description", "productGroupId")
_TYPES, _STATES, PASSIVE, EXPIRING, STOCKED = range(5), range(3), 1, 2, 2
_PARTS: dict[str, Layout] = {
    "components": COMPONENT, "productDescriptions": PRODUCT_DESCRIPTION, "productSuppliers": PRODUCT_SUPPLIER,
}  # fmt: skip
_ALWAYS = ("productId", "shortName", "description", "dateCreated", "lastUpdate", "priceExclVat", "priceInclVat")


def product_info_list(call: Unit4Call) -> ListResponse:
    searches = {name: text for name, text in combination(call, "ProductInfoList", _SEARCH).items() if text}
    hide_passive = not call.switch("passive_in_lists")
    if not searches and not hide_passive:
        return list_response(call, _visible_products(call), _INFO)
    exact = call.switch("product_search") == "exact"

    def matches(row: Row) -> bool:
        pairs = [(text.lower(), row.get(name, "").lower()) for name, text in searches.items()]
        return all(text == value if exact else text in value for text, value in pairs)

    rows = (row for row in _visible_products(call) if matches(row))
    return list_response(call, (r for r in rows if not (hide_passive and r.get("productState") == PASSIVE)), _INFO)


def _visible_products(call: Unit4Call) -> Unit4Table | list[Row]:
    """Return the articles that the user may see."""
    products, visibility = call.administration.products, call.administration.visibility
    return products if visibility.whole else [row for row in products if visibility.sees(row["productId"])]


def _product(call: Unit4Call, key: str) -> Row:
    row = call.administration.products.find(key)
    if row is None:
        raise missing(call.world, "Artikel", key)
    if not call.administration.visibility.sees(row["productId"]):
        raise hidden(call.world, "Artikel", key)
    return row


def product_info(call: Unit4Call, key: str) -> Row:
    return wire.product_info(_product(call, key))


def product_nvl(call: Unit4Call) -> list[dict[str, str]]:
    return wire.nvl({row["productId"]: row["description"] for row in _visible_products(call)})


def stock_product_nvl(call: Unit4Call) -> list[dict[str, str]]:
    stocked = (row for row in _visible_products(call) if row.get("productType") == STOCKED)
    return wire.nvl({row["productId"]: row["description"] for row in stocked})


def get_product(call: Unit4Call, key: str) -> Row:
    return wire.product(call.administration, _product(call, key))


def post_product(call: Unit4Call) -> Row:
    validation = call.validation()
    values = PRODUCT.read(call.json(), validation)
    key = values.get("productId", "")
    if not key:
        validation.problem("productId", "Required", "Artikelcode is verplicht.")
    elif call.administration.products.get(key):
        validation.problem("productId", "Exists", f"Artikel {key} bestaat al.")
    today = call.world.clock.local().date()
    return _save(call, {"productId": key, "dateCreated": today}, values, validation)


def put_product(call: Unit4Call, key: str) -> Row:
    old = _product(call, key)
    validation = call.validation()
    values = PRODUCT.read(call.json(), validation)
    base = old
    if call.switch("put_missing") == "default":
        kept = ("productId", "shortName", "dateCreated", "customProperties", "technicalStock")
        base = {name: old[name] for name in kept if name in old}
    return _save(call, base, values, validation)


def _save(call: Unit4Call, base: Row, values: Row, validation: Validation) -> Row:
    row: Row = {"description": "", "shortName": ""} | base
    for name, value in values.items():
        if name in _PARTS:
            row[name] = [wire.filled(_PARTS[name], _PARTS[name].read(each, validation, f"{name}[{number}]."))
                         for number, each in enumerate(value)]  # fmt: skip
        elif name not in ("productId", "customProperties"):
            row[wire.PRODUCT_NAMES.get(name, name)] = value
    row["shortName"] = row["shortName"].upper()
    row["projectEntryType"] = str(row.get("projectEntryType", 0))
    own = base.get("customProperties", {})
    row["customProperties"] = changed(
        call.administration, "product", values.get("customProperties", {}), own, validation=validation
    )
    _checked(call, row, validation)
    validation.done()
    row["lastUpdate"] = call.world.clock.local().date()
    _priced(call, row, values)
    empty = PRODUCT.blank | PRODUCT_INFO.blank
    row = {name: value for name, value in row.items() if name in _ALWAYS or value != empty[name]}
    call.administration.products.put(row["productId"], row)
    return get_product(call, row["productId"])


def _checked(call: Unit4Call, row: Row, validation: Validation) -> None:
    if not row["shortName"]:
        validation.problem("shortName", "Required", "Zoekcode is verplicht.")
    if (group := row.get("productGroupId", "")) and group not in call.administration.groups:
        validation.problem("productGroupId", "Unknown", f"Artikelgroep {group} bestaat niet.")
    if row.get("productType", 0) not in _TYPES:
        validation.problem("productType", "Unknown", "Het artikeltype is 0 tot en met 4.")
    if row.get("productState", 0) not in _STATES:
        validation.problem("productState", "Unknown", "De artikelstatus is 0, 1 of 2.")
    if row.get("vatCodeId", 1) not in call.administration.vat_codes:
        validation.problem("vatCodeId", "Unknown", f"Btw-code {row['vatCodeId']} bestaat niet.")
    if row.get("pricePer", 1) <= 0:
        validation.problem("pricePer", "OutOfRange", "Prijs per moet groter dan nul zijn.")


def _priced(call: Unit4Call, row: Row, values: Row) -> None:
    """Derive the price that was not sent from the one that was."""
    rate = 1 + call.administration.vat_rate(row.get("vatCodeId", 1), call.world.clock.local().date())
    if "priceVatIncl" in values and "priceVatExcl" not in values:
        row["priceExclVat"] = cents(Decimal(row["priceInclVat"]) / rate)
    elif "priceVatIncl" not in values:
        row["priceInclVat"] = cents(Decimal(row.get("priceExclVat", 0)) * rate)
    row.setdefault("priceExclVat", Decimal(0))


def cents(amount: Decimal) -> Decimal:
    """Round an amount to whole cents, halves away from zero."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def delete_product(call: Unit4Call, key: str) -> Response:
    row = _product(call, key)
    lines = (line["productId"] for order in call.administration.orders for line in order["orderLines"])
    refuse_used(call, row["productId"], lines, f"Artikel {key}")
    call.administration.products.remove(row["productId"])
    return Response(b"", int(call.switch("delete_status")))


def refuse_used(call: Unit4Call, key: str, users: Iterable[str], title: str) -> None:
    """Refuse to delete what is in use, when the switch has it so: the contract has no rule for it."""
    if call.switch("delete_used") == "refuse" and key in users:
        validation = call.validation()
        validation.problem("", "InUse", f"{title} is in gebruik en kan niet worden verwijderd.")
        validation.done()


def calc_spec_price(call: Unit4Call) -> Row:
    """Return the price of an article for a customer, by agreement or from the article (contract 8)."""
    names = ("customerId", "productId", "currencyId", "quantity", "orderDate", "vatIncluded", "projectId")
    parameters = {name: call.query.get(name.lower(), "") for name in names}
    row = _product(call, parameters["productId"])
    customer = call.administration.customers.find(parameters["customerId"])
    if customer is None:
        raise missing(call.world, "Debiteur", parameters["customerId"])
    try:
        quantity = Decimal(parameters["quantity"] or "1")
        day = parse(parameters["orderDate"]) if parameters["orderDate"] else call.world.clock.local().date()
    except (ValueError, ArithmeticError) as error:
        raise single_error(400, "Aantal of orderdatum is niet leesbaar.", "Unreadable", "quantity") from error
    if not quantity.is_finite():
        raise single_error(400, "Aantal is niet leesbaar.", "Unreadable", "quantity")
    included = parameters["vatIncluded"].lower() == "true"
    price = call.administration.prices.get((customer["customerId"], row["productId"]))
    if price is not None and included:
        price = cents(price * (1 + call.administration.vat_rate(row.get("vatCodeId", 1), day)))
    elif price is None:
        price = row["priceInclVat" if included else "priceExclVat"]
    return parameters | {"quantity": quantity, "vatIncluded": included, "price": price, "discount": 0.0, "messages": []}


ROUTES: dict[str, Any] = {
    "GET {database}/ProductInfoList": product_info_list,
    "GET {database}/ProductInfo/{productId}": product_info,
    "GET {database}/ProductNVL": product_nvl,
    "GET {database}/StockProductNVL": stock_product_nvl,
    "GET {database}/Product/{productId}": get_product,
    "POST {database}/Product": post_product,
    "PUT {database}/Product/{productId}": put_product,
    "DELETE {database}/Product/{productId}": delete_product,
    "POST {database}/CalcSpecPriceCommand": calc_spec_price,
}
