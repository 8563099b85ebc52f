"""Bank and cash mutations, loose or booked on a sales invoice (contract 9.7)."""

from collections import Counter
from typing import Any

from sandbox.clock import AMSTERDAM
from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.resource import RowTest, Writable, put
from sandbox.rompslomp.rows import Invoice, Payment
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import dec, decimal, iso_moment, moment, text, whole

PAYMENT_SHAPE = BodyShape(
    {"amount": decimal, "description": text, "account_id": whole, "account_path": text, "paid_at": moment},
    frozenset({"id"}),
)


class Payments(Writable[Payment]):
    singular, plural, model, scope = "payment", "payments", "Betaling", "manage:payments"
    selections = ("unbooked", "all_in_current_bookyear", "all", "booked", "duplicate_bank_mutations", "manual")
    shape = PAYMENT_SHAPE

    def table(self, call: RompslompCall) -> RompslompTable[Payment]:
        return call.company.payments

    def selected(self, call: RompslompCall, selection: str) -> RowTest[Payment] | None:
        year = call.today.year
        if selection == "duplicate_bank_mutations":
            occurrences = Counter(_mutation(payment) for payment in self.table(call))
            return lambda payment: occurrences[_mutation(payment)] > 1
        tests: dict[str, RowTest[Payment]] = {
            "unbooked": lambda payment: payment.invoice is None,
            "booked": lambda payment: payment.invoice is not None,
            "all_in_current_bookyear": lambda payment: bool(payment.paid_at and payment.paid_at.year == year),
        }
        return tests.get(selection)  # all of them were put in by hand, no bank is linked

    def render(self, call: RompslompCall, row: Payment) -> dict[str, Any]:
        return {
            "id": row.id,
            "amount": dec(row.amount),
            "description": row.description,
            "account_id": row.account_id,
            "account_path": row.account_path,
            "paid_at": iso_moment(row.paid_at),
        }

    def blank(self, call: RompslompCall) -> Payment:
        return Payment()

    def fill(self, call: RompslompCall, draft: Payment, payload: dict[str, Any]) -> list[str]:
        problems: list[str] = []
        if payload.get("amount") is not None:
            draft.amount = payload["amount"]
        elif not draft.id or "amount" in payload:
            problems.append("Bedrag moet opgegeven zijn")
        put(draft, payload, ("description", "paid_at"))
        if "account_id" in payload or "account_path" in payload:
            account = call.account(payload, problems)
            draft.account_id, draft.account_path = (account.id, account.path) if account else (None, None)
        if draft.paid_at is None:
            draft.paid_at = (
                call.world.clock.now().astimezone(AMSTERDAM).replace(hour=0, minute=0, second=0, microsecond=0)
            )
        return problems

    def keep(self, call: RompslompCall, draft: Payment, payload: dict[str, Any]) -> None:
        call.company.sales_invoices.touch()

    def forget(self, call: RompslompCall, row: Payment) -> None:
        if row.invoice is not None:
            row.invoice.payments.remove(row)
        call.company.sales_invoices.touch()


def payment_on(call: RompslompCall, invoice: Invoice, payload: dict[str, Any]) -> Payment:
    """Add a payment from within an invoice as a record of its own, booked on that invoice (contract 9.5)."""
    payments = Payments()
    payment = payments.blank(call)
    payments.fill(call, payment, payload)
    payment.id, payment.invoice = call.new_id(), invoice
    call.company.payments.add(payment)
    return payment


def _mutation(payment: Payment) -> tuple[object, ...]:
    return payment.amount, payment.paid_at, payment.account_id, payment.description
