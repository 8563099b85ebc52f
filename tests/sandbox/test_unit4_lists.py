"""Reading lists of the Unit4 sandbox: OData, paging and parameter combinations."""

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.unit4_api import Unit4Api, order


def ids(rows: list[dict[str, str]], name: str = "customerId") -> list[str]:
    return [row[name] for row in rows]


@pytest.mark.parametrize(
    ("condition", "listed"),
    [
        ("CustomerId eq '1002'", ["1002"]),
        ("Name eq 'Bakkerij ''t Stoepje & Zn.'", ["1002"]),
        ("tolower(Email) eq 'info@stoepje.example' or CocRegistration eq '01234567'", ["1001", "1002"]),
        ("indexof(Name, 'Gemeente') gt -1", ["1005"]),
        ("CustomerStateId eq 'P' and not (CustomerId eq '1003')", ["1011"]),
        ("substringof('Gouden', Name)", ["1012"]),
        ("startswith(City, 'ZWO') eq true", ["1002"]),
        ("endswith(City, 'DUURSTEDE')", ["2008001"]),
        ("length(CustomerId) gt 4", ["2008001"]),
        ("substring(CustomerId, 4) eq '001'", ["2008001"]),
        ("trim(toupper(ShortName)) eq 'EIK'", ["1004"]),
        ("OrganizationId eq 5002 or CustomerOrganizationId eq 5003", ["1002", "1003"]),
        ("DiscountPercentage gt 0.04 and CreditLimit ge 25000", ["1010"]),
        ("IncludeVatOnOrderByDefault", ["1006", "1007"]),
        ("VatScenarioId ne 6 and CountryId ne ''", ["1009"]),
        ("CocDate eq '28-1-2008'", ["1001"]),
        ("PaymentConditionId eq ''", ["1004"]),
    ],
)
def test_filter(sandbox: Sandbox, condition: str, listed: list[str]) -> None:
    """Contract 4: PascalCase names, the operators and functions of OData v2/v3."""
    expected = ids(Unit4Api(sandbox).get("CustomerInfoList", filter=condition))
    assert expected == listed


