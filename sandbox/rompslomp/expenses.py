"""Expenses: what was bought, on a cost account (contract 9.9)."""

from decimal import Decimal
from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.countries import CURRENCIES
from sandbox.rompslomp.documents import NEW_CONTACT, Documents
from sandbox.rompslomp.errors import invalid
from sandbox.rompslomp.lines import LINE_SHAPE, totals
from sandbox.rompslomp.lookups import render_account
from sandbox.rompslomp.resource import RowTest
from sandbox.rompslomp.rows import ZERO, Expense
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import day, iso, text, whole

_STATES = ("concept", "published")
_ACCOUNT_SHAPE = BodyShape(
    {"id": whole, "parent_id": whole, **dict.fromkeys(("name", "path_name", "path", "reference", "type"), text)}
)


class Expenses(Documents[Expense]):
    singular, plural, model, scope = "expense", "expenses", "Uitgave", "manage:expenses"
    selections = ("all", "unpaid", "investments", "overpaid", "credit_invoices")
    searches = ("search[from]", "search[till]")
    shape = BodyShape(
        {"date": day, "state": text, "type_account_id": whole, "currency": text, "contact_id": whole},
        frozenset({"id", "invoice_number", "cached_contact"}),
        objects={**NEW_CONTACT, "type_account": _ACCOUNT_SHAPE},
        lists={"invoice_lines": LINE_SHAPE},
    )

    def table(self, call: RompslompCall) -> RompslompTable[Expense]:
        return call.company.expenses

    def selected(self, call: RompslompCall, selection: str) -> RowTest[Expense] | None:
        def total(expense: Expense) -> Decimal:
            return sum(totals(call, expense.lines), ZERO)

        tests: dict[str, RowTest[Expense] | None] = {
            "all": None,
            # nothing in the API pays an expense
            "unpaid": lambda expense: expense.status == "published" and total(expense) > 0,
            "credit_invoices": lambda expense: total(expense) < 0,
        }
        return tests.get(selection, lambda expense: False)

    def blank(self, call: RompslompCall) -> Expense:
        return Expense()

    def fill(self, call: RompslompCall, draft: Expense, payload: dict[str, Any]) -> list[str]:
        if draft.status == "published" and ("contact" in payload or "contact_id" in payload):
            raise invalid(self.model, ["De contactgegevens van een gepubliceerde uitgave liggen vast"])
        problems = self.fill_date(call, draft, payload, "Factuurdatum")
        if "state" in payload:
            state = payload["state"] or "concept"
            if state not in _STATES or (draft.status == "published" and state == "concept"):
                problems.append("State is ongeldig")
            elif draft.status == "concept":
                draft.status = state
        self._fill_account(call, draft, payload, problems)
        if "currency" in payload:
            draft.currency = payload["currency"] or "eur"
        if draft.currency not in CURRENCIES:
            problems.append("Valuta komt niet voor in de lijst")
        problems += self.fill_contact(call, draft, payload)
        replace = call.switch("other_lines") == "replace"
        return problems + self.fill_lines(call, draft, payload, replace)

    def _fill_account(self, call: RompslompCall, draft: Expense, payload: dict[str, Any], problems: list[str]) -> None:
        named = payload.get("type_account") or {}
        if "type_account_id" in payload or "id" in named:
            draft.type_account_id = payload.get("type_account_id") or named.get("id")
        if draft.type_account_id is None:
            problems.append("Type account moet opgegeven zijn")
        elif call.company.accounts.get(draft.type_account_id) is None:
            problems.append("Type account bestaat niet")

    def publishes(self, draft: Expense, payload: dict[str, Any]) -> bool:
        return draft.status == "published" and draft.invoice_number is None

    def render(self, call: RompslompCall, row: Expense) -> dict[str, Any]:
        account = call.company.accounts.get(row.type_account_id)
        return {
            "id": row.id,
            "date": iso(row.date),
            "state": row.status,
            "type_account_id": row.type_account_id,
            "currency": row.currency,
            "contact_id": row.contact_id,
            "invoice_number": row.invoice_number,
            "type_account": account and render_account(account),
            "cached_contact": self.shown_contact(call, row),
            "invoice_lines": self.render_lines(row),
        }
