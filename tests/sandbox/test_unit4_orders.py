"""Making, changing and invoicing orders in the Unit4 sandbox."""

from typing import Any

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import ORDER, Unit4Api, line, order, process

REQUIRED = ["customerId", "orderDate", "paymentConditionId"]


def test_order_of_the_contract(sandbox: Sandbox) -> None:
    """Contract 10, 11 and 13: 200 with the full order, its number ``{year}{4 digits}`` and its amounts."""
    api = Unit4Api(sandbox)
    saved = api.post("Order", ORDER)
    assert saved["orderId"] == "20240001"
    assert [each["orderLineId"] for each in saved["orderLines"]] == [1, 2]
    assert [each["orderLineAmount"] for each in saved["orderLines"]] == [153.5, 0.0]
    assert (saved["totalGoodsAmount"], saved["totalVatAmount"], saved["totalOrderAmount"]) == (153.5, 32.24, 185.74)
    assert saved["deliveryAddress"] == "De Boer magazijn\r\nLoskade 4\r\n9723 XX   GRONINGEN"
    assert saved["invoiceAddress"].startswith("Installatiebedrijf De Boer B.V.\r\nHavenstraat 12")
    assert saved["messages"] == []
    assert api.get("Order/20240001") == saved
    assert api.post("Order", ORDER)["orderId"] == "20240002"
    assert api.post("Order", order(orderDate="1-1-2025"))["orderId"] == "20250001"


def test_line_defaults_come_from_the_article(sandbox: Sandbox) -> None:
    """Follows contract 10: description, unit, VAT code, accounts and price from the article; own text goes first."""
    api = Unit4Api(sandbox)
    saved = api.post("Order", line(productId="UREN-L", quantityOrdered=2))["orderLines"][0]
    assert saved["description"] == "Arbeidsuur woning ouder dan 2 jaar (laag tarief)"
    assert (saved["unit"], saved["vatCodeId"], saved["price"], saved["accountId"]) == ("uur", 2, 62.5, "8100")
    assert saved["quantityDelivered"] == 2.0
    assert api.post("Order", line(productId="UREN", description="Eigen"))["orderLines"][0]["description"] == "Eigen"


@pytest.mark.parametrize(("members", "amount"), [
    ({"productId": "UREN", "quantityOrdered": 3}, 187.5),
    ({"productId": "UREN", "quantityOrdered": 3, "price": 10}, 30.0),
    ({"productId": "UREN", "quantityOrdered": 3, "price": 10, "autoCalculatePrice": True}, 187.5),
    ({"productId": "UREN", "quantityOrdered": 3, "price": 10, "autoCalculatePrice": False, "discount": 0.05}, 28.5),
    ({"productId": "SCHR-100", "quantityOrdered": 250, "autoCalculatePrice": True}, 24.0),
    ({"productId": "ISO 13", "quantityOrdered": 1}, 18.26),
    ({"productId": "ISO 13", "quantityOrdered": -1}, -18.26),
    ({"orderLineType": 1, "description": "Korting", "orderLineAmount": -25}, -25.0),
    ({"orderLineType": 1, "description": "Stelpost", "quantityOrdered": 2, "price": 12.5}, 25.0),
    ({"orderLineType": 3, "description": "Tekst", "quantityOrdered": 2, "price": 12.5}, 0.0),
    ({"productId": "UREN", "quantityOrdered": 2, "orderLineAmount": 2}, 125.0),
])  # fmt: skip
def test_line_amounts(sandbox: Sandbox, members: dict[str, Any], amount: float) -> None:
    """Follows contract 10: quantity times price per, after discount, in cents; text lines have none."""
    saved = Unit4Api(sandbox).post("Order", line(**members))
    assert saved["orderLines"][0]["orderLineAmount"] == saved["totalGoodsAmount"] == amount


@pytest.mark.parametrize(("charge", "amounts"), [
    (0, (107.5, 17.18, 124.68)), (1, (107.5, 14.57, 107.5)), (2, (107.5, 0.0, 107.5)), (3, (107.5, 0.0, 107.5)),
])  # fmt: skip
def test_vat(sandbox: Sandbox, charge: int, amounts: tuple[float, float, float]) -> None:
    """Follows contract 10: exclusive, inclusive, subcontractor and no VAT, over two VAT codes."""
    lines = [{"productId": "UREN", "quantityOrdered": 1, "price": 62.5, "vatCodeId": 1},
             {"productId": "REIS", "quantityOrdered": 1, "price": 45, "vatCodeId": 2}]  # fmt: skip
    saved = Unit4Api(sandbox).post("Order", order(orderLines=lines, chargeVatType=charge))
    assert (saved["totalGoodsAmount"], saved["totalVatAmount"], saved["totalOrderAmount"]) == amounts


