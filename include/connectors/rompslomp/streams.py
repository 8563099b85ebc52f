"""What is read from Rompslomp: it has no groups or types, and no way to ask for changes only."""

from include.connectors.base import Stream
from include.connectors.rompslomp import mapping

STREAMS = (
    Stream("customers", "contacts", "id", mapping.customer, {"selection": "customers"}, single="contact"),
    Stream("articles", "products", "id", mapping.article, single="product"),
)


def by_code(code: str) -> dict[str, str]:
    """The search for this product code; whether capitals count is not documented (contract, section 9.3)."""
    return {"search[product_codes][]": code}
