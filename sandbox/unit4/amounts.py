"""The amounts of an order: per line, per VAT code and in total, each rounded to cents with halves away from zero."""

from decimal import Decimal
from typing import Any

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.layout import Row
from sandbox.unit4.products import cents

EXCLUSIVE, INCLUSIVE = 0, 1  # chargeVatType; the other two charge no VAT
_AMOUNT_LINE, TEXT_LINE = 1, 3


def line_amount(line: Row) -> Decimal:
    """Compute quantity times price after discount; an amount line may bring its amount (contract 10)."""
    if line["orderLineType"] == TEXT_LINE:
        return Decimal(0)
    keep = 1 - _exact(line["discount"])
    if line["orderLineType"] == _AMOUNT_LINE and line["orderLineAmount"]:
        return cents(_exact(line["orderLineAmount"]) * keep)
    return cents(_exact(line["quantityOrdered"]) * _exact(line["price"]) / _exact(line["pricePer"]) * keep)


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))


def vat_lines(administration: Unit4Administration, order: Row) -> list[Row]:
    """Compute per VAT code the goods, discount, base and VAT (contract 10, orderVatLines)."""
    goods: dict[int, Decimal] = {}
    for line in order["orderLines"]:
        if line["orderLineType"] != TEXT_LINE:
            code = line["vatCodeId"]
            goods[code] = goods.get(code, Decimal(0)) + _exact(line["orderLineAmount"])
    surcharge = surcharge_of(order)
    if surcharge:
        goods.setdefault(order["orderSurchargeVatCodeId"], Decimal(0))
    return [
        _vat_line(administration, order, code, amount, surcharge=surcharge) for code, amount in sorted(goods.items())
    ]


def surcharge_of(order: Row) -> Decimal:
    return cents(_exact(order["orderSurcharge"])) if order["applyOrderSurcharge"] else Decimal(0)


def _vat_line(administration: Unit4Administration, order: Row, code: int, goods: Decimal, *, surcharge: Decimal) -> Row:
    rate = rate_of(administration, order, code)
    discount = cents(goods * _exact(order["discountPercentage"]))
    base = goods - discount + (surcharge if code == order["orderSurchargeVatCodeId"] else 0)
    vat = cents(base * rate)
    if order["chargeVatType"] == INCLUSIVE:
        vat = base - cents(base / (1 + rate))
        base -= vat
    return {
        "vatCodeId": code, "vatPercentage": rate, "vatBaseAmount": base, "vatAmount": vat, "goodsAmount": goods,
        "discountAmount": discount,
    }  # fmt: skip


def rate_of(administration: Unit4Administration, order: Row, code: int) -> Decimal:
    """Return the VAT fraction that this order pays on a code."""
    charged = order["chargeVatType"] in (EXCLUSIVE, INCLUSIVE)
    return administration.vat_rate(code, order["orderDate"]) if charged else Decimal(0)


def set_totals(administration: Unit4Administration, order: Row) -> None:
    """Fill in the computed amounts; the goods are always the sum of the lines."""
    for line in order["orderLines"]:
        line["orderLineAmount"] = line_amount(line)
    lines = vat_lines(administration, order)
    vat = sum((line["vatAmount"] for line in lines), Decimal(0))
    order["totalGoodsAmount"] = sum((line["orderLineAmount"] for line in order["orderLines"]), Decimal(0))
    order["totalDiscountAmount"] = sum((line["discountAmount"] for line in lines), Decimal(0))
    order["totalVatAmount"] = vat
    total = order["totalGoodsAmount"] - order["totalDiscountAmount"] + surcharge_of(order)
    order["totalOrderAmount"] = total if order["chargeVatType"] == INCLUSIVE else total + vat
    order["totalCreditSqueezeAmount"] = cents(order["totalOrderAmount"] * _exact(order["creditSqueezePerc"]))
