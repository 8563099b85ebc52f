"""Rompslomp sandbox: every answer has exactly the keys of the contract's tables, and values in the documented form."""

import re
from typing import Any

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi, singular

COMPANY = (
    "id name owner_name address zipcode city country_code kvk_number email website type vat_liable vat_number "
    "access_control"
)
CONTACT = (
    "id is_individual is_supplier name company_name contact_person_name contact_person_email_address address zipcode "
    "city government_identification_number country_code kvk_number phone vat_number contact_number free_1 free_2 free_3"
)
CACHED = "name contact_person_name address zipcode city country_code contact_person_email_address contact_number"
LINE = (
    "id description extended_description price_per_unit quantity vat_type_id vat_rate product_id account_id "
    "account_path price_without_vat price_with_vat vat_amount"
)
INVOICE = (
    "id date due_date payment_method description status price_without_vat price_with_vat vat_amount contact_id "
    "cached_contact invoice_number published_at payment_status open_amount template_id currency "
    "currency_exchange_rate vat_number payment_reference sale_type distance_sale attachment_objects invoice_lines"
)
QUOTATION = "id contact_id template_id invoice_number date status creates_sign_url_on_publish invoice_lines"
PAYMENT = "id amount description account_id account_path paid_at"
HOUR = (
    "id client_id project_id date started_at ended_at description calculated_duration "
    "calculated_duration_without_pause calculated_ended_at"
)
EXPENSE = "id date state type_account_id type_account currency contact_id invoice_number cached_contact invoice_lines"
ACCOUNT = "id name path_name path reference type parent_id"
ATTACHMENT = "id attachment attachment_file_name attachment_content_type attachment_file_size"

DECIMAL = re.compile(r"-?\d+\.(\d*[1-9]|0)")
SIMPLE_LINE = {"description": "Adviesuren", "price_per_unit": "75.0", "quantity": "4.0"}


def keys(text: str) -> set[str]:
    return set(text.split())


def check_decimals(value: Any) -> None:
    """Contract 7: strings with a point, at least one decimal and no trailing zeros."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if re.search(r"price|amount|quantity|rate$|duration", name) and isinstance(inner, str | int | float):
                assert isinstance(inner, str), name
                assert DECIMAL.fullmatch(inner), (name, inner)
            check_decimals(inner)
    elif isinstance(value, list):
        for inner in value:
            check_decimals(inner)


@pytest.mark.parametrize(
    ("plural", "fields", "expected"),
    [
        ("contacts", {"company_name": "X"}, CONTACT),
        ("products", {"invoice_line": {"price_per_unit": "1"}}, "id number_sold has_stock invoice_line"),
        ("sales_invoices", {}, INVOICE),
        ("sales_invoices", {"invoice_lines": [SIMPLE_LINE], "_publish": True}, INVOICE),
        ("payments", {"amount": "1"}, PAYMENT),
        ("hours", {"date": "2026-01-01", "started_at": "2026-01-01 08:00:00 +0100"}, HOUR),
        (
            "rides",
            {"date": "2026-01-01", "km_end": 5},
            "id departure_address visiting_address km_start km_end private date",
        ),
    ],
)
def test_keys_of_records(sandbox: Sandbox, plural: str, fields: dict[str, Any], expected: str) -> None:
    """Contract 9, 13: all schema keys, with null where nothing is known; the same in create, show, update and list."""
    api = RompslompApi(sandbox)
    made = api.make(plural, **fields)
    assert made.keys() == keys(expected)
    assert api.show(plural, made) == made
    assert api.change(plural, made) == made
    query = {"selection": "all"} if plural == "payments" else {}
    assert api.list(plural, **query)[0] == made
    check_decimals(made)


def test_keys_of_company_and_me(sandbox: Sandbox) -> None:
    """Follows contract 9.1."""
    api = RompslompApi(sandbox)
    assert api.get("/companies").json()["companies"][0].keys() == keys(COMPANY)
    assert api.get("/companies").json()["companies"][0]["access_control"].keys() == {"api_accessible", "allowed_scopes"}
    assert api.get("/me").json()["me"].keys() == {"first_name", "last_name", "email"}


def test_keys_of_a_product_line(sandbox: Sandbox) -> None:
    """Follows contract 9.3: a line with the code; its id is the product's."""
    product = RompslompApi(sandbox).list("products")[0]
    line = product["invoice_line"]
    assert line.keys() == keys(LINE) | {"product_code"}
    assert (line["id"], line["quantity"], line["product_id"]) == (product["id"], "1.0", None)


