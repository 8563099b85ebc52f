"""Unit4 Multivers in the tests: its administration MVL00001, its orders, and its bookkeeper."""

import random
from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import requests

from include.context import Context
from include.tenants.tenant import Tenant
from tests.helpers.documents import BookedDocument, BookedLine
from tests.helpers.packages.base import AccountingPackage, PackageCustomer

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
INVOICE_ADDRESS, TEXT_LINE, INACTIVE_ARTICLE = 1, 3, 1
ORDER_TO_BE_INVOICED = 0
NEXT_CENTURY = "2126-01-01T00:00:00+00:00"


class Unit4Package(AccountingPackage):
    """Orders are found by customer and reference; customers and articles can be inactive; articles have groups."""

    name = "unit4"
    login_fields = {
        "portal_user": "jansen",
        "portal_password": "portaal-geheim",
        "multivers_user": "SYSTEEM",
        "multivers_password": "",
    }
    customers_route, articles_route, documents_route = "CustomerInfoList", "ProductInfoList", "Order"
    search_lag_switch = "unit4.order_visible_after_s"
    document_search_path = "/OrderInfoList/"
    single_records_path = "/(CustomerInfo|ProductInfo|ProductGroup)/"
    api_path, access_path = "/V23/api/", "/OAuth/Token"
    push_requests = frozenset({"POST Token", "POST Order"})
    lists_are_read_twice = True
    lists_announce_totals, references_are_unique, is_polled_for_changes = False, False, True
    odd_article_codes = ("ONT-7", "ISO 13", "SCHR-100", "UREN-L", "TXT.GAR", "A/B 15")
    filters = {"article_groups": ["Materiaal", "Arbeid"], "article_types": [0, 2]}
    filtered_groups = frozenset({"Materiaal", "Arbeid"})

    @property
    def administration(self) -> Any:
        return self.service.administrations[self.number]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as a bookkeeper's own program does. Raises requests.HTTPError."""
        access = self.control.access["unit4"]
        form = {"grant_type": "refresh_token"}
        form |= {name: access[name] for name in ("refresh_token", "client_id", "client_secret")}
        token = requests.post(f"{access['base']}/OAuth/Token", data=form, timeout=10).json()["access_token"]
        url, headers = f"{access['base']}/api/{access['database']}/{path}", {"Authorization": f"Bearer {token}"}
        response = requests.request(method, url, json=body, headers=headers, timeout=10)
        response.raise_for_status()
        return response.json() if response.content else None

    def change(self, path: str, **changes: Any) -> None:
        """Change some fields of the record at this path."""
        self.call("PUT", path, {**self.call("GET", path), **changes})

    def documents(self) -> list[BookedDocument]:
        return [_read_document(row) for row in self.data()["orders"]]

    @staticmethod
    def simple_document(customer_key: str, reference: str) -> tuple[str, dict[str, Any]]:
        line = {"productId": "VOORRIJ", "quantityOrdered": 1, "autoCalculatePrice": True}
        day = datetime.now(AMSTERDAM).strftime("%d-%m-%Y")
        head = {"customerId": customer_key, "orderDate": day, "paymentConditionId": "14", "reference": reference}
        return "Order", {**head, "orderLines": [line]}

    @staticmethod
    def access_at(url: str) -> dict[str, Any]:
        tokens = {"refresh_token": "r", "access_token": "a", "expires_at": NEXT_CENTURY}
        return {"base": f"{url}/V23", "client_id": "c", "client_secret": "s", **tokens}

    def customers(self) -> list[PackageCustomer]:
        return [
            PackageCustomer(row["customerId"], row["customerId"], row["name"], True, _work_place(row))
            for row in self.data()["customers"]
            if row["customerStateId"] == "A"
        ]

    def listed_customers(self) -> int:
        return len(self.data()["customers"])

    def article_codes(self, groups: set[str] | None = None, types: set[int] | None = None) -> set[str]:
        return {
            row["productId"]
            for row in self.data()["products"]
            if row["productState"] != INACTIVE_ARTICLE
            and (groups is None or row["productGroupId"] in groups)
            and (types is None or row["productType"] in types)
        }

    def filtered_article_codes(self) -> set[str]:
        names = {row["productGroupId"]: row["description"] for row in self.data()["product_groups"]}
        groups = {key for key, name in names.items() if name in self.filters["article_groups"]}
        return self.article_codes(groups, set(self.filters["article_types"]))

    def rename_customer(self, key: str, name: str) -> None:
        self.change(f"Customer/{key}", name=name)

    def create_article(self, code: str, price: str) -> None:
        row = {"productId": code, "description": f"Artikel {code}", "shortName": code, "productGroupId": "DIV"}
        self.call("POST", "Product", row | {"productType": 0, "priceVatExcl": float(price), "vatCodeId": 1})

    def rename_article(self, before: str, after: str) -> None:
        row = self.call("GET", f"Product/{before}")
        self.call("POST", "Product", row | {"productId": after, "shortName": after})
        self.call("DELETE", f"Product/{before}")

    def delete_record(self, stream: str, key: str) -> None:
        if stream == "article_groups":
            del self.administration.groups[key]
        else:
            self.table(stream).remove(key)

    def table(self, stream: str) -> Any:
        return self.administration.customers if stream == "customers" else self.administration.products

    def rows(self, stream: str) -> dict[str, Any]:
        key = "customerId" if stream == "customers" else "productId"
        return {row[key]: row for row in self.table(stream)}

    def is_in_scope(self, stream: str, row: Any, groups: Collection[str]) -> bool:
        if stream == "customers":
            return bool(row.get("customerStateId", "A") == "A")
        names = {key: group["description"] for key, group in self.administration.groups.items()}
        return row.get("productState", 0) != INACTIVE_ARTICLE and names.get(row["productGroupId"]) in groups

    def put_out_of_scope(self, stream: str, key: str, rng: random.Random) -> None:
        changes: dict[str, Any] = {"customerStateId": "P"}
        if stream != "customers":
            changes = rng.choice([{"productState": INACTIVE_ARTICLE}, {"productGroupId": "DIV"}])
        table = self.table(stream)
        table.put(key, {**table.get(key), **changes})

    def copy_of(self, row: Any) -> Any:
        return dict(row)

    def restore_row(self, stream: str, key: str, copy: Any) -> None:
        if self.rows(stream).get(key) != copy:
            self.table(stream).put(key, dict(copy))

    def set_active(self, stream: str, key: str, active: bool) -> None:
        """Make a customer or an article active or inactive."""
        if stream == "customers":
            self.change(f"Customer/{key}", customerStateId="A" if active else "P")
        else:
            self.change(f"Product/{key}", productState=0 if active else INACTIVE_ARTICLE)

    def stored_document(self, document: BookedDocument) -> Any:
        return self.administration.orders.get(document.id)

    def delay_document(self, document: BookedDocument, days: int) -> None:
        self.stored_document(document)["orderDate"] += timedelta(days=days)

    def change_last_quantity(self, document: BookedDocument, quantity: int) -> None:
        self.stored_document(document)["orderLines"][-1]["quantityOrdered"] = Decimal(quantity)

    def copy_document(self, document: BookedDocument) -> None:
        twin = deepcopy(self.stored_document(document)) | {"orderId": f"{document.id}9"}
        self.administration.orders.put(twin["orderId"], twin)
        self.administration.orders_of[twin["customerId"]].append(twin)

    def delete_document(self, document: BookedDocument) -> None:
        self.administration.remove_order(self.stored_document(document))

    def use_expiring_tokens(self, context: Context, tenant: Tenant) -> None:
        """Do nothing: it has no others."""

    def expire_tokens(self) -> None:
        self.service.expire_tokens()

    def revoke_consent(self) -> None:
        self.service.oauth._refresh.clear()

    def other_administration(self) -> str:
        return "MVL00002"

    def set_rights(self, **rights: Any) -> None:
        self.control.call("POST", "unit4/rights", {**rights, "database": self.number})

    def narrower_rights(self, rng: random.Random) -> dict[str, Any]:
        return {"user": "BEPERKT"}

    def reset_rights(self) -> None:
        self.set_rights(visible=1, user="", allowed=True)

    def name_groups(self, first: str, second: str) -> None:
        groups = self.administration.groups
        groups["10"]["description"], groups["20"]["description"] = first, second


