"""Quotations: documents without totals that are published, approved or denied (contract 9.6)."""

from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.documents import Documents
from sandbox.rompslomp.errors import invalid, unpermitted
from sandbox.rompslomp.lines import LINE_SHAPE
from sandbox.rompslomp.resource import RowTest, put
from sandbox.rompslomp.rows import Quotation
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import boolean, day, iso, text, whole

# trigger -> the states it works from and the state it leads to
_TRIGGERS = {
    "_publish": (("concept",), "published"),
    "_approve": (("published", "denied"), "approved"),
    "_deny": (("published", "approved"), "denied"),
}


class Quotations(Documents[Quotation]):
    singular, plural, model, scope = "quotation", "quotations", "Offerte", "manage:quotations"
    selections = ("all", "approved", "stopped", "published", "concept", "invoiced")
    shape = BodyShape(
        {
            "contact_id": whole,
            "template_id": whole,
            "invoice_number": text,
            "date": day,
            "creates_sign_url_on_publish": boolean,
            "api_reference": text,
            **dict.fromkeys(_TRIGGERS, boolean),
        },
        frozenset({"id", "status", "sign_url"}),
        lists={"invoice_lines": LINE_SHAPE},
    )

    def table(self, call: RompslompCall) -> RompslompTable[Quotation]:
        return call.company.quotations

    def selected(self, call: RompslompCall, selection: str) -> RowTest[Quotation] | None:
        if selection == "all":
            return None
        status = "denied" if selection == "stopped" else selection
        return lambda quotation: quotation.status == status

    def check_keys(self, call: RompslompCall, payload: dict[str, Any]) -> None:
        if "api_reference" in payload and not call.switch("quotation_api_reference"):
            raise unpermitted("api_reference")

    def blank(self, call: RompslompCall) -> Quotation:
        return Quotation()

    def fill(self, call: RompslompCall, draft: Quotation, payload: dict[str, Any]) -> list[str]:
        self._check_triggers(call, draft, payload)
        problems = self.fill_date(call, draft, payload, "Offertedatum")
        problems += self.fill_contact(call, draft, payload)
        if draft.contact_id is None:
            problems.append("Contact moet opgegeven zijn")
        problems += self.fill_template(call, draft, payload)
        put(draft, payload, ("invoice_number", "api_reference", "creates_sign_url_on_publish"))
        draft.invoice_number = draft.invoice_number or None
        draft.creates_sign_url_on_publish = bool(draft.creates_sign_url_on_publish)
        replace = call.switch("other_lines") == "replace"
        problems += self.fill_lines(call, draft, payload, replace)
        if payload.get("_publish") and not draft.lines and not call.switch("publish_without_lines"):
            problems.append("Een offerte zonder regels kan niet gepubliceerd worden")
        return problems

    def _check_triggers(self, call: RompslompCall, draft: Quotation, payload: dict[str, Any]) -> None:
        triggers = [trigger for trigger in _TRIGGERS if payload.get(trigger)]
        wrong = [trigger for trigger in triggers if draft.status not in _TRIGGERS[trigger][0]]
        if wrong and call.switch("quotation_wrong_state") == "refuse":
            raise invalid(self.model, [f"{wrong[0]} kan niet bij een offerte met status {draft.status}"])
        if draft.status in ("approved", "denied") and set(payload) - set(_TRIGGERS):
            raise invalid(self.model, [f"Een offerte met status {draft.status} kan niet gewijzigd worden"])

    def publishes(self, draft: Quotation, payload: dict[str, Any]) -> bool:
        return bool(payload.get("_publish")) and draft.status == "concept"

    def keep(self, call: RompslompCall, draft: Quotation, payload: dict[str, Any]) -> None:
        super().keep(call, draft, payload)
        for trigger in ("_approve", "_deny"):
            states, leads_to = _TRIGGERS[trigger]
            if payload.get(trigger) and draft.status in states:
                draft.status = leads_to

    def publish(self, call: RompslompCall, draft: Quotation) -> None:
        super().publish(call, draft)
        if draft.creates_sign_url_on_publish:
            draft.sign_url = f"https://ondertekenen.voorbeeld.example/{draft.id}"

    def render(self, call: RompslompCall, row: Quotation) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "contact_id": row.contact_id,
            "template_id": row.template_id,
            "invoice_number": row.invoice_number,
            "date": iso(row.date),
            "creates_sign_url_on_publish": row.creates_sign_url_on_publish,
            "id": row.id,
            "status": row.status,
            "invoice_lines": self.render_lines(row),
        }
        if row.sign_url is not None:
            shown["sign_url"] = row.sign_url
        if row.api_reference is not None:
            shown["api_reference"] = row.api_reference
        return shown
