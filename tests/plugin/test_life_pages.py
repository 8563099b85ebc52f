"""Every state of a coupling at the pages, its access gone: each step works, or says why not and what next (R5.1)."""

from collections.abc import Callable
from typing import Any

import pytest

from include.context import Context
from include.lifecycle import wipe_step
from include.lifecycle.pending import carry_out_next
from include.lifecycle.terms import agreement
from tests.helpers.life_states import AGAIN, STATES, bring_to, lose_access
from tests.helpers.lifecycle_tenant import LifecycleTenant, connect_simon, register_new
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import call_simon
from tests.helpers.vendor_login import decide_consent
from tests.plugin.airflow_server import PageUser
from tests.plugin.page_elements import PageElements

pytestmark = pytest.mark.usefixtures("pages")
People = Callable[..., PageUser]
SLUG = "jansen2"
PAGE = f"/tenants/{SLUG}/activation"


@pytest.fixture(params=PACKAGES)
def lifecycle(request: pytest.FixtureRequest, pages: Context, sandbox: Sandbox) -> LifecycleTenant:
    """Each package in turn; its Simon holds a customer with an address and a contact."""
    tenant = register_new(pages, sandbox, request.param, SLUG)
    connect_simon(tenant)
    owner = call_simon(tenant, "POST", "Customer", {"Name": "Oude klant"})["Id"]
    call_simon(tenant, "POST", "Location", {"Name": "Oud adres", "CustomerId": owner})
    call_simon(tenant, "POST", "Contact", {"LastName": "Beheerder", "CustomerId": owner})
    return tenant


def ask(person: PageUser, path: str, body: Any = None) -> Any:
    return person.call("POST", f"/api/tenants/{SLUG}/{path}", headers={"origin": person.origin}, json=body)


class Walker:
    """A person who fills in the form that the page shows, as often as there is another."""

    def __init__(self, lifecycle: LifecycleTenant, person: PageUser) -> None:
        self.lifecycle, self.person, self.sent = lifecycle, person, list[str]()

    def forms(self, path: str = PAGE) -> set[str]:
        """Return where the forms of a page are sent to, below the coupling."""
        answer = self.person.get(path)
        assert answer.status_code == 200, answer.text
        page = PageElements(answer.text)
        actions = [str(a.get("action")) for tag, a in page.elements if tag == "form" and a.get("action")]
        return {action.partition(f"/tenants/{SLUG}/")[2] for action in actions}

    def send(self, path: str, **form: Any) -> Any:
        """Send a form as the page does."""
        token = self.person.get("/new").text.partition('name="token" value="')[2].partition('"')[0]
        headers = {"origin": self.person.origin}
        self.sent.append(path)
        return self.person.call("POST", f"/tenants/{SLUG}/{path}", headers=headers, data={"token": token, **form})

    def walk(self) -> None:
        """Go on until the import has begun."""
        for _ in range(12):
            if self.lifecycle.status == "inactive":
                assert "reactivate" in self.forms(f"/tenants/{SLUG}")
                assert self.send("reactivate").status_code == 303
                continue
            if not self._step(self.forms()):
                return
        raise AssertionError(f"no end: {self.sent}")

    def _step(self, forms: set[str]) -> bool:
        simon = self.lifecycle.description["simon_access"]
        if "connections/simple_simon" in forms:
            fields = {f"fields.{name}": value for name, value in simon.items()}
            terms = "Akkoord met de voorwaarden" in self.person.get(PAGE).text
            answer = self.send("connections/simple_simon", **fields, **({"terms": "1"} if terms else {}))
        elif "activation/terms" in forms:
            answer = self.send("activation/terms", version="1")
        elif "consent" in forms:
            answer = self.send("consent")
            links = [a for _, a in PageElements(answer.text).elements if a.get("target") == "_blank"]
            address = next(str(a["href"]) for a in links if "authorize" in str(a["href"]).lower())
            back = decide_consent(address, self.lifecycle.package)
            assert self.person.get("/callback", params=back).status_code == 200
            return True
        elif self.lifecycle.status == "new":
            assert "activation/keep" in self.forms(f"{PAGE}/preview")
            answer = self.send("activation/keep")
        elif self.lifecycle.status == "wiping":
            assert carry_out_next(self.lifecycle.context, SLUG) is not None
            return True
        elif "activation/administration" in forms:
            number = self.lifecycle.description["settings"]["administration"]
            answer = self.send("activation/administration", administration=number)
        elif "activation/import" in forms:
            answer = self.send("activation/import")
        elif self.lifecycle.status == "settings":
            for act in ("change", "check", "save"):
                settings = self.lifecycle.description["settings"] if act == "change" else {}
                body = {"settings": settings} if act == "change" else {}
                assert ask(self.person, f"settings/{act}", body).status_code == 200
            return True
        else:
            return False
        assert answer.status_code == 303, answer.text
        return True


