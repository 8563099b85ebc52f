"""Rompslomp sandbox: tokens, scopes, companies, the rate limit and the order of refusals."""

import re
from typing import Any

import pytest
import requests

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi, assert_refused, singular


def test_no_token(sandbox: Sandbox) -> None:
    """Contract 2: no error in the challenge when no token was sent."""
    answer = RompslompApi(sandbox, token="").get("/me")
    assert_refused(answer, 401, "client.authentication")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Rompslomp API v1"'


@pytest.mark.parametrize("header", ["Basic abc", "Bearer ", "Token abc"])
def test_other_schemes_are_no_token(sandbox: Sandbox, header: str) -> None:
    """Follows contract 2: only Bearer."""
    answer = RompslompApi(sandbox, token="").call("GET", "/me", headers={"Authorization": header})
    assert_refused(answer, 401, "client.authentication")


def test_unknown_token(sandbox: Sandbox) -> None:
    """Contract 2: as an expired one."""
    answer = RompslompApi(sandbox, token="x" * 43).get("/me")
    assert_refused(answer, 401, "client.authentication.invalid_token")
    challenge = r'Bearer realm="Rompslomp API v1", error="invalid_token", error_description="[^"]+"'
    assert re.fullmatch(challenge, answer.headers["WWW-Authenticate"])


def test_deleted_token(sandbox: Sandbox) -> None:
    """Contract 2: a personal token is valid until deleted."""
    api = RompslompApi(sandbox).with_token("read:me")
    assert api.get("/me").status_code == 200
    api.control("DELETE", f"rompslomp/tokens/{api.token}")
    assert_refused(api.get("/me"), 401, "client.authentication.invalid_token")


def test_expired_token_fault(sandbox: Sandbox) -> None:
    """Contract 13: an expired token on request, once."""
    api = RompslompApi(sandbox)
    api.fault(kind="expired_token")
    answer = api.get("/me")
    assert_refused(answer, 401, "client.authentication.invalid_token")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert api.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("read:me", "/me"),
        ("public", "/companies"),
        ("public", "vat_types"),
        ("public", "templates"),
        ("read:accounts", "accounts"),
        ("manage:contacts", "contacts"),
        ("manage:products", "products"),
        ("manage:sales_invoices", "sales_invoices"),
        ("manage:quotations", "quotations"),
        ("manage:payments", "payments"),
        ("manage:hours", "hours"),
        ("manage:expenses", "expenses"),
        ("manage:journal_entries", "journal_entries"),
        ("manage:rides", "rides"),
    ],
)
def test_each_call_needs_its_scope(sandbox: Sandbox, scope: str, path: str) -> None:
    """Contract 3: the scope alone is enough, and without it nothing helps."""
    api = RompslompApi(sandbox)
    tokens = api.seeded_tokens()
    assert RompslompApi(sandbox, tokens[f"only {scope}"]).get(path).status_code == 200
    other = "read:me" if scope != "read:me" else "public"
    assert_refused(RompslompApi(sandbox, tokens[f"only {other}"]).get(path), 403, "client.authorization.invalid_scope")


def test_company_without_the_scope(sandbox: Sandbox) -> None:
    """Contract 3, 13: company 2 allows all but the products."""
    api = RompslompApi(sandbox)
    api.company = api.companies()["De Vries Verhuur"]
    assert len(api.list("contacts")) == 3
    assert_refused(api.get("products"), 403, "client.authorization.invalid_scope")


def test_company_on_the_free_plan(sandbox: Sandbox) -> None:
    """Contract 3, 13: company 3 is listed but not accessible."""
    api = RompslompApi(sandbox)
    api.company = api.companies()["De Vries Privé"]
    assert_refused(api.get("contacts"), 403, "client.authorization.access_denied")


