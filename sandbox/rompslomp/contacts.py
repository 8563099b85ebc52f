"""The resource of customers and suppliers: how they are read and written (contract 9.2)."""

from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.countries import COUNTRIES
from sandbox.rompslomp.errors import invalid
from sandbox.rompslomp.resource import RowTest, Writable
from sandbox.rompslomp.rows import Contact
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.text_search import matcher
from sandbox.rompslomp.values import blank, boolean, text

_TEXTS = (
    "company_name",
    "contact_person_name",
    "contact_person_email_address",
    "address",
    "zipcode",
    "city",
    "government_identification_number",
    "country_code",
    "kvk_number",
    "phone",
    "vat_number",
    "contact_number",
    "free_1",
    "free_2",
    "free_3",
)
_SEARCHED = (
    "company_name",
    "contact_person_name",
    "contact_person_email_address",
    "kvk_number",
    "contact_number",
    "address",
    "phone",
    "vat_number",
    "zipcode",
    "city",
)
CONTACT_SHAPE = BodyShape(
    {"is_individual": boolean, "is_supplier": boolean, **dict.fromkeys(_TEXTS, text)}, frozenset({"id", "name"})
)


class Contacts(Writable[Contact]):
    singular, plural, model, scope = "contact", "contacts", "Contact", "manage:contacts"
    selections = ("all", "customers", "suppliers")
    searches = ("search[q]", "search[contact_person_email_address]")
    shape = CONTACT_SHAPE
    narrowed = True

    def table(self, call: RompslompCall) -> RompslompTable[Contact]:
        return call.company.contacts

    def selected(self, call: RompslompCall, selection: str) -> RowTest[Contact] | None:
        if selection == "all":
            return None
        suppliers = selection == "suppliers"
        return lambda contact: contact.is_supplier == suppliers

    def search(self, call: RompslompCall, key: str, values: list[str]) -> RowTest[Contact]:
        if key == "search[contact_person_email_address]":
            return lambda contact: contact.contact_person_email_address == values[-1]
        return matcher(call, values[-1], lambda contact: (getattr(contact, name) for name in _SEARCHED))

    def render(self, call: RompslompCall, row: Contact) -> dict[str, Any]:
        return {
            "id": row.id,
            "is_individual": row.is_individual,
            "is_supplier": row.is_supplier,
            "name": row.contact_person_name if row.is_individual else row.company_name,
            "company_name": row.company_name,
            "contact_person_name": row.contact_person_name,
            "contact_person_email_address": row.contact_person_email_address,
            "address": row.address,
            "zipcode": row.zipcode,
            "city": row.city,
            "government_identification_number": row.government_identification_number,
            "country_code": row.country_code,
            "kvk_number": row.kvk_number,
            "phone": row.phone,
            "vat_number": row.vat_number,
            "contact_number": row.contact_number,
            "free_1": row.free_1,
            "free_2": row.free_2,
            "free_3": row.free_3,
        }

    def blank(self, call: RompslompCall) -> Contact:
        return Contact(country_code=str(call.switch("default_country")) or None)

    def fill(self, call: RompslompCall, draft: Contact, payload: dict[str, Any]) -> list[str]:
        before = draft.contact_number
        for name, value in payload.items():
            setattr(draft, name, bool(value) if name.startswith("is_") else value)
        draft.sought = None
        if blank(draft.contact_number):
            draft.contact_number = None
        problems = []
        if draft.is_individual and blank(draft.contact_person_name):
            problems.append("Contact person name moet opgegeven zijn")
        if not draft.is_individual and blank(draft.company_name):
            problems.append("Company name moet opgegeven zijn")
        if draft.country_code and draft.country_code not in COUNTRIES:
            problems.append("Land is geen geldige landcode")
        taken = draft.contact_number != before and draft.contact_number in call.company.contact_numbers
        if taken and call.switch("contact_number_unique"):
            problems.append("Contact number is al in gebruik")
        return problems

    def keep(self, call: RompslompCall, draft: Contact, payload: dict[str, Any]) -> None:
        company = call.company
        if (old := company.contacts.get(draft.id)) and old.contact_number != draft.contact_number:
            company.contact_numbers.discard(old.contact_number or "")
        if draft.contact_number is None:
            draft.contact_number = company.new_contact_number()
        company.contact_numbers.add(draft.contact_number)

    def forget(self, call: RompslompCall, row: Contact) -> None:
        company = call.company
        users = [d for d in (*company.sales_invoices, *company.quotations, *company.expenses) if d.contact_id == row.id]
        if users and call.switch("contact_in_use"):
            raise invalid(self.model, ["Contact is in gebruik en kan niet verwijderd worden"])
        for document in users:
            document.contact_id = None
        for table in (company.sales_invoices, company.quotations, company.expenses):
            table.touch()
        company.contact_numbers.discard(row.contact_number or "")


def cached(contact: Contact | None) -> dict[str, Any] | None:
    """Return what a document shows of its contact (contract 9.5)."""
    if contact is None:
        return None
    return {
        "name": contact.name,
        "contact_person_name": contact.contact_person_name,
        "address": contact.address,
        "zipcode": contact.zipcode,
        "city": contact.city,
        "country_code": contact.country_code,
        "contact_person_email_address": contact.contact_person_email_address,
        "contact_number": contact.contact_number,
    }
