"""What the pages and the JSON API show: everything as text, wrong input named, in both languages."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import update
from starlette.routing import Match

from include.context import Context
from include.log.writer import IntegrationLog
from include.store import tables, tenants, watermarks
from include.store.problems import ProblemFilter
from include.tenants.tenant import load
from tests.plugin.airflow_server import PageUser
from tests.plugin.page_elements import HIDING_TEXT, HIDING_TEXT_SHOWN, HOSTILE_TEXTS, PageElements

People = Callable[..., PageUser]


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_whatever_comes_from_outside_is_shown_as_text(person: People, office: Context, text: str) -> None:
    """Must hold 3: company, administration, record, run, table, every value of a message, and what is searched for."""
    made = load(office, "jansen").id
    with office.store.begin() as tx:
        tx.execute(update(tables.tenants).where(tables.tenants.c.id == made).values(company=text))
        tenants.save_settings(tx, made, {"administration": text}, "test")
    IntegrationLog(office.store, made, "jansen", text).write("run.failed", text, text, reason=text)
    admin = person("admin")
    for path in (
        "/",
        "/tenants/jansen",
        "/log?tenant=jansen",
        "/log/newer?tenant=jansen&after=20200101T000000000000-0",
    ):
        page = PageElements(admin.get(path, params={"text": text} if path != "/tenants/jansen" else None).text)
        assert text in page.text, path
        scripts = [attributes for tag, attributes in page.elements if tag == "script"]
        assert all((script["src"] or "").startswith("/koppel/static/") for script in scripts), path
        assert not [(tag, name) for tag, attributes in page.elements for name in attributes if name.startswith("on")]
        assert "img" not in {tag for tag, _ in page.elements}
        assert "49" not in page.text.partition("DROP")[2][:20]


def test_nothing_hides_in_a_page(person: People, office: Context) -> None:
    """R7.1: company, record, run and values of a message show what would move the cursor or turn the line around."""
    made = load(office, "jansen").id
    with office.store.begin() as tx:
        tx.execute(update(tables.tenants).where(tables.tenants.c.id == made).values(company=HIDING_TEXT))
    IntegrationLog(office.store, made, "jansen", HIDING_TEXT).write("run.failed", HIDING_TEXT, reason=HIDING_TEXT)
    for path in (
        "/",
        "/tenants/jansen",
        "/log?tenant=jansen",
        f"/tenants/jansen/timeline?{urlencode({'name': HIDING_TEXT})}",
    ):
        page = person("admin").get(path).text
        assert HIDING_TEXT_SHOWN in PageElements(page).text, path
        assert not {"\x1b", "\u202e", "\u2066"} & set(page), path


def test_a_spreadsheet_calculates_nothing(person: People, office: Context) -> None:
    """R7.3: the download holds all fields, and none of them begins as a formula does."""
    for text in (*HOSTILE_TEXTS, "+1", "-1", "@SUM(1)", "\t=1", " =1", "Jansen,=1", "a;\t@x"):
        IntegrationLog(office.store, load(office, "jansen").id, "jansen", text).write("run.failed", text, reason=text)
    answer = person("admin").get("/log.csv?tenant=jansen")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:5] == ["Tijd", "Koppeling", "Tabel", "Record", "Soort bericht"]
    assert len(rows) == 12
    assert not [cell for row in rows for cell in row if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "attachment" in answer.headers["content-disposition"]


def test_columns_of_the_log(person: People, office: Context) -> None:
    """R7.3: the six columns, the type as a word beside its colour, the action, the code and the run."""
    IntegrationLog(office.store, load(office, "jansen").id, "jansen", "run-17").write("run.failed", "R1", reason="r")
    page = PageElements(person("admin").get("/log").text)
    for word in (
        "Tijd",
        "Tabel",
        "Record",
        "Soort bericht",
        "Bericht",
        "Te nemen actie",
        "Fout",
        "run-17",
        "run.failed",
    ):
        assert word in page.text
    assert [a for tag, a in page.elements if tag == "span" and a.get("class") == "badge error"]


def test_an_open_problem_stands_once_with_its_count(person: People, office: Context) -> None:
    """R7.5: said three times, in the list once; gone when it is settled."""
    log = IntegrationLog(office.store, load(office, "jansen").id, "jansen", "run-17")
    for _ in range(3):
        log.write("run.failed", "R1", reason="r")
    [problem] = person("admin").get("/api/problems").json()["problems"]
    assert (problem["count"], problem["record"]) == (3, "R1")
    log.resolve(ProblemFilter(problem["table"], "R1", codes=("run.failed",)))
    assert person("admin").get("/api/problems").json()["problems"] == []


@pytest.mark.parametrize(
    ("headers", "cookie", "word"),
    [
        ({}, "", "Koppelingen"),
        ({"accept-language": "nl-NL,nl;q=0.9,en;q=0.8"}, "", "Koppelingen"),
        ({"accept-language": "en-GB,en;q=0.9,nl;q=0.1"}, "", "Couplings"),
        ({"accept-language": "de-DE, fr;q=x"}, "", "Koppelingen"),
        ({"accept-language": "nl"}, "en", "Couplings"),
        ({"accept-language": "en"}, "nl", "Koppelingen"),
        ({"accept-language": "en"}, "xx", "Couplings"),
    ],
)
def test_language(person: People, headers: dict[str, str], cookie: str, word: str) -> None:
    """R7.2: the language chosen in Airflow counts, else the browser's, else Dutch."""
    someone = person("viewer")
    if cookie:
        someone.http.cookies.set("koppel_language", cookie, domain="127.0.0.1")
    assert f"<h1>{word}" in someone.get("/", headers=headers).text


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("log?type=fatal", "type"),
        ("log?table=nothing", "table"),
        ("log?from=yesterday", "from"),
        ("log?until=9999-12-31", "until"),
        ("log?before=20261399T999999999999-1", "before"),
        ("log?tenant=Jansen'--", "tenant"),
        ("log?text=%00", "text"),
        ("log?colour=red", "colour"),
        ("tenants?sort=price", "sort"),
        ("tenants?page=0", "page"),
        ("tenants?page=x", "page"),
    ],
)
def test_wrong_input_is_named(person: People, path: str, field: str) -> None:
    """Architecture 4: as problem JSON that names the field, and as a page that does."""
    admin = person("admin")
    answer = admin.get(f"/api/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    page = admin.get(f"/{path.replace('tenants', '')}")
    assert page.status_code == 422
    assert field in page.text


def sync(person: PageUser, slug: str = "jansen", **body: Any) -> Any:
    return person.call("POST", f"/api/tenants/{slug}/sync", headers={"origin": person.origin}, json=body)


def test_sync_now_names_what_can_be_chosen(person: People, office: Context) -> None:
    """R6.3: a selection of what the tenant's package has."""
    user = person("user")
    answer = sync(user, "devries", what=["customers", "article_groups"])
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, "what")
    assert error["allowed"] == ["customers", "articles", "work_orders", "cleanup"]
    assert "article_groups" in error["message"]
    assert sync(user, what=[]).status_code == 422
    assert sync(user, what=["customers"], mode="x").json()["errors"][0]["field"] == "mode"