def test_vat_follows_the_order_date(sandbox: Sandbox) -> None:
    """Follows contract 10: vatPercentagesByDate."""
    api = Unit4Api(sandbox)
    old = api.post("Order", order(orderDate="30-9-2012", orderLines=[{"productId": "UREN", "quantityOrdered": 2}]))
    assert old["totalVatAmount"] == 23.75  # 19 % of 125.00


def test_order_discount_and_surcharge(sandbox: Sandbox) -> None:
    """Contract 10: order discount and surcharge go into the totals and the VAT base; fractions only."""
    api = Unit4Api(sandbox)
    body = order(discountPercentage=0.1, applyOrderSurcharge=True, orderSurcharge=5, orderSurchargeVatCodeId=1,
                 orderLines=[{"productId": "UREN", "quantityOrdered": 2}], creditSqueezePerc=0.02)  # fmt: skip
    saved = api.post("Order", body)
    assert (saved["totalGoodsAmount"], saved["totalDiscountAmount"], saved["totalVatAmount"]) == (125.0, 12.5, 24.68)
    assert (saved["totalOrderAmount"], saved["totalCreditSqueezeAmount"]) == (142.18, 2.84)
    info = api.get(f"OrderInfo/{saved['orderId']}")
    assert (info["amountExclVat"], info["amountInclVat"], info["vatAmount"]) == (117.5, 142.18, 24.68)
    assert info["orderVatLines"][0]["vatBaseAmount"] == 117.5
    assert api.refused("POST", "Order", order(discountPercentage=5)) == ["discountPercentage"]


def test_agreed_price(sandbox: Sandbox) -> None:
    """Contract 10: autoCalculatePrice takes the customer's price agreement."""
    saved = Unit4Api(sandbox).post("Order", order(customerId="2008001"))
    assert saved["orderLines"][0]["price"] == 55.0


@pytest.mark.parametrize(("changes", "paths"), [
    (dict.fromkeys(REQUIRED), REQUIRED),
    ({"customerId": "9999"}, ["customerId"]), ({"customerId": "1003"}, ["customerId"]),
    ({"paymentConditionId": "99"}, ["paymentConditionId"]), ({"reference": "x" * 61}, ["reference"]),
    ({"vatScenarioId": 1}, ["vatScenarioId"]), ({"orderType": 3}, ["orderType"]), ({"mandateId": "M1"}, ["mandateId"]),
    ({"chargeVatType": 4}, ["chargeVatType"]), ({"orderState": 9}, ["orderState"]),
    ({"orderDate": "gisteren"}, ["orderDate", "orderDate"]),
    ({"applyOrderSurcharge": True, "orderSurchargeVatCodeId": 9}, ["orderSurchargeVatCodeId"]),
])  # fmt: skip
def test_refused_orders(sandbox: Sandbox, changes: dict[str, Any], paths: list[str]) -> None:
    """Contract 11: required members, unknown and passive references, long text, the SEPA rule; nothing is stored."""
    api = Unit4Api(sandbox)
    assert api.refused("POST", "Order", order(**changes)) == paths
    assert api.data()["orders"] == []
    assert api.post("Order", ORDER)["orderId"] == "20240001"


@pytest.mark.parametrize(("members", "path"), [
    ({"productId": "NIET"}, "productId"), ({"productId": "OUD.1"}, "productId"), ({"productId": ""}, "productId"),
    ({"description": "x" * 255}, "description"), ({"discount": 5}, "discount"), ({"orderLineType": 7}, "orderLineType"),
    ({"vatCodeId": 8}, "vatCodeId"), ({"quantityOrdered": "veel"}, "quantityOrdered"), ({"pricePer": 0}, "pricePer"),
    ({"quantityOrdered": 999999999, "price": 999999999}, "orderLineAmount"),
])  # fmt: skip
def test_refused_lines(sandbox: Sandbox, members: dict[str, Any], path: str) -> None:
    """Contract 11: unknown, passive and missing articles, and text that is too long, with the line in path."""
    body = line(**{"productId": "UREN", **members})
    assert Unit4Api(sandbox).refused("POST", "Order", body) == [f"orderLines[0].{path}"]