def test_keys_inside_an_invoice(sandbox: Sandbox) -> None:
    """Follows contract 9.5: lines, cached contact and attachments."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", contact_id=api.list("contacts")[0]["id"], invoice_lines=[SIMPLE_LINE])
    file = {"attachment_object": {"attachment": "YWJj", "attachment_file_name": "a.pdf"}}
    api.post(f"sales_invoices/{made['id']}/attachments", file)
    shown = api.show("sales_invoices", made)
    assert shown["invoice_lines"][0].keys() == keys(LINE)
    assert shown["cached_contact"].keys() == keys(CACHED)
    assert shown["attachment_objects"][0].keys() == keys(ATTACHMENT)


def test_keys_of_quotation_expense_and_journal_entry(sandbox: Sandbox) -> None:
    """Follows contract 9.6, 9.9; sign_url only when there is one."""
    api = RompslompApi(sandbox)
    contact, account = api.list("contacts")[0]["id"], api.list("accounts")[0]["id"]
    quotation = api.make(
        "quotations", contact_id=contact, creates_sign_url_on_publish=True, invoice_lines=[SIMPLE_LINE]
    )
    assert quotation.keys() == keys(QUOTATION)
    assert api.change("quotations", quotation, _publish=True).keys() == keys(QUOTATION) | {"sign_url"}
    expense = api.make("expenses", type_account_id=account, contact_id=contact, invoice_lines=[SIMPLE_LINE])
    assert expense.keys() == keys(EXPENSE)
    assert expense["type_account"].keys() == keys(ACCOUNT)
    assert expense["cached_contact"].keys() == keys(CACHED)
    amounts = ({"debit_amount": 5}, {"credit_amount": "5"})
    lines = [{"account_id": account, **amount} for amount in amounts]
    entry = api.make("journal_entries", date="2026-01-01", lines=lines)
    assert entry.keys() == {"id", "description", "date", "lines"}
    assert entry["lines"][0].keys() == {"id", "account_id", "account_path", "debit_amount", "credit_amount"}
    check_decimals([quotation, expense, entry])


def test_keys_of_lookups(sandbox: Sandbox) -> None:
    """Follows contract 9.4."""
    api = RompslompApi(sandbox)
    assert api.list("vat_types")[0].keys() == {"id", "name", "friendly_name", "value"}
    assert api.list("accounts")[0].keys() == keys(ACCOUNT)
    assert api.list("templates")[0].keys() == {"id", "name", "is_default"}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"payment_method": "pay_custom", "custom_payment_instructions": "Contant"}, "custom_payment_instructions"),
        ({"creates_pay_url_on_publish": True}, "creates_pay_url_on_publish"),
        ({"sends_copy_by_email_on_publish": True}, "sends_copy_by_email_on_publish"),
        ({"validates_vat_number": False}, "validates_vat_number"),
        ({"api_reference": "order-1"}, "api_reference"),
    ],
)
def test_keys_that_only_show_when_they_apply(sandbox: Sandbox, fields: dict[str, Any], shown: str) -> None:
    """Contract 9.5, "omit"; the two publication wishes go away once the invoice is published."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[SIMPLE_LINE], **fields)
    assert made.keys() == keys(INVOICE) | {shown}
    assert made[shown] == fields[shown]
    published = api.change("sales_invoices", made, _publish=True)
    assert (shown in published) == (not shown.endswith("_on_publish"))


