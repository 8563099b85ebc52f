"""Routes that make and change orders (contract 10 and 11)."""

from datetime import date
from typing import Any

from starlette.responses import Response

from sandbox.unit4 import wire
from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.amounts import set_totals
from sandbox.unit4.call import Unit4Call
from sandbox.unit4.custom_fields import changed, custom_properties
from sandbox.unit4.dates import dutch, parse
from sandbox.unit4.errors import Validation, missing, single_error
from sandbox.unit4.layout import Row
from sandbox.unit4.order_lines import new_lines
from sandbox.unit4.records import INTRASTAT_ENTRY, ORDER, ORDER_LINE

_REQUIRED = {"customerId": "Debiteur", "orderDate": "Orderdatum", "paymentConditionId": "Betalingsconditie"}
_ENUMS = {"orderType": 3, "orderState": 6, "chargeVatType": 4}
_FRACTIONS = ("discountPercentage", "creditSqueezePerc", "paymentDiscountPercentage")
_DEFAULT_SCENARIO = 6  # "Verkoop binnenland" (contract 10)
_NO_VAT, _SUBCONTRACTOR = 3, 2
_CHARGE_OF_CUSTOMER = {0: _NO_VAT, 2: _SUBCONTRACTOR}
_INVOICED = "De order is gefactureerd."


def found_order(call: Unit4Call, key: str) -> Row:
    row = call.administration.orders.find(key)
    if row is None:
        raise missing(call.world, "Order", key)
    return row


def get_order(call: Unit4Call, key: str) -> Row:
    return order_record(call.administration, found_order(call, key))


def order_record(administration: Unit4Administration, row: Row) -> Row:
    """Return the Order with its lines (contract 10)."""
    record = wire.filled(ORDER, row)
    record["orderLines"] = [wire.filled(ORDER_LINE, line) for line in row["orderLines"]]
    record["customProperties"] = custom_properties(administration, "order", row)
    if row.get("invoiceId"):
        record |= {"canChange": False, "cannotChangeReason": _INVOICED}
    return record


def post_order(call: Unit4Call) -> Row:
    validation = call.validation()
    values = ORDER.read(call.json(), validation)
    number = _own_number(call, values, validation)
    row = _built(call, ORDER.blank | {"orderLines": [], "customProperties": {}}, values, validation)
    validation.done()
    set_totals(call.administration, row)
    row["orderId"] = number or _next_number(call, row)
    row["createdAt"] = call.world.clock.now()
    call.administration.add_order(row)
    return order_record(call.administration, row)


def _own_number(call: Unit4Call, values: Row, validation: Validation) -> str:
    """Read the client's own order number; whether it may bring one is open (contract 10)."""
    number: str = values.pop("orderId", "")
    choice = call.switch("own_order_number")
    if not number or choice == "ignore":
        return ""
    if choice == "refuse" or call.administration.orders.get(number):
        validation.problem("orderId", "Refused", f"Ordernummer {number} kan niet worden gebruikt.")
    return number


def _next_number(call: Unit4Call, row: Row) -> str:
    """Return the next order number: the year and at least four digits (contract 13)."""
    year = row["orderDate"].year
    while True:
        number = f"{year}{call.administration.number(f'order {year}'):04d}"
        if call.administration.orders.get(number) is None:
            call.administration.used("latest order", int(number))
            return number


def put_order(call: Unit4Call, key: str) -> Row:
    old = found_order(call, key)
    validation = call.validation()
    values = ORDER.read(call.json(), validation) | {"orderId": old["orderId"]}
    if old.get("invoiceId"):
        validation.problem("", "CannotChange", _INVOICED)
    base = dict(old)
    if call.switch("put_missing") == "default":
        base |= ORDER.blank | {"orderLines": old["orderLines"], "customProperties": old["customProperties"]}
    row = _built(call, base, values, validation)
    validation.done()
    set_totals(call.administration, row)
    call.administration.remove_order(old)
    call.administration.add_order(row)
    return order_record(call.administration, row)


def delete_order(call: Unit4Call, key: str) -> Response:
    row = found_order(call, key)
    if row.get("invoiceId"):
        validation = call.validation()
        validation.problem("", "CannotChange", _INVOICED)
        validation.done()
    call.administration.remove_order(row)
    return Response(b"", int(call.switch("delete_status")))


def _built(call: Unit4Call, base: Row, values: Row, validation: Validation) -> Row:
    """Build the order as it will be stored, but for its totals; what is wrong goes to ``validation``."""
    row = base | values
    row["vatScenarioId"] = row["vatScenarioId"] or None  # 0 is how a client says nothing (contract 3)
    row["orderState"] = row["orderState"] or ORDER.blank["orderState"]
    row["approvedBy"] = row["approvedBy"].upper()
    if isinstance(row["intrastatEntry"], dict):
        entry = INTRASTAT_ENTRY.read(row["intrastatEntry"], validation, "intrastatEntry.")
        row["intrastatEntry"] = wire.filled(INTRASTAT_ENTRY, entry)
    own = values.get("customProperties", {})
    row["customProperties"] = changed(
        call.administration, "order", own, base["customProperties"], validation=validation
    )
    _checked(call, row, validation)
    customer = _customer(call, row, validation)
    if customer is None or not row["orderDate"]:
        return row  # the lines cannot be priced; check has the reason
    _from_customer(call, row, values, customer)
    row["orderLines"] = new_lines(call, row, base["orderLines"], values.get("orderLines"), validation=validation)
    return row


