"""The resource of journal entries, which book debit and credit on ledger accounts (contract 9.9)."""

import copy
from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.errors import invalid
from sandbox.rompslomp.resource import Writable, put
from sandbox.rompslomp.rows import ZERO, JournalEntry, JournalLine
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import boolean, day, dec, decimal, iso, text, whole

_LINE = BodyShape(
    {"account_id": whole, "account_path": text, "debit_amount": decimal, "credit_amount": decimal},
    frozenset({"id"}),
    on_update={"id": whole, "_destroy": boolean},
)


class JournalEntries(Writable[JournalEntry]):
    singular, plural, model, scope = "journal_entry", "journal_entries", "Boeking", "manage:journal_entries"
    shape = BodyShape({"description": text, "date": day}, frozenset({"id"}), lists={"lines": _LINE})

    def table(self, call: RompslompCall) -> RompslompTable[JournalEntry]:
        return call.company.journal_entries

    def blank(self, call: RompslompCall) -> JournalEntry:
        return JournalEntry()

    def fill(self, call: RompslompCall, draft: JournalEntry, payload: dict[str, Any]) -> list[str]:
        put(draft, payload, ("description", "date"))
        problems = [] if draft.date else ["Date moet opgegeven zijn"]
        if payload.get("lines") is not None:
            draft.lines = self._merged(call, draft.lines, payload["lines"], problems)
        if not draft.lines:
            problems.append("Regels moeten opgegeven zijn")
        debit = sum((line.debit_amount or ZERO for line in draft.lines), ZERO)
        credit = sum((line.credit_amount or ZERO for line in draft.lines), ZERO)
        if debit != credit and call.switch("journal_balances"):
            problems.append("Debet en credit zijn niet gelijk")
        return problems

    def _merged(
        self, call: RompslompCall, present: list[JournalLine], payload: list[dict[str, Any]], problems: list[str]
    ) -> list[JournalLine]:
        """Merge lines as those of invoices: an id changes or removes, no id adds (contract 7)."""
        replace = call.switch("other_lines") == "replace"
        lines = {} if replace else {line.id: copy.copy(line) for line in present}
        added = []
        for element in payload:
            line_id = element.get("id")
            if line_id is not None and line_id not in lines:
                if call.switch("foreign_line_id") == "refuse":
                    raise invalid(self.model, [f"Regel {line_id} staat niet op deze boeking"])
            elif element.get("_destroy"):
                lines.pop(line_id or 0, None)
            else:
                line = lines[line_id] if line_id is not None else JournalLine()
                _fill_line(call, line, element, problems)
                added += [] if line.id else [line]
        return [*lines.values(), *added]

    def keep(self, call: RompslompCall, draft: JournalEntry, payload: dict[str, Any]) -> None:
        for line in draft.lines:
            line.id = line.id or call.new_id()

    def render(self, call: RompslompCall, row: JournalEntry) -> dict[str, Any]:
        return {
            "id": row.id,
            "description": row.description,
            "date": iso(row.date),
            "lines": [
                {
                    "id": line.id,
                    "account_id": line.account_id,
                    "account_path": line.account_path,
                    "debit_amount": dec(line.debit_amount),
                    "credit_amount": dec(line.credit_amount),
                }
                for line in row.lines
            ],
        }


def _fill_line(call: RompslompCall, line: JournalLine, payload: dict[str, Any], problems: list[str]) -> None:
    if "account_id" in payload or "account_path" in payload:
        account = call.account(payload, problems)
        line.account_id, line.account_path = (account.id, account.path) if account else (None, None)
    put(line, payload, ("debit_amount", "credit_amount"))
    amounts = [amount for amount in (line.debit_amount, line.credit_amount) if amount is not None]
    if line.account_id is None and not problems:
        problems.append("Grootboekrekening moet opgegeven zijn")
    if len(amounts) != 1:
        problems.append("Een regel heeft of een debetbedrag of een creditbedrag")
    elif amounts[0] < 0:
        problems.append("Een bedrag kan niet negatief zijn")
