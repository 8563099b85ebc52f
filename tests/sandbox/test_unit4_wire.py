"""Paths, formats, names and error bodies of the Unit4 sandbox."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sandbox.unit4 import records
from sandbox.unit4.layout import Layout
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import ORDER, Unit4Api, order

PERSON = {"contactPerson", "customerOrganizationId"}
EDIT = {"messages", "canChange", "cannotChangeReason"}


@pytest.mark.parametrize(
    "path",
    ["v23/api/administrationnvl", "V182/API/AdministrationNVL/", "V23//api///AdministrationNVL",
     "API_1_9_3/api/AdministrationNVL.json"],
)  # fmt: skip
def test_any_version_casing_and_slashes(sandbox: Sandbox, path: str) -> None:
    """Follows contract 1 and 13: any version, any casing, trailing and double slashes, ``.json`` suffix."""
    api = Unit4Api(sandbox)
    answer = api.session.get(f"{api.root}/unit4/{path}", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()[0] == {"name": "MVL00001", "value": "Voorbeeld Installatietechniek"}


def test_database_casing_and_trailing_slash_before_a_query(sandbox: Sandbox) -> None:
    """Contract 1: ``CustomerInfoList/?$top=5`` as a working client sends it."""
    assert len(Unit4Api(sandbox).get("/mvl00001/CustomerInfoList/", top=5)) == 5


@pytest.mark.parametrize(("accept", "status"), [
    ("application/json", 200), ("*/*", 200), ("text/html, application/json;q=0.9", 200), ("application/xml", 406),
])  # fmt: skip
def test_accept(sandbox: Sandbox, accept: str, status: int) -> None:
    """Follows contract 3 and 13: JSON only; another format is 406, and so is ``.xml``; ``.json`` goes before Accept."""
    api = Unit4Api(sandbox)
    assert api.call("GET", "/AdministrationNVL", headers={"Accept": accept}).status_code == status
    assert api.call("GET", "/AdministrationNVL.xml").status_code == 406
    assert api.call("GET", "/AdministrationNVL.json", headers={"Accept": accept}).status_code == 200


def test_content_type_and_unreadable_body(sandbox: Sandbox) -> None:
    """Contract 5: another content type is 415, a body that cannot be read 400."""
    api = Unit4Api(sandbox)
    url = f"{api.base}/api/MVL00001/Order"
    assert api.session.post(url, data=json.dumps(ORDER), headers={"Content-Type": "text/xml"}).status_code == 415
    for body in (b"{", b"", b"[1]", b'"x"', b"null"):
        answer = api.session.post(url, data=body, headers={"Content-Type": "application/json; charset=utf-8"})
        assert answer.status_code == 400
        assert answer.json()["messages"]


def test_unknown_route_and_method(sandbox: Sandbox) -> None:
    """Contract 5: an unknown route is 404 with a ``Message``."""
    api = Unit4Api(sandbox)
    for path in ("Nothing", "ProductGroupInfoList", "OrderInfoList", "Customer/1/2/3"):
        answer = api.call("GET", path)
        assert (answer.status_code, "Message" in answer.json()) == (404, True)
    assert api.call("DELETE", "CustomerInfoList").status_code == 405
    assert requests.get(f"{api.root}/unit4/V23/Help", timeout=10).status_code == 404
    for path in ("Note", "AddressInfoList", "ContactInfoList", "CustomFieldDefinitionInfoList", "OrderInfoList/1/1"):
        assert api.call("GET", f"{path}/{'9' * 5000}").status_code in (200, 400, 404)


@pytest.mark.parametrize("key", ["A/B 15", "UREN 150%", "80.300", "CU 22.1"])
def test_keys_with_odd_characters(sandbox: Sandbox, key: str) -> None:
    """Contract 3: in a path ``!_`` stands for the percent sign."""
    api = Unit4Api(sandbox)
    escaped = quote(key, safe="").replace("%", "!_")
    assert api.get(f"ProductInfo/{escaped}")["productId"] == key
    if "%" in quote(key, safe=""):
        assert api.call("GET", f"ProductInfo/{quote(key, safe='')}").status_code == 400
        api.switch(percent_in_path="decode")
        assert api.get(f"ProductInfo/{quote(key, safe='')}")["productId"] == key


def test_missing_key(sandbox: Sandbox) -> None:
    """Follows contract 5 and 14: 404 with messages by default; 400 or 200 with null by switch."""
    api = Unit4Api(sandbox)
    for path in ("Customer/x", "CustomerInfo/x", "Product/x", "ProductGroup/x", "Order/x", "Address/x", "Note/1"):
        assert api.call("GET", path).status_code == 404
        assert api.call("GET", path).json()["messages"]
    api.switch(missing_key="null")
    assert api.get("Product/x") is None
    api.switch(missing_key="400")
    assert api.call("GET", "Product/x").status_code == 400


def members(layout: Layout) -> set[str]:
    return set(layout.fields)


@pytest.mark.parametrize(
    ("path", "layout", "some"),
    [
        ("CustomerInfoList", records.CUSTOMER_INFO, {"usesUBLInvoice", "intrastatGoodsCodeId"} | PERSON),
        ("CustomerInfo/1001", records.CUSTOMER_INFO, PERSON),
        ("Customer/1002", records.CUSTOMER, {"person", "addresses", "fullDeliveryAddress", "customProperties"} | EDIT),
        ("AddressInfoList/5002", records.ADDRESS_INFO, {"addressGuid", "fullAddress"}),
        ("AddressList/5002", records.ADDRESS, {"customProperties"} | EDIT),
        ("ProductInfoList", records.PRODUCT_INFO, {"priceExclVat", "eanCode", "purchaseOrderSequenceNumber"}),
        ("ProductInfo/UREN", records.PRODUCT_INFO, {"printOnWarehouseOrder"}),
        ("Product/UREN", records.PRODUCT, {"priceVatExcl", "priceVatIncl", "constellationNotition"} | EDIT),
        ("ProductGroup/10", records.PRODUCT_GROUP, {"relations", "projectSurchargePercentage"} | EDIT),
        ("Order/20240001", records.ORDER, {"kvcPaymentCondition", "intrastatEntry", "totalOrderAmount"} | EDIT),
        ("OrderInfo/20240001", records.ORDER_INFO, {"deliveryAddressId", "orderVatLines", "isBlockedByMargin"}),
        ("OrderInfoList/1001", records.ORDER_INFO, {"reference"}),
        ("PaymentConditionInfoList", records.PAYMENT_CONDITION_INFO, {"isKvc", "paymentConditionType"}),
        ("VatCodeInfoList", records.VAT_CODE_INFO, {"vatPercentagesByDate"}),
        ("CustomFieldDefinitionInfoList/0", records.CUSTOM_FIELD, {"appliedToEntity", "isRequired"}),
        ("CompanyDetailsInfo", records.COMPANY_DETAILS, {"approveSalesOrders", "lastUsedOrderId"}),
        ("/AdministrationInfoList", records.ADMINISTRATION, {"administrationId", "users"}),
        ("/AdministrationInfo/MVL00002", records.ADMINISTRATION, {"previousOnlineState"}),
    ],
)
def test_every_record_has_exactly_its_members(sandbox: Sandbox, path: str, layout: Layout, some: set[str]) -> None:
    """Contract 13: the exact names, all present; contract 3: empty values are never left out."""
    api = Unit4Api(sandbox)
    api.post("Order", ORDER)
    answer = api.get(path)
    for record in answer if isinstance(answer, list) else [answer]:
        assert set(record) == members(layout)
        assert some <= set(record)


# the members as the contract lists them; complete for those records where it says so
LISTED = {
    "CustomerInfo/1001": (
        "customerId name shortName organizationId customerOrganizationId customerStateId street1 street2 "
        "zipCode city countryId email telephone mobilePhone fax homepage contactPerson dateCreated "
        "dateChanged paymentConditionId vatScenarioId chargeVatTypeId includeVatOnOrderByDefault vatNumber "
        "cocRegistration cocCity cocDate businessNumber governmentDigitalId languageId currencyId pricelistId "
        "deliveryConditionId accountManagerId revenueAccountId creditLimit discountPercentage creditSqueezeId "
        "collectiveInvoiceSystemId applyOrderSurcharge isDunForPayment isInFactoring isPaymentRefRequired "
        "isPurchaseOrganization purchaseOrganizationId purchaseOrganizationMemberId printPurchaseDetails "
        "invoiceOnBehalfOfMembers combineInvoicesForElectronicBanking usesUBLInvoice customerGroupId "
        "vatVerificationDate"
    ),
    "AddressInfoList/5002": (
        "addressGuid addressId addressType organizationId name contactPerson street1 street2 zipCode city "
        "countryId email telephone fax languageId fullAddress"
    ),
    "ProductInfo/UREN": (
        "productId description shortName productGroupId productType productState priceExclVat priceInclVat "
        "pricePer unit quantityScale vatCodeId dateCreated lastUpdate eanCode accountId discountAccountId "
        "coverageAccountId technicalStock stockTransferPrice weight projectSurcharge intrastatCode "
        "purchaseOrderSequenceNumber projectEntryType printOnInvoice printOnQuote printOnShippingOrder "
        "printOnWarehouseOrder"
    ),
    "Order/20240001": (
        "orderId orderType orderDate customerId paymentConditionId vatScenarioId chargeVatType reference "
        "orderLines orderState approved approvedBy blocked processedBy processedById contactPerson "
        "contactPersonId accountManager accountManagerId deliveryAddress invoiceAddress currencyId "
        "costCentreId costUnitId projectId mandateId mainOrderId deliveryConditionId "
        "collectiveInvoiceSystemId customerCountryId discountPercentage creditSqueezePerc "
        "paymentDiscountPercentage applyOrderSurcharge orderSurcharge orderSurchargeVatCodeId "
        "autoUnmatchToPurchase matchedToPurchase kvcPaymentCondition autoSetDefaultChargeVatType "
        "intrastatEntry totalGoodsAmount totalVatAmount totalOrderAmount totalDiscountAmount "
        "totalCreditSqueezeAmount customProperties messages canChange cannotChangeReason"
    ),
    "PaymentConditionInfo/14": (
        "paymentConditionId description expirationDays rebateDays rebatePercentage isPreferred isPayable "
        "isCollectable isSepa isKvc paymentConditionType"
    ),
    "VatCodeInfoList": ("vatCodeId description vatPercentage vatPercentagesByDate"),
    "/AdministrationInfo/MVL00001": (
        "administrationId code description shortName groupId onlineState previousOnlineState version "
        "backupDate reportPath users"
    ),
    "ProductGroup/10": (
        "productGroupId description projectSurchargePercentage relations messages canChange cannotChangeReason"
    ),
}


@pytest.mark.parametrize("path", LISTED)
def test_members_as_listed(sandbox: Sandbox, path: str) -> None:
    """Contract 6 to 10: the members by name; CustomerInfo has its six intrastat members besides."""
    api = Unit4Api(sandbox)
    api.post("Order", ORDER)
    answer = api.get(path)
    record = answer[0] if isinstance(answer, list) else answer
    intrastat = {name for name in record if name.startswith("intrastat")} if path.startswith("CustomerInfo") else set()
    assert set(record) - intrastat == set(LISTED[path].split())
    assert len(intrastat) == (6 if path.startswith("CustomerInfo") else 0)


def test_order_lines_have_exactly_their_members(sandbox: Sandbox) -> None:
    """Follows contract 10: OrderLine, OrderLineInfo and the VAT lines."""
    api = Unit4Api(sandbox)
    saved = api.post("Order", ORDER)
    info = api.get(f"OrderInfo/{saved['orderId']}")
    assert all(set(each) == members(records.ORDER_LINE) for each in saved["orderLines"])
    assert all(set(each) == members(records.ORDER_LINE_INFO) for each in info["orderLines"])
    assert all(set(each) == members(records.ORDER_VAT_LINE) for each in info["orderVatLines"])


def test_empty_values_and_numbers(sandbox: Sandbox) -> None:
    """Contract 3 says "" for text and dates, null for nullable integers, [] for collections; decimals are numbers."""
    api = Unit4Api(sandbox)
    record = api.get("Customer/1004")
    assert (record["cocDate"], record["intrastatGoodsCodeId"], record["addresses"]) == ("", None, [])
    assert record["paymentConditionId"] == ""
    text = api.call("GET", "ProductInfo/UREN").text
    assert '"priceExclVat":62.5,"priceInclVat":75.63,"pricePer":1.0' in text


@pytest.mark.parametrize("shape", [str.upper, str.lower, lambda name: name[0].upper() + name[1:]])
def test_input_names_in_any_casing(sandbox: Sandbox, shape: Any) -> None:
    """Contract 3: input names are case-insensitive, unknown ones are swallowed, null is the default."""
    api = Unit4Api(sandbox)
    body = {shape(name): value for name, value in ORDER.items() if name != "orderLines"}
    body |= {"memo": "weg", "deliveryAddressId": 3, shape("contactPerson"): None}
    body[shape("orderLines")] = [{shape(k): v for k, v in each.items()} for each in ORDER["orderLines"]]
    saved = api.post("Order", body)
    assert saved["reference"] == ORDER["reference"]
    assert len(saved["orderLines"]) == 2
    assert "memo" not in saved
    api.switch(unknown_members="refuse")
    assert api.refused("POST", "Order", body) == ["memo", "deliveryAddressId"]


def test_converted_and_refused_values(sandbox: Sandbox) -> None:
    """Contract 3 and 10: numbers as text are read (one client sends ``"1"``); what cannot be read is 400."""
    api = Unit4Api(sandbox)
    assert api.post("Order", order(chargeVatType="1", customerId=1001))["chargeVatType"] == 1
    for name, value in (
        ("orderType", "x"), ("orderType", 1.5), ("approved", "perhaps"), ("orderDate", "2024-02-30"),
        ("discountPercentage", 1e300), ("orderLines", {}), ("reference", []), ("customProperties", "x"),
    ):  # fmt: skip
        assert name in api.refused("POST", "Order", order(**{name: value}))


def test_dates(sandbox: Sandbox) -> None:
    """Follows contract 3: out ``d-M-yyyy``; in with leading zeros, with a time, or year first; the switch gives ISO."""
    api = Unit4Api(sandbox)
    for written in ("05-07-2024", "5-7-2024", "05-07-2024 0:00:00", "2024-07-05", "2024-07-05T00:00:00"):
        assert api.post("Order", order(orderDate=written))["orderDate"] == "5-7-2024"
    assert api.get("CustomerInfo/1001")["dateCreated"] == "24-2-2012"
    assert api.get("ProductInfo/UREN")["lastUpdate"] == "8-1-2024"
    api.switch(customer_info_dates="iso")
    record = api.get("CustomerInfo/1001")
    assert (record["cocDate"], record["vatVerificationDate"]) == ("2008-01-28T00:00:00", None)
    assert api.get("ProductInfo/UREN")["lastUpdate"] == "8-1-2024"


def test_customer_text_of_older_versions(sandbox: Sandbox) -> None:
    """Contract 7: the maps members are gone in newer versions, and back by switch."""
    api = Unit4Api(sandbox)
    assert "googleMapsUrl" not in api.get("Customer/1001")
    api.switch(maps_fields=True)
    assert "googleMapsUrl" in api.get("Customer/1001")
