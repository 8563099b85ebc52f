"""What is written to Rompslomp: concept invoices, found by their api_reference before they are made."""

from collections.abc import Sequence
from decimal import Decimal

from include.connectors import answers
from include.connectors.base import Page, Stream
from include.connectors.rompslomp import mapping
from include.connectors.rompslomp.client import SYSTEM, RompslompClient
from include.errors import RecordRejected
from include.records import Document, Raw, SentDocument


class Rompslomp:
    """One company, opened (``base.PackageConnection``)."""

    def __init__(self, client: RompslompClient) -> None:
        self._client = client

    def page(self, stream: Stream, cursor: str | None, parent: Raw | None = None) -> Page:
        return self._client.page(stream, cursor, parent)

    def fingerprint(self, streams: Sequence[Stream]) -> str | None:
        """It cannot say: its lists come in pages only, so looking would cost as many requests as reading."""
        return None

    def find(self, reference: str, customer_key: str) -> Sequence[SentDocument]:
        """Of any customer: the reference is unique in the administration."""
        query = {"search[api_reference]": reference}
        with answers.understood(SYSTEM, "GET sales_invoices"):
            rows = self._client.call("GET", "sales_invoices", query=query)["sales_invoices"]
            return [_sent(row) for row in rows if row.get("api_reference") == reference]

    def send(self, document: Document) -> SentDocument:
        body = {"sales_invoice": mapping.sales_invoice(document)}
        try:
            with answers.understood(SYSTEM, "POST sales_invoices", creates=True):
                answer = self._client.call("POST", "sales_invoices", json=body, record=document.work_order_number)
                return _sent(answer["sales_invoice"])
        except RecordRejected as error:
            reason = error.values["reason"]
            raise RecordRejected(
                "work_order.refused", document.work_order_number, system=SYSTEM, reason=reason
            ) from None


def _sent(row: Raw) -> SentDocument:
    excl, incl = (Decimal(row[name]) if row.get(name) else None for name in ("price_without_vat", "price_with_vat"))
    return SentDocument(
        id=str(row["id"]), number=row.get("invoice_number") or "", total_excl_vat=excl, total_incl_vat=incl
    )
