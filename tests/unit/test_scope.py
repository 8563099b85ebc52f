"""What the packages' APIs have no way for, and so is not offered (R1.8)."""

from decimal import Decimal

from include.connectors import registry
from include.connectors.simple_simon import mapping
from include.connectors.simple_simon.dialect import ODATA
from include.records import Article


def test_no_stream_of_images_bar_codes_pdfs_or_quotations() -> None:
    """R1.8: a person can choose customers and articles, with their groups and types, and nothing else."""
    choices = {name for package in registry.packages() for name in registry.package(package).choices}
    assert choices == {"customers", "article_groups", "article_types", "articles"}


def test_a_bar_code_that_people_typed_in_simon_stays() -> None:
    """R1.8: it is not ours, so it is never written."""
    article = Article(key="1", code="ONT-7", description="Ontsteker", price=Decimal(1))
    payload, _ = mapping.payload(article, ODATA)
    assert not {"Barcode", "Image", "Price"} & set(payload)