def test_company_of_others(sandbox: Sandbox) -> None:
    """Contract 3: what the user cannot see does not exist."""
    api = RompslompApi(sandbox)
    employee = RompslompApi(sandbox, api.seeded_tokens()["employee"])
    assert len(employee.companies()) == 1
    employee.company = api.companies()["De Vries Verhuur"]
    assert_refused(employee.get("contacts"), 404, "client.not_found.resource")
    employee.company = 7
    assert_refused(employee.get("contacts"), 404, "client.not_found.resource")


def test_access_control_of_the_companies(sandbox: Sandbox) -> None:
    """Contract 3, 9.1: what a client checks before anything else."""
    third, second, first = RompslompApi(sandbox).get("/companies").json()["companies"]
    assert first["access_control"]["api_accessible"]
    assert len(first["access_control"]["allowed_scopes"]) == 13
    assert "manage:products" not in second["access_control"]["allowed_scopes"]
    assert not third["access_control"]["api_accessible"]


def test_create_and_delete_company(sandbox: Sandbox) -> None:
    """Contract 9.1: name and, when liable for VAT, a VAT number; the maker is the owner."""
    api = RompslompApi(sandbox)
    answer = api.post("/companies", {"company": {"name": "Nieuw BV", "type": "bv", "vat_number": "NL123456789B01"}})
    assert answer.status_code == 201
    made = answer.json()["company"]
    assert made["vat_liable"] is True
    assert made["address"] is None
    api.company = made["id"]
    assert api.list("contacts") == []
    assert len(api.list("accounts")) == 40
    assert api.delete(f"/companies/{made['id']}").status_code == 204
    assert_refused(api.get("contacts"), 404, "client.not_found.resource")


@pytest.mark.parametrize(
    "company",
    [{}, {"name": "X"}, {"name": "X", "vat_liable": False, "type": "nv"}, {"name": None, "vat_liable": False}],
)
def test_invalid_company(sandbox: Sandbox, company: dict[str, Any]) -> None:
    """Follows contract 9.1."""
    message = assert_refused(
        RompslompApi(sandbox).post("/companies", {"company": company}), 422, "client.parameters.validation"
    )
    assert message.startswith("Onderneming is invalid: ")


def test_only_the_owner_deletes_a_company(sandbox: Sandbox) -> None:
    """Contract 3: access denied to others."""
    api = RompslompApi(sandbox)
    employee = RompslompApi(sandbox, api.seeded_tokens()["employee"])
    assert_refused(employee.delete(f"/companies/{api.company}"), 403, "client.authorization.access_denied")
    assert api.get("contacts").status_code == 200


@pytest.mark.parametrize("name", ["show_company", "quotation_pdf", "attachment_list", "expense_attachments"])
def test_undocumented_calls_exist_only_when_switched_on(sandbox: Sandbox, name: str) -> None:
    """Follows contract 8, 13."""
    api = RompslompApi(sandbox)
    line = {"description": "Taart", "price_per_unit": "1"}
    quotation = api.make("quotations", contact_id=api.list("contacts")[0]["id"], _publish=True, invoice_lines=[line])
    expense = api.make("expenses", type_account_id=api.list("accounts")[0]["id"])
    file = {"attachment_object": {"attachment": "YQ==", "attachment_file_name": "a.txt"}}
    call = {
        "show_company": lambda: api.get(f"/companies/{api.company}"),
        "quotation_pdf": lambda: api.get(f"quotations/{quotation['id']}/pdf"),
        "attachment_list": lambda: api.get(f"sales_invoices/{api.make('sales_invoices')['id']}/attachments"),
        "expense_attachments": lambda: api.post(f"expenses/{expense['id']}/attachments", file),
    }[name]
    assert_refused(call(), 404, "client.not_found.endpoint")
    api.switch(**{name: True})
    assert call().status_code == 200


