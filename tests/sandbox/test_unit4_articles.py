"""Articles and article groups of the Unit4 sandbox."""

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api

NEW = {"productId": "N/1.0 a", "shortName": "nieuw", "description": "Nieuw", "productGroupId": "10", "priceVatExcl": 10}


def test_seed(sandbox: Sandbox) -> None:
    """Contract 13: all five types, three states, and codes with ``.``, space and ``/``; groups of both kinds of id."""
    data = Unit4Api(sandbox).data()
    products = {p["productId"]: p for p in data["products"]}
    assert {p["productType"] for p in products.values()} == {0, 1, 2, 3, 4}
    assert {p["productState"] for p in products.values()} == {0, 1, 2}
    assert all(any(mark in key for key in products) for mark in "./ ")
    assert {g["productGroupId"] for g in data["product_groups"]} == {"10", "20", "30", "ARB", "DIV"}
    assert {key: (products[key]["productGroupId"], products[key]["priceVatExcl"]) for key in
            ("VOORRIJ", "UREN", "REIS", "ONT-7")} == {
        "VOORRIJ": ("ARB", 35.0), "UREN": ("ARB", 62.5), "REIS": ("ARB", 45.0), "ONT-7": ("10", 48.95)}  # fmt: skip


def test_names_differ_per_record(sandbox: Sandbox) -> None:
    """Contract 8: priceExclVat in ProductInfo is priceVatExcl in Product; projectEntryType is text in one."""
    api = Unit4Api(sandbox)
    info, product = api.get("ProductInfo/UREN"), api.get("Product/UREN")
    assert (info["priceExclVat"], info["priceInclVat"]) == (product["priceVatExcl"], product["priceVatIncl"])
    assert (info["projectEntryType"], product["projectEntryType"]) == ("6", 6)
    assert api.get("Product/ONT-7")["stocks"][0]["technicalStock"] == api.get("ProductInfo/ONT-7")["technicalStock"]


def test_create_product(sandbox: Sandbox) -> None:
    """Contract 5 and 8: 200 with the record; the price with VAT follows from the one without, and back."""
    api = Unit4Api(sandbox)
    saved = api.post("Product", NEW)
    assert (saved["productId"], saved["shortName"], saved["priceVatIncl"]) == ("N/1.0 a", "NIEUW", 12.1)
    assert api.get("Product/N!_2F1.0!_20a") == saved
    other = api.post("Product", {"productId": "B", "shortName": "B", "priceVatIncl": "10.90", "vatCodeId": 2})
    assert other["priceVatExcl"] == 10.0
    assert api.refused("POST", "Product", NEW) == ["productId"]
    minimal = api.post("Product", {"accountId": "8020", "discountAccountId": "8020", "productId": "42",
                                   "pricePer": 3.14, "description": "test product", "shortName": "TEST"})  # fmt: skip
    assert (minimal["pricePer"], minimal["productType"]) == (3.14, 0)


@pytest.mark.parametrize(("wrong", "path"), [
    ({"productId": ""}, "productId"), ({"shortName": None}, "shortName"), ({"productId": "x" * 15}, "productId"),
    ({"productGroupId": "99"}, "productGroupId"), ({"productType": 5}, "productType"), ({"vatCodeId": 9}, "vatCodeId"),
    ({"productState": 3}, "productState"), ({"pricePer": 0}, "pricePer"), ({"unit": "stuks x"}, "unit"),
    ({"components": [{"quantity": "veel"}]}, "components[0].quantity"),
])  # fmt: skip
def test_refused_products(sandbox: Sandbox, wrong: dict[str, object], path: str) -> None:
    """Contract 5 and 8: required are productId and shortName; broken rules are 400 and store nothing."""
    api = Unit4Api(sandbox)
    before = api.data()
    assert api.refused("POST", "Product", NEW | wrong) == [path]
    assert api.data() == before


def test_change_and_delete_product(sandbox: Sandbox) -> None:
    """Contract 8 and 13: making passive moves lastUpdate; a deleted article is gone without a trace."""
    api = Unit4Api(sandbox)
    api.control("POST", "clock", {"freeze": "2025-03-01T12:00:00+00:00"})
    full = api.get("Product/ONT-7")
    changed = api.put("Product/ONT-7", full | {"productState": 1, "customProperties": {"artikel.merk": "Ster"}})
    assert (changed["productState"], changed["lastUpdate"], changed["currentStock"]) == (1, "1-3-2025", 12.0)
    assert changed["customProperties"] == {"ARTIKEL.MERK": "Ster"}
    assert api.put("Product/ONT-7", {"priceVatExcl": 50})["priceVatIncl"] == 60.5
    assert api.call("DELETE", "Product/ONT-7").content == b""
    assert api.get("ProductInfoList", filter="ProductId eq 'ONT-7'") == []
    api.switch(put_missing="default")
    assert api.put("Product/REIS", {"shortName": "R"})["description"] == ""


def test_product_groups(sandbox: Sandbox) -> None:
    """Contract 9: the editable record, its relations per fiscal year, and the only list of groups."""
    api = Unit4Api(sandbox)
    relation = {"fiscalYear": 2025, "revenueAccountId": "8200"}
    saved = api.post("ProductGroup", {"productGroupId": "ZON", "description": "Zonnepanelen", "relations": [relation]})
    assert saved["relations"][0]["productGroupId"] == "ZON"
    assert api.get("ProductGroupRelationInfo/ZON/2025")["revenueAccountId"] == "8200"
    assert api.call("GET", "ProductGroupRelationInfo/ZON/2024").status_code == 404
    assert api.put("ProductGroup/ZON", {"description": "Zon"})["relations"] == saved["relations"]
    assert {"name": "ZON", "value": "Zon"} in api.get("ProductGroupNVL")
    assert api.refused("POST", "ProductGroup", {"productGroupId": "10"}) == ["productGroupId"]
    assert api.refused("POST", "ProductGroup", {}) == ["productGroupId"]
    assert api.call("DELETE", "ProductGroup/ZON").status_code == 200
    assert api.call("GET", "ProductGroup/ZON").status_code == 404


def test_customer_price(sandbox: Sandbox) -> None:
    """Contract 8: the parameters come back with the price, by agreement or from the article."""
    api = Unit4Api(sandbox)
    rest = "productId=80.300&currencyId=&quantity=2&orderDate=05-07-2024&projectId="
    path = f"CalcSpecPriceCommand?customerId={{}}&vatIncluded={{}}&{rest}"
    agreed = api.post(path.format("2008001", "false"))
    assert (agreed["price"], agreed["quantity"], agreed["customerId"]) == (55.0, 2.0, "2008001")
    assert api.post(path.format("2008001", "true"))["price"] == 66.55
    assert api.post(path.format("1001", "false"))["price"] == 61.4
    assert api.call("POST", path.format("x", "")).status_code == 404