def test_sync_now_of_the_page_shows_the_run(person: People) -> None:
    """R6.3: the form leads back to the coupling, which says the run's id; a made-up one is not said."""
    user = person("user")
    token = user.get("/tenants/jansen").text.partition('name="token" value="')[2].partition('"')[0]
    form = {"what": ["customers", "articles"], "token": token}
    answer = user.call("POST", "/tenants/jansen/sync", headers={"origin": user.origin}, data=form)
    assert answer.status_code == 303
    assert "manual__" in user.get(answer.headers["location"].removeprefix("/koppel")).text
    assert "made-up" not in user.get("/tenants/jansen?flash=made-up").text
    nothing = user.call("POST", "/tenants/jansen/sync", headers={"origin": user.origin}, data={"token": token})
    assert nothing.status_code == 422


def test_the_tab_on_a_dag_leads_to_its_tenant(person: People) -> None:
    """R6.4: any DAG of the tenant leads there; another DAG leads to the list."""
    admin = person("admin")
    assert admin.get("/?dag_id=push__jansen").headers["location"] == "/koppel/tenants/jansen"
    assert admin.get("/?dag_id=fleet").status_code == 200
    assert person("only_jansen").get("/?dag_id=sync__devries").status_code == 200


def test_what_does_not_exist_names_no_others(person: People) -> None:
    """404 for who may see all, without a list of tenants."""
    for path in ("/tenants/nobody", "/api/tenants/nobody"):
        answer = person("admin").get(path)
        assert answer.status_code == 404
        assert "jansen" not in answer.text


