"""Rompslomp sandbox: sales invoices, their lines, states and payments."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import BANK, HOURS, VALIDATION, RompslompApi, assert_refused, wrong_change


def amounts(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["price_without_vat"], record["vat_amount"], record["price_with_vat"]


def wrong(api: RompslompApi, **fields: Any) -> str:
    """The message with which an invoice is refused."""
    message = assert_refused(api.post("sales_invoices", {"sales_invoice": fields}), 422, VALIDATION)
    assert message.startswith("Factuur is invalid: ")
    return message


def test_totals(sandbox: Sandbox) -> None:
    """Contract 13 self-check: 75.0 x 4.0 at 21% is 300.0, 63.0 and 363.0."""
    made = RompslompApi(sandbox).make("sales_invoices", invoice_lines=[HOURS])
    assert amounts(made) == amounts(made["invoice_lines"][0]) == ("300.0", "63.0", "363.0")
    assert (made["open_amount"], made["payment_status"]) == ("363.0", "unpaid")


def test_patch_lines(sandbox: Sandbox) -> None:
    """Contract 13 self-check: 4 to 5 units, a new 5 x 10.0 and one destroyed give 425.0, 89.25 and 514.25."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS, {"description": "Weg", "price_per_unit": "5"}])
    first, second = (line["id"] for line in made["invoice_lines"])
    changed = api.change(
        "sales_invoices",
        made,
        invoice_lines=[
            {"description": "New invoice line", "quantity": 5, "price_per_unit": "10.0"},
            {"id": str(first), "description": "Updated invoice line", "quantity": 5},
            {"id": str(second), "description": "Destroyed invoice line", "_destroy": True},
        ],
    )
    assert amounts(changed) == ("425.0", "89.25", "514.25")
    kept, new = changed["invoice_lines"]
    assert (kept["id"], kept["description"], kept["price_per_unit"]) == (first, "Updated invoice line", "75.0")
    assert amounts(kept) == ("375.0", "78.75", "453.75")
    assert amounts(new) == ("50.0", "10.5", "60.5")
    assert new["id"] not in (first, second)


def test_lines_without_id_are_added(sandbox: Sandbox) -> None:
    """Contract 7: never replaced."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS])
    assert len(api.change("sales_invoices", made, invoice_lines=[HOURS])["invoice_lines"]) == 2


def test_line_of_another_invoice(sandbox: Sandbox) -> None:
    """Contract 7: an id that is not on the document is refused, unless switched."""
    api = RompslompApi(sandbox)
    invoice, other = (api.make("sales_invoices", invoice_lines=[HOURS]) for _ in range(2))
    line = {"id": other["invoice_lines"][0]["id"], "quantity": 9}
    wrong_change(api, invoice, invoice_lines=[line])
    api.switch(foreign_line_id="ignore")
    assert api.change("sales_invoices", invoice, invoice_lines=[line]) == invoice


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"price_per_unit": "190.08264"}, ("190.08", "39.92", "230.0")),
        ({"price_per_unit": "0.005"}, ("0.01", "0.0", "0.01")),
        ({"price_per_unit": "-0.005"}, ("-0.01", "0.0", "-0.01")),
        ({"price_per_unit": "10.50", "quantity": "0.333"}, ("3.5", "0.74", "4.24")),
        ({"price_per_unit": 19.99, "quantity": 3}, ("59.97", "12.59", "72.56")),
        ({"price_per_unit": "1", "quantity": None}, ("1.0", "0.21", "1.21")),
    ],
)
def test_rounding(sandbox: Sandbox, line: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """Follows contract 9.5: each line's net and VAT half up to cents."""
    made = RompslompApi(sandbox).make("sales_invoices", invoice_lines=[{"description": "x", **line}])
    assert amounts(made) == expected


