"""Looking up in a package what a setting names: now, not in our copy. The push and the checks share it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from include.connectors import responses
from include.connectors.package import Package, PackageClient, PackageStream
from include.records import Article, MasterRecord

Fault = Literal["unknown", "inactive"]


def fault_of(article: Article | None) -> Fault | None:
    """Why an article that a setting names cannot stand on a document; None when it can."""
    if article is None:
        return "unknown"
    return None if article.active else "inactive"


def with_code(package: Package, client: PackageClient, code: str) -> list[Article]:
    """The articles that carry exactly this code, by key; the first one counts."""
    stream = package.stream("articles")
    asked = replace(stream, query={**stream.query, **package.article_query(code)})
    found = [record for page in pages(package, client, asked) for record in page if isinstance(record, Article)]
    return sorted((article for article in found if article.code == code), key=lambda article: article.key)


def pages(package: Package, client: PackageClient, stream: PackageStream) -> Iterator[list[MasterRecord]]:
    """The records of a list, page by page. Raises IntegrationError, also for a row that is no such record."""
    cursor: str | None = None
    while True:
        page = client.page(stream, cursor)
        with responses.expect_shape(package.title, f"GET {stream.path}"):
            yield [stream.to_record(row) for row in page.rows]
        if (cursor := page.next) is None:
            return
