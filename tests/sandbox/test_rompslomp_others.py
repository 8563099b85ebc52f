"""Rompslomp sandbox serves quotations, expenses, journal entries, hours, rides, attachments and PDF files."""

from tests.helpers.sandboxes import Sandbox
from tests.sandbox.rompslomp_api import SESSION, RompslompApi, assert_refused

LINE = {"description": "some", "price_per_unit": "10.0", "quantity": "1.0"}
VALIDATION = "client.parameters.validation"


def test_quotation(sandbox: Sandbox) -> None:
    """Contract 9.6: a concept without number or totals, published and approved by triggers."""
    api = RompslompApi(sandbox)
    contact = api.list("contacts")[0]["id"]
    made = api.make("quotations", contact_id=contact, invoice_lines=[LINE], date="2024-03-02")
    assert (made["status"], made["invoice_number"], made["date"]) == ("concept", None, "2024-03-02")
    assert made["invoice_lines"][0]["price_with_vat"] == "12.1"
    assert api.list("quotations", selection="concept") == [made]
    for trigger, status in (
        ("_publish", "published"),
        ("_approve", "approved"),
        ("_deny", "denied"),
        ("_approve", "approved"),
    ):
        made = api.change("quotations", made, **{trigger: True})
        assert made["status"] == status
    assert made["invoice_number"]
    made = api.change("quotations", made, _deny=True)
    assert api.list("quotations", selection="stopped") == [made]
    assert api.list("quotations", selection="approved") == []
    assert api.list("quotations", **{"search[contact_id]": contact, "search[from]": "2024-03-02"}) == [made]
    assert api.delete(f"quotations/{made['id']}").status_code == 204


def test_quotation_refusals(sandbox: Sandbox) -> None:
    """Contract 9.6, 13 self-check: contact required, date not nullable, triggers only from the right state."""
    api = RompslompApi(sandbox)
    message = assert_refused(api.post("quotations", {"quotation": {}}), 422, VALIDATION)
    assert message == "Offerte is invalid: Contact moet opgegeven zijn."
    contact = api.list("contacts")[0]["id"]
    for trigger in ("_approve", "_deny"):
        body = {"quotation": {"contact_id": contact, "invoice_lines": [LINE], trigger: True}}
        assert_refused(api.post("quotations", body), 422, VALIDATION)
    made = api.make("quotations", contact_id=contact, invoice_lines=[LINE])
    path = f"quotations/{made['id']}"
    assert_refused(api.patch(path, {"quotation": {"date": None}}), 422, VALIDATION)
    assert_refused(api.patch(path, {"quotation": {"_approve": True}}), 422, VALIDATION)
    api.change("quotations", made, _publish=True)
    assert_refused(api.patch(path, {"quotation": {"_publish": True}}), 422, VALIDATION)
    api.switch(quotation_wrong_state="ignore")
    assert api.change("quotations", made, _publish=True)["status"] == "published"


def test_quotation_reference_switch(sandbox: Sandbox) -> None:
    """Contract 9.6, switch: an api_reference that can be searched."""
    api = RompslompApi(sandbox)
    api.switch(quotation_api_reference=True)
    made = api.make("quotations", contact_id=api.list("contacts")[0]["id"], api_reference="order-1")
    assert made["api_reference"] == "order-1"
    assert api.list("quotations", **{"search[api_reference]": "order-1"}) == [made]


def test_lines_of_other_documents(sandbox: Sandbox) -> None:
    """Contract 7: merged like those of an invoice, or replaced when switched."""
    api = RompslompApi(sandbox)
    made = api.make("quotations", contact_id=api.list("contacts")[0]["id"], invoice_lines=[LINE])
    assert len(api.change("quotations", made, invoice_lines=[LINE])["invoice_lines"]) == 2
    api.switch(other_lines="replace")
    assert len(api.change("quotations", made, invoice_lines=[LINE])["invoice_lines"]) == 1


