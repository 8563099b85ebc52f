"""Multivers' orders as the sandboxes' pages show them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.unit4.administration import Unit4Administration
from sandbox.unit4.amounts import TEXT_LINE
from sandbox.unit4.call import Unit4User
from sandbox.unit4.custom_fields import definitions
from sandbox.unit4.layout import Row
from sandbox.web.views import AccountView, DocumentView, LineView

_TYPES = ("factuurorder", "normale order", "serviceorder")


class Unit4DocumentViewer:
    """The orders of every administration; ``user_of`` tells who may come in."""

    title, documents_title = "Unit4 Multivers", "orders"

    def __init__(self, administrations: dict[str, Unit4Administration], user_of: Callable[[str], Unit4User]) -> None:
        self._administrations, self._user_of = administrations, user_of

    def accounts(self) -> list[AccountView]:
        return [
            AccountView(
                key, administration.description, f"Multivers-gebruiker {self._user_of(key).name} zonder wachtwoord"
            )
            for key, administration in self._administrations.items()
        ]

    def count(self, account: str) -> int:
        return len(self._administrations[account].orders)

    def documents(self, account: str, start: int, stop: int) -> list[DocumentView]:
        administration = self._administrations[account]
        latest_key_first = reversed(list(administration.orders))  # for those of the same moment
        newest = sorted(latest_key_first, key=lambda row: row["createdAt"], reverse=True)
        return [_document(administration, row) for row in newest[start:stop]]

    def document(self, account: str, id: str) -> DocumentView:
        administration = self._administrations[account]
        row = administration.orders.get(id)
        if row is None:
            raise KeyError(id)
        return _document(administration, row)

    def references(self, account: str) -> list[tuple[str, str]]:
        return [(row["orderId"], row["reference"]) for row in self._administrations[account].orders if row["reference"]]


def _document(administration: Unit4Administration, row: Row) -> DocumentView:
    net = row["totalOrderAmount"] - row["totalVatAmount"]
    return DocumentView(
        id=row["orderId"],
        number=row["orderId"],
        state="gefactureerd" if row.get("invoiceId") else _TYPES[row["orderType"]],
        reference=row["reference"],
        date=row["orderDate"],
        customer=[f"{row['customerId']} {row['customerName']}", *_address(row)],
        facts=_facts(administration, row),
        lines=[_line(line) for line in row["orderLines"]],
        net=net,
        vat=row["totalVatAmount"],
        total=row["totalOrderAmount"],
    )


def _address(row: Row) -> list[str]:
    return [line for line in row["invoiceAddress"].splitlines() if line and line != row["customerName"]]


def _facts(administration: Unit4Administration, row: Row) -> list[tuple[str, str]]:
    condition = administration.payment_conditions.get(row["paymentConditionId"], {})
    titles = {f"{each['groupName']}.{each['name']}": str(each["title"]) for each in definitions(administration)}
    own = [(titles.get(key, key), str(value)) for key, value in row["customProperties"].items()]
    facts = [
        ("Betalingsconditie", str(condition.get("description", row["paymentConditionId"]))),
        ("Factuur", str(row.get("invoiceId") or "")),
        *own,
    ]
    return [(label, value) for label, value in facts if value]


def _line(line: Row) -> LineView:
    if line["orderLineType"] == TEXT_LINE:
        return LineView(line["description"])
    quantity, price, amount = (_exact(line[name]) for name in ("quantityOrdered", "price", "orderLineAmount"))
    return LineView(line["description"], line["productId"], quantity, line["unit"], price, amount)


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))