def test_pay_url(sandbox: Sandbox) -> None:
    """Contract 9.5: none without a Mollie link; with one it shows until the invoice is paid."""
    api = RompslompApi(sandbox)
    wish = {"invoice_lines": [SIMPLE_LINE], "creates_pay_url_on_publish": True, "_publish": True}
    assert "pay_url" not in api.make("sales_invoices", **wish)
    api.switch(mollie_linked=True)
    made = api.make("sales_invoices", **wish)
    assert made["pay_url"].startswith("https://")
    assert "pay_url" not in api.change("sales_invoices", made, payments=[{"amount": "363"}])


def test_write_only_keys_are_not_answered(sandbox: Sandbox) -> None:
    """Contract 7, 9.5: triggers, contact and payments."""
    made = RompslompApi(sandbox).make(
        "sales_invoices",
        contact={"company_name": "X"},
        payments=[{"amount": 1}],
        invoice_lines=[SIMPLE_LINE],
        _publish=True,
    )
    assert not made.keys() & {"contact", "payments", "_publish"}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("300", "300.0"),
        (12.1, "12.1"),
        ("2292.950", "2292.95"),
        (5, "5.0"),
        ("190.08264", "190.08264"),
        ("-1.50", "-1.5"),
    ],
)
def test_decimals(sandbox: Sandbox, sent: Any, shown: str) -> None:
    """Follows contract 7: text or number in, text out."""
    made = RompslompApi(sandbox).make("products", invoice_line={"price_per_unit": sent})
    assert made["invoice_line"]["price_per_unit"] == shown


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2024-03-01T00:00:00.000+01:00", "2024-03-01T00:00:00.000+01:00"),
        ("2024-03-01 00:00:00 +0100", "2024-03-01T00:00:00.000+01:00"),
        ("2024-07-01", "2024-07-01T00:00:00.000+02:00"),
        ("2024-03-01T12:30:00Z", "2024-03-01T13:30:00.000+01:00"),
    ],
)
def test_moments(sandbox: Sandbox, sent: str, shown: str) -> None:
    """Follows contract 7: three forms in, one out, in the time of Amsterdam."""
    assert RompslompApi(sandbox).make("payments", amount=1, paid_at=sent)["paid_at"] == shown


def test_ids_as_text(sandbox: Sandbox) -> None:
    """Follows contract 7: a number or a numeric text."""
    api = RompslompApi(sandbox)
    contact = api.list("contacts")[0]["id"]
    made = api.make("sales_invoices", contact_id=str(contact), invoice_lines=[SIMPLE_LINE])
    assert made["contact_id"] == contact
    line = {"id": str(made["invoice_lines"][0]["id"]), "quantity": "1"}
    assert api.change("sales_invoices", made, invoice_lines=[line])["price_without_vat"] == "75.0"


@pytest.mark.parametrize("plural", ["contacts", "products", "sales_invoices", "payments"])
def test_null_may_be_sent_for_what_is_not_required(sandbox: Sandbox, plural: str) -> None:
    """Contract 7: every property is nullable."""
    api = RompslompApi(sandbox)
    fields = {
        "contacts": {"company_name": "X"} | dict.fromkeys(keys(CONTACT) - {"id", "name", "company_name"}),
        "products": {"has_stock": None, "invoice_line": {"price_per_unit": 1, "vat_rate": None, "product_code": None}},
        "sales_invoices": dict.fromkeys(
            keys(INVOICE) & {"date", "due_date", "contact_id", "vat_number", "currency", "sale_type", "payment_method"}
        ),
        "payments": {"amount": 1, "paid_at": None, "account_id": None},
    }[plural]
    made = api.make(plural, **fields)
    assert api.get(f"{plural}/{made['id']}").json()[singular(plural)] == made
