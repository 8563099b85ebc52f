"""Looking up in a package what a setting names: now, not in our copy. The push and the checks share its rule."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from include.connectors import responses
from include.connectors.package import Package, PackageClient, PackageStream
from include.connectors.paging import pages
from include.records import Article, MasterRecord


def is_bookable(article: Article | None) -> bool:
    """Return whether an article that a setting names can be on a document: it exists and is active (R4.2)."""
    return article is not None and article.active


def named(articles: Sequence[Article]) -> str:
    """Return the descriptions by which people tell articles of one code apart."""
    return ", ".join(f"«{article.description}»" for article in articles)


def articles_with_code(package: Package, client: PackageClient, code: str) -> list[Article]:
    """Return the articles that carry exactly this code, by key."""
    stream = package.stream("articles")
    by_code = replace(stream, query={**stream.query, **package.article_query(code)}, paged=False)
    records = [record for page in record_pages(package, client, by_code) for record in page]
    articles = [record for record in records if isinstance(record, Article) and record.code == code]
    return sorted(articles, key=lambda article: article.key)


def record_pages(package: Package, client: PackageClient, stream: PackageStream) -> Iterator[list[MasterRecord]]:
    """Yield the records of a list, page by page. Raises IntegrationError, also for a row that is no such record."""
    for page in pages(package.title, client, stream):
        with responses.expect_shape(package.title, f"GET {stream.path}"):
            yield [stream.to_record(row) for row in page.rows]
