"""Rompslomp sandbox serves contacts, products and payments."""

from typing import Any

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import RompslompApi, assert_refused

LINE = {"description": "some", "price_per_unit": "10.0", "quantity": "1.0"}
VALIDATION = "client.parameters.validation"


def test_contact_defaults_and_generated_number(sandbox: Sandbox) -> None:
    """Follows contract 9.2, 9.10."""
    api = RompslompApi(sandbox)
    made = api.make("contacts", company_name="Bakkerij Voorbeeld")
    assert (made["is_individual"], made["is_supplier"], made["country_code"]) == (False, False, "NL")
    assert made["name"] == "Bakkerij Voorbeeld"
    assert made["contact_number"] == "K00014"
    contact = api.make("contacts", company_name="X", contact_number="SHOP-42")
    assert contact["contact_number"] == "SHOP-42"


def test_generated_number_skips_given_ones(sandbox: Sandbox) -> None:
    """Contract 9.2: contact numbers are unique, also when the next one was given by hand."""
    api = RompslompApi(sandbox)
    api.make("contacts", company_name="X", contact_number="K00014")
    assert api.make("contacts", company_name="Y", contact_number=" ")["contact_number"] == "K00015"


def test_individual(sandbox: Sandbox) -> None:
    """Contract 9.2: named after the person, who is then required."""
    api = RompslompApi(sandbox)
    made = api.make("contacts", is_individual=True, contact_person_name="Zoë Öztürk", company_name="Bijbaan")
    assert made["name"] == "Zoë Öztürk"
    assert_refused(api.post("contacts", {"contact": {"is_individual": True, "company_name": "X"}}), 422, VALIDATION)
    assert api.change("contacts", made, is_individual=False)["name"] == "Bijbaan"


@pytest.mark.parametrize("contact", [{}, {"company_name": ""}, {"company_name": None}, {"contact_person_name": "X"}])
def test_contact_without_company_name(sandbox: Sandbox, contact: dict[str, Any]) -> None:
    """Contract 13 self-check."""
    message = assert_refused(RompslompApi(sandbox).post("contacts", {"contact": contact}), 422, VALIDATION)
    assert message == "Contact is invalid: Company name moet opgegeven zijn."


def test_country_code(sandbox: Sandbox) -> None:
    """Follows contract 9.2: ISO alpha-2."""
    api = RompslompApi(sandbox)
    assert api.make("contacts", company_name="X", country_code="DE")["country_code"] == "DE"
    assert_refused(
        api.post("contacts", {"contact": {"company_name": "X", "country_code": "Nederland"}}), 422, VALIDATION
    )


def test_contact_number_is_unique(sandbox: Sandbox) -> None:
    """Contract 9.2: a duplicate is refused, a contact keeps its own, a freed number can be used again."""
    api = RompslompApi(sandbox)
    contact = api.make("contacts", company_name="X", contact_number="A1")
    twin = {"contact": {"company_name": "Y", "contact_number": "A1"}}
    assert_refused(api.post("contacts", twin), 422, VALIDATION)
    assert api.change("contacts", contact, contact_number="A1", free_1="x")["free_1"] == "x"
    api.change("contacts", contact, contact_number="A2")
    assert api.post("contacts", twin).status_code == 201
    api.delete(f"contacts/{contact['id']}")
    api.make("contacts", company_name="Z", contact_number="A2")
    api.switch(contact_number_unique=False)
    assert api.post("contacts", twin).status_code == 201


def test_names_and_emails_may_repeat(sandbox: Sandbox) -> None:
    """Follows contract 9.2."""
    api = RompslompApi(sandbox)
    fields = {"company_name": "X", "contact_person_email_address": "x@example.org"}
    assert api.make("contacts", **fields)["id"] != api.make("contacts", **fields)["id"]


def test_patch_changes_only_what_was_sent(sandbox: Sandbox) -> None:
    """Follows contract 7."""
    api = RompslompApi(sandbox)
    before = api.list("contacts")[0]
    after = api.change("contacts", before, city="Zeist", phone=None)
    assert after == before | {"city": "Zeist", "phone": None}