def test_rounding_per_document(sandbox: Sandbox) -> None:
    """Contract 9.5: totals are sums of lines, unless VAT is switched to the whole document."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[{"description": "x", "price_per_unit": "0.02"}] * 4)
    assert amounts(made) == ("0.08", "0.0", "0.08")
    api.switch(rounding="document")
    assert amounts(api.show("sales_invoices", made)) == ("0.08", "0.02", "0.1")


@pytest.mark.parametrize(
    "line",
    [
        {"price_per_unit": "1"},
        {"description": "", "price_per_unit": "1"},
        {"description": "x" * 256, "price_per_unit": "1"},
        {"description": "x"},
        {"description": "x", "price_per_unit": None},
        {"description": "x", "price_per_unit": "1", "vat_type_id": 5},
        {"description": "x", "price_per_unit": "1", "product_id": 5},
        {"description": "x", "price_per_unit": "1", "account_path": "profit.nothing"},
    ],
)
def test_invalid_lines(sandbox: Sandbox, line: dict[str, Any]) -> None:
    """Follows contract 9.5; nothing is stored."""
    api = RompslompApi(sandbox)
    wrong(api, invoice_lines=[HOURS, line])
    assert api.list("sales_invoices") == []


def test_line_switches(sandbox: Sandbox) -> None:
    """Contract 9.5, switches: description and price may be missing, or come from the product."""
    api = RompslompApi(sandbox)
    product = api.list("products", **{"search[q]": "ONT-7"})[0]
    bare = {"product_id": product["id"]}
    wrong(api, invoice_lines=[bare])
    api.switch(prefill_from_product=True)
    line = api.make("sales_invoices", invoice_lines=[bare])["invoice_lines"][0]
    assert (line["description"], line["price_per_unit"]) == ("Ontsteker", "48.95")
    api.switch(prefill_from_product=False, line_description_checked=False, line_price_required=False)
    line = api.make("sales_invoices", invoice_lines=[bare])["invoice_lines"][0]
    assert (line["description"], line["price_per_unit"]) == (None, "0.0")


def test_defaults(sandbox: Sandbox) -> None:
    """Contract 9.5: what an empty concept looks like."""
    sandbox.server.world.clock.freeze(datetime(2024, 3, 1, 23, 30, tzinfo=UTC))
    made = RompslompApi(sandbox).make("sales_invoices")
    assert (made["date"], made["due_date"]) == ("2024-03-02", "2024-04-01")
    assert (made["status"], made["payment_method"], made["sale_type"]) == ("concept", "pay_transfer", "supply")
    assert (made["currency"], made["currency_exchange_rate"], made["distance_sale"]) == ("eur", "1.0", False)
    assert made["invoice_number"] is made["published_at"] is made["contact_id"] is made["cached_contact"] is None
    assert amounts(made) == ("0.0", "0.0", "0.0")


def test_dates(sandbox: Sandbox) -> None:
    """Contract 9.5, 13 self-check: after 1990-01-01, and not to be taken away."""
    api = RompslompApi(sandbox)
    for early in ("1989-12-31", "1990-01-01"):
        assert wrong(api, date=early) == "Factuur is invalid: Factuurdatum moet na 01/01/1990 liggen."
    made = api.make("sales_invoices", date="1990-01-02", due_date=None)
    assert made["due_date"] == "1990-02-01"
    assert wrong_change(api, made, date=None) == "Factuur is invalid: Factuurdatum moet opgegeven zijn."
    assert api.change("sales_invoices", made, due_date="1990-03-01")["due_date"] == "1990-03-01"


@pytest.mark.parametrize(
    "fields",
    [
        {"payment_method": "cheque"},
        {"payment_method": "pay_custom"},
        {"sale_type": "rental"},
        {"currency": "EUR"},
        {"currency": "usd"},
        {"currency": "usd", "currency_exchange_rate": "0"},
        {"template_id": 5},
        {"contact_id": 5},
        {"contact": {}},
        {"vat_number": "NL12"},
        {"payments": [{"paid_at": "2026-01-01"}]},
        {"payments": [{"amount": 1, "account_id": 5}]},
        {"_publish": True},
    ],
)
def test_invalid_invoices(sandbox: Sandbox, fields: dict[str, Any]) -> None:
    """Follows contract 9.5; nothing is stored, neither the invoice nor a contact or payment inside it."""
    api = RompslompApi(sandbox)
    wrong(api, **fields)
    assert api.list("sales_invoices") == api.list("payments", selection="all") == []
    assert len(api.list("contacts")) == 14


def test_accepted_values(sandbox: Sandbox) -> None:
    """Contract 9.5: foreign currency is for show, a blank sale type is a supply, a reference may be emptied."""
    api = RompslompApi(sandbox)
    template = api.list("templates")[0]["id"]
    made = api.make(
        "sales_invoices",
        currency="usd",
        currency_exchange_rate="1.08",
        template_id=template,
        sale_type="",
        payment_reference="",
        api_reference="",
        invoice_lines=[HOURS],
    )
    assert (made["currency"], made["currency_exchange_rate"], made["price_with_vat"]) == ("usd", "1.08", "363.0")
    assert (made["template_id"], made["sale_type"], made["payment_reference"]) == (template, "supply", None)
    assert "api_reference" not in made
    assert api.change("sales_invoices", made, currency="eur")["currency_exchange_rate"] == "1.0"


def test_contact_shows_live_until_publication(sandbox: Sandbox) -> None:
    """Contract 9.5: cached_contact is locked when published, and so is the contact."""
    api = RompslompApi(sandbox)
    contact = api.make("contacts", company_name="Oud", city="Delft")
    made = api.make("sales_invoices", contact_id=contact["id"], invoice_lines=[HOURS])
    api.change("contacts", contact, company_name="Nieuw")
    assert api.show("sales_invoices", made)["cached_contact"]["name"] == "Nieuw"
    api.change("sales_invoices", made, _publish=True)
    api.change("contacts", contact, company_name="Nieuwst")
    assert api.show("sales_invoices", made)["cached_contact"]["name"] == "Nieuw"
    wrong_change(api, made, contact_id=None)


def test_new_contact_inside_an_invoice(sandbox: Sandbox) -> None:
    """Follows contract 3, 9.5: made without the contacts scope; the earlier contact stays."""
    api = RompslompApi(sandbox).with_token("manage:sales_invoices")
    made = api.make("sales_invoices", contact={"company_name": "Eerste"})
    changed = api.change("sales_invoices", made, contact={"company_name": "Tweede", "contact_number": "T2"})
    assert changed["cached_contact"]["contact_number"] == "T2"
    assert changed["contact_id"] != made["contact_id"]
    assert len(RompslompApi(sandbox).list("contacts")) == 16


def test_vat_number(sandbox: Sandbox) -> None:
    """Contract 9.5: copied from the contact, tidied and checked, unless that is not wanted."""
    api = RompslompApi(sandbox)
    contact = api.make("contacts", company_name="X", vat_number="NL123456789B01")
    assert api.make("sales_invoices", contact_id=contact["id"])["vat_number"] == "NL123456789B01"
    assert api.make("sales_invoices", contact_id=contact["id"], vat_number=None)["vat_number"] is None
    assert api.make("sales_invoices", vat_number="nl 1234.56.789.b01")["vat_number"] == "NL123456789B01"
    loose = api.make("sales_invoices", vat_number="x", validates_vat_number=False)
    assert (loose["vat_number"], loose["validates_vat_number"]) == ("x", False)
    api.switch(vat_number_from_contact=False)
    assert api.make("sales_invoices", contact_id=contact["id"])["vat_number"] is None


def test_vat_number_required(sandbox: Sandbox) -> None:
    """Follows contract 9.4: for reverse charge, and for zero rate to another country of the EU."""
    api = RompslompApi(sandbox)
    types = {invoice["name"]: invoice["id"] for invoice in api.list("vat_types")}
    german = api.make("contacts", company_name="X", country_code="DE")["id"]
    reverse, zero = (HOURS | {"vat_type_id": types[name]} for name in ("vat_reverse_charged", "vat_zero"))
    wrong(api, invoice_lines=[reverse])
    wrong(api, invoice_lines=[zero], contact_id=german)
    wrong(api, invoice_lines=[zero], contact={"company_name": "Y", "country_code": "BE"})
    assert amounts(api.make("sales_invoices", invoice_lines=[zero])) == ("300.0", "0.0", "300.0")
    assert api.make("sales_invoices", invoice_lines=[zero], contact_id=german, vat_number="DE123456789")
    assert api.make("sales_invoices", invoice_lines=[reverse], vat_number="NL123456789B01")
    api.switch(vat_number_required=False)
    assert api.make("sales_invoices", invoice_lines=[reverse])


def test_api_reference_is_unique(sandbox: Sandbox) -> None:
    """Contract 9.5, 10: per company, and free again after deletion."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", api_reference="order-1")
    assert "Api reference" in wrong(api, api_reference="order-1")
    other = api.make("sales_invoices", api_reference="order-2")
    wrong_change(api, other, api_reference="order-1")
    assert api.change("sales_invoices", made, api_reference="order-1")["api_reference"] == "order-1"
    api.delete(f"sales_invoices/{made['id']}")
    assert api.make("sales_invoices", api_reference="order-1")


