"""What is read from Unit4. Lists that page are ordered by their key, else rows could shift between pages."""

from include.connectors.base import Stream
from include.connectors.unit4 import mapping

STREAMS = (
    Stream("customers", "CustomerInfoList", "customerId", mapping.customer, {"$orderby": "CustomerId"}),
    Stream("addresses", "AddressInfoList/{organizationId}", "addressGuid", parent="customers", paged=False),
    Stream("article_groups", "ProductGroupNVL", "name", mapping.article_group, paged=False),
    Stream("article_types", "ProductTypeNVL", "name", mapping.article_type, paged=False),
    Stream("articles", "ProductInfoList", "productId", mapping.article, {"$orderby": "ProductId"}),
)
