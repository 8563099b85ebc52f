"""What is read from Rompslomp: it has no groups or types, and no way to ask for changes only."""

from include.connectors.package import PackageStream
from include.connectors.rompslomp import mapping

STREAMS = (
    PackageStream(
        name="customers",
        path="contacts",
        query={"selection": "customers"},
        key="id",
        to_record=mapping.customer,
        record_path="contacts/{key}",
    ),
    PackageStream(
        name="articles",
        path="products",
        key="id",
        to_record=mapping.article,
        record_path="products/{key}",
    ),
)


def article_query(code: str) -> dict[str, str]:
    """Return the search for this product code; whether capitals count is not documented (contract, section 9.3)."""
    return {"search[product_codes][]": code}
