"""Routes that read orders: OrderInfo and the lists of it (contract 10)."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.unit4.amounts import INCLUSIVE, TEXT_LINE, rate_of, vat_lines
from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.dates import parse
from sandbox.unit4.errors import missing, single_error
from sandbox.unit4.layout import Row
from sandbox.unit4.lists import ListResponse, ListView, combination, list_response
from sandbox.unit4.orders import found_order
from sandbox.unit4.products import cents
from sandbox.unit4.records import ORDER_INFO, ORDER_LINE_INFO, ORDER_VAT_LINE
from sandbox.unit4.wire import filled

_INFO = ListView(ORDER_INFO)
_TYPE_NAMES = ("InvoiceOrder", "RegularOrder", "ServiceOrder")
_LIMITS = ("minDate", "maxDate", "minPrice", "maxPrice", "fiscalYear", "onlyOpen")
_WITH_YEAR = tuple(name for name in _LIMITS if name != "fiscalYear")
_NAMES = {  # OrderInfo member -> where it comes from in an order
    "amountInclVat": "totalOrderAmount", "vatAmount": "totalVatAmount", "discountAmount": "totalDiscountAmount",
    "creditSqueezeAmount": "totalCreditSqueezeAmount", "creditSqueezePercentage": "creditSqueezePerc",
    "isApproved": "approved", "isBlocked": "blocked", "customerIdForInvoice": "customerId",
    "countryOfDestinationId": "customerCountryId", "paymentAmount1": "totalOrderAmount",
}  # fmt: skip


def order_info_record(call: Unit4Call, order: Row, with_lines: bool) -> Row:
    """Return the OrderInfo of an order."""
    condition = call.administration.payment_conditions.get(order["paymentConditionId"], {})
    row = order | {name: order[source] for name, source in _NAMES.items()}
    row["orderType"] = str(order["orderType"])
    if call.switch("order_info_type") == "name":
        row["orderType"] = _TYPE_NAMES[order["orderType"]]
    row["stateId"] = str(order["orderState"])
    row["amountExclVat"] = order["totalOrderAmount"] - order["totalVatAmount"]
    row["paymentConditionDescription"] = condition.get("description", "")
    row["currencyId"] = order["currencyId"] or call.administration.company["currencyId"]
    row["currencyIsoCurrencyId"] = row["currencyId"]
    row["fiscalYear"] = order.get("fiscalYear") or order["orderDate"].year
    row["orderLines"] = [_line(call, order, line) for line in order["orderLines"]] if with_lines else None
    row["orderVatLines"] = None
    if with_lines:
        row["orderVatLines"] = [filled(ORDER_VAT_LINE, line) for line in vat_lines(call.administration, order)]
    return filled(ORDER_INFO, row)


def _line(call: Unit4Call, order: Row, line: Row) -> Row:
    rate = rate_of(call.administration, order, line["vatCodeId"]) if line["orderLineType"] != TEXT_LINE else Decimal(0)
    amount = Decimal(str(line["orderLineAmount"]))
    inclusive = order["chargeVatType"] == INCLUSIVE
    product = call.administration.products.get(line["productId"]) or {}
    row = line | {
        "orderId": order["orderId"], "orderDate": order["orderDate"], "reference": order["reference"],
        "productDescription": product.get("description", ""), "vatPercentage": rate,
        "amountExclVat": cents(amount / (1 + rate)) if inclusive else amount,
        "amountInclVat": amount if inclusive else cents(amount * (1 + rate)),
    }  # fmt: skip
    return filled(ORDER_LINE_INFO, row)


def order_info(call: Unit4Call, key: str) -> Row:
    return order_info_record(call, found_order(call, key), with_lines=True)


def order_info_by_invoice(call: Unit4Call, key: str) -> Row:
    order = call.administration.invoiced.get(key)
    if order is None:
        raise missing(call.world, "Factuur", key)
    return order_info_record(call, order, with_lines=True)


def sample_data(call: Unit4Call) -> Row:
    return filled(ORDER_INFO, {"orderId": "20190038", "orderType": "0", "stateId": "1", "customerId": "1001"})


def by_customer(call: Unit4Call, key: str, *path_limits: str) -> ListResponse:
    """List a customer's orders; the limits come in the path, in the query, or not at all."""
    if len(path_limits) == len(_LIMITS):
        limits = dict(zip(_LIMITS, path_limits, strict=True))
    elif path_limits:
        limits = combination(call, "OrderInfoList", _WITH_YEAR) | {"fiscalYear": path_limits[0]}
    else:
        limits = combination(call, "OrderInfoList", _LIMITS, ("fiscalYear",))
    orders = call.administration.orders_of.get(key) or call.administration.orders_of.get(key.upper(), [])
    if not call.switch("invoiced_in_customer_list"):
        orders = [order for order in orders if not order.get("invoiceId")]
    return _list(call, (order for order in orders if _within(call, order, limits)))