def _read_document(row: Mapping[str, Any]) -> BookedDocument:
    incl, vat = (Decimal(str(row[name])) for name in ("totalOrderAmount", "totalVatAmount"))
    return BookedDocument(
        id=str(row["orderId"]),
        number=str(row["orderId"]),
        reference=row["reference"],
        customer_key=row["customerId"],
        date=datetime.strptime(row["orderDate"], "%d-%m-%Y").date(),  # noqa: DTZ007 - a day has no zone
        is_draft=row["orderType"] == ORDER_TO_BE_INVOICED,
        title=row["reference"],
        memo="\n".join(str(value) for value in row["customProperties"].values()),
        lines=tuple(_read_line(line) for line in row["orderLines"]),
        total_excl=incl - vat,
        total_incl=incl,
    )


def _read_line(row: Mapping[str, Any]) -> BookedLine:
    if row["orderLineType"] == TEXT_LINE:
        return BookedLine(row["description"])
    quantity, net = (Decimal(str(row[name])) for name in ("quantityOrdered", "orderLineAmount"))
    return BookedLine(row["description"], row["productId"], quantity, net)


def _work_place(row: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
    """Return the streets and the city of the invoice address, if the customer has one."""
    for address in row["addresses"] or ():
        if address["addressType"] == INVOICE_ADDRESS:
            return (address["street1"], address["street2"]), address["city"]
    return None


PACKAGE = Unit4Package
