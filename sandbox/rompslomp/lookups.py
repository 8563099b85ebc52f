"""Lists that can only be read: VAT types, ledger accounts and layouts (contract 9.4)."""

from datetime import date
from typing import Any

from sandbox.rompslomp.call import Asker, Call
from sandbox.rompslomp.chart import PAYMENT_PATHS
from sandbox.rompslomp.refusals import missing_parameter
from sandbox.rompslomp.resource import Query, Readable, Test
from sandbox.rompslomp.rows import Account, Template, VatType
from sandbox.rompslomp.tables import Table
from sandbox.rompslomp.values import day, dec


class VatTypes(Readable[VatType]):
    singular, plural, model, scope = "vat_type", "vat_types", "Btw-type", "public"
    selections = ("all",)
    searches = ("since",)
    oldest_first = True

    def table(self, call: Call) -> Table[VatType]:
        return call.company.vat_types

    def complete(self, call: Call, query: Query) -> Query:
        return {**query, "since": [query.get("since", [""])[-1] or call.today.isoformat()]}

    def search(self, call: Call, key: str, values: list[str]) -> Test[VatType]:
        """Those in force on the day or later; only the old low rate has ended."""
        since, ends = day(values[-1], key), date.fromisoformat(str(call.switch("vat_low_ends")))
        return lambda vat_type: vat_type.name != "vat_low" or (since is not None and since < ends)

    def render(self, call: Call, row: VatType) -> dict[str, Any]:
        return {"id": row.id, "name": row.name, "friendly_name": row.friendly_name, "value": dec(row.value)}


class Accounts(Readable[Account]):
    singular, plural, model, scope = "account", "accounts", "Grootboekrekening", "read:accounts"
    selections = ("all", "ledger", "payment", "revenue", "costs")
    searches = ("search[paths][]",)

    def table(self, call: Call) -> Table[Account]:
        return call.company.accounts

    def complete(self, call: Call, query: Query) -> Query:
        if "selection" not in query and call.switch("accounts_selection_required"):
            raise missing_parameter("selection")
        return query

    def selected(self, call: Call, selection: str) -> Test[Account] | None:
        if selection in ("payment", "ledger"):
            wanted = selection == "payment"
            return lambda account: account.path.startswith(PAYMENT_PATHS) == wanted
        return None if selection == "all" else lambda account: account.type == selection

    def search(self, call: Call, key: str, values: list[str]) -> Test[Account]:
        return lambda account: account.path in values

    def render(self, call: Call, row: Account) -> dict[str, Any]:
        return render_account(row)


class Templates(Readable[Template]):
    singular, plural, model, scope = "template", "templates", "Sjabloon", "public"

    def needs(self, asker: Asker) -> str:
        return str(asker.switch("templates_scope"))

    def table(self, call: Call) -> Table[Template]:
        return call.company.templates

    def render(self, call: Call, row: Template) -> dict[str, Any]:
        return {"id": row.id, "name": row.name, "is_default": row.is_default}


def render_account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "path_name": account.path_name,
        "path": account.path,
        "reference": account.reference,
        "type": account.type,
        "parent_id": account.parent_id,
    }
