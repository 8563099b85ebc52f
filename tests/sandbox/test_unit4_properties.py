"""Properties of the Unit4 sandbox under random valid calls."""

from decimal import Decimal
from typing import Any

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.unit4.dates import dutch, parse
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api

CUSTOMERS, PRODUCTS = ("1001", "1002", "1007", "2008001"), ("UREN", "80.300", "A/B 15", "SCHR-100", "TXT.GAR")
text = st.text(max_size=60)
amount = st.decimals(-99999, 99999, places=3).map(float)
lines = st.fixed_dictionaries(
    {"orderLineType": st.sampled_from((0, 1, 3, 4)), "productId": st.sampled_from(PRODUCTS)},
    optional={
        "description": text, "quantityOrdered": amount, "price": amount, "autoCalculatePrice": st.booleans(),
        "discount": st.sampled_from((0, 0.05, 0.333, 1)), "vatCodeId": st.sampled_from((0, 1, 2, 3)),
        "orderLineAmount": amount, "orderLineId": st.integers(0, 5), "pricePer": st.sampled_from((1, 3, 100)),
    },
)  # fmt: skip
orders = st.fixed_dictionaries(
    {"customerId": st.sampled_from(CUSTOMERS), "paymentConditionId": st.just("14"),
     "orderDate": st.dates().map(str)},
    optional={
        "reference": text, "orderLines": st.lists(lines, max_size=4), "chargeVatType": st.integers(0, 3),
        "discountPercentage": st.sampled_from((0, 0.1, 1)), "applyOrderSurcharge": st.booleans(),
        "orderSurcharge": amount, "customProperties": st.fixed_dictionaries({"ORDER.OPMERKINGEN": text}),
    },
)  # fmt: skip
steps = st.one_of(
    st.tuples(st.just("POST"), st.just("Order"), orders),
    st.tuples(st.just("PUT"), st.just("Order/{order}"), orders),
    st.tuples(st.just("DELETE"), st.just("Order/{order}"), st.none()),
    st.tuples(st.just("POST"), st.just("Customer"), st.fixed_dictionaries({"name": text, "shortName": st.just("X")})),
    st.tuples(st.just("PUT"), st.just("Customer/1002"), st.fixed_dictionaries({"street2": text})),
    st.tuples(st.just("POST"), st.just("Address"), st.fixed_dictionaries({"organizationId": st.just(5001)})),
    st.tuples(st.just("POST"), st.just("ProcessOrderCommand?journalId=V&orderId={order}"), st.none()),
    st.tuples(st.just("GET"), st.just("OrderInfoList/1001?$orderby=OrderDate desc&$filter=AmountInclVat gt 1"),
              st.none()),
)  # fmt: skip
random_calls = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _check_totals(order: dict[str, Any]) -> None:
    exact = {name: Decimal(str(value)) for name, value in order.items() if name.startswith("total")}
    assert exact["totalGoodsAmount"] == sum(Decimal(str(line["orderLineAmount"])) for line in order["orderLines"])
    surcharge = Decimal(str(order["orderSurcharge"])) if order["applyOrderSurcharge"] else Decimal(0)
    total = (
        exact["totalGoodsAmount"] - exact["totalDiscountAmount"] + surcharge.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    )
    assert exact["totalOrderAmount"] == total + (exact["totalVatAmount"] if order["chargeVatType"] != 1 else 0)


@random_calls
@given(calls=st.lists(steps, max_size=12))
def test_random_calls(sandbox: Sandbox, calls: list[tuple[str, str, Any]]) -> None:
    """Contract 5, 10 and 13: never a 5xx, totals are the sum of the lines, ids are never used again."""
    sandbox.server.reset()
    api = Unit4Api(sandbox)
    made: list[str] = []
    for method, path, body in calls:
        target = path.format(order=made[-1] if made else "20240001")
        answer = api.call(method, target, body)
        assert answer.status_code < 500, answer.text
        if answer.status_code == 200 and path == "Order":
            assert answer.json()["orderId"] not in made
            made.append(answer.json()["orderId"])
    data = api.data()
    for order in data["orders"]:
        _check_totals(order)
        info = api.get(f"OrderInfo/{order['orderId']}")
        vat = sum(Decimal(str(each["vatAmount"])) for each in info["orderVatLines"])
        assert vat == Decimal(str(order["totalVatAmount"]))
    guids = [address["addressGuid"] for customer in data["customers"] for address in customer["addresses"]]
    assert len(set(guids)) == len(guids)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