@pytest.mark.parametrize("state", STATES)
def test_a_page_leads_on_from_every_state(person: People, lifecycle: LifecycleTenant, state: str) -> None:
    """R5.1, R5.6: the form for what lacks is there, and the next page goes on; somebody agreed to the terms."""
    bring_to(lifecycle, state)
    lose_access(lifecycle)
    walker = Walker(lifecycle, person("admin"))
    walker.walk()
    assert lifecycle.status == ("active" if state == "active" else "importing"), walker.sent
    assert walker.sent.count("connections/simple_simon") == walker.sent.count("consent") == 1
    assert agreement(lifecycle.context, lifecycle.tenant) is not None


STEPS: dict[str, Any] = {
    "activation/terms": {"version": "1"},
    "activation/wipe": {"parts": list(wipe_step.PARTS), "shown": {}},
    "activation/wipe/continue": None,
    "activation/keep": None,
    "activation/administration": {"administration": "1"},
    "activation/import": None,
    "connections/simple_simon": {"fields": {}},
    "settings/check": {},
    "settings/save": {},
    "pause": None,
    "resume": None,
    "check": None,
    "reactivate": {},
    "withdraw": {"confirm": SLUG},
    "deactivate": {"confirm": SLUG},
}


@pytest.mark.parametrize("state", STATES)
def test_each_step_answers_in_each_state(person: People, lifecycle: LifecycleTenant, state: str) -> None:
    """R5.1: done, or refused with a sentence that says what is possible; nothing breaks, also without access."""
    bring_to(lifecycle, state)
    lose_access(lifecycle)
    admin = person("admin")
    assert admin.get(f"/api/tenants/{SLUG}/activation/preview").status_code == 409
    for path, body in STEPS.items():
        before = lifecycle.status
        answer = ask(admin, path, body)
        assert answer.status_code in (200, 409, 422), (path, answer.text)
        if answer.status_code != 200:
            said = answer.json()
            assert said["detail"] or said["errors"], path
            assert lifecycle.status == before, path
        if answer.status_code == 409 and "not possible now" in said["detail"]:
            assert "what is possible: " in said["detail"], path
        for page in (PAGE, f"{PAGE}/preview", f"/tenants/{SLUG}", f"/tenants/{SLUG}/connections"):
            assert admin.get(page).status_code in (200, 409), (path, page)


def test_the_page_explains_before_the_first_form(person: People, lifecycle: LifecycleTenant) -> None:
    """R5.1, R5.7, R5.9: what will happen, the terms with link and version, and which log-in is which."""
    lose_access(lifecycle)
    for language, words in (("nl", "Wat er gaat gebeuren"), ("en", "What will happen")):
        text = person("admin").get(PAGE, headers={"accept-language": language}).text
        explained, _, form = text.partition("/connections/simple_simon")
        assert words in explained
        assert ("SYSTEEM" in explained) == (lifecycle.package == "unit4")
        terms = lifecycle.context.terms
        assert f'href="{terms.link}"' in form
        assert f'name="terms" value="{terms.version}"' in form


def test_the_log_in_says_which_is_meant(person: People, lifecycle: LifecycleTenant) -> None:
    """R5.9: on the step, on the page of the access, and where one leaves for the vendor's page."""
    bring_to(lifecycle, "connecting")
    walker = Walker(lifecycle, person("admin"))
    shown = [walker.person.get(page).text for page in (PAGE, f"/tenants/{SLUG}/connections")]
    shown.append(walker.send("consent").text)
    said = ("portalgebruiker", "SYSTEEM") if lifecycle.package == "unit4" else ("log-in van iemand",)
    assert [text for text in shown if any(word not in text for word in said)] == []


def test_the_preview_names_what_goes_along(person: People, lifecycle: LifecycleTenant) -> None:
    """R5.8: on the page and as JSON, before anything is ticked."""
    admin = person("admin")
    text = admin.get(f"{PAGE}/preview").text
    for part in ("hiermee gaan 1 werkadressen mee", "Oud adres", "hiermee gaan 1 contactpersonen mee", "Beheerder"):
        assert part in text
    along = admin.get(f"/api/tenants/{SLUG}/activation/preview").json()["along"]["customers"]
    assert {kind: [record["label"] for record in records] for kind, records in along.items() if records} == {
        "work_addresses": ["Oud adres"],
        "contacts": ["Beheerder"],
    }


def test_a_page_withdraws_what_was_begun_by_mistake(person: People, lifecycle: LifecycleTenant) -> None:
    """R7.8: asks for the name; refused in words of the reader where something is still needed."""
    walker = Walker(lifecycle, person("admin"))
    assert "withdraw" in walker.forms()
    assert walker.send("withdraw", confirm="another").status_code == 422
    assert walker.send("withdraw", confirm=SLUG).status_code == 303
    assert lifecycle.status == "inactive"
    [row] = [row for row in lifecycle.log() if row.code == "coupling.withdrawn"]
    assert row.values["by"].lower() == "admin"


def test_a_page_says_why_nothing_is_withdrawn(person: People, lifecycle: LifecycleTenant) -> None:
    """R5.6: a coupling that was active before."""
    bring_to(lifecycle, AGAIN)
    walker = Walker(lifecycle, person("admin"))
    assert "withdraw" not in walker.forms()
    assert "is actief geweest" in walker.person.get(PAGE).text
    refused = walker.send("withdraw", confirm=SLUG)
    assert (refused.status_code, "is actief geweest" in refused.text) == (409, True)
    assert lifecycle.status == "new"