def test_hours(sandbox: Sandbox) -> None:
    """Contract 9.8: durations are calculated from start and end."""
    api = RompslompApi(sandbox)
    times = {"started_at": "2024-03-01 21:00:00 +0100", "ended_at": "2024-03-02 00:00:00 +0100"}
    made = api.make("hours", date="2024-03-02", description="MyText", **times)
    assert (made["calculated_duration"], made["calculated_duration_without_pause"]) == ("3.0", "3.0")
    assert made["calculated_ended_at"] == made["ended_at"] == "2024-03-02T00:00:00.000+01:00"
    assert api.change("hours", made, started_at="2024-03-01 23:30:00 +0100")["calculated_duration"] == "0.5"
    assert len(api.list("hours")) == 1
    assert api.delete(f"hours/{made['id']}").status_code == 204
    for wrong in ({}, {"date": "2024-03-02"}, {"started_at": "2024-03-02"}):
        assert assert_refused(api.post("hours", {"hour": wrong}), 422, VALIDATION).startswith("Tijdsslot is invalid: ")
    stranger = {"date": "2024-03-02", "started_at": "2024-03-02", "client_id": 5}
    assert_refused(api.post("hours", {"hour": stranger}), 422, VALIDATION)
    api.switch(hour_client_is_contact=False)
    assert api.make("hours", **stranger)["client_id"] == 5


def test_rides(sandbox: Sandbox) -> None:
    """Contract 9.9: date and km_end required; business leaves the private ones out."""
    api = RompslompApi(sandbox)
    made = api.make(
        "rides", departure_address="Alkmaar", visiting_address="Utrecht", km_start=0, km_end=100, date="2024-03-02"
    )
    assert made["private"] is None
    api.make("rides", km_end=5, date="2024-03-03", private=True)
    assert api.list("rides", selection="business") == [made]
    assert api.change("rides", made, km_end=345)["km_end"] == 345
    for wrong in ({}, {"date": "2024-03-02"}, {"km_end": 3}, {"date": "2024-03-02", "km_start": 9, "km_end": 3}):
        assert assert_refused(api.post("rides", {"ride": wrong}), 422, VALIDATION).startswith("Rit is invalid: ")


def test_expenses(sandbox: Sandbox) -> None:
    """Contract 9.9: state instead of status, a cost account required."""
    api = RompslompApi(sandbox)
    misc = api.list("accounts", **{"search[paths][]": "profit.costs.other_costs.misc"})[0]
    contact = api.list("contacts", selection="suppliers")[0]
    made = api.make(
        "expenses",
        date="2024-03-02",
        state="published",
        type_account_id=misc["id"],
        currency="eur",
        contact_id=contact["id"],
        invoice_lines=[LINE],
    )
    assert (made["state"], made["type_account"]) == ("published", misc)
    assert made["cached_contact"]["name"] == contact["name"]
    assert made["invoice_number"]
    assert api.list("expenses", selection="unpaid", **{"search[from]": "2024-03-01"}) == [made]
    assert api.list("expenses", selection="investments") == []
    message = assert_refused(api.post("expenses", {"expense": {}}), 422, VALIDATION)
    assert message == "Uitgave is invalid: Type account moet opgegeven zijn."
    assert_refused(api.patch(f"expenses/{made['id']}", {"expense": {"date": None}}), 422, VALIDATION)
    assert api.make("expenses", type_account={"id": misc["id"]}, contact={"company_name": "Nieuw"})["contact_id"]
    assert api.delete(f"expenses/{made['id']}").status_code == 204


