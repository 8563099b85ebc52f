"""Rompslomp's sales invoices as the sandboxes' pages show them."""

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from sandbox.rompslomp.call import Call
from sandbox.rompslomp.invoices import SalesInvoices
from sandbox.rompslomp.lines import totals
from sandbox.rompslomp.rows import Invoice
from sandbox.rompslomp.rows import Line as InvoiceLine
from sandbox.rompslomp.state import SCOPES, Company, Token
from sandbox.web.views import Account, Line, Paper

if TYPE_CHECKING:
    from sandbox.rompslomp.service import Rompslomp

_INVOICES = SalesInvoices()
_STATES = {"concept": "concept", "published": "gepubliceerd", "imported": "geïmporteerd"}


class RompslompBinder:
    """The sales invoices of every company."""

    title, papers_are = "Rompslomp", "verkoopfacturen"

    def __init__(self, service: "Rompslomp") -> None:
        self._service = service

    def accounts(self) -> list[Account]:
        companies = self._service.state.companies.values()
        return [
            Account(str(one.id), str(one.details["name"]), f"{one.owner.email} met wachtwoord {one.owner.password}")
            for one in companies
        ]

    def count(self, account: str) -> int:
        return len(self._company(account).sales_invoices)

    def papers(self, account: str, start: int, stop: int) -> list[Paper]:
        call = self._call(account)
        return [_paper(call, row) for row in islice(reversed(call.company.sales_invoices.rows), start, stop)]

    def paper(self, account: str, id: str) -> Paper:
        call = self._call(account)
        row = call.company.sales_invoices.get(int(id) if id.isdecimal() else None)
        if row is None:
            raise KeyError(id)
        return _paper(call, row)

    def references(self, account: str) -> list[tuple[str, str]]:
        invoices = self._company(account).sales_invoices
        return [(str(row.id), row.api_reference) for row in invoices if row.api_reference]

    def _company(self, account: str) -> Company:
        return self._service.state.companies[int(account) if account.isdecimal() else 0]

    def _call(self, account: str) -> Call:
        company = self._company(account)
        token = Token("", company.owner, frozenset(SCOPES))
        return Call(self._service.world, self._service.state, token, company)


def _paper(call: Call, row: Invoice) -> Paper:
    net, vat = totals(call, row.lines)
    facts = [
        ("Vervaldatum", _day(row.due_date)),
        ("Gepubliceerd op", _day(row.published_at)),
        ("Betalingskenmerk", row.payment_reference or ""),
        ("Omschrijving", row.description or ""),
    ]
    return Paper(
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


def _customer(call: Call, row: Invoice) -> list[str]:
    shown = _INVOICES.shown_contact(call, row) or {}
    place = f"{shown.get('zipcode') or ''} {shown.get('city') or ''}".strip()
    return [text for text in (shown.get("name"), shown.get("address"), place) if text]


def _line(call: Call, line: InvoiceLine) -> Line:
    product = call.company.products.get(line.product_id)
    text = "\n".join(filter(None, (line.description, line.extended_description)))
    return Line(text, (product.product_code or "") if product else "", line.quantity, "", line.price_per_unit, line.net)


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
