"""Lists that come in pages: read to their end, and refused when they have none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from include.connectors.package import PackageClient, PackageList, RowPage
from include.connectors.responses import unexpected
from include.records import Raw

MOST_PAGES = 10_000


@dataclass
class PageFollower:
    """Follows one list from page to page. ``path`` is for messages."""

    system: str
    path: str
    _pages: int = 0
    _last: list[Raw] = field(default_factory=list)
    _links: set[str] = field(default_factory=set)

    def take(self, rows: list[Raw]) -> None:
        """Note the rows of the next page. Raises ContractBroken for the page before it once more, or for too many."""
        self._pages += 1
        if rows and rows == self._last:
            raise unexpected(self.system, f"GET {self.path}", "the same page twice", creates=False)
        if self._pages > MOST_PAGES:
            raise unexpected(self.system, f"GET {self.path}", f"more than {MOST_PAGES} pages", creates=False)
        self._last = rows

    def follow(self, address: str, link: object) -> str | None:
        """Return the address of the next page, as a link on the page at this address says; None at the end.

        Raises ContractBroken for a link to another server, which our token is none of the business of, and for one
        that was followed before.
        """
        if link is None or link == "":
            return None
        whole = urljoin(address, str(link))
        if _origin(whole) != _origin(address):
            raise unexpected(self.system, f"GET {self.path}", "a next page on another server", creates=False)
        if whole in self._links:
            raise unexpected(self.system, f"GET {self.path}", "a next page that was read before", creates=False)
        self._links.add(whole)
        return whole


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def pages(system: str, client: PackageClient, stream: PackageList, parent: Raw | None = None) -> Iterator[RowPage]:
    """Yield the pages of a package's list. Raises IntegrationError."""
    paging, cursor = PageFollower(system, stream.path), None
    while True:
        page = client.page(stream, cursor, parent)
        paging.take(page.rows)
        yield page
        if (cursor := page.next) is None:
            return
