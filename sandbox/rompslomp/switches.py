"""The switches that set what the contract assumes about Rompslomp; the defaults are the contract's."""

from sandbox.switches import Switch, Value


def _switch(name: str, default: Value, sentence: str, *others: Value) -> Switch:
    return Switch(f"rompslomp.{name}", default, sentence, (default, *others) if others else ())


def _yes(name: str, sentence: str) -> Switch:
    return _switch(name, True, sentence, False)


def _no(name: str, sentence: str) -> Switch:
    return _switch(name, False, sentence, True)


_METHODS = ("paid_cash", "paid_pin", "paid_already", "pay_ideal", "paid_sepa")
_SIGNING_IN = [
    _yes("echo_state", "The consent page sends the `state` it was given back to the application (contract 2)."),
    _switch("pkce", "ignored", "What happens to a PKCE challenge (contract 2).", "refused"),
    _switch("code_lifetime_s", 600, "How many seconds an authorization code can be exchanged (contract 2)."),
    _no("code_reuse", "An authorization code may be exchanged more than once (contract 2)."),
    _no("refresh_token_reuse", "An exchanged refresh token stays good (contract 2)."),
    _switch("grant_refusal_status", 400, "Status of invalid_grant and unsupported_grant_type (contract 2).", 401),
    _switch(
        "unknown_token",
        "client.authentication.invalid_token",
        "Error type for a token that is unknown or revoked (contract 2).",
        "client.authentication",
    ),
    _switch(
        "missing_token",
        "client.authentication",
        "Error type when no token was sent (contract 2).",
        "client.authentication.invalid_token",
    ),
]
_ACCESS = [
    _switch("authorization_status", 403, "Status of every client.authorization refusal (contract 3, 6).", 401),
    _switch("hidden_company", 404, "Status for a company that the token's user cannot see (contract 3).", 403),
    _switch("hidden_record", 403, "The status for a contact or product that the user may not see (contract 3).", 404),
    _switch("parameters_status", 400, "Status of client.parameters refusals other than validation (contract 6).", 422),
    _switch("templates_scope", "public", "Scope that opens the templates (contract 3).", "manage:sales_invoices"),
    _switch(
        "documents_scope",
        "manage:sales_invoices",
        "Scope that opens attachments and PDF files (contract 3).",
        "public",
    ),
    _switch("rate_limit", 120, "Requests per token within the rate window; 0 means no limit (contract 5)."),
    _switch("rate_window_s", 60, "Length in seconds of the rate window (contract 5)."),
]
_LISTS = [
    _switch("order", "newest_first", "Order of every list but the VAT types (contract 4).", "oldest_first"),
    _switch("page_past_end", "empty", "Answer to a page beyond the last one (contract 4).", "not_found"),
    _switch("page_cap", 100, "The most rows that a page has, whatever per_page asks for (contract 4)."),
    _switch("per_page_over_100", "clamp", "What happens to a page size over 100 (contract 4).", "refuse"),
    _switch(
        "bad_paging", "refuse", "What happens to a page or size that is no positive number (contract 4).", "default"
    ),
    _switch("unknown_selection", "refuse", "What happens to a selection that does not exist (contract 4).", "ignore"),
    _switch("search_match", "substring", "How search[q] matches, case aside (contract 8).", "prefix", "exact"),
    _switch("search_combination", "and", "How several search keys go together (contract 4).", "or"),
    _no("search_ignores_selection", "A search looks outside the selection too (contract 4)."),
    _switch("search_lag_s", 0, "How many seconds a new record stays invisible to searches (contract 10)."),
    _switch("product_codes_match", "exact", "How search[product_codes][] matches (contract 9.3).", "case_insensitive"),
    _no("accounts_selection_required", "Accounts cannot be listed without a selection (contract 8)."),
    _switch(
        "vat_low_ends",
        "2019-01-01",
        "First day on which vat_low (6%) is no longer a VAT type (contract 13).",
        "2999-01-01",
    ),
]
_RECORDS = [
    _switch("read_only_keys", "refuse", "What happens to read-only keys in a body (contract 7).", "ignore"),
    _switch("foreign_line_id", "refuse", "A line id that is not on the document (contract 7).", "ignore"),
    _switch("other_lines", "merge", "Lines sent for quotations, expenses, journal entries (contract 7).", "replace"),
    _switch(
        "default_country", "NL", "Country of a contact that is sent without one; blank is none (contract 9.2).", ""
    ),
    _yes("contact_number_unique", "A second contact with the same number is refused (contract 9.2)."),
    _yes("contact_in_use", "A contact that a document refers to cannot be deleted (contract 9.2)."),
    _yes("product_code_unique", "A second product with the same code is refused (contract 9.3)."),
    _yes("number_sold_rises", "Publishing an invoice raises its products' number_sold (contract 9.3)."),
    _yes("product_delete_unlinks", "Deleting a product clears product_id on existing lines (contract 9.3)."),
    _no("prefill_from_product", "A new line takes what it lacks from its product (contract 9.5)."),
    _yes("line_description_checked", "A line needs a description of at most 255 characters (contract 9.5)."),
    _yes("line_price_required", "A line needs a unit price; otherwise it becomes 0 (contract 9.5)."),
    _switch(
        "rounding", "line", "Where VAT is rounded: per line, or once per document and rate (contract 9.5).", "document"
    ),
]
_INVOICES = [
    _switch(
        "default_payment_method", "pay_transfer", "Payment method of an invoice without one (contract 9.5).", *_METHODS
    ),
    _no("paid_methods_pay", "Publishing with a paid_* method books a payment (contract 9.5)."),
    _yes("vat_number_from_contact", "An invoice without vat_number takes the contact's (contract 9.5)."),
    _yes("vat_number_required", "Reverse charge and EU zero rate need a vat_number (contract 9.5)."),
    _switch(
        "number_format",
        "{year}{month}{number:04}",
        "Form of invoice numbers, counted per month (contract 9.5).",
        "F{year}{month}-{number:04}",
    ),
    _switch("paid_invoice_edits", "few", "What can change on a published invoice with payments (contract 9.5).", "all"),
    _no("published_delete", "A published invoice can be deleted (contract 9.5)."),
    _no("publish_without_lines", "A document without lines can be published (contract 9.5)."),
    _switch("surplus", "overpaid", "What paying too much does to an invoice (contract 9.5).", "stays_unbooked"),
    _no("mollie_linked", "The company has a Mollie link, so pay-URLs are made at publication (contract 9.5)."),
]
_OTHERS = [
    _switch("quotation_wrong_state", "refuse", "A trigger from a wrong state (contract 9.6).", "ignore"),
    _no("quotation_api_reference", "Quotations take an api_reference (contract 9.6)."),
    _yes("hour_client_is_contact", "client_id of an hour must be a contact (contract 9.8)."),
    _yes("journal_balances", "Debit and credit of a journal entry must be equal (contract 9.9)."),
    _no("show_company", "GET of one company exists (contract 8)."),
    _no("quotation_pdf", "GET of a quotation's PDF exists (contract 8)."),
    _no("attachment_list", "GET of an invoice's attachments exists (contract 8)."),
    _no("expense_attachments", "POST of an attachment to an expense exists (contract 8)."),
]
SWITCHES: list[Switch] = [*_SIGNING_IN, *_ACCESS, *_LISTS, *_RECORDS, *_INVOICES, *_OTHERS]
