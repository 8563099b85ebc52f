"""What people do at the pages and over the JSON API: consent, settings, clean-ups, work orders, problems, the end."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from include.access.credentials import credential_status
from include.cleanup.history import current_proposal
from include.connectors.settings import setting_text
from include.context import Context
from include.log.writer import IntegrationLog
from include.push.worker import push
from include.runs import RunKind, begin
from include.settings import drafts
from include.settings.versions import history
from include.store import proposals, removals, tenants
from include.store.removals import PlannedRemoval, RemovalReason, RemovalState
from include.sync.pipeline import sync
from include.tenants.tenant import load
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.vendor_login import decide_consent as at_vendor
from tests.helpers.work_orders import archive_work_order, create_address_without_customer
from tests.plugin.airflow_server import PageUser
from tests.plugin.page_elements import HOSTILE_TEXTS, PageElements

People = Callable[..., PageUser]


def token(person: PageUser, path: str) -> str:
    return person.get(path).text.partition('name="token" value="')[2].partition('"')[0]


def send(person: PageUser, path: str, page: str = "/new", **form: Any) -> Any:
    """A form as our page sends it."""
    data = {"token": token(person, page), **form}
    return person.call("POST", path, headers={"origin": person.origin}, data=data)


def ask(person: PageUser, path: str, body: Any = None) -> Any:
    return person.call("POST", f"/api{path}", headers={"origin": person.origin}, json=body)


@pytest.mark.parametrize("package", PACKAGES)
def test_consent_comes_back_to_the_browser_that_left(
    person: People, pages: Context, couple: CoupleTenant, package: str
) -> None:
    """R5.1: the cookie is out of reach of scripts and other sites; without it, or as somebody else, nothing happens."""
    coupled, admin, other = couple(package, slug="jansen2"), person("admin"), person("op")
    before = credential_status(pages, coupled.tenant.id)
    answer = send(admin, "/tenants/jansen2/consent", "/tenants/jansen2/connections")
    [cookie] = [value for value in answer.raw.headers.getlist("set-cookie") if "koppel_consent" in value]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/koppel" in cookie
    address = next(a["href"] for tag, a in PageElements(answer.text).elements if a.get("target") == "_blank")
    assert address
    back = at_vendor(address, package)
    assert other.get("/callback", params=back).status_code == 400
    other.http.cookies.update({name: value for name, value in admin.http.cookies.items() if name.startswith("koppel_")})
    assert other.get("/callback", params=back).status_code == 400
    assert admin.get("/callback", params={**back, "state": "another"}).status_code == 400
    assert credential_status(pages, coupled.tenant.id) == before
    came = admin.get("/callback", params=back)
    assert came.status_code == 200, came.text
    after = credential_status(pages, coupled.tenant.id)
    assert [status.generation for status in after] != [status.generation for status in before]
    assert admin.get("/callback", params=back).status_code in (400, 409)
    assert dict(parse_qsl(urlsplit(address).query))["state"] not in came.text


def test_who_refuses_at_the_vendor_reads_what_to_do(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R7.2: the page says it in words of the catalogue; nothing has changed."""
    couple("rompslomp", slug="jansen2")
    admin = person("admin")
    answer = send(admin, "/tenants/jansen2/consent", "/tenants/jansen2/connections")
    address = next(str(a["href"]) for tag, a in PageElements(answer.text).elements if a.get("target") == "_blank")
    came = admin.get("/callback", params=at_vendor(address, "rompslomp", "deny"))
    assert came.status_code == 409
    assert "toestemming" in came.text