def test_order_of_refusals(sandbox: Sandbox) -> None:
    """Follows contract 13: 401, 403, 404, 400, 422."""
    api = RompslompApi(sandbox)
    path, broken, unknown = "contacts/1", {"data": "{"}, {"contact": {"nonsense": 1, "company_name": ""}}
    assert_refused(
        RompslompApi(sandbox, token="?").call("PATCH", path, **broken), 401, "client.authentication.invalid_token"
    )
    assert_refused(api.with_token("public").call("PATCH", path, **broken), 403, "client.authorization.invalid_scope")
    assert_refused(api.call("PATCH", path, **broken), 404, "client.not_found.resource")
    path = f"contacts/{api.list('contacts')[0]['id']}"
    json_type = {"Content-Type": "application/json"}
    assert_refused(api.call("PATCH", path, headers=json_type, **broken), 400, "client.parameters.malformed_json")
    assert_refused(api.patch(path, unknown), 400, "client.parameters.unpermitted_parameters")
    assert_refused(
        api.patch(path, {"contact": {"company_name": "", "is_individual": False}}), 422, "client.parameters.validation"
    )


@pytest.mark.parametrize("body", [None, {}, {"other": {}}, [], "contact"])
def test_missing_wrapping_key(sandbox: Sandbox, body: Any) -> None:
    """Contract 6: the singular key is required."""
    assert_refused(RompslompApi(sandbox).post("contacts", body), 400, "client.parameters.missing_parameter")


def test_body_that_is_not_called_json(sandbox: Sandbox) -> None:
    """Contract 1: a body needs Content-Type application/json."""
    answer = RompslompApi(sandbox).call("POST", "contacts", data='{"contact": {"company_name": "X"}}')
    assert_refused(answer, 400, "client.parameters.missing_parameter")


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("contacts", {"contact": {"company_name": "X", "email": "x"}}, "email"),
        ("contacts", {"contact": {"company_name": "X", "id": 4}}, "id"),
        ("contacts", {"contact": {"company_name": "X"}, "dry_run": True}, "dry_run"),
        ("products", {"product": {"invoice_line": {"price_per_unit": 1, "quantity": 2}}}, "quantity"),
        ("sales_invoices", {"sales_invoice": {"lines": []}}, "lines"),
        ("sales_invoices", {"sales_invoice": {"invoice_lines": [{"amount": 1}]}}, "amount"),
        ("sales_invoices", {"sales_invoice": {"invoice_lines": [{"id": 1, "description": "x"}]}}, "id"),
        ("sales_invoices", {"sales_invoice": {"invoice_lines": [{"_destroy": True}]}}, "_destroy"),
        ("sales_invoices", {"sales_invoice": {"contact": {"name": "x"}}}, "name"),
        ("sales_invoices", {"sales_invoice": {"status": "published"}}, "status"),
        ("expenses", {"expense": {"vat_number": "x"}}, "vat_number"),
        ("expenses", {"expense": {"attachment_objects": []}}, "attachment_objects"),
        ("quotations", {"quotation": {"api_reference": "x"}}, "api_reference"),
    ],
)
def test_unpermitted_parameters(sandbox: Sandbox, path: str, body: Any, name: str) -> None:
    """Contract 7: unknown and read-only keys fail the call at any depth, and nothing is stored."""
    api = RompslompApi(sandbox)
    before = api.get(path).headers["X-Total"]
    message = assert_refused(api.post(path, body), 400, "client.parameters.unpermitted_parameters")
    assert message == f"Unpermitted parameter: {name}."
    assert api.get(path).headers["X-Total"] == before


@pytest.mark.parametrize(
    ("plural", "field", "value"),
    [
        ("contacts", "is_supplier", "ja"),
        ("contacts", "company_name", True),
        ("contacts", "company_name", 1.5),
        ("contacts", "company_name", ["x"]),
        ("sales_invoices", "date", "20-01-2026"),
        ("sales_invoices", "date", "2026-02-30"),
        ("sales_invoices", "contact_id", "abc"),
        ("sales_invoices", "invoice_lines", {}),
        ("sales_invoices", "invoice_lines", ["x"]),
        ("sales_invoices", "contact", "x"),
        ("sales_invoices", "currency_exchange_rate", "1,5"),
        ("payments", "amount", True),
        ("payments", "amount", "1e99"),
        ("payments", "paid_at", "2024-03-01 25:00:00 +0100"),
        ("rides", "km_end", 1.5),
    ],
)
def test_values_that_cannot_be_read(sandbox: Sandbox, plural: str, field: str, value: Any) -> None:
    """Follows contract 6, 7."""
    answer = RompslompApi(sandbox).post(plural, {singular(plural): {field: value}})
    assert field in assert_refused(answer, 400, "client.parameters.invalid_parameter_value")