members = st.sampled_from((
    "customerId", "shortName", "orderLines", "orderDate", "productId", "relations", "addresses", "priceVatExcl",
    "customProperties", "orderSurcharge", "components", "intrastatEntry", "organizationId", "pricePer", "discount",
))  # fmt: skip


@random_calls
@given(st.sampled_from(("Order", "Customer/1002", "Product/UREN", "ProductGroup/10", "Address", "Note")),
       st.dictionaries(members, json_values, max_size=6))  # fmt: skip
def test_any_json_is_taken_or_refused(sandbox: Sandbox, resource: str, body: dict[str, Any]) -> None:
    """Contract 5: whatever the JSON, the answer is 200 or 400."""
    api = Unit4Api(sandbox)
    assert api.call("POST", resource.partition("/")[0], body).status_code in (200, 400)
    if "/" in resource:
        assert api.call("PUT", resource, body).status_code in (200, 400)
    lines = {"customerId": "1001", "orderDate": "5-7-2024", "paymentConditionId": "14", "orderLines": [body]}
    answer = api.call("POST", "Order", lines)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert api.call("PUT", f"Order/{answer.json()['orderId']}", body).status_code in (200, 400)
    assert api.data()


@random_calls
@given(
    option=st.sampled_from(("$filter", "$orderby", "$select", "$top", "$skip", "PageSize", "fiscalYear")), value=text
)
def test_any_query_is_taken_or_refused(sandbox: Sandbox, option: str, value: str) -> None:
    """Contract 4: whatever the option, the answer is 200 or 400 (or 404 for half a combination)."""
    api = Unit4Api(sandbox)
    for path in ("CustomerInfoList", "OrderInfoList/1001", "VatCodeInfoList"):
        assert api.call("GET", path, params={option: value}).status_code in (200, 400, 404)


names = st.sampled_from(("Name", "CustomerId", "OrganizationId", "DateChanged", "VatScenarioId", "UsesUBLInvoice"))
literals = st.sampled_from(("'a'", "1", "1.5", "true", "null", "datetime'2024-01-01T00:00:00'", "'it''s'"))
terms = st.recursive(
    names | literals,
    lambda inner: st.tuples(
        st.sampled_from(("tolower({0})", "length({0})", "indexof({0},{1})", "substring({0},{1})", "not ({0})", "({0})",
                         "{0} eq {1}", "{0} gt {1}", "{0} and {1}", "({0} or {1})", "substringof({0},{1})")),
        inner, inner,
    ).map(lambda parts: parts[0].format(*parts[1:])),
    max_leaves=6,
)  # fmt: skip


@random_calls
@given(condition=terms)
def test_any_filter_is_taken_or_refused(sandbox: Sandbox, condition: str) -> None:
    """Contract 4: an expression of known words is evaluated or refused with 400."""
    answer = Unit4Api(sandbox).call("GET", "CustomerInfoList", params={"$filter": condition})
    assert answer.status_code in (200, 400)


@random_calls
@given(path=st.text(max_size=30))
def test_any_path_is_answered(sandbox: Sandbox, path: str) -> None:
    """Contract 5: whatever the path, the answer is not a server fault."""
    api = Unit4Api(sandbox)
    url = requests.utils.requote_uri(f"{api.base}/api/MVL00001/Product/{path}")
    assert api.session.get(url, timeout=10).status_code < 500


@given(st.dates())
def test_dates_come_back(day: Any) -> None:
    """Contract 3: what is written can be read."""
    assert parse(dutch(day)) == day