def test_expiring_article_and_sepa(sandbox: Sandbox) -> None:
    """Contract 11: an expiring article is allowed; a mandate goes with a SEPA condition."""
    api = Unit4Api(sandbox)
    body = line(productId="POMP/3", quantityOrdered=1) | {"mandateId": "M1", "paymentConditionId": "INC"}
    assert api.post("Order", body)["mandateId"] == "M1"


def test_text_of_254_and_a_minimal_text_line(sandbox: Sandbox) -> None:
    """Contract 11: a text line has a description only; a description may be 254 long."""
    api = Unit4Api(sandbox)
    saved = api.post("Order", line(orderLineType=3, description="x" * 254))
    assert saved["orderLines"][0]["description"] == "x" * 254
    assert saved["totalOrderAmount"] == 0.0


def test_memo_in_an_own_field(sandbox: Sandbox) -> None:
    """Contract 3 and 11: an own memo field; omitted stays, null and "" clear, unknown ones are dropped."""
    api = Unit4Api(sandbox)
    memo = "Regel 1\r\nRegel 2 " + "x" * 5000
    saved = api.post("Order", order(customProperties={"ORDER.OPMERKINGEN": memo, "ORDER.NIETS": "x"}))
    assert saved["customProperties"] == {"ORDER.OPMERKINGEN": memo, "ORDER.UITVOERDATUM": ""}
    path = f"Order/{saved['orderId']}"
    changed = api.put(path, {"customProperties": {"ORDER.UITVOERDATUM": "2024-07-04T00:00:00"}})["customProperties"]
    assert changed == {"ORDER.OPMERKINGEN": memo, "ORDER.UITVOERDATUM": "2024-07-04T00:00:00"}
    assert api.put(path, {"reference": "x"})["customProperties"] == changed
    for nothing in (None, ""):
        assert api.put(path, {"customProperties": {"ORDER.OPMERKINGEN": nothing}})["customProperties"][
            "ORDER.OPMERKINGEN"] == ""  # fmt: skip
    for wrong in ({"ORDER.UITVOERDATUM": "ooit"}, {"ORDER.OPMERKINGEN": ["x"]}):
        assert api.refused("PUT", path, {"customProperties": wrong}) == [f"customProperties.{next(iter(wrong))}"]
    api.switch(memo_field="")
    assert list(api.get(path)["customProperties"]) == ["ORDER.UITVOERDATUM"]


def test_change_order(sandbox: Sandbox) -> None:
    """Contract 11: PUT replaces lines by orderLineId."""
    api = Unit4Api(sandbox)
    saved = api.post("Order", ORDER)
    path = f"Order/{saved['orderId']}"
    assert api.put(path, saved) == saved
    lines = [{"orderLineId": 2, "description": "Ploeg 3"}, {"productId": "REIS", "quantityOrdered": 1}]
    changed = api.put(path, {"orderLines": lines})
    assert [(each["orderLineId"], each["description"]) for each in changed["orderLines"]] == [
        (2, "Ploeg 3"), (3, "Reisuur")]  # fmt: skip
    assert changed["totalGoodsAmount"] == 45.0
    assert api.put(path, {"customerId": "1002"})["orderId"] == saved["orderId"]
    assert len(api.get("OrderInfoList/1002")) == 1
    assert api.get("OrderInfoList/1001") == []


def test_delete_order(sandbox: Sandbox) -> None:
    """Contract 10: gone with an empty body; its number is not handed out again."""
    api = Unit4Api(sandbox)
    first = api.post("Order", ORDER)["orderId"]
    assert api.call("DELETE", f"Order/{first}").content == b""
    assert api.call("GET", f"Order/{first}").status_code == 404
    assert api.post("Order", ORDER)["orderId"] != first