def test_rate_limit(sandbox: Sandbox) -> None:
    """Contract 5: 120 per minute and token, then 429 with Retry-After until it has passed."""
    api = RompslompApi(sandbox)
    clock = sandbox.server.world.clock
    clock.freeze()
    api.switch(rate_limit=120)
    assert {api.get("/me").status_code for _ in range(120)} == {200}
    answer = api.get("/me")
    assert_refused(answer, 429, "client.rate_limit")
    assert answer.headers["Retry-After"] == "60"
    other = RompslompApi(sandbox, api.seeded_tokens()["only read:me"])
    api.switch(rate_limit=120)
    assert other.get("/me").status_code == 200
    clock.advance(59)
    assert api.get("/me").headers["Retry-After"] == "1"
    clock.advance(1)
    assert api.get("/me").status_code == 200


@pytest.mark.parametrize("plural", ["contacts", "products"])
def test_narrowed_rights(sandbox: Sandbox, plural: str) -> None:
    """Contract 3: a user who sees a share of the records; total and pages are of that share."""
    api = RompslompApi(sandbox)
    before = [row["id"] for row in api.list(plural)]
    rights = {"company_id": api.company, "visible": 0.5, "seed": 3}
    answer = api.control("POST", "rompslomp/rights", rights)
    assert rights.items() <= answer.items()
    seen = [row["id"] for row in api.list(plural)]
    assert 0 < len(seen) < len(before)
    assert api.get(plural, per_page=1).headers["X-Total"] == str(len(seen))
    assert api.list(plural, per_page=2, page=1) + api.list(plural, per_page=2, page=2) == api.list(plural)[:4]
    unseen = next(id for id in before if id not in seen)
    assert api.get(f"{plural}/{seen[0]}").status_code == 200
    assert_refused(api.get(f"{plural}/{unseen}"), 403, "client.authorization.access_denied")
    api.switch(hidden_record=404)
    assert_refused(api.get(f"{plural}/{unseen}"), 404, "client.not_found.resource")
    api.control("POST", "rompslomp/rights", {"company_id": api.company, "visible": 1})
    assert [row["id"] for row in api.list(plural)] == before


def test_narrowed_scopes_show(sandbox: Sandbox) -> None:
    """Contract 9.1: what the owner allows stands in the list of companies, and counts."""
    api = RompslompApi(sandbox)
    scopes = ["public", "manage:companies", "manage:contacts"]
    api.control("POST", "rompslomp/rights", {"company_id": api.company, "scopes": scopes})
    own = next(row for row in api.get("/companies").json()["companies"] if row["id"] == api.company)
    assert own["access_control"]["allowed_scopes"] == scopes
    assert_refused(api.get("products"), 403, "client.authorization.invalid_scope")
    assert api.get("contacts").status_code == 200


@pytest.mark.parametrize("rights", [{}, {"visible": -1}, {"visible": 1, "seed": 0.5}, {"scopes": ["all"]}])
def test_refused_rights(sandbox: Sandbox, rights: dict[str, Any]) -> None:
    """Contract 3: a wrong control call says what is allowed and changes nothing."""
    api = RompslompApi(sandbox)
    body = {"company_id": api.company, **rights}
    with pytest.raises(requests.HTTPError, match="422"):
        sandbox.control.call("POST", "rompslomp/rights", body)
    assert sandbox.server.services["rompslomp"].state.companies[api.company].visibility.whole
