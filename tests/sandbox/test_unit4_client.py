"""A plain outside client for the Unit4 sandbox, which the other tests use, and a whole visit with it."""

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api


def test_an_outside_client(sandbox: Sandbox) -> None:
    """Contract 2, 10 and 11: sign in, read, and the smallest order that a public example sends."""
    api = Unit4Api(sandbox)
    database = api.get("/AdministrationNVL")[0]["name"]
    product = api.get(f"/{database}/ProductInfoList", filter="ProductId eq 'UREN'")[0]
    customer = api.post(f"/{database}/Customer", {"name": "Customer name", "shortName": "CN"})
    line = {"productId": product["productId"], "quantityOrdered": 1}
    body = {"customerId": customer["customerId"], "reference": "test order", "orderDate": "05-07-2018",
            "paymentConditionId": "1", "deliveryAddressId": "1", "orderLines": [line]}  # fmt: skip
    saved = api.post(f"/{database}/Order", body)
    assert saved["orderId"] == "20180001"
    assert saved["totalOrderAmount"] == 75.63
    assert api.get(f"/{database}/OrderInfo/{saved['orderId']}")["amountExclVat"] == 62.5
