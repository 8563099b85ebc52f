"""What is written to Rompslomp: concept invoices, found by their api_reference before they are made."""

from collections.abc import Sequence
from datetime import date

from include.connectors import responses
from include.connectors.access import CredentialStore
from include.connectors.package import PackageList
from include.connectors.paging import pages
from include.connectors.rompslomp import mapping
from include.connectors.rompslomp.client import SYSTEM, RompslompAccess, RompslompClient
from include.connectors.values import batched
from include.errors import RecordMissing, RecordRejected
from include.http import Http
from include.records import Article, Document, DocumentLine, ExpectedDocument, PackageDocument

CODES_AT_ONCE = 50  # in one search, so that its address stays short


class RompslompConnection(RompslompClient):
    """Reads one company and makes invoices in it, as ``package.PackageConnection`` says."""

    serial = False

    def __init__(self, credentials: CredentialStore[RompslompAccess], company: str, http: Http) -> None:
        super().__init__(credentials, company, http)
        self._articles: dict[str, Article] = {}  # as they are now, by key: those of the document under way

    def expected_document(self, document: Document) -> ExpectedDocument:
        """Return what becomes of a document with its articles as they are now (R3.11).

        A line brings its own price, and our records may be a day old; so may what was read for an earlier document.
        """
        articles = {line.article.key: line.article for line in document.lines if line.article}
        self._articles = articles and articles | self._read(sorted({article.code for article in articles.values()}))
        return mapping.expected_document(self._priced(document))

    def _priced(self, document: Document) -> Document:
        """Return the document with its articles as they are now; one that is not there stays as we know it."""
        return document.model_copy(update={"lines": tuple(map(self._line, document.lines))})

    def _line(self, line: DocumentLine) -> DocumentLine:
        article = line.article and self._articles.get(line.article.key, line.article)
        return line.model_copy(update={"article": article})

    def _read(self, codes: Sequence[str]) -> dict[str, Article]:
        """Read the articles of these codes, by key: what else has the same code is of no use here."""
        articles: dict[str, Article] = {}
        for group in batched(codes, CODES_AT_ONCE):
            named = PackageList("articles", "products", "id", {"search[product_codes][]": group})
            for page in pages(SYSTEM, self, named):
                articles |= {article.key: article for article in responses.readable(mapping.article, page.rows)}
        return articles

    def find(self, reference: str, customer_key: str) -> Sequence[PackageDocument]:
        """Search the documents of any customer: the reference is unique in the administration."""
        query = {"search[api_reference]": reference}
        with responses.expect_shape(SYSTEM, "GET sales_invoices"):
            rows = responses.rows_of(self.call("GET", "sales_invoices", query=query)["sales_invoices"])
            return [mapping.package_document(row) for row in rows if row.get("api_reference") == reference]

    def of_day(self, customer_key: str, on: date) -> Sequence[PackageDocument]:
        """Return nothing: nobody sees or edits an api_reference, and it is unique (contract, section 9.5)."""
        return ()

    def document(self, id: str) -> PackageDocument | None:
        with responses.expect_shape(SYSTEM, f"GET sales_invoices/{id}"):
            try:
                return mapping.package_document(self.call("GET", f"sales_invoices/{id}")["sales_invoice"])
            except RecordMissing:
                return None

    def send(self, document: Document) -> PackageDocument:
        body = {"sales_invoice": mapping.sales_invoice(self._priced(document))}
        try:
            with responses.expect_shape(SYSTEM, "POST sales_invoices", creates=True):
                wrapped = self.call("POST", "sales_invoices", json=body, record=document.work_order_number)
                return mapping.package_document(wrapped["sales_invoice"])
        except RecordRejected as error:
            reason = error.values["reason"]
            raise RecordRejected(
                "work_order.refused", document.work_order_number, system=SYSTEM, reason=reason
            ) from None
