"""Lists that can only be read: VAT types, ledger accounts and layouts (contract 9.4)."""

from datetime import date
from typing import Any

from sandbox.rompslomp.call import Caller, RompslompCall
from sandbox.rompslomp.chart import PAYMENT_PATHS
from sandbox.rompslomp.errors import missing_parameter
from sandbox.rompslomp.resource import ListQuery, Readable, RowTest
from sandbox.rompslomp.rows import RompslompAccount, Template, VatType
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import day, dec


class VatTypes(Readable[VatType]):
    singular, plural, model, scope = "vat_type", "vat_types", "Btw-type", "public"
    selections = ("all",)
    searches = ("since",)
    oldest_first = True

    def table(self, call: RompslompCall) -> RompslompTable[VatType]:
        return call.company.vat_types

    def complete(self, call: RompslompCall, query: ListQuery) -> ListQuery:
        return {**query, "since": [query.get("since", [""])[-1] or call.today.isoformat()]}

    def search(self, call: RompslompCall, key: str, values: list[str]) -> RowTest[VatType]:
        """Select the types in force on the day or later; only the old low rate has ended."""
        since, ends = day(values[-1], key), date.fromisoformat(str(call.switch("vat_low_ends")))
        return lambda vat_type: vat_type.name != "vat_low" or (since is not None and since < ends)

    def render(self, call: RompslompCall, row: VatType) -> dict[str, Any]:
        return {"id": row.id, "name": row.name, "friendly_name": row.friendly_name, "value": dec(row.value)}


class Accounts(Readable[RompslompAccount]):
    singular, plural, model, scope = "account", "accounts", "Grootboekrekening", "read:accounts"
    selections = ("all", "ledger", "payment", "revenue", "costs")
    searches = ("search[paths][]",)

    def table(self, call: RompslompCall) -> RompslompTable[RompslompAccount]:
        return call.company.accounts

    def complete(self, call: RompslompCall, query: ListQuery) -> ListQuery:
        if "selection" not in query and call.switch("accounts_selection_required"):
            raise missing_parameter("selection")
        return query

    def selected(self, call: RompslompCall, selection: str) -> RowTest[RompslompAccount] | None:
        if selection in ("payment", "ledger"):
            payment_accounts = selection == "payment"
            return lambda account: account.path.startswith(PAYMENT_PATHS) == payment_accounts
        return None if selection == "all" else lambda account: account.type == selection

    def search(self, call: RompslompCall, key: str, values: list[str]) -> RowTest[RompslompAccount]:
        return lambda account: account.path in values

    def render(self, call: RompslompCall, row: RompslompAccount) -> dict[str, Any]:
        return render_account(row)


class Templates(Readable[Template]):
    singular, plural, model, scope = "template", "templates", "Sjabloon", "public"

    def needs(self, caller: Caller) -> str:
        return str(caller.switch("templates_scope"))

    def table(self, call: RompslompCall) -> RompslompTable[Template]:
        return call.company.templates

    def render(self, call: RompslompCall, row: Template) -> dict[str, Any]:
        return {"id": row.id, "name": row.name, "is_default": row.is_default}


def render_account(account: RompslompAccount) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "path_name": account.path_name,
        "path": account.path,
        "reference": account.reference,
        "type": account.type,
        "parent_id": account.parent_id,
    }
