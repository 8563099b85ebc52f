"""What is read from Unit4. Lists that page are ordered by their key, else rows could shift between pages."""

from include.connectors.package import PackageStream
from include.connectors.unit4 import mapping

STREAMS = (
    PackageStream(
        "customers",
        "CustomerInfoList",
        "customerId",
        mapping.customer,
        {"$orderby": "CustomerId"},
        single="CustomerInfo/{key}",
    ),
    PackageStream("addresses", "AddressInfoList/{organizationId}", "addressGuid", parent="customers", paged=False),
    PackageStream(
        "article_groups", "ProductGroupNVL", "name", mapping.article_group, paged=False, single="ProductGroup/{key}"
    ),
    PackageStream("article_types", "ProductTypeNVL", "name", mapping.article_type, paged=False),
    PackageStream(
        "articles",
        "ProductInfoList",
        "productId",
        mapping.article,
        {"$orderby": "ProductId"},
        single="ProductInfo/{key}",
    ),
)

# what a setting is chosen from (contract, sections 10 and 11); own fields of all kinds of records
CHOSEN_FROM = {
    "payment_condition": PackageStream(
        "payment_conditions", "PaymentConditionNVL", "name", mapping.choice, paged=False
    ),
    "vat_scenario": PackageStream("vat_scenarios", "SalesVatScenarioNVL", "name", mapping.choice, paged=False),
    "memo_field": PackageStream(
        "own_fields", "CustomFieldDefinitionInfoList/1023", "name", mapping.own_field, paged=False
    ),
}


def by_code(code: str) -> dict[str, str]:
    """The filter on exactly this article code (contract, section 13)."""
    quoted = code.replace("'", "''")
    return {"$filter": f"ProductId eq '{quoted}'"}