def test_pause_and_resume(person: People, office: Context) -> None:
    """By who may trigger the DAG, from the page and by JSON; nothing is synchronised meanwhile; the log says who."""
    user = person("user")
    token = user.get("/tenants/jansen").text.partition('name="token" value="')[2].partition('"')[0]
    own = {"origin": user.origin}
    assert user.call("POST", "/tenants/jansen/pause", headers=own, data={"token": token}).status_code == 303
    assert "Gepauzeerd" in user.get("/tenants/jansen").text
    assert sync(user, what=["customers"]).status_code == 409
    resumed = user.call("POST", "/api/tenants/jansen/resume", headers=own).json()
    assert resumed["result"] == {"tenant": "jansen", "status": "active"}
    said = user.get("/api/log?tenant=jansen").json()["messages"]
    assert [message["code"] for message in said] == ["coupling.resumed", "coupling.paused"]
    assert "user" in said[0]["message"]


def test_what_a_state_does_not_allow(person: People, office: Context) -> None:
    """R5.5: a coupling that has ended is not paused; the answer says what is possible."""
    with office.store.begin() as tx:
        tenants.add(tx, "ended", "Ended", "unit4", status="inactive", active_since=office.now())
    user = person("user")
    answer = user.call("POST", "/api/tenants/ended/pause", headers={"origin": user.origin})
    assert answer.status_code == 409
    assert "reactivate" in answer.json()["detail"]


def test_every_form_leads_to_a_route(person: People, office: Context) -> None:
    """R6.3: a button that is shown can be pressed: the address that its form is sent to takes such a form."""
    from plugins.koppel.app import app  # Airflow's settings have to be there first

    admin, routes = person("admin"), list(app.routes)
    pages = ("", "/settings", "/connections", "/activation", "/cleanup", "/timeline?name=1")
    targets = set()
    for path in ("/", "/new", "/log", *(f"/tenants/jansen{page}" for page in pages)):
        for tag, attributes in PageElements(admin.get(path).text).elements:
            method = "POST" if tag == "button" or (attributes.get("method") or "").lower() == "post" else "GET"
            address = attributes.get("formaction") if tag == "button" else attributes.get("action")
            if address:
                targets.add((method, address.removeprefix("/koppel").partition("?")[0] or "/"))
    assert ("POST", "/tenants") in targets
    assert len(targets) > 6
    for method, address in sorted(targets):
        scope = {"type": "http", "method": method, "path": address, "root_path": ""}
        assert any(route.matches(scope)[0] is Match.FULL for route in routes), f"{method} {address}"


def test_the_log_of_a_coupling_shows_its_mutation_dates(person: People, office: Context) -> None:
    """R1.11, R7.3: they are shown per stream and side, of that coupling only."""
    with office.store.begin() as tx:
        seen_at = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
        watermarks.raise_to(tx, load(office, "jansen").id, "unit4", "customers", changed_at=seen_at)
    page = person("admin").get("/log?tenant=jansen").text
    assert "Klanten, Unit4 Multivers" in page
    assert 'datetime="2026-11-03T09:30:00+00:00"' in page
    assert "2026-11-03T09:30" not in person("admin").get("/log").text