def test_settings_are_saved_when_all_were_checked(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R4.1, R4.3: by the page and by JSON alike; what is wrong is named, and who saved what is kept."""
    coupled = couple("rompslomp", slug="jansen2")
    admin, path = person("admin"), "/tenants/jansen2/settings"
    changed = {"settings": {"filter_word": "garantie"}}
    assert ask(admin, "/tenants/jansen2/settings/change", changed).status_code == 200
    refused = ask(admin, "/tenants/jansen2/settings/save", {})
    assert refused.status_code == 422
    assert "settings.filter_word" in [error["field"] for error in refused.json()["errors"]]
    page = PageElements(admin.get(path).text)
    [save] = [a for tag, a in page.elements if tag == "button" and "data-save" in a]
    assert "disabled" in save
    assert ask(admin, "/tenants/jansen2/settings/check", {"names": ["filter_word"]}).json()["result"]["unchecked"]
    assert ask(admin, "/tenants/jansen2/settings/save", {}).status_code == 422
    assert ask(admin, "/tenants/jansen2/settings/check", {}).json()["result"]["unchecked"] == []
    [save] = [a for tag, a in PageElements(admin.get(path).text).elements if "data-save" in a]
    assert "disabled" not in save
    assert ask(admin, "/tenants/jansen2/settings/save", {"base": 7}).status_code == 422
    assert ask(admin, "/tenants/jansen2/settings/save", {"base": 1}).json()["result"] == {"version": 2}
    latest = history(pages, coupled.tenant)[0]
    assert (latest.saved_by.lower(), latest.changed) == ("admin", {"filter_word": ("", "garantie")})
    assert "garantie" in person("viewer").get(path).text
    assert [a for tag, a in PageElements(person("user").get(path).text).elements if tag == "button"] == []


def test_the_form_holds_every_setting(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R4, R7.2: sent as it is shown, nothing changes; each has its check, and its title in the reader's language."""
    coupled = couple("unit4", slug="jansen2", article_groups=["Materiaal"], article_types=[0, 2], memo="both")
    admin, path, kind = person("admin"), "/tenants/jansen2/settings", type(coupled.tenant.settings)
    page, names = PageElements(admin.get(path).text), set(kind.model_fields)
    dutch, english = admin.get(path).text, admin.get(path, headers={"accept-language": "en"}).text
    assert [name for name in names if setting_text(kind, name).title("nl") not in dutch] == []
    assert [name for name in names if setting_text(kind, name).title("en") not in english] == []
    assert names == {str(a.get("value")) for _, a in page.elements if a.get("name") == "names"}
    form: dict[str, list[str]] = {}
    for tag, a in page.elements:
        name = a.get("name") or ""
        ticked = a.get("type") != "checkbox" or "checked" in a
        if tag == "input" and name.startswith("setting.") and ticked:
            form.setdefault(name, []).append(a.get("value") or "")
    form |= {"setting.memo": ["both"], "setting.article_groups": ["Materiaal"]}
    answer = send(admin, "/tenants/jansen2/settings/check", names="filter_word", **form)
    assert answer.status_code == 303, answer.text
    draft = drafts.find(pages, coupled.tenant)
    assert draft
    assert draft.settings == coupled.tenant.settings
    assert list(draft.results) == ["filter_word"]


def test_wrong_settings_are_refused_by_name(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R4.4: page and JSON name the setting; nothing is half saved."""
    coupled = couple("unit4", slug="jansen2")
    admin = person("admin")
    for wrong in ({"cleanup_share": 101}, {"no_such": 1}, {"sync_at": "25:00"}, {"article_groups": "x"}):
        answer = ask(admin, "/tenants/jansen2/settings/change", {"settings": wrong})
        assert answer.status_code == 422
        assert next(iter(wrong)) in answer.json()["errors"][0]["field"]
    page = send(admin, "/tenants/jansen2/settings/check", **{"setting.administration": ""})
    assert page.status_code == 422
    assert "administration" in page.text
    assert drafts.find(pages, coupled.tenant) is None


def test_an_end_asks_for_the_name(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R5.5, R5.6: typed wrongly nothing ends; afterwards access is gone and the way back is offered."""
    coupled, admin = couple("rompslomp", slug="jansen2"), person("admin")
    wrong = send(admin, "/tenants/jansen2/deactivate", confirm="jansen")
    assert wrong.status_code == 422
    assert coupled.tenant.active
    assert (
        person("user").call("POST", "/api/tenants/jansen2/deactivate", json={"confirm": "jansen2"}).status_code == 403
    )
    assert send(admin, "/tenants/jansen2/deactivate", confirm="jansen2").status_code == 303
    assert coupled.tenant.status == "inactive"
    assert credential_status(pages, coupled.tenant.id) == []
    assert "Opnieuw opzetten" in admin.get("/tenants/jansen2").text
    assert ask(admin, "/tenants/jansen2/reactivate", {}).json()["result"] == {"status": "new"}


def test_a_new_coupling(person: People, pages: Context) -> None:
    """R5.1: added by who administers; a wrong name is named, an existing one refused."""
    admin = person("admin")
    assert person("user").get("/new").status_code == 403
    wrong = send(admin, "/tenants", tenant="Jansen 2", company="J", package="unit4")
    assert (wrong.status_code, "tenant" in wrong.text) == (422, True)
    added = send(admin, "/tenants", tenant="jansen2", company="J", package="unit4")
    assert "/tenants/jansen2/activation" in added.headers["location"]
    again = ask(admin, "/tenants", {"tenant": "jansen2", "company": "J", "package": "unit4"})
    assert again.status_code == 409
    assert load(pages, "jansen2").status == "new"
    assert "Licentiecode" in admin.get("/tenants/jansen2/activation").text


def proposed(coupled: CoupledTenant, label: str) -> int:
    """A proposal of one record."""
    context, tenant = coupled.context, coupled.tenant
    run = begin(context, tenant, RunKind.CLEANUP, "test", streams=["articles"])
    with context.store.begin() as tx:
        moments = {"proposed_at": context.now(), "expires_at": context.now().replace(year=2099)}
        number = proposals.add(tx, tenant.id, "digest", {}, **moments)
        removal = PlannedRemoval("articles", 7, None, label, RemovalReason.HAND_MADE)
        values = {"proposal_id": number, "changed_at": context.now()}
        removals.add_all(tx, tenant.id, run.id, [removal], state=RemovalState.PROPOSED, **values)
        run.finish(tx)
    return number


def test_a_proposal_is_decided_once(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R2.5: exactly the set is shown; of another tenant it does not exist."""
    coupled, other = couple("rompslomp", slug="jansen2"), couple("unit4", slug="devries2")
    number, user = proposed(coupled, "Los artikel"), person("user")
    assert "Los artikel" in user.get("/tenants/jansen2/cleanup").text
    assert [record["label"] for record in user.get("/api/tenants/jansen2/cleanup").json()["records"]] == ["Los artikel"]
    path = f"/tenants/jansen2/cleanup/{number}"
    assert ask(user, f"/tenants/{other.slug}/cleanup/{number}/refuse").status_code == 409
    assert person("viewer").call("POST", f"/api{path}/refuse").status_code == 403
    assert send(user, f"{path}/refuse", "/tenants/jansen2").status_code == 303
    assert current_proposal(pages, coupled.tenant) is None
    assert ask(person("op"), f"{path}/approve").status_code == 409


def test_a_problem_is_solved_by_hand(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R7.5: by its number, of its own tenant; the log offers what makes sense and nothing to who may only read."""
    coupled, other = couple("rompslomp", slug="jansen2"), couple("unit4", slug="devries2")
    log = IntegrationLog(pages.store, coupled.tenant.id, "jansen2", "run")
    log.write("work_order.no_customer", "WB-1")
    setting = {"name": "travel_article", "nl": "Artikel reistijd", "en": "Article for travel time"}
    log.write("settings.article_unknown", "travel_article", article="X", setting=setting)
    user, shown = person("user"), lambda name: person(name).get("/tenants/jansen2").text
    assert "Opnieuw proberen" in shown("user")
    assert "Opnieuw controleren" in shown("user")
    assert "Naar de instellingen" in shown("admin")
    assert "Als opgelost markeren" not in shown("viewer")
    numbers = [problem.id for problem in coupled.open_problems()]
    assert ask(user, f"/tenants/{other.slug}/problems/{numbers[0]}/resolve").status_code == 404
    for number in numbers:
        back = "/log?tenant=jansen2"
        sent = send(user, f"/tenants/jansen2/problems/{number}/resolve", "/tenants/jansen2", back=back)
        assert sent.headers["location"].startswith("/koppel/log?tenant=jansen2&flash=")
    assert coupled.open_problems() == []
    away = send(user, "/tenants/jansen2/problems/1/resolve", "/tenants/jansen2", back="//evil.example")
    assert "evil" not in away.headers.get("location", "")


def test_a_work_order_is_not_sent_for_a_reason(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R3.15, R7.5: the problem of one that waits cannot be closed; its time line offers what there is to do."""
    coupled = couple("unit4", slug="devries2")
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled, CustomerId=None, LocationId=create_address_without_customer(coupled))
    push(coupled.context, coupled.tenant, "run")
    number, user, page = made["Number"], person("user"), "/tenants/devries2"
    [problem] = [problem for problem in coupled.open_problems() if problem.waits]
    refused = ask(user, f"{page}/problems/{problem.id}/resolve")
    assert refused.status_code == 409
    assert "do-not-send" in refused.text
    assert "Niet verzenden" in user.get(page).text
    assert "Kijk naar de werkbonnen" not in user.get(page).text  # an error is more than that
    path = f"{page}/work-orders/{number}/do-not-send"
    assert person("viewer").call("POST", f"/api{path}", json={"reason": "Garantie"}).status_code == 403
    assert ask(user, path, {"reason": ""}).status_code == 422
    timeline = f"{page}/timeline?name={number}"
    assert send(user, path, timeline, reason="Onder garantie").status_code == 303
    shown = user.get(timeline).text
    assert "Niet verzonden omdat" in shown
    assert "Onder garantie" in shown


def test_a_person_says_that_a_document_is_there(person: People, pages: Context, couple: CoupleTenant) -> None:
    """R3.15: only of a held work order, with a document that is there."""
    coupled = couple("unit4", slug="devries2")
    sync(coupled.context, coupled.tenant, "sync")
    made = archive_work_order(coupled)
    push(coupled.context, coupled.tenant, "run")
    path = f"/tenants/devries2/work-orders/{made['Number']}/say-there"
    assert ask(person("user"), path, {"document": "20260001"}).status_code == 409


def test_a_work_order_that_nobody_knows(person: People, pages: Context, couple: CoupleTenant) -> None:
    """Architecture 4: a clear message for each act, not an error of ours."""
    couple("rompslomp", slug="jansen2")
    user = person("user")
    for verb in ("hold", "release", "push"):
        assert ask(user, f"/tenants/jansen2/work-orders/WB-9/{verb}").status_code == 404
    assert "WB-9" in user.get("/tenants/jansen2/timeline?name=WB-9").text
    assert user.get("/tenants/jansen2/timeline?name=%00").status_code == 422
    assert ask(user, "/tenants/jansen2/work-orders/retry", {}).json()["result"] == {"count": 0}


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_whatever_comes_from_outside_is_text_here_too(
    person: People, pages: Context, couple: CoupleTenant, text: str
) -> None:
    """Must hold 3: names of records, settings, who did it, what is searched for."""
    coupled = couple("rompslomp", slug="jansen2", filter_word=text)
    proposed(coupled, text)
    with pages.store.begin() as tx:
        tenants.rename(tx, coupled.tenant.id, text)
    drafts.change(pages, coupled.tenant, {"default_article": text}, text)
    IntegrationLog(pages.store, coupled.tenant.id, "jansen2", text).write("work_order.no_customer", text)
    admin = person("admin")
    preview, timeline = f"/work-orders/{quote(text, safe='')}/preview", f"/timeline?{urlencode({'name': text})}"
    for path in ("", "/settings", "/cleanup", "/connections", "/activation", timeline, preview):
        answer = admin.get(f"/tenants/jansen2{path}")
        assert answer.status_code == 200, path
        page = PageElements(answer.text)
        assert all(str(a.get("src")).startswith("/koppel/static/") for tag, a in page.elements if tag == "script")
        assert not [(tag, name) for tag, a in page.elements for name in a if name.startswith("on")]
        assert "img" not in {tag for tag, _ in page.elements}
        assert "49" not in page.text.partition("DROP")[2][:20]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_is_there_in_both_languages(
    person: People, pages: Context, couple: CoupleTenant, language: str
) -> None:
    """R7.2: all pages of a coupling and of the installation, with a proposal, a problem and a draft on them."""
    coupled = couple("unit4", slug="jansen2")
    proposed(coupled, "Los artikel")
    drafts.change(pages, coupled.tenant, {"default_article": "UREN"}, "test")
    IntegrationLog(pages.store, coupled.tenant.id, "jansen2", "run").write("work_order.no_customer", "WB-1")
    of_tenant = ("", "/settings", "/cleanup", "/connections", "/activation", "/timeline?name=WB-1")
    for path in ("/", "/new", "/log", *(f"/tenants/jansen2{each}" for each in of_tenant)):
        answer = person("admin").get(path, headers={"accept-language": language})
        assert answer.status_code == 200, path
        assert f'<html lang="{language}"' in answer.text, path