def _within(call: Unit4Call, order: Row, limits: dict[str, str]) -> bool:
    """Return whether an order is inside the limits; an empty limit is none."""
    try:
        first, last = (_day(limits.get(name, "")) for name in ("minDate", "maxDate"))
        least, most = (_amount(limits.get(name, "")) for name in ("minPrice", "maxPrice"))
        year = int(limits.get("fiscalYear") or 0)
    except (ValueError, InvalidOperation) as error:
        raise single_error(400, "De grenzen van de zoekopdracht zijn niet leesbaar.", "Unreadable") from error
    day, amount = order["orderDate"], order["totalOrderAmount"]
    return (
        (first is None or first <= day)
        and (last is None or day <= last)
        and (least is None or least <= amount)
        and (most is None or amount <= most)
        and (not year or year == (order.get("fiscalYear") or day.year))
        and not (limits.get("onlyOpen", "").lower() in ("true", "1") and order.get("invoiceId"))
    )


def _day(text: str) -> date | None:
    return parse(text) if text else None


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError(f"{text} is not an amount")
    return amount


def open_orders(call: Unit4Call) -> ListResponse:
    customer = call.query.get("customerid", "")
    everything = call.switch("invoiced_in_open_orders")
    return _list(
        call,
        (
            order
            for order in (call.administration.orders_of.get(customer, []) if customer else call.administration.orders)
            if everything or not order.get("invoiceId")
        ),
    )


def ready_to_print(call: Unit4Call) -> ListResponse:
    orders = call.administration.orders
    return _list(call, (o for o in orders if o["approved"] and not o["blocked"] and not o.get("invoiceId")))


def for_invoice(call: Unit4Call, key: str) -> ListResponse:
    order = call.administration.invoiced.get(key)
    return _list(call, [order] if order else [])


def by_project(call: Unit4Call, key: str) -> ListResponse:
    return _list(call, (order for order in call.administration.orders if order["projectId"] == key))


def _list(call: Unit4Call, orders: Iterable[Row]) -> ListResponse:
    if call.query.get("$filter") and not call.switch("order_filter"):
        raise single_error(400, "$filter wordt hier niet ondersteund.", "BadQuery", "$filter")
    seen_before = call.world.clock.now() - timedelta(seconds=int(call.switch("order_visible_after_s")))
    with_lines = call.switch("order_lists_carry_lines")
    visible = [order for order in orders if order["createdAt"] <= seen_before]
    records = [order_info_record(call, order, with_lines) for order in visible]
    return _server_page(call, list_response(call, records, _INFO))


def _server_page(call: Unit4Call, rows: ListResponse) -> ListResponse:
    """Cut out the page that PageSize and PageNumber ask for (contract 4)."""
    first = int(call.switch("first_page_number"))
    size = whole(call.query.get("pagesize") or "0")
    number = whole(call.query.get("pagenumber") or str(first))
    if size is None or number is None or number < first:
        raise single_error(400, "PageSize en PageNumber moeten gehele getallen zijn.", "BadQuery", "PageNumber")
    start = (number - first) * size
    return rows[start : start + size] if size else rows


_CUSTOMER = "GET {database}/OrderInfoList/{customerId}"
ROUTES: dict[str, Any] = {
    "GET {database}/OrderInfo/SampleData": sample_data,
    "GET {database}/OrderInfo/ByInvoiceId/{invoiceId}": order_info_by_invoice,
    "GET {database}/OrderInfo/{orderId}": order_info,
    "GET {database}/OrderInfoList/OpenOrders": open_orders,
    "GET {database}/OrderInfoList/OrdersReadyToPrintInvoice": ready_to_print,
    "GET {database}/OrderInfoList/OrdersForInvoice/{invoiceId}": for_invoice,
    "GET {database}/OrderInfoList/ByProjectId/{projectId}": by_project,
    _CUSTOMER: by_customer,
    f"{_CUSTOMER}/{{fiscalYear}}": by_customer,
    f"{_CUSTOMER}/{{minDate}}/{{maxDate}}/{{minPrice}}/{{maxPrice}}/{{fiscalYear}}/{{onlyOpen}}": by_customer,
}
