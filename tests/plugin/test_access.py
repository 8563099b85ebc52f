"""Who gets to see and do what, over all routes (issue of the pages: access); Airflow's real api-server app answers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from include.context import Context
from include.log.writer import IntegrationLog
from include.tenants.tenant import load
from tests.plugin.serving import Person

People = Callable[..., Person]
BODY = {"json": {"what": ["customers"]}}


def routes(changing: bool | None = None) -> list[Any]:
    """The table of routes; those that change something or not."""
    from plugins.koppel.routes import ROUTES

    return [route for route in ROUTES if changing in (None, route.method != "GET")]


def paths(route: Any, tenant: str = "jansen") -> str:
    return str(route.path.replace("{tenant}", tenant).replace("{name}", "koppel.css"))


def form_token(person: Person, tenant: str = "jansen") -> str:
    """As it stands in the page's form."""
    page = person.get(f"/tenants/{tenant}").text
    return page.partition('name="token" value="')[2].partition('"')[0]


def sent(route: Any, token: str) -> dict[str, Any]:
    """A body that the route would take."""
    if route.path.startswith("/api/"):
        return {"json": {"what": ["customers"]}}
    return {"data": {"what": "customers", "token": token}}


@pytest.fixture
def said(office: Context) -> None:
    """A line of each tenant in the log."""
    for slug in ("jansen", "devries", "smit"):
        log = IntegrationLog(office.store, load(office, slug).id, slug, f"run of {slug}")
        log.write("run.failed", f"record of {slug}", reason="test")


def test_no_route_is_outside_the_table(person: People) -> None:
    """Every path that the app serves is in the table that the tests here walk, and carries its right."""
    from plugins.koppel.app import app

    served = {(method, route.path) for route in app.routes for method in getattr(route, "methods", {"mount"})}
    assert served == {(route.method, route.path) for route in routes()}
    assert len(app.routes) == len(routes())


def test_anonymous_is_refused_everywhere(person: People) -> None:
    """401, whatever the route, with a session of nobody and with a forged one."""
    for name in ("", "forged"):
        nobody = person()
        if name:
            nobody.http.cookies.set("_token", "a.b.c", domain="127.0.0.1")
        for route in routes():
            answer = nobody.call(route.method, paths(route), **(BODY if route.method == "POST" else {}))
            assert answer.status_code in ((401,) if not name else (401, 403)), (route, answer.status_code)


def test_another_tenant_is_refused(person: People) -> None:
    """403 on each route of a tenant whose DAG the user may not read."""
    one = person("only_jansen")
    token = form_token(one)
    assert token
    for route in (route for route in routes() if "{tenant}" in route.path):
        more = sent(route, token) | {"headers": {"origin": one.origin}} if route.method == "POST" else {}
        assert one.call(route.method, paths(route, "devries"), **more).status_code == 403, route
        assert one.call(route.method, paths(route, "no_such"), **more).status_code == 403, route
        if route.right in ("read", "operate"):
            assert one.call(route.method, paths(route), **more).status_code not in (401, 403), route


@pytest.mark.usefixtures("said")
def test_lists_hold_what_the_user_may_read(person: People) -> None:
    """Nothing of another tenant's name, records or runs is in any list; asking for it is refused."""
    one, all_of_them = person("only_jansen"), person("viewer")
    for path in (
        "/",
        "/log",
        "/log.csv",
        "/log/newer?after=20200101T000000000000-0",
        "/api/tenants",
        "/api/log",
        "/api/problems",
    ):
        mine, whole = one.get(path), all_of_them.get(path)
        assert (mine.status_code, whole.status_code) == (200, 200), path
        assert "jansen" in mine.text
        assert "smit" in whole.text
        assert not [word for word in ("devries", "De Vries", "smit", "Smit") if word in mine.text], path
    for path in ("/log", "/log.csv", "/api/log", "/api/problems"):
        assert one.get(f"{path}?tenant=smit").status_code == 403
        assert all_of_them.get(f"{path}?tenant=smit").status_code == 200


def test_a_viewer_changes_nothing(person: People) -> None:
    """R6.3: with our own Origin, and a token that would be good; the page offers no button either."""
    viewer, user = person("viewer"), person("user")
    from plugins.koppel.csrf import token

    class Viewer:
        def get_id(self) -> str:
            return "viewer"

    for route in routes(changing=True):
        more = sent(route, token(Viewer()))  # type: ignore[arg-type]
        assert viewer.call(route.method, paths(route), headers={"origin": viewer.origin}, **more).status_code == 403
    assert form_token(viewer) == ""
    assert form_token(user) != ""


def test_another_site_changes_nothing(person: People) -> None:
    """A foreign or missing Origin, a missing token and one of another user are refused on every route that changes."""
    admin = person("admin")
    token, other = form_token(admin), form_token(person("user"))
    assert token != other
    for route in routes(changing=True):
        for origin in ("https://evil.example", "null", "", f"{admin.origin}.evil.example", "http://127.0.0.1"):
            headers = {"origin": origin} if origin else {}
            answer = admin.call(route.method, paths(route), headers=headers, **sent(route, token))
            assert answer.status_code == 403, (route, origin)
        if not route.path.startswith("/api/"):
            for wrong in ("", other, token[:-2]):
                own = {"origin": admin.origin}
                assert admin.call(route.method, paths(route), headers=own, **sent(route, wrong)).status_code == 403
        own = admin.call(route.method, paths(route), headers={"origin": admin.origin}, **sent(route, token))
        assert own.status_code not in (401, 403), route


def test_automation_needs_a_bearer_token_only(person: People) -> None:
    """R6.3: no browser adds that by itself, so no Origin is asked for; the run is made in the name of the user."""
    user = person("user")
    user.http.cookies.clear()
    answer = user.call("POST", "/api/tenants/jansen/sync", headers={"authorization": f"Bearer {user.token}"}, **BODY)
    assert answer.status_code == 200, answer.text
    assert answer.json()["dag_id"] == "sync__jansen"
    run = user.http.get(
        f"{user.origin}/api/v2/dags/sync__jansen/dagRuns/{answer.json()['run_id']}",
        headers={"authorization": f"Bearer {user.token}"},
        timeout=30,
    ).json()
    assert (run["triggering_user_name"], run["conf"]) == ("user", {"what": ["customers"]})


def test_only_who_may_change_connections_administers(person: People) -> None:
    """Op and admin with the simple auth manager; and never a tenant that they may not read."""
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    from plugins.koppel.security import Right, may

    def allowed(name: str, role: str, tenant: str | None = "jansen") -> bool:
        return may(SimpleAuthManagerUser(username=name, role=role), Right.administer, tenant)

    assert [allowed("someone", role) for role in ("viewer", "user", "op", "admin")] == [False, False, True, True]
    assert allowed("only_jansen", "op")
    assert not allowed("only_devries", "op")


def test_every_answer_has_the_headers(person: People) -> None:
    """No inline script or style, no other host, no frame but Airflow's, nothing kept; on refusals as well."""

    def answers() -> Iterator[Any]:
        for route in routes():
            yield person().call(route.method, paths(route))
            yield person("admin").call(route.method, paths(route))

    for answer in answers():
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in answer.headers
        kept = "max-age" in answer.headers["cache-control"]
        assert kept == (answer.status_code == 200 and "/static/" in answer.url), answer.url
