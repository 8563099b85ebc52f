"""Rompslomp in the tests: its first company, its sales invoices, and its bookkeeper."""

import random
from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import requests
from pydantic import SecretStr

from include.access.credentials import StoredCredentials
from include.connectors.rompslomp.client import RompslompAccess
from include.context import Context
from include.tenants.tenant import Tenant
from sandbox.rompslomp.state import SCOPES
from tests.helpers.documents import BookedDocument, BookedLine
from tests.helpers.packages.base import AccountingPackage, PackageCustomer
from tests.helpers.vendor_login import decide_consent

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CALLBACK = "http://127.0.0.1:8765/koppel/callback"


class RompslompPackage(AccountingPackage):
    """Concept invoices are found by their reference, which is unique; products are as they are, all of them."""

    name = "rompslomp"
    login_fields = {"email": "boekhouder@voorbeeld.nl", "password": "voorbeeld"}
    customers_route, articles_route, documents_route = "contacts", "products", "sales_invoices"
    search_lag_switch = "rompslomp.search_lag_s"
    document_search_path = "/sales_invoices$"
    single_records_path = r"/(contacts|products)/\d+$"
    api_path, access_path = "/api/v1/", "/companies"
    push_requests = frozenset({"GET sales_invoices", "POST sales_invoices"})
    lists_are_read_twice = False
    lists_announce_totals, references_are_unique, is_polled_for_changes = True, True, False
    odd_article_codes = ("ONT-7", "KK-15/22")

    @property
    def administration(self) -> Any:
        return self.service.state.companies[int(self.number)]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as a bookkeeper's own program does. Raises requests.HTTPError."""
        access = self.control.access["rompslomp"]
        url = f"{access['api']}/companies/{access['company_id']}/{path}"
        headers = {"Authorization": f"Bearer {access['personal_token']}"}
        response = requests.request(method, url, json=body, headers=headers, timeout=10)
        response.raise_for_status()
        return response.json() if response.content else None

    def documents(self) -> list[BookedDocument]:
        data = self.data()
        codes = {row["id"]: row["invoice_line"]["product_code"] for row in data["products"]}
        return [_read_document(row, codes) for row in data["sales_invoices"]]

    @staticmethod
    def simple_document(customer_key: str, reference: str) -> tuple[str, dict[str, Any]]:
        """Note the reference as a person would: the field for it would be looked at by Rompslomp."""
        line = {"description": "Voorrijkosten", "price_per_unit": "35.0", "quantity": "1.0"}
        day = datetime.now(AMSTERDAM).date().isoformat()
        invoice = {"contact_id": int(customer_key), "date": day, "description": reference, "invoice_lines": [line]}
        return "sales_invoices", {"sales_invoice": invoice}

    @staticmethod
    def access_at(url: str) -> dict[str, Any]:
        return {"api": f"{url}/api/v1", "access_token": "a"}

    def customers(self) -> list[PackageCustomer]:
        return [
            PackageCustomer(str(row["id"]), row["contact_number"], row["name"], not row["is_individual"])
            for row in self.data()["contacts"]
            if not row["is_supplier"]
        ]

    def contact(self, number: str) -> dict[str, Any]:
        """Return the contact with this number."""
        return next(row for row in self.data()["contacts"] if row["contact_number"] == number)

    def recreate_contact(self, row: Mapping[str, Any], **changes: Any) -> str:
        """Delete a contact, make one with its fields and these changes, and return the new id."""
        self.call("DELETE", f"contacts/{row['id']}")
        fields = {name: value for name, value in {**row, **changes}.items() if name not in ("id", "name")}
        return str(self.call("POST", "contacts", {"contact": fields})["contact"]["id"])

    def listed_customers(self) -> int:
        return len(self.customers())  # suppliers are left out by the request

    def article_codes(self, groups: set[str] | None = None, types: set[int] | None = None) -> set[str]:
        return {row["invoice_line"]["product_code"] for row in self.data()["products"]}

    def filtered_article_codes(self) -> set[str]:
        return self.article_codes()

    def rename_customer(self, key: str, name: str) -> None:
        self.call("PATCH", f"contacts/{key}", {"contact": {"company_name": name}})

    def create_article(self, code: str, price: str) -> None:
        line = {"product_code": code, "description": f"Artikel {code}", "price_per_unit": price}
        self.call("POST", "products", {"product": {"invoice_line": line}})

    def rename_article(self, before: str, after: str) -> None:
        key = next(row["id"] for row in self.data()["products"] if row["invoice_line"]["product_code"] == before)
        self.call("PATCH", f"products/{key}", {"product": {"invoice_line": {"product_code": after}}})

    def delete_record(self, stream: str, key: str) -> None:
        table = self.table(stream)
        table.remove(table.get(int(key)))

    def table(self, stream: str) -> Any:
        return self.administration.contacts if stream == "customers" else self.administration.products

    def rows(self, stream: str) -> dict[str, Any]:
        return {str(row.id): row for row in self.table(stream)}

    @staticmethod
    def table_key(key: str) -> Any:
        return int(key)

    def is_in_scope(self, stream: str, row: Any, groups: Collection[str]) -> bool:
        return not (stream == "customers" and row.is_supplier)

    def put_out_of_scope(self, stream: str, key: str, rng: random.Random) -> None:
        """Make a customer a supplier; of articles none is out of scope, so it is deleted."""
        if stream == "customers":
            self.table(stream).get(int(key)).is_supplier = True
            self.table(stream).touch()
        else:
            self.delete_record(stream, key)

    def copy_of(self, row: Any) -> Any:
        return row, getattr(row, "is_supplier", None)

    def restore_row(self, stream: str, key: str, copy: Any) -> None:
        row, is_supplier = copy
        table = self.table(stream)
        if table.get(int(key)) is None:
            table.add(row)
        if is_supplier is not None and row.is_supplier != is_supplier:
            row.is_supplier = is_supplier
            table.touch()

    def stored_document(self, document: BookedDocument) -> Any:
        return self.administration.sales_invoices.get(int(document.id))

    def delay_document(self, document: BookedDocument, days: int) -> None:
        self.stored_document(document).date += timedelta(days=days)

    def change_last_quantity(self, document: BookedDocument, quantity: int) -> None:
        self.stored_document(document).lines[-1].quantity = Decimal(quantity)

    def copy_document(self, document: BookedDocument) -> None:
        twin = deepcopy(self.stored_document(document))
        twin.id += 100_000
        self.administration.sales_invoices.add(twin)

    def delete_document(self, document: BookedDocument) -> None:
        self.administration.api_references.discard(document.reference)
        self.administration.sales_invoices.remove(self.stored_document(document))

    def use_expiring_tokens(self, context: Context, tenant: Tenant) -> None:
        """Connect the tenant with OAuth instead of a personal token, as after a consent."""
        access = self.control.access["rompslomp"]
        tokens = self._consent("public manage:contacts manage:products manage:sales_invoices")
        signed_in = RompslompAccess(
            api=access["api"],
            oauth=access["oauth"],
            client_id=access["client_id"],
            client_secret=SecretStr(access["client_secret"]),
            access_token=SecretStr(tokens["access_token"]),
            refresh_token=SecretStr(tokens["refresh_token"]),
            expires_at=context.now() + timedelta(hours=2),
        )
        with context.store.begin() as tx:
            StoredCredentials(context, tenant.id, tenant.package).put(tx, signed_in)

    def _consent(self, scopes: str) -> dict[str, Any]:
        """Return the tokens that come of a person's consent."""
        access = self.control.access["rompslomp"]
        client = {"client_id": access["client_id"], "redirect_uri": CALLBACK}
        query = urlencode({**client, "response_type": "code", "scope": scopes})
        code = decide_consent(f"{access['oauth']}/authorize?{query}", self.name)["code"]
        form = {**client, "client_secret": access["client_secret"], "grant_type": "authorization_code", "code": code}
        response = requests.post(f"{access['oauth']}/token", data=form, timeout=10)
        response.raise_for_status()
        return dict(response.json())

    def expire_tokens(self) -> None:
        """Do nothing: a personal token lasts for ever."""

    def revoke_consent(self) -> None:
        self.service.state.refresh_tokens.clear()

    def other_administration(self) -> str:
        companies = self.service.state.companies
        other = next(id for id, company in companies.items() if str(id) != self.number and company.api_accessible)
        companies[other].allowed_scopes = self.administration.allowed_scopes
        return str(other)

    def set_rights(self, **rights: Any) -> None:
        self.control.call("POST", "rompslomp/rights", {**rights, "company_id": int(self.number)})

    def narrower_rights(self, rng: random.Random) -> dict[str, Any]:
        less = rng.choice(("manage:rides", "manage:hours", "read:me", "manage:sales_invoices"))
        return {"scopes": [scope for scope in SCOPES if scope != less]}

    def reset_rights(self) -> None:
        self.set_rights(visible=1, scopes=list(SCOPES))


def _read_document(row: Mapping[str, Any], codes: Mapping[int, str]) -> BookedDocument:
    """Read an invoice; people write a reference in the description."""
    is_draft = row["status"] == "concept"
    return BookedDocument(
        id=str(row["id"]),
        number=f"concept {row['id']}" if is_draft else str(row["invoice_number"]),
        reference=row.get("api_reference") or row.get("description") or "",
        customer_key=str(row["contact_id"]),
        date=date.fromisoformat(row["date"]),
        is_draft=is_draft,
        title=row.get("description") or "",
        memo="",
        lines=tuple(_read_line(line, codes) for line in row["invoice_lines"]),
        total_excl=Decimal(row["price_without_vat"]),
        total_incl=Decimal(row["price_with_vat"]),
    )


def _read_line(row: Mapping[str, Any], codes: Mapping[int, str]) -> BookedLine:
    """Read a line; one without a product is text."""
    if row["product_id"] is None:
        return BookedLine(row["description"])
    code, quantity = codes.get(row["product_id"]), Decimal(row["quantity"])
    return BookedLine(row["description"], code, quantity, Decimal(row["price_without_vat"]))


PACKAGE = RompslompPackage