def test_process_order(sandbox: Sandbox) -> None:
    """Contract 10: an order becomes an invoice once; then it cannot be changed."""
    api = Unit4Api(sandbox)
    number = api.post("Order", ORDER)["orderId"]
    assert api.post(process(number, journalId="X"))["error"]
    answer = api.post(process(number))
    assert set(answer) == {"error", "fiscalYear", "invoiceDate", "journalId", "journalTransaction", "orderId",
                           "periodNumber"}  # fmt: skip
    assert (answer["error"], answer["invoiceDate"]) == ("", "5-7-2024")
    info = api.get(f"OrderInfo/{number}")
    assert (info["journalId"], info["fiscalYear"], info["periodNumber"]) == ("V", 2024, 7)
    assert api.get(f"OrderInfo/ByInvoiceId/{info['invoiceId']}") == info
    assert api.post(process(number))["error"]
    assert api.get(f"Order/{number}")["canChange"] is False
    assert api.refused("PUT", f"Order/{number}", {"reference": "x"}) == [""]
    assert api.refused("DELETE", f"Order/{number}") == [""]
    assert api.get("Customer/1001")["hasOutstandingBalance"] is True
    for wrong in ({"fiscalYear": "x"}, {"fiscalYear": "9" * 30}, {"periodNumber": "100"}, {"journalTransaction": "-1"}):
        assert api.refused("POST", process(number, **wrong)) == [""]


def test_order_switches(sandbox: Sandbox) -> None:
    """Contract 10, 11 and 14: what is open about orders is a switch each."""
    api = Unit4Api(sandbox)
    api.switch(vat_scenario_required=True)
    assert api.refused("POST", "Order", order(vatScenarioId=None)) == ["vatScenarioId"]
    api.switch(vat_scenario_required=False, passive_customers="allow", passive_products="allow")
    assert api.post("Order", order(customerId="1003") | {"orderLines": [{"productId": "OUD.1"}]})["orderId"]
    api.switch(expiring_products="refuse", line_type_checked=True)
    assert api.refused("POST", "Order", line(productId="POMP/3", orderLineType=4)) == ["orderLines[0].productId"]
    assert api.refused("POST", "Order", ORDER) == ["orderLines[0].orderLineType"]
    api.switch(line_type_checked=False, price_when_unsaid="zero", delivered_when_unsaid="zero")
    bare = api.post("Order", line(productId="UREN", quantityOrdered=1))["orderLines"][0]
    assert (bare["price"], bare["quantityDelivered"]) == (0.0, 0.0)
    api.switch(refusal_status=422)
    assert api.call("POST", "Order", order(customerId="x")).status_code == 422


def test_own_order_number(sandbox: Sandbox) -> None:
    """Contract 10: whether an own number is taken is open; ignored by default."""
    api = Unit4Api(sandbox)
    assert api.post("Order", order(orderId="20240009"))["orderId"] == "20240001"
    api.switch(own_order_number="accept")
    assert api.post("Order", order(orderId="20240002"))["orderId"] == "20240002"
    assert api.refused("POST", "Order", order(orderId="20240002")) == ["orderId"]
    assert api.post("Order", ORDER)["orderId"] == "20240003"
    api.switch(own_order_number="refuse")
    assert api.refused("POST", "Order", order(orderId="7")) == ["orderId"]


def test_approval(sandbox: Sandbox) -> None:
    """Contract 6 and 13: with approveSalesOrders an order arrives not approved and cannot be invoiced."""
    api = Unit4Api(sandbox)
    assert api.post("Order", ORDER)["approved"] is True
    api.switch(approve_sales_orders=True)
    assert api.get("CompanyDetailsInfo")["approveSalesOrders"] is True
    saved = api.post("Order", ORDER)
    assert saved["approved"] is False
    assert api.post(process(saved["orderId"]))["error"]
    assert api.put(f"Order/{saved['orderId']}", {"approved": True, "approvedBy": "jan"})["approvedBy"] == "JAN"
    assert api.post(process(saved["orderId"]))["error"] == ""


def test_default_vat_of_the_customer(sandbox: Sandbox) -> None:
    """Contract 10: autoSetDefaultChargeVatType takes the customer's; the scenario is the customer's when left out."""
    api = Unit4Api(sandbox)
    body = order(autoSetDefaultChargeVatType=True, vatScenarioId=None)
    vat_by_customer = {}
    for customer in ("1001", "1007", "1008", "1009"):
        saved = api.post("Order", body | {"customerId": customer})
        vat_by_customer[customer] = (saved["chargeVatType"], saved["vatScenarioId"])
    assert vat_by_customer == {"1001": (0, 6), "1007": (1, 6), "1008": (2, 7), "1009": (3, 8)}
