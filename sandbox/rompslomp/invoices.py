"""Sales invoices: fields, state machine and payment state (contract 9.5)."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sandbox.rompslomp import invoice_rules as rules
from sandbox.rompslomp.attachments import render_attachment
from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.documents import NEW_CONTACT, Documents
from sandbox.rompslomp.errors import invalid
from sandbox.rompslomp.lines import LINE_AMOUNTS, LINE_SHAPE, totals
from sandbox.rompslomp.payments import PAYMENT_SHAPE, Payments, payment_on
from sandbox.rompslomp.resource import RowTest, put
from sandbox.rompslomp.rows import ONE, ZERO, Invoice, Payment
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import boolean, day, dec, decimal, iso, text, whole

_READ_ONLY = LINE_AMOUNTS | {
    "id",
    "pay_url",
    "status",
    "cached_contact",
    "invoice_number",
    "published_at",
    "payment_status",
    "open_amount",
    "attachment_objects",
}
_TEXTS = (
    "payment_method",
    "custom_payment_instructions",
    "description",
    "currency",
    "vat_number",
    "api_reference",
    "payment_reference",
    "sale_type",
)
_FLAGS = ("creates_pay_url_on_publish", "distance_sale", "sends_copy_by_email_on_publish")
_PAYMENTS = Payments()


class SalesInvoices(Documents[Invoice]):
    singular, plural, model, scope = "sales_invoice", "sales_invoices", "Factuur", "manage:sales_invoices"
    selections = (
        "all",
        "published",
        "concept",
        "unpaid",
        "questionable_or_unpayable",
        "expired",
        "overpaid",
        "imported",
        "credit_invoices",
        "debt_collector",
    )
    shape = BodyShape(
        {
            "date": day,
            "due_date": day,
            "contact_id": whole,
            "template_id": whole,
            "currency_exchange_rate": decimal,
            "validates_vat_number": boolean,
            "_publish": boolean,
            **dict.fromkeys(_TEXTS, text),
            **dict.fromkeys(_FLAGS, boolean),
        },
        frozenset(_READ_ONLY),
        objects=NEW_CONTACT,
        lists={"invoice_lines": LINE_SHAPE, "payments": PAYMENT_SHAPE},
    )

    def table(self, call: RompslompCall) -> RompslompTable[Invoice]:
        return call.company.sales_invoices

    def selected(self, call: RompslompCall, selection: str) -> RowTest[Invoice] | None:
        today = call.today

        def unpaid(invoice: Invoice) -> bool:
            return invoice.status == "published" and self.open_amount(call, invoice) > 0

        tests: dict[str, RowTest[Invoice] | None] = {
            "all": None,
            "unpaid": unpaid,
            "expired": lambda invoice: unpaid(invoice) and bool(invoice.due_date and invoice.due_date < today),
            "overpaid": lambda invoice: invoice.status == "published" and self.open_amount(call, invoice) < 0,
            "credit_invoices": lambda invoice: sum(totals(call, invoice.lines)) < 0,
        }
        # what the API cannot bring about, such as a debt collector, selects nothing
        return tests.get(selection, lambda invoice: invoice.status == selection)

    def check_keys(self, call: RompslompCall, payload: dict[str, Any]) -> None:
        if "payments" in payload:
            call.need("manage:payments")

    def blank(self, call: RompslompCall) -> Invoice:
        return Invoice(payment_method=str(call.switch("default_payment_method")), sale_type="supply")

    def fill(self, call: RompslompCall, draft: Invoice, payload: dict[str, Any]) -> list[str]:
        rules.check_edit(call, draft, payload)
        problems = self.fill_date(call, draft, payload, "Factuurdatum") or rules.date_problems(draft)
        problems += self.fill_contact(call, draft, payload)
        problems += self.fill_template(call, draft, payload)
        put(draft, payload, ("custom_payment_instructions", "description", "vat_number", *_FLAGS))
        for name in _FLAGS:
            setattr(draft, name, bool(getattr(draft, name)))
        self._fill_defaults(call, draft, payload)
        problems += rules.fill_vat_number(call, draft, payload, self.contact(call, draft))
        problems += self.fill_lines(call, draft, payload)
        problems += rules.broken_rules(call, draft, payload, self._country(call, draft, payload))
        for payment in payload.get("payments") or []:
            problems += _PAYMENTS.fill(call, Payment(), payment)
        return problems

    def _fill_defaults(self, call: RompslompCall, draft: Invoice, payload: dict[str, Any]) -> None:
        """Fill in the fields for which blank stands for something else."""
        if "due_date" in payload:
            draft.due_date = payload["due_date"]
        if draft.due_date is None and draft.date is not None:
            draft.due_date = draft.date + dt.timedelta(days=call.company.payment_days)
        if "payment_method" in payload:
            draft.payment_method = payload["payment_method"] or str(call.switch("default_payment_method"))
        if "sale_type" in payload:
            draft.sale_type = payload["sale_type"] or "supply"
        for name in ("api_reference", "payment_reference"):
            if name in payload:
                setattr(draft, name, payload[name] or None)
        was_euro = draft.currency == "eur"
        if "currency" in payload:
            draft.currency = payload["currency"] or "eur"
        if draft.currency == "eur":
            draft.currency_exchange_rate = ONE
        elif was_euro or "currency_exchange_rate" in payload:
            draft.currency_exchange_rate = payload.get("currency_exchange_rate")
        if "validates_vat_number" in payload:
            draft.validates_vat_number = payload["validates_vat_number"] is not False

    def _country(self, call: RompslompCall, draft: Invoice, payload: dict[str, Any]) -> str | None:
        if payload.get("contact") is not None:
            return str(payload["contact"].get("country_code") or call.switch("default_country"))
        shown = self.shown_contact(call, draft)
        return shown["country_code"] if shown else None

    def keep(self, call: RompslompCall, draft: Invoice, payload: dict[str, Any]) -> None:
        super().keep(call, draft, payload)
        row, references = self.table(call).get(draft.id) or draft, call.company.api_references
        references.discard(row.api_reference or "")
        if draft.api_reference:
            references.add(draft.api_reference)
        for element in payload.get("payments") or []:
            draft.payments = [*draft.payments, payment_on(call, row, element)]

    def publishes(self, draft: Invoice, payload: dict[str, Any]) -> bool:
        return bool(payload.get("_publish"))

    def publish(self, call: RompslompCall, draft: Invoice) -> None:
        super().publish(call, draft)
        draft.published_at = call.today
        if draft.creates_pay_url_on_publish and call.switch("mollie_linked"):
            draft.pay_url = f"https://betalen.voorbeeld.example/{draft.id}"
        if (draft.payment_method or "").startswith("paid_") and call.switch("paid_methods_pay"):
            paid = {"amount": self.open_amount(call, draft), "account_path": rules.account_path(draft)}
            row = self.table(call).get(draft.id) or draft
            draft.payments = [*draft.payments, payment_on(call, row, paid)]
        for line in draft.lines if call.switch("number_sold_rises") else []:
            if product := call.company.products.get(line.product_id):
                product.number_sold += int(line.quantity)

    def forget(self, call: RompslompCall, row: Invoice) -> None:
        if row.status == "published" and not call.switch("published_delete"):
            raise invalid(self.model, ["Een gepubliceerde factuur kan niet verwijderd worden"])
        for payment in row.payments:
            payment.invoice = None
        call.company.api_references.discard(row.api_reference or "")
        call.company.payments.touch()

    def open_amount(self, call: RompslompCall, invoice: Invoice) -> Decimal:
        return self._left(call, invoice, sum(totals(call, invoice.lines), ZERO))

    def _left(self, call: RompslompCall, invoice: Invoice, total: Decimal) -> Decimal:
        left = total - sum((payment.amount for payment in invoice.payments), ZERO)
        return max(left, ZERO) if total >= 0 and call.switch("surplus") == "stays_unbooked" else left

    def render(self, call: RompslompCall, row: Invoice) -> dict[str, Any]:
        net, vat = totals(call, row.lines)
        left = self._left(call, row, net + vat)
        return {
            "id": row.id,
            "date": iso(row.date),
            "due_date": iso(row.due_date),
            "payment_method": row.payment_method,
            **_shown_sometimes(row, left),
            "description": row.description,
            "status": row.status,
            "price_without_vat": dec(net),
            "price_with_vat": dec(net + vat),
            "vat_amount": dec(vat),
            "contact_id": row.contact_id,
            "invoice_number": row.invoice_number,
            "published_at": iso(row.published_at),
            "payment_status": "unpaid" if left > 0 else "overpaid" if left < 0 else "paid",
            "open_amount": dec(left),
            "currency": row.currency,
            "currency_exchange_rate": dec(row.currency_exchange_rate),
            "template_id": row.template_id,
            "vat_number": row.vat_number,
            "payment_reference": row.payment_reference,
            "sale_type": row.sale_type,
            "distance_sale": row.distance_sale,
            "cached_contact": self.shown_contact(call, row),
            "attachment_objects": [render_attachment(call.company, row, attachment) for attachment in row.attachments],
            "invoice_lines": self.render_lines(row),
        }


def _shown_sometimes(row: Invoice, left: Decimal) -> dict[str, Any]:
    """Return the fields that are left out unless they apply (contract 9.5, "omit")."""
    concept = row.status == "concept"
    present = {
        "custom_payment_instructions": (row.payment_method == "pay_custom", row.custom_payment_instructions),
        "pay_url": (row.pay_url is not None and left > 0, row.pay_url),
        "creates_pay_url_on_publish": (concept and row.creates_pay_url_on_publish, True),
        "sends_copy_by_email_on_publish": (concept and row.sends_copy_by_email_on_publish, True),
        "validates_vat_number": (not row.validates_vat_number, False),
        "api_reference": (row.api_reference is not None, row.api_reference),
    }
    return {name: value for name, (shown, value) in present.items() if shown}