def _checked(call: Unit4Call, row: Row, validation: Validation) -> None:
    for name, title in _REQUIRED.items():
        if not row[name]:
            validation.problem(name, "Required", f"{title} is verplicht.")
    for name, count in _ENUMS.items():
        if row[name] not in range(count):
            validation.problem(name, "Unknown", f"{name} is 0 tot en met {count - 1}.")
    for name in _FRACTIONS:
        if not 0 <= row[name] <= 1:
            validation.problem(name, "OutOfRange", f"{name} is een fractie van 0 tot en met 1.")
    condition = call.administration.payment_conditions.get(row["paymentConditionId"])
    if row["paymentConditionId"] and condition is None:
        validation.problem(
            "paymentConditionId", "Unknown", f"Betalingsconditie {row['paymentConditionId']} bestaat niet."
        )
    elif row["mandateId"] and condition is not None and not condition.get("isSepa"):
        validation.problem("mandateId", "NotSepa", "Een mandaat kan alleen bij een SEPA-betalingsconditie.")
    scenario = row["vatScenarioId"]
    if scenario is None and call.switch("vat_scenario_required"):
        validation.problem("vatScenarioId", "Required", "Btw-scenario is verplicht.")
    elif scenario is not None and scenario not in call.administration.vat_scenarios:
        validation.problem("vatScenarioId", "Unknown", f"Btw-scenario {scenario} bestaat niet.")
    if row["applyOrderSurcharge"] and row["orderSurchargeVatCodeId"] not in call.administration.vat_codes:
        validation.problem("orderSurchargeVatCodeId", "Unknown", "De btw-code van de ordertoeslag bestaat niet.")


def _customer(call: Unit4Call, row: Row, validation: Validation) -> Row | None:
    key = row["customerId"]
    customer = call.administration.customers.get(key)
    if key and customer is None:
        validation.problem("customerId", "Unknown", f"Debiteur {key} bestaat niet.")
    elif customer and customer.get("customerStateId") == "P" and call.switch("passive_customers") == "refuse":
        validation.problem("customerId", "Passive", f"Debiteur {key} is passief.")
    return customer


def _from_customer(call: Unit4Call, row: Row, values: Row, customer: Row) -> None:
    """Fill in what the server fills in when it is left out (contract 10)."""
    if row["vatScenarioId"] is None:
        row["vatScenarioId"] = customer.get("vatScenarioId", _DEFAULT_SCENARIO)
    if values.get("autoSetDefaultChargeVatType"):
        usual = int(customer.get("includeVatOnOrderByDefault", False))
        row["chargeVatType"] = _CHARGE_OF_CUSTOMER.get(customer.get("chargeVatTypeId", 0), usual)
    delivery = wire.delivery_address(call.administration, customer)
    row["deliveryAddress"] = row["deliveryAddress"] or wire.full_address(delivery)
    row["deliveryAddressId"] = delivery.get("addressId", 0)
    row["invoiceAddress"] = row["invoiceAddress"] or wire.full_address(
        wire.invoice_address(call.administration, customer)
    )
    row["customerName"] = customer.get("name", "")
    if call.switch("approve_sales_orders") and not row["orderId"]:
        row |= {"approved": False, "approvedBy": ""}


def process_order(call: Unit4Call) -> Row:
    """Turn an order into a booked invoice; a business refusal is told in ``error`` (contract 10)."""
    names = ("journalId", "fiscalYear", "periodNumber", "invoiceDate", "orderId", "journalTransaction")
    parameters = {name: call.query.get(name.lower(), "").strip() for name in names}
    order = found_order(call, parameters["orderId"])
    today = call.world.clock.local().date()
    try:
        day = parse(parameters["invoiceDate"]) if parameters["invoiceDate"] else today
        year, period = int(parameters["fiscalYear"] or day.year), int(parameters["periodNumber"] or day.month)
        transaction = int(parameters["journalTransaction"] or 0)
        date(year, 1, 1)
        if not 0 <= period <= 99 or not 0 <= transaction < 10**9:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise single_error(400, "De gegevens van de factuur zijn niet leesbaar.", "Unreadable") from error
    problem = _cannot_invoice(call, order, parameters["journalId"])
    if not problem:
        transaction = transaction or call.administration.number(f"journal {parameters['journalId']}")
        order |= {"invoiceId": _invoice_number(call, year), "invoiceDate": day, "fiscalYear": year,
                  "periodNumber": period, "journalId": parameters["journalId"]}  # fmt: skip
        call.administration.invoiced[order["invoiceId"]] = order
        call.administration.orders.revision += 1
    return {
        "error": problem, "fiscalYear": year, "invoiceDate": dutch(day), "journalId": parameters["journalId"],
        "journalTransaction": transaction, "orderId": order["orderId"], "periodNumber": period,
    }  # fmt: skip


def _cannot_invoice(call: Unit4Call, order: Row, journal: str) -> str:
    if order.get("invoiceId"):
        return _INVOICED
    if order["blocked"]:
        return "De order is geblokkeerd."
    if call.switch("approve_sales_orders") and not order["approved"]:
        return "De order is niet goedgekeurd."
    return "" if journal in call.administration.journals else f"Dagboek {journal} bestaat niet."


def _invoice_number(call: Unit4Call, year: int) -> str:
    short = f"{year % 100:02d}"
    return f"{short}7{call.administration.number(f'invoice {short}'):05d}"


ROUTES: dict[str, Any] = {
    "POST {database}/Order": post_order,
    "GET {database}/Order/{orderId}": get_order,
    "PUT {database}/Order/{orderId}": put_order,
    "DELETE {database}/Order/{orderId}": delete_order,
    "POST {database}/ProcessOrderCommand": process_order,
}
