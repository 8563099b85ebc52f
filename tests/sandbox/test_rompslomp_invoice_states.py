"""Rompslomp sandbox: from concept to published to paid, and what may still change on the way."""

from datetime import UTC, datetime

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import BANK, HOURS, VALIDATION, RompslompApi, assert_refused, wrong_change


def test_publish(sandbox: Sandbox) -> None:
    """Contract 9.5, 13 self-check: once, with a gapless number per month."""
    api, clock = RompslompApi(sandbox), sandbox.server.world.clock
    clock.freeze(datetime(2024, 3, 2, 12, tzinfo=UTC))
    first = api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)
    assert (first["status"], first["invoice_number"], first["published_at"]) == (
        "published",
        "2024030001",
        "2024-03-02",
    )
    wrong_change(api, first, _publish=True)
    assert_refused(
        api.post("sales_invoices", {"sales_invoice": {"_publish": True, "date": "1980-01-01"}}), 422, VALIDATION
    )
    concept = api.make("sales_invoices", invoice_lines=[HOURS])
    second = api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)
    third = api.change("sales_invoices", concept, _publish=True)
    assert [second["invoice_number"], third["invoice_number"]] == ["2024030002", "2024030003"]
    clock.advance(31 * 86_400)
    assert api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)["invoice_number"] == "2024040001"


def test_publish_without_lines(sandbox: Sandbox) -> None:
    """Contract 9.5: refused, unless switched; the concept stays a concept."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices")
    wrong_change(api, made, _publish=True)
    assert api.show("sales_invoices", made) == made
    api.switch(publish_without_lines=True)
    assert api.change("sales_invoices", made, _publish=True)["status"] == "published"


def test_publish_together_with_lines(sandbox: Sandbox) -> None:
    """Contract 9.5: one PATCH may fill and publish; false is no trigger."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", _publish=False)
    assert api.change("sales_invoices", made, _publish=True, invoice_lines=[HOURS])["price_with_vat"] == "363.0"


def test_number_sold(sandbox: Sandbox) -> None:
    """Follows contract 9.3: rises when published, not before."""
    api = RompslompApi(sandbox)
    product = api.list("products")[0]
    made = api.make("sales_invoices", invoice_lines=[HOURS | {"product_id": product["id"]}])
    assert api.show("products", product)["number_sold"] == 0
    api.change("sales_invoices", made, _publish=True)
    assert api.show("products", product)["number_sold"] == 4


def test_edit_published(sandbox: Sandbox) -> None:
    """Contract 9.5: lines can change while nothing is paid; the number stays; the last line cannot go."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)
    line = made["invoice_lines"][0]["id"]
    changed = api.change("sales_invoices", made, invoice_lines=[{"id": line, "quantity": 1}])
    assert (changed["invoice_number"], changed["price_with_vat"]) == (made["invoice_number"], "90.75")
    wrong_change(api, made, invoice_lines=[{"id": line, "_destroy": True}])


def test_edit_paid(sandbox: Sandbox) -> None:
    """Follows contract 9.5: only the description and references of a (partly) paid invoice, unless switched."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS], payments=[{"amount": 1}], _publish=True)
    texts = {"description": "x", "payment_reference": "y", "api_reference": "z"}
    assert texts.items() <= api.change("sales_invoices", made, **texts).items()
    wrong_change(api, made, invoice_lines=[HOURS])
    wrong_change(api, made, due_date="2030-01-01")
    api.switch(paid_invoice_edits="all")
    assert api.change("sales_invoices", made, invoice_lines=[HOURS])["price_with_vat"] == "726.0"


def test_delete(sandbox: Sandbox) -> None:
    """Contract 9.5: a concept goes, its payments stay loose; a published invoice stays, unless switched."""
    api = RompslompApi(sandbox)
    concept = api.make("sales_invoices", invoice_lines=[HOURS], payments=[{"amount": 1}])
    assert api.delete(f"sales_invoices/{concept['id']}").status_code == 204
    assert_refused(api.get(f"sales_invoices/{concept['id']}"), 404, "client.not_found.resource")
    assert len(api.list("payments", selection="unbooked")) == 1
    published = api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)
    assert_refused(api.delete(f"sales_invoices/{published['id']}"), 422, VALIDATION)
    api.switch(published_delete=True)
    assert api.delete(f"sales_invoices/{published['id']}").status_code == 204


def test_payments_need_their_own_scope(sandbox: Sandbox) -> None:
    """Contract 3: also inside an invoice, before the body is looked at any further."""
    api = RompslompApi(sandbox)
    clerk = RompslompApi(sandbox, api.seeded_tokens()["without manage:payments"])
    body = {"sales_invoice": {"payments": [{"amount": 1}], "nonsense": 1}}
    assert_refused(clerk.post("sales_invoices", body), 403, "client.authorization.invalid_scope")
    assert clerk.make("sales_invoices", invoice_lines=[HOURS])


def test_payment_states(sandbox: Sandbox) -> None:
    """Contract 9.5: unpaid while something is open, paid at nothing, overpaid below; payments are added."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)
    for amount, left, status in (("63", "300.0", "unpaid"), ("300", "0.0", "paid"), ("0.5", "-0.5", "overpaid")):
        paid = [{"amount": amount, "account_path": BANK, "paid_at": "2026-01-20"}]
        made = api.change("sales_invoices", made, payments=paid)
        assert (made["open_amount"], made["payment_status"]) == (left, status)
    assert api.list("sales_invoices", selection="overpaid") == [made]
    api.switch(surplus="stays_unbooked")
    shown = api.show("sales_invoices", made)
    assert (shown["open_amount"], shown["payment_status"]) == ("0.0", "paid")


def test_payments_of_an_invoice_change_by_their_own_address(sandbox: Sandbox) -> None:
    """Contract 9.5, 9.7: changed and deleted payments change what is open."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[HOURS], payments=[{"amount": "363"}])
    assert (made["payment_status"], made["status"]) == ("paid", "concept")
    payment = api.list("payments", selection="booked")[0]
    api.change("payments", payment, amount="63")
    assert api.show("sales_invoices", made)["open_amount"] == "300.0"
    api.delete(f"payments/{payment['id']}")
    assert api.show("sales_invoices", made)["open_amount"] == "363.0"


def test_paid_methods(sandbox: Sandbox) -> None:
    """Contract 9.5: no payment is booked for a paid_* method, unless switched."""
    api = RompslompApi(sandbox)
    wish = {"invoice_lines": [HOURS], "payment_method": "paid_cash", "_publish": True}
    assert api.make("sales_invoices", **wish)["payment_status"] == "unpaid"
    api.switch(paid_methods_pay=True)
    assert api.make("sales_invoices", **wish)["payment_status"] == "paid"
    assert api.list("payments", selection="all")[0]["account_path"].endswith(".cash")


def test_number_format_switch(sandbox: Sandbox) -> None:
    """Follows contract 9.5, switch."""
    sandbox.server.world.clock.freeze(datetime(2024, 3, 2, 12, tzinfo=UTC))
    api = RompslompApi(sandbox)
    api.switch(number_format="F{year}{month}-{number:04}")
    assert api.make("sales_invoices", invoice_lines=[HOURS], _publish=True)["invoice_number"] == "F202403-0001"