def test_credit_invoice(sandbox: Sandbox) -> None:
    """Follows contract 9.5: a new invoice with negative prices."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS | {"price_per_unit": "-75"}], _publish=True)
    assert amounts(made) == ("-300.0", "-63.0", "-363.0")
    assert api.list("sales_invoices", selection="credit_invoices") == [made]


def test_the_documented_examples(sandbox: Sandbox) -> None:
    """Follows contract 9.10: the minimal bodies, one after the other."""
    api = RompslompApi(sandbox)
    contact = api.make(
        "contacts", is_individual=False, company_name="Voorbeeld", country_code="NL", contact_number="SHOP-42"
    )
    vat = 701184043
    taart = {"description": "Taart", "price_per_unit": "12.5", "vat_type_id": vat}
    api.make("products", invoice_line=taart | {"product_code": "SKU-7"})
    made = api.make(
        "sales_invoices",
        contact_id=contact["id"],
        date="2026-01-15",
        api_reference="order-1001",
        invoice_lines=[taart | {"quantity": "2.0"}, taart],
    )
    three, four = (line["id"] for line in made["invoice_lines"])
    edits = [
        {"id": three, "quantity": "4"},
        {"id": four, "_destroy": True},
        {"description": "Extra", "price_per_unit": "1"},
    ]
    assert api.change("sales_invoices", made, invoice_lines=edits)["price_without_vat"] == "51.0"
    assert api.change("sales_invoices", made, _publish=True)["invoice_number"]
    paid = [{"amount": "30.25", "paid_at": "2026-01-20", "account_path": BANK}]
    assert api.change("sales_invoices", made, payments=paid)["open_amount"] == "31.46"


def test_read_only_keys_switch(sandbox: Sandbox) -> None:
    """Contract 7, switch: read-only keys are overlooked, unknown ones still refused."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS])
    api.switch(read_only_keys="ignore")
    changed = api.change("sales_invoices", made, status="published", open_amount="0", id=4, description="x")
    assert changed == made | {"description": "x"}
    body = {"sales_invoice": {"paid": True}}
    assert_refused(api.patch(f"sales_invoices/{made['id']}", body), 400, "client.parameters.unpermitted_parameters")
