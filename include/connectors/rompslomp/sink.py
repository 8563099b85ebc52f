"""What is written to Rompslomp: concept invoices, found by their api_reference before they are made."""

from collections.abc import Sequence

from include.connectors import responses
from include.connectors.package import PackageList, PackageStream, Page
from include.connectors.rompslomp import mapping
from include.connectors.rompslomp.client import PAGE_SIZE, SYSTEM, RompslompClient
from include.connectors.system import Administration
from include.errors import RecordMissing, RecordRejected
from include.records import Article, Document, DocumentLine, ExpectedDocument, PackageDocument, Raw


class RompslompConnection:
    """One company, opened (``connectors.package.PackageConnection``)."""

    serial = False

    def __init__(self, client: RompslompClient) -> None:
        self._client = client
        self._articles: dict[str, Article] = {}  # as they are now, by key, for as long as the company is open

    def page(self, stream: PackageList, cursor: str | None, parent: Raw | None = None) -> Page:
        return self._client.page(stream, cursor, parent)

    def fingerprint(self, streams: Sequence[PackageList]) -> str | None:
        """It cannot say: its lists come in pages only, so looking would cost as many requests as reading."""
        return None

    def get(self, stream: PackageStream, key: str) -> Raw | None:
        return self._client.get(stream, key)

    def access_fingerprint(self) -> str:
        return self._client.access_fingerprint()

    def administrations(self) -> Sequence[Administration]:
        return self._client.administrations()

    def check_permissions(self) -> None:
        self._client.check_permissions()

    def expected_document(self, document: Document) -> ExpectedDocument:
        """With its articles as they are now: a line brings its own price, and our records may be a day old (R3.11)."""
        articles = [line.article for line in document.lines if line.article]
        if unread := {one.key: one for one in articles if one.key not in self._articles}:
            self._articles |= unread | self._read(sorted({one.code for one in unread.values()}))
        return mapping.expected_document(self._priced(document))

    def _priced(self, document: Document) -> Document:
        """One that was not found stays as we know it; the company says what it thinks of that."""
        return document.model_copy(update={"lines": tuple(map(self._line, document.lines))})

    def _line(self, line: DocumentLine) -> DocumentLine:
        article = line.article and self._articles.get(line.article.key, line.article)
        return line.model_copy(update={"article": article})

    def _read(self, codes: Sequence[str]) -> dict[str, Article]:
        """By key: what else has the same code is of no use here."""
        query = {"search[product_codes][]": codes, "per_page": PAGE_SIZE}
        with responses.expect_shape(SYSTEM, "GET products"):
            rows = self._client.call("GET", "products", query=query)["products"]
            return {article.key: article for article in map(mapping.article, rows)}

    def find(self, reference: str, customer_key: str) -> Sequence[PackageDocument]:
        """Of any customer: the reference is unique in the administration."""
        query = {"search[api_reference]": reference}
        with responses.expect_shape(SYSTEM, "GET sales_invoices"):
            rows = self._client.call("GET", "sales_invoices", query=query)["sales_invoices"]
            return [mapping.package_document(row) for row in rows if row.get("api_reference") == reference]

    def document(self, id: str) -> PackageDocument | None:
        with responses.expect_shape(SYSTEM, f"GET sales_invoices/{id}"):
            try:
                return mapping.package_document(self._client.call("GET", f"sales_invoices/{id}")["sales_invoice"])
            except RecordMissing:
                return None

    def send(self, document: Document) -> PackageDocument:
        body = {"sales_invoice": mapping.sales_invoice(self._priced(document))}
        try:
            with responses.expect_shape(SYSTEM, "POST sales_invoices", creates=True):
                answer = self._client.call("POST", "sales_invoices", json=body, record=document.work_order_number)
                return mapping.package_document(answer["sales_invoice"])
        except RecordRejected as error:
            reason = error.values["reason"]
            raise RecordRejected(
                "work_order.refused", document.work_order_number, system=SYSTEM, reason=reason
            ) from None
