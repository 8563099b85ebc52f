"""What the package of a tenant holds, and what its bookkeeper does there, whichever package it is."""

from datetime import timedelta
from typing import Any

import requests
from pydantic import SecretStr

from include.access.credentials import StoredCredentials
from include.access.systems import open_package
from include.connectors import registry
from include.connectors.rompslomp import RompslompAccess
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant
from tests.sandbox.rompslomp_consent import exchange_code


def expected_customers(coupled: CoupledTenant) -> dict[str, dict[str, Any]]:
    """What Simon should hold, straight from the package's own data: key -> name, and where the work is done."""
    data = coupled.control.package(coupled.package)
    if coupled.package == "rompslomp":
        rows = [row for row in data["contacts"] if not row["is_supplier"]]
        return {str(r["id"]): {"name": r["name"], "number": r["contact_number"], "street": r["address"]} for r in rows}
    return {
        row["customerId"]: {"name": row["name"], "number": row["customerId"], "addresses": row["addresses"]}
        for row in data["customers"]
        if row["customerStateId"] == "A"
    }


def expected_article_codes(
    coupled: CoupledTenant, groups: set[str] | None = None, types: set[int] | None = None
) -> set[str]:
    """Codes of the articles that should come over."""
    rows = coupled.control.package(coupled.package)["products"]
    if coupled.package == "rompslomp":
        return {row["invoice_line"]["product_code"] for row in rows}
    return {
        row["productId"]
        for row in rows
        if row["productState"] != 1
        and (groups is None or row["productGroupId"] in groups)
        and (types is None or row["productType"] in types)
    }


def rename_customer(sandbox: Sandbox, package: str, key: str, name: str) -> None:
    """As the bookkeeper does, through the package's own API."""
    access = sandbox.access[package]
    if package == "rompslomp":
        headers = {"Authorization": f"Bearer {access['personal_token']}"}
        url = f"{access['api']}/companies/{access['company_id']}/contacts/{key}"
        requests.patch(url, json={"contact": {"company_name": name}}, headers=headers, timeout=10).raise_for_status()
        return
    form = {"grant_type": "refresh_token", **{n: access[n] for n in ("refresh_token", "client_id", "client_secret")}}
    token = requests.post(f"{access['base']}/OAuth/Token", data=form, timeout=10).json()["access_token"]
    headers, url = {"Authorization": f"Bearer {token}"}, f"{access['base']}/api/{access['database']}/Customer/{key}"
    customer = requests.get(url, headers=headers, timeout=10).json()
    requests.put(url, json={**customer, "name": name}, headers=headers, timeout=10).raise_for_status()


def call_rompslomp(sandbox: Sandbox, method: str, path: str, body: Any = None) -> Any:
    """As a person does in the package's own screens."""
    access = sandbox.access["rompslomp"]
    url = f"{access['api']}/companies/{access['company_id']}/{path}"
    headers = {"Authorization": f"Bearer {access['personal_token']}"}
    answer = requests.request(method, url, json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def call_unit4(sandbox: Sandbox, method: str, path: str, body: Any = None) -> Any:
    access = sandbox.access["unit4"]
    form = {"grant_type": "refresh_token", **{n: access[n] for n in ("refresh_token", "client_id", "client_secret")}}
    token = requests.post(f"{access['base']}/OAuth/Token", data=form, timeout=10).json()["access_token"]
    url = f"{access['base']}/api/{access['database']}/{path}"
    answer = requests.request(method, url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def rompslomp_contact(coupled: CoupledTenant, number: str) -> dict[str, Any]:
    return next(row for row in coupled.control.package("rompslomp")["contacts"] if row["contact_number"] == number)


def recreate_contact(sandbox: Sandbox, row: dict[str, Any], **changes: Any) -> str:
    """Delete a contact and make one with what it held; the new id."""
    call_rompslomp(sandbox, "DELETE", f"contacts/{row['id']}")
    body = {name: value for name, value in {**row, **changes}.items() if name not in ("id", "name")}
    return str(call_rompslomp(sandbox, "POST", "contacts", {"contact": body})["contact"]["id"])


def create_article(coupled: CoupledTenant, sandbox: Sandbox, code: str, price: str) -> None:
    """As a person makes one in the package."""
    client = open_package(coupled.context, coupled.tenant)._client  # type: ignore[attr-defined]
    if coupled.package == "rompslomp":
        line = {"product_code": code, "description": f"Artikel {code}", "price_per_unit": price}
        client.call("POST", "products", json={"product": {"invoice_line": line}})
    else:
        row = {"productId": code, "description": f"Artikel {code}", "shortName": code, "productGroupId": "DIV"}
        client.call("POST", "Product", json=row | {"productType": 0, "priceVatExcl": float(price), "vatCodeId": 1})


def use_oauth(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """Rompslomp's other way of signing in, whose tokens expire."""
    tokens, access = exchange_code(sandbox, "public manage:contacts manage:products"), sandbox.access["rompslomp"]
    signed_in = RompslompAccess(
        api=access["api"],
        oauth=access["oauth"],
        client_id=access["client_id"],
        client_secret=SecretStr(access["client_secret"]),
        access_token=SecretStr(tokens["access_token"]),
        refresh_token=SecretStr(tokens["refresh_token"]),
        expires_at=coupled.context.now() + timedelta(hours=2),
    )
    with coupled.context.store.begin() as tx:
        StoredCredentials(coupled.context, coupled.tenant.id, registry.package("rompslomp")).put(tx, signed_in)
