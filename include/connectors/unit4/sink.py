"""What is written to Unit4: orders of type invoice order, found by their reference before they are made."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from include.connectors import responses
from include.connectors.access import CredentialStore
from include.connectors.unit4 import mapping
from include.connectors.unit4.client import SYSTEM, Unit4Access, Unit4Client, path_key
from include.connectors.unit4.settings import Unit4Settings
from include.connectors.unit4.streams import CUSTOMERS
from include.connectors.values import batched
from include.errors import ContractBroken, RecordMissing, RecordRejected
from include.http import Http
from include.identity import is_another_under_the_same_key
from include.records import Article, Customer, Document, ExpectedDocument, PackageDocument, Raw

KEYS_AT_ONCE = 25  # articles in one filter, so that its address stays short


class Unit4Connection(Unit4Client):
    """Reads one administration and makes orders in it, as ``package.PackageConnection`` says."""

    serial = True  # contract, section 5: two calls at a time at most, and a refusal of one must not hide another

    def __init__(self, credentials: CredentialStore[Unit4Access], settings: Unit4Settings, http: Http) -> None:
        super().__init__(credentials, settings.administration, http)
        self._settings = settings
        self._vat_code_rows: list[Raw] | None = None
        self._customer_of_now: tuple[str, Customer] | None = None  # of the document with this reference

    def expected_document(self, document: Document) -> ExpectedDocument:
        """Return what becomes of a document with its articles as they are now (R3.11).

        Raises RecordRejected for a VAT code, a payment condition or a way to charge VAT that is not there.
        """
        document = self._for_customer_of_now(document)
        self._condition(document)
        self._require_vat_kind(document)
        document = self._priced(document)
        rates = mapping.vat_rates(self._vat_codes(), document.date)
        for line in document.lines:
            if line.article is None or mapping.is_text(line.article):
                continue
            if line.article.vat_code not in rates:
                values = {"article": line.article.code, "vat_code": line.article.vat_code or "–", "system": SYSTEM}
                raise RecordRejected("work_order.vat_unknown", document.work_order_number, **values)
        return mapping.expected_document(document, rates, self._settings.memo_field)

    def _for_customer_of_now(self, document: Document) -> Document:
        """Return the document for its customer as Unit4 has it at this moment (R3.16).

        Raises RecordRejected when the number is another customer's by now, or when it may not be used any more.
        """
        known = document.customer
        if self._customer_of_now is None or self._customer_of_now[0] != document.reference:
            row = self.get(CUSTOMERS, known.key)
            self._customer_of_now = document.reference, mapping.customer(row) if row else known
        now = self._customer_of_now[1]
        values = {"customer": known.label, "system": SYSTEM}
        if is_another_under_the_same_key(known, now):
            raise RecordRejected("work_order.customer_replaced", document.work_order_number, now=now.label, **values)
        if not now.active:
            raise RecordRejected("work_order.customer_inactive", document.work_order_number, **values)
        return document.model_copy(update={"customer": now})

    def _require_vat_kind(self, document: Document) -> None:
        """Raise RecordRejected for a customer of whom it is not known how VAT is charged: nothing is assumed."""
        customer = document.customer
        if customer.vat_kind not in mapping.CHARGE_VAT_TYPES:
            values = {"customer": customer.label, "vat_kind": customer.vat_kind or "–", "system": SYSTEM}
            raise RecordRejected("work_order.vat_kind_unknown", document.work_order_number, **values)

    def _priced(self, document: Document) -> Document:
        """Return the document with its articles as they are now; one that is not there stays as we know it."""
        keys = sorted({line.article.key for line in document.lines if line.article})
        articles = {key: article for group in batched(keys, KEYS_AT_ONCE) for key, article in self._articles(group)}
        lines = [
            line.model_copy(update={"article": line.article and articles.get(line.article.key, line.article)})
            for line in document.lines
        ]
        return document.model_copy(update={"lines": tuple(lines)})

    def _articles(self, keys: Sequence[str]) -> list[tuple[str, Article]]:
        """Read articles by their keys; none where filters are not taken."""
        path, search = "ProductInfoList", " or ".join(map(mapping.is_article, keys))
        with responses.expect_shape(SYSTEM, f"GET {path}"):
            rows = self._filtered(path, search, enough=len(keys)) or []
            return [(article.key, article) for article in responses.readable(mapping.article, rows)]

    def _filtered(self, path: str, search: str, enough: int | None = None) -> list[Raw] | None:
        """Read the rows that a filter lets through; None where filters are not taken."""
        try:
            return self.all_rows(path, {"$filter": search}, enough=enough)
        except ContractBroken as error:
            if not str(error.values.get("reason")).startswith("status 400"):
                raise
            return None

    def _vat_codes(self) -> list[Raw]:
        """Read once for as long as the administration is open."""
        if self._vat_code_rows is None:
            with responses.expect_shape(SYSTEM, "GET VatCodeInfoList"):
                rows = self.all_rows("VatCodeInfoList", {})
                # an article of a code that cannot be read is reported as one whose code is not known
                self._vat_code_rows = [row for row in rows if list(responses.readable(mapping.vat_rate_of, [row]))]
        return self._vat_code_rows

    def find(self, reference: str, customer_key: str) -> Sequence[PackageDocument]:
        """Search all orders of the customer: an invoiced one leaves the list of open orders (contract, section 12).

        Then those of anybody that are open: the work order may have had another customer when it was booked. A
        bookkeeper may have added to the reference.
        """
        path, search = f"OrderInfoList/{path_key(customer_key)}", f"indexof(Reference, '{reference}') gt -1"
        wanted = partial(mapping.carries, reference=reference)
        orders = self._listed(path, search, wanted, of_customer=True) or self.open_orders(search, wanted)
        return self._with_lines(orders)

    def open_orders(self, search: str, wanted: Callable[[Raw], bool]) -> list[PackageDocument]:
        """Return the ``wanted`` orders of any customer that are not invoiced yet."""
        return self._listed("OrderInfoList/OpenOrders", search, wanted)

    def of_day(self, customer_key: str, on: date) -> Sequence[PackageDocument]:
        """Read the orders of a day: a bookkeeper may have put another reference on one (contract, section 12)."""
        path, search = f"OrderInfoList/{path_key(customer_key)}", f"OrderDate eq '{mapping.day_text(on)}'"
        return self._listed(path, search, partial(mapping.is_of_day, on=on), of_customer=True)

    def _with_lines(self, orders: Sequence[PackageDocument]) -> list[PackageDocument]:
        return [order if order.lines is not None else self.document(order.id) or order for order in orders]

    def _listed(
        self, path: str, search: str, wanted: Callable[[Raw], bool], of_customer: bool = False
    ) -> list[PackageDocument]:
        """Return the ``wanted`` orders of a list; ``search`` is the same as a filter, which is not taken everywhere.

        A customer who was removed has none: that concerns his work orders, not the whole administration.
        """
        with responses.expect_shape(SYSTEM, f"GET {path}"):
            try:
                rows = self._orders(path, search)
            except RecordMissing:
                if not of_customer:
                    raise
                return []
            return [mapping.package_document(row) for row in rows if wanted(row)]

    def _orders(self, path: str, search: str) -> list[Raw]:
        """Read the rows that the filter lets through, or the whole list where filters are not taken."""
        rows = self._filtered(path, search)
        return self.all_rows(path, {}) if rows is None else rows

    def document(self, id: str) -> PackageDocument | None:
        """Read an order with its lines, which lists of orders lack (contract, section 10)."""
        path = f"Order/{path_key(id)}"
        with responses.expect_shape(SYSTEM, f"GET {path}"):
            try:
                row = self.call("GET", path)
            except RecordMissing:
                return None
            return None if row is None else mapping.package_document(row)

    def send(self, document: Document) -> PackageDocument:
        if self._customer_of_now and self._customer_of_now[0] == document.reference:
            document = document.model_copy(update={"customer": self._customer_of_now[1]})
        condition = self._condition(document)
        self._require_vat_kind(document)
        scenario = document.customer.vat_scenario or self._settings.vat_scenario
        body = mapping.order(document, condition, scenario, self._settings.memo_field)
        try:
            with responses.expect_shape(SYSTEM, "POST Order", creates=True):
                row = self.call("POST", "Order", json=body, record=document.work_order_number)
                if words := mapping.refusal(row):
                    raise RecordRejected("work_order.refused", document.work_order_number, system=SYSTEM, reason=words)
                return mapping.package_document(row)
        except RecordRejected as error:
            reason = error.values["reason"]
            raise RecordRejected(
                "work_order.refused", document.work_order_number, system=SYSTEM, reason=reason
            ) from None

    def _condition(self, document: Document) -> str:
        """Return the customer's own payment condition, or that of the settings."""
        condition = document.customer.payment_condition or self._settings.payment_condition
        if not condition:
            raise RecordRejected(
                "work_order.no_payment_condition", document.work_order_number, customer=document.customer.number
            )
        return condition