def test_delete_contact(sandbox: Sandbox) -> None:
    """Contract 9.2: gone, unless a document refers to it."""
    api = RompslompApi(sandbox)
    free, used = api.make("contacts", company_name="X"), api.make("contacts", company_name="Y")
    invoice = api.make("sales_invoices", contact_id=used["id"])
    answer = api.delete(f"contacts/{free['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert_refused(api.get(f"contacts/{free['id']}"), 404, "client.not_found.resource")
    assert_refused(api.delete(f"contacts/{used['id']}"), 422, VALIDATION)
    api.switch(contact_in_use=False)
    assert api.delete(f"contacts/{used['id']}").status_code == 204
    assert api.show("sales_invoices", invoice)["contact_id"] is None


def test_product_amounts(sandbox: Sandbox) -> None:
    """Contract 13 self-check: 1895.0 gives 2292.95 with 397.95 VAT; changed to 1995.00 it follows."""
    api = RompslompApi(sandbox)
    made = api.make("products", has_stock=True, invoice_line={"description": "Machine", "price_per_unit": "1895.0"})
    line = made["invoice_line"]
    assert [line[k] for k in ("price_without_vat", "price_with_vat", "vat_amount")] == ["1895.0", "2292.95", "397.95"]
    assert (line["vat_rate"], line["vat_type_id"], line["quantity"]) == ("0.21", 701184043, "1.0")
    assert (made["number_sold"], made["has_stock"]) == (0, True)
    changed = api.change("products", made, invoice_line={"price_per_unit": "1995.00"})["invoice_line"]
    assert [changed[k] for k in ("price_per_unit", "price_with_vat", "vat_amount")] == ["1995.0", "2413.95", "418.95"]
    assert changed["description"] == "Machine"


@pytest.mark.parametrize("product", [{}, {"invoice_line": {}}, {"invoice_line": {"price_per_unit": None}}])
def test_product_without_price(sandbox: Sandbox, product: dict[str, Any]) -> None:
    """Contract 13 self-check."""
    message = assert_refused(RompslompApi(sandbox).post("products", {"product": product}), 422, VALIDATION)
    assert message == "Product is invalid: Stuksprijs moet opgegeven zijn."


def test_product_codes(sandbox: Sandbox) -> None:
    """Contract 9.3: generated when blank, at most 100 characters, unique."""
    api = RompslompApi(sandbox)
    assert api.make("products", invoice_line={"price_per_unit": 1})["invoice_line"]["product_code"] == "P1"
    kept = api.make("products", invoice_line={"price_per_unit": 1, "product_code": "A/1 & 'x'"})
    assert kept["invoice_line"]["product_code"] == "A/1 & 'x'"
    for code in ("A/1 & 'x'", "x" * 101):
        line = {"price_per_unit": 1, "product_code": code}
        assert_refused(api.post("products", {"product": {"invoice_line": line}}), 422, VALIDATION)
    api.switch(product_code_unique=False)
    assert api.make("products", invoice_line={"price_per_unit": 1, "product_code": "A/1 & 'x'"})


def test_product_description_is_short(sandbox: Sandbox) -> None:
    """Follows contract 9.3: at most 255; the extended one is free."""
    api = RompslompApi(sandbox)
    line = {"price_per_unit": 1, "description": "x" * 255, "extended_description": "y" * 5000}
    assert len(api.make("products", invoice_line=line)["invoice_line"]["extended_description"]) == 5000
    assert_refused(
        api.post("products", {"product": {"invoice_line": line | {"description": "x" * 256}}}), 422, VALIDATION
    )


def test_vat_rate_is_only_taken_for_the_custom_type(sandbox: Sandbox) -> None:
    """Follows contract 9.3, 9.5."""
    api = RompslompApi(sandbox)
    types = {row["name"]: row["id"] for row in api.list("vat_types")}

    def line(**fields: Any) -> dict[str, Any]:
        return api.make("products", invoice_line={"price_per_unit": "100", **fields})["invoice_line"]

    assert line(vat_rate="0.5")["vat_rate"] == "0.21"
    assert line(vat_rate="", vat_type_id=types["vat_low_new"])["vat_rate"] == "0.09"
    assert line(vat_rate="0.19", vat_type_id=types["vat_custom"])["price_with_vat"] == "119.0"
    for wrong in ({"vat_type_id": types["vat_custom"]}, {"vat_type_id": 5}, {"account_id": 5}, {"account_path": "x"}):
        assert_refused(
            api.post("products", {"product": {"invoice_line": {"price_per_unit": 1, **wrong}}}), 422, VALIDATION
        )


def test_account_by_path_or_id(sandbox: Sandbox) -> None:
    """Contract 9.3: the id wins when both are given."""
    api = RompslompApi(sandbox)
    accounts = {row["path"]: row["id"] for row in api.list("accounts", per_page=100)}
    line_sent = {"price_per_unit": 1, "account_path": "profit.revenue.other"}
    line = api.make("products", invoice_line=line_sent)["invoice_line"]
    assert line["account_id"] == accounts["profit.revenue.other"]
    both = line_sent | {"account_id": accounts["profit.revenue"]}
    made = api.make("products", invoice_line=both)
    assert made["invoice_line"]["account_path"] == "profit.revenue"
    cleared = api.change("products", made, invoice_line={"account_id": None})["invoice_line"]
    assert (cleared["account_id"], cleared["account_path"]) == (None, None)


def test_delete_product(sandbox: Sandbox) -> None:
    """Contract 9.3: lines keep their values and lose the link."""
    api = RompslompApi(sandbox)
    product = api.list("products")[0]
    invoice = api.make("sales_invoices", invoice_lines=[LINE | {"product_id": product["id"]}])
    line = invoice["invoice_lines"][0]
    assert line["product_id"] == product["id"]
    assert api.delete(f"products/{product['id']}").status_code == 204
    assert api.show("sales_invoices", invoice)["invoice_lines"] == [line | {"product_id": None}]


def test_delete_product_switch(sandbox: Sandbox) -> None:
    """Contract 9.3, switch: the link stays."""
    api = RompslompApi(sandbox)
    api.switch(product_delete_unlinks=False)
    product = api.list("products")[0]
    invoice = api.make("sales_invoices", invoice_lines=[LINE | {"product_id": product["id"]}])
    api.delete(f"products/{product['id']}")
    assert api.show("sales_invoices", invoice)["invoice_lines"][0]["product_id"] == product["id"]


def test_payments(sandbox: Sandbox) -> None:
    """Contract 9.7: the default list hides what is booked on an invoice."""
    api = RompslompApi(sandbox)
    bank = "activa.current_assets.liquid_assets.bank"
    loose = api.make(
        "payments", amount="19.95", description="Toner", account_path=bank, paid_at="2024-03-01 00:00:00 +0100"
    )
    assert (loose["amount"], loose["account_path"]) == ("19.95", bank)
    api.make("sales_invoices", invoice_lines=[LINE], payments=[{"amount": "5", "paid_at": "2026-01-20"}])
    assert api.list("payments") == [loose]
    assert [row["amount"] for row in api.list("payments", selection="all")] == ["5.0", "19.95"]
    assert [row["amount"] for row in api.list("payments", selection="booked")] == ["5.0"]
    assert len(api.list("payments", selection="manual")) == 2
    assert api.change("payments", loose, amount=300)["amount"] == "300.0"
    assert api.delete(f"payments/{loose['id']}").status_code == 204
    assert_refused(api.post("payments", {"payment": {"description": "x"}}), 422, VALIDATION)


def test_payment_selections(sandbox: Sandbox) -> None:
    """Contract 8: this book year, and mutations that came twice."""
    api = RompslompApi(sandbox)
    year = sandbox.server.world.clock.local().year
    for paid_at in (f"{year}-02-01", f"{year}-02-01", "2019-02-01"):
        api.make("payments", amount=12, description="Huur", paid_at=paid_at)
    assert len(api.list("payments", selection="all_in_current_bookyear")) == 2
    assert len(api.list("payments", selection="duplicate_bank_mutations")) == 2
