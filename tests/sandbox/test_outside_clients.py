"""Bodies as the third-party clients of the contracts send them, where they differ from what our own client sends."""

from typing import Any

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi
from tests.sandbox.unit4_api import Unit4Api, order


@pytest.mark.parametrize("member", ["payment_reference", "description"])
def test_rompslomp_takes_a_whole_number_for_text(sandbox: Sandbox, member: str) -> None:
    """Rompslomp 7, R2: a web shop's order number goes as it is; it is answered as text."""
    api = RompslompApi(sandbox)
    assert api.make("sales_invoices", **{member: 4711})[member] == "4711"


@pytest.mark.parametrize("quantity", ["4.0", 4, 4.0])
def test_rompslomp_numbers_and_strings(sandbox: Sandbox, quantity: Any) -> None:
    """Follows Rompslomp 7, 9.5, R2, R6: numbers for quantity, price and rate; a blank rate is derived from the type."""
    line = {"description": "Adviesuren", "price_per_unit": 75.0, "quantity": quantity, "vat_rate": ""}
    made = RompslompApi(sandbox).make("sales_invoices", invoice_lines=[line])
    assert (made["price_without_vat"], made["vat_amount"], made["price_with_vat"]) == ("300.0", "63.0", "363.0")


def test_unit4_order_of_an_entity_with_empty_values(sandbox: Sandbox) -> None:
    """Unit4 3, 10, R12: an entity sends 0 where it knows no VAT scenario; that is as if it were left out."""
    api = Unit4Api(sandbox)
    empty = {"orderId": "", "deliveryAddress": "", "invoiceAddress": "", "orderState": 0, "vatScenarioId": 0,
             "projectId": "", "messages": [], "canChange": True, "totalOrderAmount": 0.0}  # fmt: skip
    saved = api.post("Order", order(**empty))
    assert saved["vatScenarioId"] == api.post("Order", order(vatScenarioId=None))["vatScenarioId"] == 6
    assert saved["orderState"] == 1
    assert saved["deliveryAddress"]


def test_unit4_zero_is_no_vat_scenario_when_one_is_needed(sandbox: Sandbox) -> None:
    """Unit4 10, R8: the source that says it is required means a scenario, not a zero."""
    api = Unit4Api(sandbox)
    sandbox.server.world.switches.set("unit4.vat_scenario_required", True)
    for scenario in (0, None):
        assert api.refused("POST", "Order", order(vatScenarioId=scenario)) == ["vatScenarioId"]


def test_unit4_customer_of_an_entity_with_empty_values(sandbox: Sandbox) -> None:
    """Unit4 3, 7, R12: empty values get the default; intrastatTransactionTypeId is text that may be null (R2, R11)."""
    api = Unit4Api(sandbox)
    body = {"name": "Naam", "shortName": "NAAM", "customerStateId": "", "creditSqueezeId": "", "vatScenarioId": 0,
            "intrastatTransactionTypeId": "", "customerId": "", "organizationId": 0, "addresses": None,
            "cocDate": "", "dateCreated": "", "googleMapsUrl": "", "fullAddress": ""}  # fmt: skip
    saved = api.post("Customer", body)
    assert (saved["customerStateId"], saved["creditSqueezeId"], saved["vatScenarioId"]) == ("A", "0", None)
    assert saved["intrastatTransactionTypeId"] is None
    changed = api.put(f"Customer/{saved['customerId']}", saved | {"intrastatTransactionTypeId": "11"})
    assert changed["intrastatTransactionTypeId"] == "11"
    assert api.get(f"CustomerInfo/{saved['customerId']}")["intrastatTransactionTypeId"] == "11"


def test_unit4_an_empty_state_leaves_a_passive_customer_passive(sandbox: Sandbox) -> None:
    """Unit4 3: what is not said in a PUT stays as it is, and an empty state says nothing."""
    api = Unit4Api(sandbox)
    assert api.put("Customer/1003", {"customerStateId": "", "city": "EDE"})["customerStateId"] == "P"


def test_unit4_command_with_an_empty_array_for_a_body(sandbox: Sandbox) -> None:
    """Unit4 10, R1: PHP writes the empty body of a command as ``[]`` and leaves journalTransaction out."""
    api = Unit4Api(sandbox)
    number = api.post("Order", order())["orderId"]
    query = f"journalId=V&fiscalYear=2024&periodNumber=7&invoiceDate=05-07-2024&orderId={number}"
    assert api.post(f"ProcessOrderCommand?{query}", [])["error"] == ""


@pytest.mark.parametrize("path", [
    "CustomerInfoList/?$top=5", "CustomerInfoList?$filter=tolower(Email) eq 'a@b.nl' or CocRegistration eq '12345678'",
    "CustomerInfoList?%24filter=indexof(Name,+'Jan')+gt+-1", "OrderInfoList/1001?$top=5&$orderby=OrderDate desc",
    "CustomerInfoList.json", "OrderInfoList/ByProjectId/1", "OrderInfo/SampleData",
    "OrderInfoList/1001?minDate=1-4-2019&maxDate=10-4-2019&minPrice=5&maxPrice=10&fiscalYear=2019&onlyOpen=true",
])  # fmt: skip
def test_unit4_reading_calls_of_others(sandbox: Sandbox, path: str) -> None:
    """Unit4 4, R11, R12, R14: as their repositories build them."""
    assert Unit4Api(sandbox).call("GET", path).status_code == 200
