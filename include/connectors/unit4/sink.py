"""What is written to Unit4: orders of type invoice order, found by their reference before they are made."""

from collections.abc import Sequence
from decimal import Decimal

from include.connectors import answers
from include.connectors.base import Page, Stream
from include.connectors.unit4 import mapping
from include.connectors.unit4.client import SYSTEM, Unit4Client, path_key
from include.connectors.unit4.settings import Unit4Settings
from include.errors import RecordRejected
from include.records import Document, Raw, SentDocument


class Unit4:
    """One administration, opened (``base.PackageConnection``)."""

    def __init__(self, client: Unit4Client, settings: Unit4Settings) -> None:
        self._client, self._settings = client, settings

    def page(self, stream: Stream, cursor: str | None, parent: Raw | None = None) -> Page:
        return self._client.page(stream, cursor, parent)

    def fingerprint(self, streams: Sequence[Stream]) -> str | None:
        return self._client.fingerprint(streams)

    def find(self, reference: str, customer_key: str) -> Sequence[SentDocument]:
        """By customer and not among open orders only: an invoiced order leaves that list (contract, section 12)."""
        path = f"OrderInfoList/{path_key(customer_key)}"
        with answers.understood(SYSTEM, f"GET {path}"):
            rows = self._client.call("GET", path, query={"$filter": f"Reference eq '{reference}'"})
            if not isinstance(rows, list):
                raise TypeError("no list")
            ours = [row for row in rows if row["reference"] == reference]
            return [_sent(row, "amountExclVat", "amountInclVat") for row in ours]

    def send(self, document: Document) -> SentDocument:
        condition = document.customer.payment_condition or self._settings.payment_condition
        if not condition:
            raise RecordRejected(
                "work_order.no_payment_condition", document.work_order_number, customer=document.customer.number
            )
        scenario = document.customer.vat_scenario or self._settings.vat_scenario
        body = mapping.order(document, condition, scenario, self._settings.memo_field)
        try:
            with answers.understood(SYSTEM, "POST Order", creates=True):
                row = self._client.call("POST", "Order", json=body, record=document.work_order_number)
                return _sent(row, "totalGoodsAmount", "totalOrderAmount")
        except RecordRejected as error:
            reason = error.values["reason"]
            raise RecordRejected(
                "work_order.refused", document.work_order_number, system=SYSTEM, reason=reason
            ) from None


def _sent(row: Raw, excluding: str, including: str) -> SentDocument:
    excl, incl = (None if row.get(name) is None else Decimal(str(row[name])) for name in (excluding, including))
    if not row["orderId"]:
        raise ValueError("no orderId")
    return SentDocument(id=row["orderId"], number=row["orderId"], total_excl_vat=excl, total_incl_vat=incl)
