"""What is read from Rompslomp: it has no groups or types, and no way to ask for changes only."""

from include.connectors.package import PackageStream
from include.connectors.rompslomp import mapping

STREAMS = (
    PackageStream("customers", "contacts", "id", mapping.customer, {"selection": "customers"}, single="contact"),
    PackageStream("articles", "products", "id", mapping.article, single="product"),
)


def by_code(code: str) -> dict[str, str]:
    """The search for this product code; whether capitals count is not documented (contract, section 9.3)."""
    return {"search[product_codes][]": code}
