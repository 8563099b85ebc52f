"""Reading orders back from the Unit4 sandbox: the lists, and the search that prevents duplicates."""

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api, order, process

DAYS = ("5-1-2023", "10-2-2024", "1-3-2024", "31-12-2024")


def seeded(sandbox: Sandbox) -> Unit4Api:
    """Four orders of customer 1001 with totals of 75.63, 151.25, 226.88 and 302.50; the second is invoiced."""
    api = Unit4Api(sandbox)
    for number, day in enumerate(DAYS, 1):
        lines = [{"productId": "UREN", "quantityOrdered": number}]
        api.post("Order", order(orderDate=day, reference=f"WO-{number}", orderLines=lines, projectId=f"P{number % 2}"))
    assert api.post(process("20240001", periodNumber="2", invoiceDate="11-2-2024"))["error"] == ""
    return api


def listed_references(api: Unit4Api, path: str, **query: object) -> list[str]:
    return [row["reference"] for row in api.get(path, **query)]


def test_search_by_reference(sandbox: Sandbox) -> None:
    """Follows contract 12: by customer and reference, also when invoiced; open orders leave the invoiced one out."""
    api = seeded(sandbox)
    assert listed_references(api, "OrderInfoList/1001", filter="Reference eq 'WO-2'") == ["WO-2"]
    assert listed_references(api, "OrderInfoList/1002", filter="Reference eq 'WO-2'") == []
    assert listed_references(api, "OrderInfoList/OpenOrders") == ["WO-1", "WO-3", "WO-4"]
    assert listed_references(api, "OrderInfoList/openorders?customerId=1001", filter="Reference eq 'WO-2'") == []
    assert listed_references(api, "OrderInfoList/OpenOrders?customerId=1002") == []
    assert listed_references(api, "OrderInfoList/9999") == []


def test_other_lists(sandbox: Sandbox) -> None:
    """Contract 10: by project, by invoice, ready to print."""
    api = seeded(sandbox)
    invoice = api.get("OrderInfo/20240001")["invoiceId"]
    assert listed_references(api, f"OrderInfoList/OrdersForInvoice/{invoice}") == ["WO-2"]
    assert listed_references(api, "OrderInfoList/OrdersForInvoice/0") == []
    assert listed_references(api, "OrderInfoList/ByProjectId/P1") == ["WO-1", "WO-3"]
    assert listed_references(api, "OrderInfoList/OrdersReadyToPrintInvoice", orderby="OrderId desc", top=1) == ["WO-4"]
    assert api.get("OrderInfo/SampleData")["orderId"] == "20190038"


@pytest.mark.parametrize(("limits", "references"), [
    ({}, "1234"), ({"fiscalYear": "2024"}, "234"), ({"minDate": "10-02-2024"}, "234"),
    ({"maxDate": "2024-03-01"}, "123"), ({"minPrice": "151.25", "maxPrice": "226.88"}, "23"),
    ({"onlyOpen": "true"}, "134"), ({"onlyOpen": "false"}, "1234"),
])  # fmt: skip
def test_limits_in_the_query(sandbox: Sandbox, limits: dict[str, str], references: str) -> None:
    """Contract 4 and 10: the whole combination with empty values allowed, in the query or after the fiscal year."""
    api = seeded(sandbox)
    names = ("minDate", "maxDate", "minPrice", "maxPrice", "fiscalYear", "onlyOpen")
    whole = dict.fromkeys(names, "") | limits
    expected = [f"WO-{number}" for number in references]
    assert listed_references(api, "OrderInfoList/1001", **whole) == expected
    assert listed_references(api, "OrderInfoList/1001", **whole, PageSize=1, PageNumber=2) == expected[1:2]
    year = whole.pop("fiscalYear") or "0"
    assert listed_references(api, f"OrderInfoList/1001/{year}", **whole) == expected


def test_limits_in_the_path(sandbox: Sandbox) -> None:
    """Contract 10: all limits as path segments, with PageSize and PageNumber."""
    api = seeded(sandbox)
    path = "OrderInfoList/1001/01-01-2024/31-12-2024/0/1000/2024/"
    assert listed_references(api, f"{path}false") == ["WO-2", "WO-3", "WO-4"]
    assert listed_references(api, f"{path}true?PageSize=1&PageNumber=2") == ["WO-4"]
    assert api.call("GET", f"{path}true?PageSize=x").status_code == 400
    assert api.call("GET", f"{path}true?PageSize=1&PageNumber=0").status_code == 400
    assert api.call("GET", "OrderInfoList/1001/x/y/z/0/2024/true").status_code == 400
    assert api.call("GET", "OrderInfoList/1001/1-1-2024/1-1-2025/NaN/Infinity/2024/true").status_code == 400


def test_parts_of_a_combination(sandbox: Sandbox) -> None:
    """Contract 4: a route is chosen by the full combination."""
    api = seeded(sandbox)
    assert listed_references(api, "OrderInfoList/1001?fiscalYear=2023") == ["WO-1"]
    assert api.call("GET", "OrderInfoList/1001?minDate=1-1-2024").status_code == 404
    api.switch(partial_combination="apply")
    assert listed_references(api, "OrderInfoList/1001?minDate=1-1-2024") == ["WO-2", "WO-3", "WO-4"]
    api.switch(partial_combination="ignore", first_page_number=0)
    assert len(listed_references(api, "OrderInfoList/1001?minDate=1-1-2024")) == 4
    assert listed_references(api, "OrderInfoList/1001?PageSize=3&PageNumber=1") == ["WO-4"]


def test_info_of_an_order(sandbox: Sandbox) -> None:
    """Contract 10: types and states as text, amounts, lines in OrderInfo and null in lists."""
    api = seeded(sandbox)
    info = api.get("OrderInfo/20230001")
    assert (info["orderType"], info["stateId"], info["customerIdForInvoice"]) == ("0", "1", "1001")
    assert (info["amountExclVat"], info["vatAmount"], info["amountInclVat"]) == (62.5, 13.13, 75.63)
    assert (info["isApproved"], info["deliveryAddressId"], info["fiscalYear"]) == (True, 1, 2023)
    assert info["orderLines"][0]["productDescription"] == "Arbeidsuur monteur"
    row = api.get("OrderInfoList/1001", top=1)[0]
    assert (row["orderLines"], row["orderVatLines"]) == (None, None)
    api.switch(order_lists_carry_lines=True, order_info_type="name")
    row = api.get("OrderInfoList/1001", top=1)[0]
    assert (row["orderLines"], row["orderType"]) == (info["orderLines"], "InvoiceOrder")


def test_list_switches(sandbox: Sandbox) -> None:
    """Contract 12 and 14: filters refused, invoiced orders elsewhere, and a list that lags behind."""
    api = seeded(sandbox)
    api.switch(order_filter=False)
    assert api.call("GET", "OrderInfoList/1001?$filter=Reference eq 'WO-2'").status_code == 400
    api.switch(invoiced_in_customer_list=False, invoiced_in_open_orders=True)
    assert listed_references(api, "OrderInfoList/1001") == ["WO-1", "WO-3", "WO-4"]
    assert len(listed_references(api, "OrderInfoList/OpenOrders")) == 4
    api.switch(order_visible_after_s=30)
    assert listed_references(api, "OrderInfoList/1001") == []
    assert api.get("OrderInfo/20230001")["reference"] == "WO-1"
    api.control("POST", "clock", {"advance_s": 31})
    assert len(listed_references(api, "OrderInfoList/1001")) == 3
