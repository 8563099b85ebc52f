"""What makes a sales invoice invalid, and what may still change on a published one (contract 9.5)."""

import datetime as dt
import re
from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.countries import CURRENCIES, EU
from sandbox.rompslomp.errors import invalid
from sandbox.rompslomp.rows import Contact, Invoice
from sandbox.rompslomp.values import blank

_METHODS = ("pay_transfer", "paid_cash", "paid_pin", "paid_already", "pay_ideal", "paid_sepa", "pay_custom")
_SALE_TYPES = ("supply", "service", "service_digital")
_MAY_CHANGE_ON_PAID = {"description", "payment_reference", "api_reference", "payments", "_publish"}
_FIRST_DAY = dt.date(1990, 1, 1)
_DUTCH_VAT_NUMBER = re.compile(r"NL\d{9}B\d{2}", re.ASCII)
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}", re.ASCII)
_MODEL = "Factuur"


def check_edit(call: RompslompCall, draft: Invoice, payload: dict[str, Any]) -> None:
    """Refuse what a published invoice does not take any more, a change of its locked contact included."""
    if draft.status != "published":
        return
    if payload.get("_publish"):
        raise invalid(_MODEL, ["De factuur is al gepubliceerd"])
    if "contact" in payload or "contact_id" in payload:
        raise invalid(_MODEL, ["De contactgegevens van een gepubliceerde factuur liggen vast"])
    if draft.payments and call.switch("paid_invoice_edits") == "few" and set(payload) - _MAY_CHANGE_ON_PAID:
        raise invalid(_MODEL, ["De factuur is (deels) betaald en kan niet meer gewijzigd worden"])


def date_problems(draft: Invoice) -> list[str]:
    if draft.date is not None and draft.date <= _FIRST_DAY:
        return ["Factuurdatum moet na 01/01/1990 liggen"]
    return []


def fill_vat_number(call: RompslompCall, draft: Invoice, payload: dict[str, Any], contact: Contact | None) -> list[str]:
    """Take the contact's when none was sent; then write it in the usual form and check that form."""
    source = payload.get("contact") or {}
    chosen = "contact_id" in payload or bool(source)
    if "vat_number" not in payload and draft.vat_number is None and chosen and call.switch("vat_number_from_contact"):
        draft.vat_number = source.get("vat_number") if source else contact.vat_number if contact else None
    if blank(draft.vat_number):
        draft.vat_number = None
    elif draft.validates_vat_number:
        draft.vat_number = re.sub(r"[\s.\-]", "", draft.vat_number or "").upper()
        form = _DUTCH_VAT_NUMBER if draft.vat_number.startswith("NL") else _VAT_NUMBER
        if not form.fullmatch(draft.vat_number):
            return ["Btw-nummer is ongeldig"]
    return []


def broken_rules(call: RompslompCall, draft: Invoice, payload: dict[str, Any], country: str | None) -> list[str]:
    problems = _choice_problems(draft)
    if draft.payment_method == "pay_custom" and blank(draft.custom_payment_instructions):
        problems.append("Betaalinstructies moeten opgegeven zijn")
    if draft.currency_exchange_rate is None or draft.currency_exchange_rate <= 0:
        problems.append("Wisselkoers moet opgegeven zijn")
    if _needs_vat_number(call, draft, country) and draft.vat_number is None and call.switch("vat_number_required"):
        problems.append("Btw-nummer moet opgegeven zijn")
    published = payload.get("_publish") or draft.status == "published"
    if published and not draft.lines and not call.switch("publish_without_lines"):
        problems.append("Een factuur zonder regels kan niet gepubliceerd worden")
    row = call.company.sales_invoices.get(draft.id)
    renamed = row is None or row.api_reference != draft.api_reference
    if renamed and draft.api_reference in call.company.api_references:
        problems.append("Api reference is al in gebruik")
    return problems


def _choice_problems(draft: Invoice) -> list[str]:
    problems = []
    if draft.payment_method not in _METHODS:
        problems.append("Betaalmethode komt niet voor in de lijst")
    if draft.sale_type not in _SALE_TYPES:
        problems.append("Soort verkoop komt niet voor in de lijst")
    if draft.currency not in CURRENCIES:
        problems.append("Valuta komt niet voor in de lijst")
    return problems


def _needs_vat_number(call: RompslompCall, draft: Invoice, country: str | None) -> bool:
    """Return whether a VAT number is needed (contract 9.4).

    Reverse charge always needs one, zero rate when it goes to another country of the EU.
    """
    types = {line.vat_type_id for line in draft.lines}
    elsewhere = country in EU and country != "NL"
    return call.vat_type("vat_reverse_charged").id in types or (elsewhere and call.vat_type("vat_zero").id in types)


def account_path(draft: Invoice) -> str:
    kind = "cash" if draft.payment_method == "paid_cash" else "bank"
    return f"activa.current_assets.liquid_assets.{kind}"
