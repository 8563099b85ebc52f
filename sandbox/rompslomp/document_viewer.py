"""Rompslomp's sales invoices as the sandboxes' pages show them."""

from datetime import date
from itertools import islice

from sandbox.rompslomp.accounts import RompslompAccounts
from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.invoices import SalesInvoices
from sandbox.rompslomp.lines import totals
from sandbox.rompslomp.rows import Invoice, RompslompLine
from sandbox.rompslomp.state import Company, RompslompUser
from sandbox.web.views import AccountView, DocumentView, LineView

_INVOICES = SalesInvoices()
_STATES = {"concept": "concept", "published": "gepubliceerd", "imported": "geïmporteerd"}


class RompslompDocumentViewer:
    """Shows the sales invoices of every company."""

    title, documents_title = "Rompslomp", "verkoopfacturen"

    def __init__(self, accounts: RompslompAccounts) -> None:
        self._accounts = accounts

    def accounts(self) -> list[AccountView]:
        return [
            AccountView(str(company.id), str(company.details["name"]), _log_in(company.owner))
            for company in self._accounts.state.companies.values()
        ]

    def count(self, account: str) -> int:
        return len(self._company(account).sales_invoices)

    def documents(self, account: str, start: int, stop: int) -> list[DocumentView]:
        call = self._call(account)
        return [_document(call, row) for row in islice(reversed(call.company.sales_invoices.rows), start, stop)]

    def document(self, account: str, id: str) -> DocumentView:
        call = self._call(account)
        row = call.company.sales_invoices.get(int(id) if id.isdecimal() else None)
        if row is None:
            raise KeyError(id)
        return _document(call, row)

    def references(self, account: str) -> list[tuple[str, str]]:
        invoices = self._company(account).sales_invoices
        return [(str(row.id), row.api_reference) for row in invoices if row.api_reference]

    def _company(self, account: str) -> Company:
        return self._accounts.state.companies[int(account) if account.isdecimal() else 0]

    def _call(self, account: str) -> RompslompCall:
        return self._accounts.owner_call(self._company(account))


def _log_in(user: RompslompUser) -> str:
    return f"{user.email} met wachtwoord {user.password}"


def _document(call: RompslompCall, row: Invoice) -> DocumentView:
    net, vat = totals(call, row.lines)
    facts = [
        ("Vervaldatum", _day(row.due_date)),
        ("Gepubliceerd op", _day(row.published_at)),
        ("Betalingskenmerk", row.payment_reference or ""),
        ("Omschrijving", row.description or ""),
    ]
    return DocumentView(
        id=str(row.id),
        number=row.invoice_number or f"Concept {row.id}",
        state=_STATES.get(row.status, row.status),
        reference=row.api_reference or "",
        date=row.date,
        customer=_customer(call, row),
        facts=[(label, value) for label, value in facts if value],
        lines=[_line(call, line) for line in row.lines],
        net=net,
        vat=vat,
        total=net + vat,
    )


def _customer(call: RompslompCall, row: Invoice) -> list[str]:
    shown = _INVOICES.shown_contact(call, row) or {}
    place = f"{shown.get('zipcode') or ''} {shown.get('city') or ''}".strip()
    return [text for text in (shown.get("name"), shown.get("address"), place) if text]


def _line(call: RompslompCall, line: RompslompLine) -> LineView:
    product = call.company.products.get(line.product_id)
    text = "\n".join(filter(None, (line.description, line.extended_description)))
    return LineView(
        text, (product.product_code or "") if product else "", line.quantity, "", line.price_per_unit, line.net
    )


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