def test_journal_entries(sandbox: Sandbox) -> None:
    """Contract 9.9: date required, debit and credit equal, one of both per line."""
    api = RompslompApi(sandbox)
    bank = {"account_path": "activa.current_assets.liquid_assets.bank", "credit_amount": "1250.0"}
    misc = {"account_path": "profit.costs.other_costs.misc", "debit_amount": "1250.0"}
    made = api.make("journal_entries", description="Externe kosten", date="2024-03-02", lines=[bank, misc])
    assert [line["credit_amount"] for line in made["lines"]] == ["1250.0", None]
    assert api.change("journal_entries", made, description="x")["lines"] == made["lines"]
    wrong = [
        {"lines": [bank, misc]},
        {"date": "2024-03-02", "lines": [bank]},
        {"date": "2024-03-02", "lines": [bank | {"debit_amount": 1}, misc]},
        {"date": "2024-03-02", "lines": [{"credit_amount": 1}, {"debit_amount": 1}]},
    ]
    for entry in wrong:
        message = assert_refused(api.post("journal_entries", {"journal_entry": entry}), 422, VALIDATION)
        assert message.startswith("Boeking is invalid: ")
    both = [{"id": made["lines"][0]["id"], "credit_amount": 5}, {"id": str(made["lines"][1]["id"]), "debit_amount": 5}]
    assert [line["debit_amount"] for line in api.change("journal_entries", made, lines=both)["lines"]] == [None, "5.0"]
    fewer = [{"id": made["lines"][0]["id"], "_destroy": True}]
    assert_refused(api.patch(f"journal_entries/{made['id']}", {"journal_entry": {"lines": fewer}}), 422, VALIDATION)
    api.switch(journal_balances=False)
    assert len(api.change("journal_entries", made, lines=fewer)["lines"]) == 1
    assert api.delete(f"journal_entries/{made['id']}").status_code == 204


def test_attachments(sandbox: Sandbox) -> None:
    """Contract 9.5: uploaded with status 200, downloaded as they were, deleted."""
    api = RompslompApi(sandbox)
    path = f"sales_invoices/{api.make('sales_invoices')['id']}/attachments"
    answer = api.post(path, {"attachment_object": {"attachment": "aW5ob3VkIQ==", "attachment_file_name": "bon é.pdf"}})
    assert answer.status_code == 200
    made = answer.json()["attachment_object"]
    assert made == {
        "id": made["id"],
        "attachment": f"/api/v1/companies/{api.company}/{path}/{made['id']}",
        "attachment_file_name": "bon é.pdf",
        "attachment_content_type": "application/octet-stream",
        "attachment_file_size": 7,
    }
    file = api.get(f"{path}/{made['id']}")
    assert (file.content, file.headers["Content-Type"]) == (b"inhoud!", "application/octet-stream")
    assert api.delete(f"{path}/{made['id']}").status_code == 204
    assert_refused(api.get(f"{path}/{made['id']}"), 404, "client.not_found.resource")
    broken = {"attachment": "%%%", "attachment_file_name": "x"}
    assert_refused(api.post(path, {"attachment_object": broken}), 400, "client.parameters.invalid_parameter_value")
    assert_refused(api.post(path, {"attachment_object": {"attachment": "YQ=="}}), 422, VALIDATION)


def test_pdf(sandbox: Sandbox) -> None:
    """Follows contract 9.5: a PDF once published, before that a 200 with a message."""
    api = RompslompApi(sandbox)
    made = api.make("sales_invoices", invoice_lines=[LINE | {"description": "Ontsteker (7\\8) é €"}])
    concept = api.get(f"sales_invoices/{made['id']}/pdf")
    assert concept.status_code == 200
    assert concept.headers["Content-Type"].startswith("application/json")
    assert concept.json().keys() == {"message"}
    api.change("sales_invoices", made, _publish=True)
    file = api.get(f"sales_invoices/{made['id']}/pdf")
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
    assert file.content.rstrip().endswith(b"%%EOF")
    start = int(file.content.split(b"startxref\n")[1].split()[0])
    assert file.content[start:].startswith(b"xref")
    assert rb"Ontsteker \(7\\8\)" in file.content


def test_documents_scope_switch(sandbox: Sandbox) -> None:
    """Follows contract 3, switch: attachments and PDF under another scope."""
    api = RompslompApi(sandbox)
    path = f"sales_invoices/{api.make('sales_invoices')['id']}/pdf"
    public = api.with_token("public")
    assert_refused(public.get(path), 403, "client.authorization.invalid_scope")
    api.switch(documents_scope="public")
    assert public.get(path).status_code == 200


def test_head(sandbox: Sandbox) -> None:
    """Contract 4: the headers of a list without its body."""
    api = RompslompApi(sandbox)
    url = f"{api.root}/companies/{api.company}/contacts"
    answer = SESSION.head(url, headers={"Authorization": f"Bearer {api.token}"})
    assert (answer.status_code, answer.headers["X-Total"], answer.content) == (200, "14", b"")
