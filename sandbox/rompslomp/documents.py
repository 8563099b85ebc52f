"""What sales invoices, quotations and expenses do alike: lines, contact, filters, publication."""

from abc import abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.contacts import CONTACT_SHAPE, Contacts, cached
from sandbox.rompslomp.lines import merged, number_lines, render_line
from sandbox.rompslomp.resource import RowTest, Writable, whole_number
from sandbox.rompslomp.rows import Contact, RompslompDocument
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.values import day

D = TypeVar("D", bound=RompslompDocument)
NEW_CONTACT: dict[str, BodyShape] = {"contact": CONTACT_SHAPE}
_CONTACTS = Contacts()


class Documents(Writable[D], Generic[D]):
    """A resource of dated documents that have lines and a contact."""

    searches: ClassVar[tuple[str, ...]] = (
        "search[from]",
        "search[till]",
        "search[contact_id]",
        "search[api_reference]",
    )

    def search(self, call: RompslompCall, key: str, values: list[str]) -> RowTest[D]:
        if key == "search[contact_id]":
            contact_id = whole_number(key, values)
            return lambda document: document.contact_id == contact_id
        if key == "search[api_reference]":
            return lambda document: document.api_reference == values[-1]
        limit = day(values[-1], key)
        if key == "search[from]":
            return lambda document: bool(document.date and limit and document.date >= limit)
        return lambda document: bool(document.date and limit and document.date <= limit)

    def fill_date(self, call: RompslompCall, draft: D, payload: dict[str, Any], label: str) -> list[str]:
        """Fill in the date: today when a new document has none; afterwards it cannot be taken away."""
        if "date" in payload:
            draft.date = payload["date"]
        if draft.date is None and not draft.id:
            draft.date = call.today
        return [] if draft.date else [f"{label} moet opgegeven zijn"]

    def fill_contact(self, call: RompslompCall, draft: D, payload: dict[str, Any]) -> list[str]:
        """Fill in an existing contact by id, or return what is wrong with a new one, which ``keep_contact`` makes."""
        if payload.get("contact") is not None:
            return _CONTACTS.fill(call, _CONTACTS.blank(call), payload["contact"])
        if "contact_id" in payload:
            draft.contact_id = payload["contact_id"]
            if draft.contact_id is not None and self.contact(call, draft) is None:
                return ["Contact bestaat niet"]
        return []

    def keep_contact(self, call: RompslompCall, draft: D, payload: dict[str, Any]) -> None:
        if payload.get("contact") is None:
            return
        contact = _CONTACTS.blank(call)
        _CONTACTS.fill(call, contact, payload["contact"])
        contact.id = call.new_id()
        _CONTACTS.keep(call, contact, payload["contact"])
        call.company.contacts.add(contact)
        draft.contact_id = contact.id

    def contact(self, call: RompslompCall, document: D) -> Contact | None:
        return call.company.contacts.get(document.contact_id)

    def shown_contact(self, call: RompslompCall, document: D) -> dict[str, Any] | None:
        """Return the contact as it is until publication, then as it was (contract 9.5)."""
        return document.cached_contact if self.is_published(document) else cached(self.contact(call, document))

    def fill_lines(self, call: RompslompCall, draft: D, payload: dict[str, Any], replace: bool = False) -> list[str]:
        if payload.get("invoice_lines") is None:
            return []
        draft.lines, problems = merged(call, [] if replace else draft.lines, payload["invoice_lines"], self.model)
        return problems

    def fill_template(self, call: RompslompCall, draft: D, payload: dict[str, Any]) -> list[str]:
        if "template_id" in payload:
            draft.template_id = payload["template_id"]
            if draft.template_id is not None and call.company.templates.get(draft.template_id) is None:
                return ["Sjabloon bestaat niet"]
        return []

    def keep(self, call: RompslompCall, draft: D, payload: dict[str, Any]) -> None:
        self.keep_contact(call, draft, payload)
        number_lines(call, draft.lines)
        if self.publishes(draft, payload):
            self.publish(call, draft)

    @abstractmethod
    def publishes(self, draft: D, payload: dict[str, Any]) -> bool:
        """Return whether this request publishes the document."""

    def publish(self, call: RompslompCall, draft: D) -> None:
        draft.status = "published"
        draft.cached_contact = cached(self.contact(call, draft))
        draft.invoice_number = draft.invoice_number or self.next_number(call)

    def is_published(self, document: D) -> bool:
        return document.status != "concept"

    def next_number(self, call: RompslompCall) -> str:
        """Return the next number: without gaps, counted anew each month (contract 9.5, 13)."""
        year, month = f"{call.today:%Y}", f"{call.today:%m}"
        number = call.company.count(f"{self.plural} {year}{month}")
        return str(call.switch("number_format")).format(year=year, month=month, number=number)

    def render_lines(self, document: D) -> list[dict[str, Any]]:
        return [render_line(line) for line in document.lines]