@pytest.mark.parametrize("query", [
    "$filter=customerId eq '1'", "$filter=Nothing eq 1", "$filter=Name eq", "$filter=contains(Name,'x')",
    "$filter=DateChanged gt datetime'2024-01-01T00:00:00'", "$filter=substring(Name,'a') eq 'b'", "$top=-1", "$top=x",
    "$skip=1.5", "$orderby=name", "$orderby=Name up", "$select=name", "$count=true", "$filter=(Name eq 'x'",
    "$filter=length(OrganizationId) eq 1", "$filter=Name gt 5",
])  # fmt: skip
def test_bad_queries(sandbox: Sandbox, query: str) -> None:
    """Contract 4: a wrong property or wrong syntax is 400."""
    answer = Unit4Api(sandbox).call("GET", f"CustomerInfoList?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["messages"]


def test_encoded_options(sandbox: Sandbox) -> None:
    """Follows contract 13: ``$`` as ``%24``, spaces as ``+`` or ``%20``."""
    api = Unit4Api(sandbox)
    for query in ("%24filter=Name+eq+'J.%20%C3%96zdemir'&%24top=3", "$filter=Name%20eq%20'J. Özdemir'"):
        assert ids(api.call("GET", f"CustomerInfoList?{query}").json()) == ["1007"]


def test_paging_and_order(sandbox: Sandbox) -> None:
    """Follows contract 4: without $top all rows; pages with $skip and $orderby hold each row once."""
    api = Unit4Api(sandbox)
    everything = ids(api.get("CustomerInfoList"))
    assert len(everything) == 13
    for sequence in ("CustomerId", "CustomerId desc", "City,CustomerId desc"):
        pages = [ids(api.get("CustomerInfoList", orderby=sequence, top=5, skip=skip)) for skip in (0, 5, 10, 15)]
        assert [len(page) for page in pages] == [5, 5, 3, 0]
        assert sorted(key for page in pages for key in page) == sorted(everything)
    assert ids(api.get("CustomerInfoList", orderby="CustomerId desc")) == everything[::-1]
    assert api.get("CustomerInfoList", top=0) == []


def test_dates_are_compared_as_text(sandbox: Sandbox) -> None:
    """Contract 4: dates sort and compare as text; as dates by switch."""
    api = Unit4Api(sandbox)
    for day in ("2-1-2024", "11-1-2024", "3-12-2023"):
        api.post("Order", order(orderDate=day, reference=day))
    rows = api.get("OrderInfoList/1001", orderby="OrderDate desc", top=5)
    assert ids(rows, "reference") == ["3-12-2023", "2-1-2024", "11-1-2024"]
    condition = "DateChanged ge datetime'2024-01-08T00:00:00'"
    api.switch(customer_date_filter="date")
    assert len(api.get("CustomerInfoList", filter=condition)) == 13
    assert api.get("CustomerInfoList", filter="CocDate gt datetime'2008-01-28T00:00:00'") == []


def test_select(sandbox: Sandbox) -> None:
    """Contract 4: $select; the casing of the returned names is a switch; $expand is accepted."""
    api = Unit4Api(sandbox)
    row = api.get("ProductInfoList", select="ProductId,EANCode", filter="ProductId eq 'ONT-7'", expand="X")
    assert row == [{"productId": "ONT-7", "eanCode": "8712345000017"}]
    api.switch(select_casing="pascal")
    assert list(api.get("ProductInfoList", select="ProductId,EANCode", top=1)[0]) == ["ProductId", "EANCode"]


def test_list_limit_and_passive_records(sandbox: Sandbox) -> None:
    """Contract 4 and 13: whether there is a greatest list and whether passive records stay are switches."""
    api = Unit4Api(sandbox)
    assert "1003" in ids(api.get("CustomerInfoList"))
    api.switch(list_limit=4, passive_in_lists=False)
    assert len(api.get("CustomerInfoList")) == 4
    assert "1003" not in ids(api.get("CustomerInfoList", top=50))
    assert "OUD.1" not in ids(api.get("ProductInfoList", top=50), "productId")


def test_filtered_pages_see_changes(sandbox: Sandbox) -> None:
    """Contract 4: a filter always works on the records of this moment."""
    api = Unit4Api(sandbox)
    condition = "CustomerStateId eq 'P'"
    assert ids(api.get("CustomerInfoList", filter=condition)) == ["1003", "1011"]
    api.put("Customer/1004", {"customerStateId": "P"})
    assert ids(api.get("CustomerInfoList", filter=condition)) == ["1003", "1004", "1011"]


def test_product_search(sandbox: Sandbox) -> None:
    """Contract 4 and 8: the search takes all four parameters, empty allowed, or none."""
    api = Unit4Api(sandbox)
    path = "ProductInfoList?productId={}&shortName=&description={}&productGroupId="
    assert ids(api.get(path.format("", "ketel HR 24")), "productId") == ["HR-24", "SET HR/24"]
    assert ids(api.get(path.format("80.300", "")), "productId") == ["80.300"]
    assert api.call("GET", "ProductInfoList?productId=80.300").status_code == 404
    api.switch(partial_combination="apply")
    assert len(api.get("ProductInfoList?productId=80.300")) == 1
    api.switch(partial_combination="ignore", product_search="exact")
    assert len(api.get("ProductInfoList?productId=80.300")) == 25
    assert api.get(path.format("", "ketel HR 24")) == []


def test_article_exists_recipe(sandbox: Sandbox) -> None:
    """Contract 13: an unknown article gives an empty array."""
    api = Unit4Api(sandbox)
    assert api.get("ProductInfoList", filter="ProductId eq 'NIET'") == []
    assert len(api.get("ProductInfoList", filter="tolower(ProductId) eq 'a/b 15'")) == 1


@pytest.mark.parametrize(("path", "expected"), [
    ("ProductTypeNVL", {"0", "1", "2", "3", "4"}), ("OrderTypeNVL", {"0", "1", "2"}),
    ("OrderStateNVL", {"0", "1", "2", "3", "4", "5"}), ("OrderLineTypeNVL", {"0", "1", "2", "3", "4", "5", "6"}),
    ("OrderChargeVatTypeNVL", {"0", "1", "2", "3"}), ("AddressTypeNVL", {"0", "1", "2"}),
    ("ActivePassiveStateNVL", {"A", "P"}), ("ProductGroupNVL", {"10", "20", "30", "ARB", "DIV"}),
    ("PaymentConditionNVL", {"1", "14", "30", "INC"}), ("SalesVatScenarioNVL?fiscalYear=2024", {"6", "7", "8", "9"}),
    ("VatCodeNVL", {"0", "1", "2", "3"}), ("JournalTypeNVL", {"0", "1", "2", "3", "4"}),
])  # fmt: skip
def test_name_value_lists(sandbox: Sandbox, path: str, expected: set[str]) -> None:
    """Contract 1: name is the key as text, value the description; OData options do nothing."""
    rows = Unit4Api(sandbox).get(path)
    assert {row["name"] for row in rows} == expected
    assert all(set(row) == {"name", "value"} and row["value"] for row in rows)


def test_keys_of_customer_and_product_lists(sandbox: Sandbox) -> None:
    """Contract 7 and 8: customerId with name, productId with description."""
    api = Unit4Api(sandbox)
    assert {"name": "1007", "value": "J. Özdemir"} in api.get("CustomerNVL")
    assert {"name": "UREN", "value": "Arbeidsuur monteur"} in api.get("ProductNVL")
    assert {row["name"] for row in api.get("StockProductNVL")} <= {row["name"] for row in api.get("ProductNVL")}


def test_reference_lists(sandbox: Sandbox) -> None:
    """Follows contract 10, 11 and 13: VAT by date as fractions, the memo field, supplier and journal."""
    api = Unit4Api(sandbox)
    high = next(row for row in api.get("VatCodeInfoList") if row["vatCodeId"] == 1)
    assert high["vatPercentage"] == 0.21
    assert high["vatPercentagesByDate"][-1] == {"startDate": "1-10-2012", "vatCodeId": 1, "vatPercentage": 0.21}
    memo = api.get("CustomFieldDefinitionInfoList/Customer")[0]
    assert (memo["groupName"], memo["name"], memo["type"], memo["appliedToEntity"]) == ("ORDER", "OPMERKINGEN", 5, 1)
    assert api.call("GET", "CustomFieldDefinitionInfoList/Onzin").status_code == 400
    assert ids(api.get("SupplierInfoList"), "supplierId") == ["2001"]
    assert api.get("JournalInfoList")[0]["journalType"] == 1
    assert api.get("PaymentConditionInfo/INC")["isSepa"] is True


def test_administrations(sandbox: Sandbox) -> None:
    """Contract 6: the lists of administrations and their filters, session and rights."""
    api = Unit4Api(sandbox)
    assert len(api.get("/AdministrationNVL?userName=systeem&groupId=1")) == 2
    assert api.get("/AdministrationNVL/iemand?groupId=") == []
    assert api.get("/AdministrationInfoList?groupId=9") == []
    assert api.get("/Administration/MVL00001")["messages"] == []
    assert api.get("/SessionInfo") == {"userName": "SYSTEEM", "administrationId": "MVL00001"}
    assert api.get("/version") == "23"
    assert api.post("/ProgramRightsCommand/CanUserStartProgram?programNumber=7")["canUserStartProgram"] is True
    assert api.get("CompanyDetailsInfo")["administrationCode"] == "MVL00001"
