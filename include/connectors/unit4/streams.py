"""What is read from Unit4. Lists that page are ordered by their key, else rows could shift between pages."""

from include.connectors.package import ChildStream, PackageStream
from include.connectors.unit4 import mapping

CUSTOMERS = PackageStream(
    name="customers",
    path="CustomerInfoList",
    query={"$orderby": "CustomerId"},
    key="customerId",
    reusable_key=True,
    to_record=mapping.customer,
    record_path="CustomerInfo/{key}",
)
STREAMS = (
    CUSTOMERS,
    PackageStream(
        name="article_groups",
        path="ProductGroupNVL",
        paged=False,
        key="name",
        to_record=mapping.article_group,
        record_path="ProductGroup/{key}",
    ),
    PackageStream(name="article_types", path="ProductTypeNVL", paged=False, key="name", to_record=mapping.article_type),
    PackageStream(
        name="articles",
        path="ProductInfoList",
        query={"$orderby": "ProductId"},
        key="productId",
        to_record=mapping.article,
        record_path="ProductInfo/{key}",
    ),
)

CHILD_STREAMS = (
    ChildStream(
        name="addresses", path="AddressInfoList/{organizationId}", paged=False, key="addressGuid", parent="customers"
    ),
)

# what a setting is chosen from (contract, sections 10 and 11); own fields of all kinds of records
PICK_LISTS = {
    "payment_condition": PackageStream(
        name="payment_conditions",
        path="PaymentConditionNVL",
        paged=False,
        key="name",
        to_record=mapping.pick_list_entry,
    ),
    "vat_scenario": PackageStream(
        name="vat_scenarios",
        path="SalesVatScenarioNVL",
        paged=False,
        key="name",
        to_record=mapping.pick_list_entry,
    ),
    "memo_field": PackageStream(
        name="own_fields",
        path="CustomFieldDefinitionInfoList/1023",
        paged=False,
        key="name",
        to_record=mapping.own_field,
    ),
}


def article_query(code: str) -> dict[str, str]:
    """Return the filter on exactly this article code (contract, section 13)."""
    return {"$filter": mapping.is_article(code)}
